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

/** How long a peer of this machine is believed to be slow after one was, in ms. */
const SLOW_FOR_MS = 60_000;

const TLS_HANDSHAKE = 0x16;

/** Finds out what is spoken, and learns from mistakes: a machine may be too busy for its own browser. */
export class ProtocolFinder {
  #slowUntil = 0;

  /** How long a viewer is made to wait for the server's version at most, in ms. */
  waitFor(local: boolean): number {
    return local && performance.now() >= this.#slowUntil ? LOCAL_WAIT_MS : REMOTE_WAIT_MS;
  }

  /**
   * Finds out what a peer speaks; nothing is consumed. Silence is taken for RFB.
   *
   * @returns `undefined` when the peer has closed.
   * @throws {DisconnectedError} The connection broke.
   */
  async protocolOf(
    transport: PeekableTransport,
    waitMs = this.waitFor(transport.peer.local),
  ): Promise<Protocol | undefined> {
    const first = await transport.peek(waitMs, (late) => {
      if (protocolBy(late) !== "rfb") this.#slowUntil = performance.now() + SLOW_FOR_MS;
    });
    if (first === null) return undefined;
    return first === undefined ? "rfb" : protocolBy(first);
  }
}

function protocolBy(first: Uint8Array): Protocol {
  if (first[0] === TLS_HANDSHAKE) return "tls";
  return first[0] === "R".charCodeAt(0) ? "rfb" : "http";
}
