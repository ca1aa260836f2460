/**
 * TLS over any transport, on the server's side: for https and wss, and for security types that change to TLS in
 * mid-conversation (VeNCrypt).
 *
 * @module
 */
import { createSecureContext, type SecureContext, TLSSocket } from "node:tls";
import { DisconnectedError } from "../core/errors.ts";
import { StreamTransport } from "./stream_transport.ts";
import type { Transport } from "./transport.ts";
import { TransportStream } from "./transport_stream.ts";

export type { SecureContext };

/** A certificate and its key, in PEM. */
export interface TlsFiles {
  readonly certificate: string;
  readonly key: string;
}

/**
 * Makes what sessions are encrypted by. TLS 1.2 and later.
 *
 * @param newest The latest version to agree on.
 * @throws {Error} The texts are no certificate and its key.
 */
export function secureContextOf(
  { certificate, key }: TlsFiles,
  newest: "TLSv1.2" | "TLSv1.3" = "TLSv1.3",
): SecureContext {
  return createSecureContext({ cert: certificate, key, minVersion: "TLSv1.2", maxVersion: newest });
}

/** TLS on a transport. Owns both. */
export class TlsTransport extends StreamTransport {
  readonly #socket: TLSSocket;

  /** @param beneath What TLS lies on. */
  constructor(socket: TLSSocket, beneath: Transport) {
    super(socket, { ...beneath.peer, encrypted: true }, beneath);
    this.#socket = socket;
  }

  /** What is spoken inside, as far as both have agreed on it (ALPN, RFC 7301); known when the handshake is over. */
  get protocol(): string | undefined {
    return this.#socket.alpnProtocol || undefined;
  }
}

/**
 * Becomes the server of TLS on a transport whose peer begins, or is about to begin, with a ClientHello.
 *
 * @param transport Belongs to what is returned, or is disposed when this fails.
 * @param timeoutMs For the handshake.
 * @param protocols What can be agreed on (ALPN); a peer that offers others alone is refused, one that offers none is not.
 * @throws {DisconnectedError} There was no handshake.
 */
export function acceptTls(
  transport: Transport,
  context: SecureContext,
  timeoutMs: number,
  protocols: readonly string[] = [],
): Promise<TlsTransport> {
  const stream = new TransportStream(transport);
  const socket = new TLSSocket(stream, {
    isServer: true,
    secureContext: context,
    ...(protocols.length > 0 && { ALPNProtocols: [...protocols] }),
  });
  const secured = new TlsTransport(socket, transport);
  return new Promise((resolve, reject) => {
    const fail = (cause?: unknown) => {
      clearTimeout(timer);
      socket.destroy();
      stream.destroy();
      reject(new DisconnectedError("Peer made no TLS handshake", { cause }));
    };
    const timer = setTimeout(fail, timeoutMs);
    stream.once("error", fail);
    stream.once("end", fail); // TLS itself goes on waiting for a peer that has closed
    socket.once("error", fail);
    socket.once("close", fail);
    socket.once("secure", () => {
      clearTimeout(timer);
      socket.off("error", fail);
      socket.off("close", fail);
      stream.off("error", fail);
      stream.off("end", fail);
      stream.on("error", (error) => socket.destroy(error));
      socket.once("close", () => stream.destroy());
      resolve(secured);
    });
  });
}
