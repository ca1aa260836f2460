/**
 * A connection that a proxy forwards: its header is read and taken off, and the peer is whom it names.
 *
 * @module
 */
import { DisconnectedError, ProtocolError } from "../core/errors.ts";
import { type ForwardedAddress, MOST_HEADER_BYTES, parseProxyHeader } from "./proxy_header.ts";
import type { Peer, Transport } from "./transport.ts";
import { TransportLayer } from "./transport_layer.ts";

/** Who a proxy's peer is: never on this machine, by a way that nobody here knows. */
export function forwardedPeer(proxy: Peer, source: ForwardedAddress | undefined): Peer {
  const { transport } = proxy;
  const address = source
    ? `${source.host.includes(":") ? `[${source.host}]` : source.host}:${source.port}`
    : proxy.address;
  return { transport, address, local: false, encrypted: false };
}

/**
 * Reads a proxy's header.
 *
 * @param transport Belongs to what is returned; stays the caller's when this throws.
 * @param describe Who is there, from what the header says.
 * @throws {ProtocolError} There is none.
 * @throws {DisconnectedError} The connection ended before.
 */
export async function takeProxyHeader(
  transport: Transport,
  describe: (source: ForwardedAddress | undefined) => Peer = (source) =>
    forwardedPeer(transport.peer, source),
): Promise<Transport> {
  const buffer = new Uint8Array(MOST_HEADER_BYTES);
  for (let end = 0;;) {
    const header = parseProxyHeader(buffer.subarray(0, end));
    if (header.done) {
      if ("problem" in header) {
        throw new ProtocolError(`Cannot read the proxy's header: ${header.problem}`, "PROXY protocol");
      }
      const unread = buffer.slice(header.length, end);
      return new ForwardedTransport(transport, describe(header.source), unread);
    }
    const count = await transport.read(buffer.subarray(end));
    if (count === null) throw new DisconnectedError("Peer closed before the proxy's header had come");
    end += count;
  }
}

/** Owns the transport beneath. */
class ForwardedTransport extends TransportLayer {
  readonly #peer: Peer;
  /** What came with the header. */
  #unread: Uint8Array;

  constructor(inner: Transport, peer: Peer, unread: Uint8Array) {
    super(inner);
    this.#peer = peer;
    this.#unread = unread;
  }

  override get peer(): Peer {
    return this.#peer;
  }

  override read(into: Uint8Array): Promise<number | null> {
    if (this.#unread.length === 0) return super.read(into);
    const count = Math.min(into.length, this.#unread.length);
    into.set(this.#unread.subarray(0, count));
    this.#unread = this.#unread.subarray(count);
    return Promise.resolve(count);
  }
}
