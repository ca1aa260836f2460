/**
 * How a connection stands, as the system sees it.
 *
 * @module
 */

/** What has been written and has not arrived, and what the way to the peer is like. */
export interface Backlog {
  /** Bytes written that have not left this machine. */
  readonly unsent: number;
  /** Bytes sent whose arrival the peer's system has not confirmed. */
  readonly unacknowledged: number;
  /** A packet's way to the peer's system and back in ms: of late, and the least. */
  readonly roundTripMs: number;
  readonly leastRoundTripMs: number;
  /** Bytes per ms that the way has carried of late; 0 when that is not known yet. */
  readonly rate: number;
}

/** A look at one socket, from the system's side. Must not be used once the socket is closed: its number is another's then. */
export interface SocketProbe extends Disposable {
  /**
   * Bounds what the system takes ahead of what the network takes: writes beyond it wait. Bytes that wait in the system
   * can no longer be merged with newer ones.
   */
  limitUnsent(bytes: number): void;
  /** `undefined` when the system does not tell. */
  backlog(): Backlog | undefined;
  /** See `Transport`. */
  peerKeepAliveMs(): number | undefined;
}
