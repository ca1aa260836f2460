/**
 * All sessions of a server, and who may join them.
 *
 * @module
 */
import { RefusedError } from "../core/errors.ts";
import type { Limits } from "../core/limits.ts";
import { hostOf } from "../security/peer_host.ts";
import { maySendAway } from "../security/roles.ts";
import type { Transport } from "../transport/transport.ts";
import type { Session } from "./session.ts";

/** What becomes of the others when a client wants the desktop for itself (ClientInit, RFC 6143 §7.3.1). */
export type SharedPolicy =
  /** It shares all the same. */
  | "always"
  /** It is refused while others are there; and others while it is there. */
  | "never"
  /** The others have to go, as far as it may decide about them (lib/security/roles.ts). */
  | "disconnect";

/** How many may come, and how they get on. */
export interface AdmissionRules {
  readonly maxConnections: number;
  readonly shared: SharedPolicy;
}

/** Written by the server's accept loop and by sessions that begin. */
export class SessionList implements Iterable<Session> {
  readonly #running = new Set<Session>();
  readonly #exclusive = new WeakSet<Session>();
  readonly #pending = new Map<Session, string>();
  readonly #limits: Limits;
  readonly #rules: () => AdmissionRules;

  constructor(limits: Limits, rules: () => AdmissionRules) {
    this.#limits = limits;
    this.#rules = rules;
  }

  /** Sessions that have come in, in the order in which they did. */
  [Symbol.iterator](): Iterator<Session> {
    return this.#running.values();
  }

  /** Sessions that have come in. */
  get size(): number {
    return this.#running.size;
  }

  /** Peers that have not come in yet. */
  get pendingCount(): number {
    return this.#pending.size;
  }

  /**
   * Whether one more peer that has not shown who it is can be afforded. Where all places are taken, one that has not even
   * chosen how to show it gives way: a crowd that only waits keeps nobody out.
   */
  makeRoomFor(transport: Transport): boolean {
    const { pendingConnections, pendingConnectionsPerAddress } = this.#limits;
    const crowds = new Map<string, number>();
    for (const host of this.#pending.values()) crowds.set(host, (crowds.get(host) ?? 0) + 1);
    if ((crowds.get(hostOf(transport.peer.address)) ?? 0) >= pendingConnectionsPerAddress) return false;
    if (this.#pending.size < pendingConnections) return true;
    const idler = this.#idlerOf(crowds);
    if (!idler) return false;
    this.#pending.delete(idler);
    idler.disconnect("Others need the place of a peer that has not said how it logs in", "replaced");
    return true;
  }

  /** Of the peers that have chosen nothing yet, the longest there of those whose address has the most. */
  #idlerOf(crowds: ReadonlyMap<string, number>): Session | undefined {
    let idler: Session | undefined;
    let largest = 0;
    for (const [session, host] of this.#pending) {
      const crowd = crowds.get(host)!;
      if (crowd <= largest || session.status().phase !== "handshake") continue;
      [idler, largest] = [session, crowd];
    }
    return idler;
  }

  /** Why no peer can come in at all now, or `undefined` when one can. */
  get fullBecause(): string | undefined {
    const { maxConnections } = this.#rules();
    return this.#running.size >= maxConnections
      ? `All ${maxConnections} places of this server are taken (max_connections)`
      : undefined;
  }

  /** A peer has connected. */
  add(session: Session, transport: Transport): void {
    this.#pending.set(session, hostOf(transport.peer.address));
  }

  /**
   * A peer has shown who it is and wants in.
   *
   * @param shared Others may stay.
   * @throws {RefusedError} It cannot come in.
   */
  admit(session: Session, shared: boolean): void {
    const { shared: policy } = this.#rules();
    if (policy === "never") {
      const taken = shared
        ? [...this.#running].some((other) => this.#exclusive.has(other))
        : this.#running.size > 0;
      if (taken) throw new RefusedError("The desktop is in use, and is not shared");
      if (!shared && !session.principal?.viewOnly) this.#exclusive.add(session);
    }
    if (policy === "disconnect" && !shared) this.#sendOthersAway(session);
    const full = this.fullBecause ?? this.#fullFor(session);
    if (full) throw new RefusedError(full);
    this.#pending.delete(session);
    this.#running.add(session);
  }

  /** Why no more can come from where `session` is. */
  #fullFor(session: Session): string | undefined {
    const { connectionsPerAddress: most } = this.#limits;
    const { peer } = session;
    // Many people have the address of this machine, or of a proxy that does not tell for whom it speaks.
    if (most === 0 || peer.local || peer.proxy) return undefined;
    const host = hostOf(session.peer.address);
    const there =
      [...this.#running].filter((other) => !other.peer.local && hostOf(other.peer.address) === host).length;
    return there >= most
      ? `${there} viewers from your address are connected, more cannot (limits.connections_per_address)`
      : undefined;
  }

  /** Those that have to go are gone at once, so that their places are free. */
  #sendOthersAway(session: Session): void {
    const others = [...this.#running];
    const { principal } = session;
    if (!others.every((other) => !principal || !other.principal || maySendAway(principal, other.principal))) {
      return; // it shares
    }
    for (const other of others) {
      other.disconnect("Another viewer wants the desktop for itself", "replaced");
      this.#running.delete(other);
    }
  }

  /** A session is over. */
  remove(session: Session): void {
    this.#pending.delete(session);
    this.#running.delete(session);
  }
}
