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
import type { Peer } from "../transport/transport.ts";

/** Protocols that share a port. */
export type Protocol = "rfb" | "tls" | "http";

/** Longest wait for a peer to speak first, in ms: on the way here its first bytes follow the handshake at once. */
const REMOTE_WAIT_MS = 20;
/** The same for peers on this machine, where nothing is on the way. */
const LOCAL_WAIT_MS = 2;

/**
 * Where one browser connection is, others follow, and a machine that is busy with a page may be slow to ask for its
 * parts: for so long after each, in ms, peers of this machine are waited for as long as those from elsewhere.
 */
const BROWSING_MS = 30_000;

const TLS_HANDSHAKE = 0x16;

/** Finds out what is spoken on a port. */
export class ProtocolFinder {
  readonly #log = getLogger("web");
  #browsingUntil = 0;

  /** How long a viewer is made to wait for the server's version. */
  patienceWith({ local }: Peer): Patience {
    const quick = local && performance.now() >= this.#browsingUntil;
    return { waitMs: quick ? LOCAL_WAIT_MS : REMOTE_WAIT_MS, mostMs: REMOTE_WAIT_MS };
  }

  /**
   * Finds out what a peer speaks; nothing is consumed. Silence is taken for RFB.
   *
   * @returns `undefined` when the peer has closed.
   * @throws {DisconnectedError} The connection broke.
   */
  async protocolOf(
    transport: PeekableTransport,
    patience = this.patienceWith(transport.peer),
  ): Promise<Protocol | undefined> {
    // What comes too late was mistaken, but not in vain.
    const first = await transport.peek(patience, (late) => this.#tooLate(transport.peer, protocolBy(late)));
    if (first === null) return undefined;
    if (first === undefined) return "rfb";
    const protocol = protocolBy(first);
    this.#learn(protocol);
    return protocol;
  }

  #tooLate({ address }: Peer, protocol: Protocol): void {
    this.#learn(protocol);
    if (protocol === "rfb") return;
    this.#log.info("{address} began with {protocol} after it had been taken for a viewer", {
      address,
      protocol,
    });
  }

  #learn(protocol: Protocol): void {
    if (protocol !== "rfb") this.#browsingUntil = performance.now() + BROWSING_MS;
  }
}

function protocolBy(first: Uint8Array): Protocol {
  if (first[0] === TLS_HANDSHAKE) return "tls";
  return first[0] === "R".charCodeAt(0) ? "rfb" : "http";
}
