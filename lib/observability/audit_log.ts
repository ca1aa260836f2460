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

/** Errors of peers that were not let in, as opposed to those that went by themselves. */
const REFUSALS = ["AuthenticationError", "RefusedError"];

/** Writes one line for each peer that comes in, is refused, or goes. */
export class AuditLog implements ServerObserver {
  readonly #log = getLogger("audit");
  readonly #peers = new Map<SessionId, ConnectionOpened>();
  /** By which security type a peer failed. */
  readonly #failures = new Map<SessionId, string>();

  connectionOpened(event: ConnectionOpened): void {
    this.#peers.set(event.session, event);
  }

  connectionTurnedAway({ address, transport }: ConnectionTurnedAway): void {
    this.#log.warning("{address} was turned away: too many peers have not logged in", { address, transport });
  }

  sessionOpened({ session, address, transport, version, security, viewOnly }: SessionOpened): void {
    const details = { session, address, transport, version, security, view_only: viewOnly };
    this.#log.info("{address} came in", details);
  }

  authenticationFailed(
    { session, security }: { readonly session: SessionId; readonly security: string },
  ): void {
    this.#failures.set(session, security);
  }

  sessionClosed({ session, authenticated, reason, error, durationMs }: SessionClosed): void {
    const { address, transport } = this.#peers.get(session) ?? {};
    const security = this.#failures.get(session);
    this.#peers.delete(session);
    this.#failures.delete(session);
    const common = { session, address, transport, seconds: Math.round(durationMs) / 1000, reason, error };
    const details = { ...common, ...(security && { security }) };
    if (authenticated) this.#log.info("{address} has gone: {reason}", details);
    else if (REFUSALS.includes(error)) this.#log.warning("{address} was not let in: {reason}", details);
    else this.#log.info("{address} went before it came in: {reason}", details);
  }
}
