/**
 * Which protocol a peer speaks, told by what it sends first: for ports where several are spoken.
 *
 * RFB's server speaks first (RFC 6143 §7.1.1), so a viewer is known by its silence; a browser sends its request or its
 * ClientHello in the moment in which it is connected. The first byte alone decides: a viewer's would be the "R" of its
 * version, TLS begins with 22 (RFC 8446 §5.1), and no method of HTTP begins with either.
 *
 * @module
 */
import type { PeekableTransport } from "../transport/peekable.ts";

/** Protocols that share a port. */
export type Protocol = "rfb" | "tls" | "http";

/** Longest wait for a peer to speak first, in ms: on the way here its first bytes follow the handshake at once. */
const REMOTE_WAIT_MS = 20;
/** The same for peers on this machine, where nothing is on the way. */
const LOCAL_WAIT_MS = 2;

const TLS_HANDSHAKE = 0x16;

/** How long viewers are made to wait for the server's version at most. */
export function waitFor(local: boolean): number {
  return local ? LOCAL_WAIT_MS : REMOTE_WAIT_MS;
}

/**
 * Finds out what is spoken; nothing is consumed.
 *
 * @param waitMs After this, silence is taken for RFB.
 * @returns `undefined` when the peer has closed.
 * @throws {DisconnectedError} The connection broke.
 */
export async function protocolOf(
  transport: PeekableTransport,
  waitMs: number,
): Promise<Protocol | undefined> {
  const first = await transport.peek(waitMs);
  if (first === undefined) return "rfb";
  if (first === null) return undefined;
  if (first[0] === TLS_HANDSHAKE) return "tls";
  return first[0] === "R".charCodeAt(0) ? "rfb" : "http";
}
