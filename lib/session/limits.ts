/**
 * What a peer may cost, in one table.
 *
 * Each is checked before memory is taken or time is spent.
 *
 * @module
 */

/** Limits of one session and of all that have not come in yet. */
export interface Limits {
  /** From the connection until version and security type are chosen, in ms. */
  readonly handshakeMs: number;
  /** From the connection until ClientInit, in ms. */
  readonly loginMs: number;
  /** Peers that have not come in, at the same time: in all, and from one address. */
  readonly pendingConnections: number;
  readonly pendingConnectionsPerAddress: number;
  /** Longest cut text that is kept, in bytes; longer ones are skipped unread. */
  readonly cutTextBytes: number;
}

/** Safe and roomy. */
export const DEFAULT_LIMITS: Limits = {
  handshakeMs: 10_000,
  loginMs: 30_000,
  pendingConnections: 64,
  pendingConnectionsPerAddress: 8,
  cutTextBytes: 1024 * 1024,
};

/** Replies that wait for a client that does not read, in bytes; a client that asks for more without reading is cut off. */
export const MOST_REPLY_BYTES = 256 * 1024;

/** Largest width and height that a client may ask for, in pixels. */
export const LARGEST_DESKTOP_SIDE = 16_384;
