/**
 * A browser of nobody's: it asks for the page once, before anybody does. Node's HTTP and TLS take the main thread a tenth
 * of a second when they are first used, in which nobody else gets a turn.
 *
 * @module
 */
import { connect } from "node:tls";
import { TransportStream } from "../transport/transport_stream.ts";
import type { Transport } from "../transport/transport.ts";

const REQUEST = "GET / HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n";

/**
 * Asks for the page, and reads it to its end.
 *
 * @param transport A browser's end of a connection. Owned from now on.
 * @param secured Whether to ask by https, believing any certificate.
 * @throws {Error} There was no answer.
 */
export async function visit(transport: Transport, secured: boolean): Promise<void> {
  const stream = new TransportStream(transport);
  const socket = secured
    ? connect({ socket: stream, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] })
    : stream;
  try {
    socket.write(REQUEST);
    let bytes = 0;
    for await (const part of socket) bytes += (part as Uint8Array).length;
    if (bytes === 0) throw new Error("There was no answer");
  } finally {
    socket.destroy();
    stream.destroy();
  }
}
