/**
 * Which protocol a peer speaks, told by what it sends first: for ports where several are spoken.
 *
 * RFB's server speaks first (RFC 6143 §7.1.1), so a viewer is known by its silence; a browser sends its request or its
 * ClientHello in the moment in which it is connected. The first byte alone decides: a viewer's would be the "R" of its
 * version, TLS begins with 22 (RFC 8446 §5.1), and no method of HTTP begins with either.
 *
 * Who speaks too late has got the server's version, and nothing can be put right any more: an answer of HTTP begins with
 * its status line (RFC 9112 §4), a record of TLS with its type, and no browser takes them behind twelve other bytes. So
 * all that is left is to be more patient with the next ones.
 *
 * @module
 */
import { getLogger } from "../core/log.ts";
import type { Patience, PeekableTransport } from "../transport/peekable.ts";
import type { Peer, Transport } from "../transport/transport.ts";

/** Protocols that share a port. */
export type Protocol = "rfb" | "tls" | "http";

/** Longest wait for a peer to speak first, in ms: on the way here its first bytes follow the handshake at once. */
const REMOTE_WAIT_MS = 20;
/** The same for peers on this machine, where nothing is on the way. */
const LOCAL_WAIT_MS = 1.5;

/**
 * On its own machine Chromium takes longer than that to speak: 1 to 20 ms, and more while it starts. But its system is to
 * ask for a sign of life after 45 s, by an option that it sets before it connects, and no viewer does: what is seen of that,
 * in ms, and how long it is waited for.
 */
const CHROMIUM_KEEPALIVE_MS = { least: 40_000, most: 45_000 } as const;
const CHROMIUM_WAIT_MS = 1000;

/**
 * After a browser that spoke too late its user will try again: for so long, in ms, peers of this machine are waited for as
 * long as those from elsewhere.
 */
const RETRY_MS = 30_000;

const TLS_HANDSHAKE = 0x16;

/** Finds out what is spoken on a port. */
export class ProtocolFinder {
  readonly #log = getLogger("web");
  #retryUntil = 0;

  /** How long a viewer is made to wait for the server's version. */
  patienceWith(transport: Transport): Patience {
    const quick = transport.peer.local && performance.now() >= this.#retryUntil;
    return {
      waitMs: quick ? LOCAL_WAIT_MS : REMOTE_WAIT_MS,
      mostMs: REMOTE_WAIT_MS,
      more: () => isChromium(transport) ? CHROMIUM_WAIT_MS : 0,
    };
  }

  /**
   * Finds out what a peer speaks; nothing is consumed. Silence is taken for RFB.
   *
   * @returns `undefined` when the peer has closed.
   * @throws {DisconnectedError} The connection broke.
   */
  async protocolOf(
    transport: PeekableTransport,
    patience = this.patienceWith(transport),
  ): Promise<Protocol | undefined> {
    // What comes too late was mistaken, but not in vain.
    const first = await transport.peek(patience, (late) => this.#tooLate(transport.peer, protocolBy(late)));
    if (first === null) return undefined;
    if (first === undefined) return "rfb";
    return protocolBy(first);
  }

  #tooLate({ address }: Peer, protocol: Protocol): void {
    if (protocol === "rfb") return;
    this.#retryUntil = performance.now() + RETRY_MS;
    this.#log.info("{address} began with {protocol} after it had been taken for a viewer", {
      address,
      protocol,
    });
  }
}

/** Whether a peer on this machine is a browser, by what the system knows of its socket. */
function isChromium(transport: Transport): boolean {
  const keepAliveMs = transport.peerKeepAliveMs?.() ?? 0;
  return keepAliveMs > CHROMIUM_KEEPALIVE_MS.least && keepAliveMs <= CHROMIUM_KEEPALIVE_MS.most;
}

function protocolBy(first: Uint8Array): Protocol {
  if (first[0] === TLS_HANDSHAKE) return "tls";
  return first[0] === "R".charCodeAt(0) ? "rfb" : "http";
}
