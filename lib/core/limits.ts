/**
 * What a peer may cost, all of it in one table. Each limit is checked before memory is taken or time is spent.
 *
 * Operators choose {@linkcode Limits} (the settings `limits.*`); {@linkcode PEER_LIMITS} are what protocols and memory
 * demand, and nobody needs to change. tests/limits_test.ts has a test for each.
 *
 * @module
 */

/** Limits that operators choose, of one session and of all that have not come in yet. */
export interface Limits {
  /** From the connection until version and security type are chosen, in ms. */
  readonly handshakeMs: number;
  /** From the connection until ClientInit, in ms. */
  readonly loginMs: number;
  /** A client that presses, moves and copies nothing for so long has to go, in ms; 0: it may stay. */
  readonly idleMs: number;
  /** A session ends so long after its beginning, in ms; 0: it does not. */
  readonly sessionMs: number;
  /** Peers that have not come in, at the same time: in all, and from one address. */
  readonly pendingConnections: number;
  readonly pendingConnectionsPerAddress: number;
  /** Sessions from one address at the same time; 0: as many as there are places. This machine's own do not count. */
  readonly connectionsPerAddress: number;
  /** Longest cut text that is kept, in bytes, inflated or not; longer ones are skipped unread. */
  readonly cutTextBytes: number;
}

/** Safe and roomy. */
export const DEFAULT_LIMITS: Limits = {
  handshakeMs: 10_000,
  loginMs: 30_000,
  idleMs: 0,
  sessionMs: 0,
  pendingConnections: 64,
  pendingConnectionsPerAddress: 8,
  connectionsPerAddress: 0,
  cutTextBytes: 1024 * 1024,
};

/** Limits that nobody chooses. */
export const PEER_LIMITS = {
  /** What a peer is told last has so long to reach it, in ms. */
  closeGraceMs: 2000,
  /** Every failed login is answered so late, in ms, however it failed: timing tells nothing. */
  failedLoginMs: 200,
  /** Taken at first for received bytes of a peer that has not come in; a login that needs more gets what it needs. */
  pendingReceiveBytes: 1024,
  /** Name and password in the clear or in TLS (VeNCrypt Plain), each. */
  plainTextBytes: 1023,
  /** Name and password of the RSA-AES types, each: the length is one byte. */
  shortTextBytes: 255,
  /** RSA keys of peers: weaker is no protection, longer costs too much. */
  rsaBits: { least: 1024, most: 8192 },
  /** SetEncodings: all that can be told in it are read; only those that have a name here are kept. */
  encodings: 65_535,
  /** Payload of a fence; longer ones are skipped unread. */
  fenceBytes: 64,
  /** Width and height that a client may ask for, in pixels: keeps areas far from 32 bits. */
  desktopSide: 16_384,
  /** Screens in a layout. */
  screens: 255,
  /** Replies that wait for a client that does not read, in bytes; who asks for more is cut off. */
  replyBytes: 256 * 1024,
  /** Frames of WebSockets and of RSA-AES that carry nothing, such as pings: at once, and a second; who sends more has to go. */
  emptyFrames: { burst: 200, perSecond: 20 },
  /** Head of an HTTP request, and of a WebSocket's opening. */
  webHeaderBytes: 8 * 1024,
  /** Time for it to come, in ms. */
  webRequestMs: 5000,
} as const;
