/**
 * Who came, how, when they went and why: the category "audit" of the log.
 *
 * @module
 */
import { getLogger } from "../core/log.ts";
import type {
  ConnectionOpened,
  ConnectionTurnedAway,
  ServerObserver,
  SessionClosed,
  SessionId,
  SessionOpened,
} from "../core/observer.ts";

/** Writes one line for each peer that comes in, fails to, or goes. */
export class AuditLog implements ServerObserver {
  readonly #log = getLogger("audit");
  readonly #addresses = new Map<SessionId, string>();

  connectionOpened({ session, address }: ConnectionOpened): void {
    this.#addresses.set(session, address);
  }

  connectionTurnedAway({ address, transport }: ConnectionTurnedAway): void {
    this.#log.warning("{address} was turned away", { address, transport });
  }

  sessionOpened({ session, address, transport, version, security, viewOnly }: SessionOpened): void {
    const details = { session, address, transport, version, security, view_only: viewOnly };
    this.#log.info("{address} came in", details);
  }

  authenticationFailed(
    { session, address, security }: {
      readonly session: SessionId;
      readonly address: string;
      readonly security: string;
    },
  ): void {
    this.#log.warning("{address} could not show who it is", { session, address, security });
  }

  sessionClosed({ session, authenticated, reason, error, durationMs }: SessionClosed): void {
    const address = this.#addresses.get(session);
    this.#addresses.delete(session);
    const details = { session, address, seconds: Math.round(durationMs) / 1000, reason, error };
    if (authenticated) this.#log.info("{address} has gone", details);
    else this.#log.info("{address} did not come in", details);
  }
}
