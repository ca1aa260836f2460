/**
 * The port of transports: bytes to and from one peer, whatever carries them.
 *
 * @module
 */

import type { Backlog } from "../core/backlog.ts";

export type { Backlog };

/** The process at the other end of a Unix socket, as it was when it connected. */
export interface PeerOwner {
  readonly pid: number;
  readonly uid: number;
  readonly gid: number;
  /** Name of the user; not there when the system has none for the id. */
  readonly name?: string;
}

/** Who is at the other end. */
export interface Peer {
  /** "tcp", "unix", "websocket", "memory". */
  readonly transport: string;
  /** For logs and lists: "192.0.2.7:51234", "unix", "unix:alice". */
  readonly address: string;
  /** Runs on this machine: loopback or unix socket, and not forwarded for somebody else. */
  readonly local: boolean;
  /** What passes cannot be read on the way: TLS, or it never leaves this machine. */
  readonly encrypted: boolean;
  /** Of Unix sockets, where the system tells. */
  readonly owner?: PeerOwner;
  /** Of Unix sockets: needs no password (`true`), or needs one though it is on this machine (`false`). */
  readonly trusted?: boolean;
  /** One of the proxies that may tell for whom they speak. */
  readonly proxy?: boolean;
}

/** A byte stream with a peer. Owns the connection; disposing closes it at once. */
export interface Transport extends Disposable {
  readonly peer: Peer;
  /**
   * Reads at least one byte into `into`.
   *
   * @returns How many, or `null` at the end of the stream.
   * @throws {DisconnectedError} The connection broke.
   */
  read(into: Uint8Array): Promise<number | null>;
  /**
   * Writes all of `bytes`; resolves when the system has taken them. One call at a time.
   *
   * @throws {DisconnectedError} The connection broke.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** What of the bytes written has not arrived; not there, or `undefined`, where nobody can tell. */
  backlog?(): Backlog | undefined;
  /** Bounds what the system takes ahead of what the network takes, in bytes; where that is possible. */
  limitUnsent?(bytes: number): void;
  /**
   * When the peer's system asks whether we are still there (TCP keep-alive), in ms from now: programs set it each in their
   * own way. `undefined`, or not there, when it does not, or is not this one: only the own system can be asked.
   */
  peerKeepAliveMs?(): number | undefined;
  /**
   * Notes why the connection will be closed, for carriers that can tell the peer (WebSocket's Close frame).
   *
   * @param reason Not a secret.
   * @param goingAway The server itself ends, and may be back.
   */
  farewell?(reason: string, goingAway?: boolean): void;
  /** Sends what is under way, tells the peer that no more comes, and closes after it has read it or `graceMs` have passed. */
  close(graceMs?: number): Promise<void>;
}
