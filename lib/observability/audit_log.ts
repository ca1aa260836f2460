/**
 * Who came, how, when they went and why: the category "audit" of the log.
 *
 * @module
 */
import { getLogger } from "../core/log.ts";
import type {
  ConnectionOpened,
  ConnectionTurnedAway,
  ControlChanged,
  InvitationEvent,
  LoginLocked,
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

  connectionTurnedAway({ address, transport, reason }: ConnectionTurnedAway): void {
    const message = reason
      ? "{address} was turned away: {reason}"
      : "{address} was turned away: too many peers have not logged in";
    this.#log.warning(message, { address, transport, ...(reason && { reason }) });
  }

  invitationChanged({ invitation, what }: InvitationEvent): void {
    this.#log.info("Invitation {invitation}: {what}", { invitation, what });
  }

  sessionOpened({ session, address, transport, version, security, user, viewOnly }: SessionOpened): void {
    const owner = ownerOf(this.#peers.get(session));
    const details = {
      session,
      address,
      transport,
      version,
      security,
      ...(user && { user }),
      view_only: viewOnly,
      ...owner,
    };
    this.#log.info("{address} came in", details);
  }

  controlChanged({ from, to, reason }: ControlChanged): void {
    const details = { reason, ...(from !== undefined && { from }), ...(to !== undefined && { session: to }) };
    if (to === undefined) this.#log.info("Session {from} no longer has control: {reason}", details);
    else this.#log.info("Session {session} has control: {reason}", details);
  }

  loginLocked({ address, user, failures, seconds }: LoginLocked): void {
    const details = { address, failures, seconds, ...(user && { user }) };
    this.#log.warning("{address} has failed to log in {failures} times and waits {seconds} s", details);
  }

  authenticationFailed(
    { session, security }: { readonly session: SessionId; readonly security: string },
  ): void {
    this.#failures.set(session, security);
  }

  sessionClosed({ session, authenticated, reason, error, durationMs }: SessionClosed): void {
    const peer = this.#peers.get(session);
    const { address, transport } = peer ?? {};
    const security = this.#failures.get(session);
    this.#peers.delete(session);
    this.#failures.delete(session);
    const common = { session, address, transport, seconds: Math.round(durationMs) / 1000, reason, error };
    const details = { ...common, ...(security && { security }), ...ownerOf(peer) };
    if (authenticated) this.#log.info("{address} has gone: {reason}", details);
    else if (REFUSALS.includes(error)) this.#log.warning("{address} was not let in: {reason}", details);
    else this.#log.info("{address} went before it came in: {reason}", details);
  }
}

/** Whose process it is, of peers at the Unix socket. */
function ownerOf(peer: ConnectionOpened | undefined): Readonly<Record<string, unknown>> {
  const { owner } = peer ?? {};
  return owner ? { uid: owner.uid, pid: owner.pid, ...(owner.name && { owner: owner.name }) } : {};
}
