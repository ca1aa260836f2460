/**
 * The client's side of TLS on transports that are no sockets.
 *
 * @module
 */
import { connect } from "node:tls";
import { StreamTransport } from "../../lib/transport/stream_transport.ts";
import type { Transport } from "../../lib/transport/transport.ts";
import { TransportStream } from "../../lib/transport/transport_stream.ts";

/** Becomes a client of TLS, whatever the certificate: that is other tests' concern. @throws {Error} There is no handshake. */
export async function startMemoryTls(transport: Transport): Promise<Transport> {
  const stream = new TransportStream(transport);
  const socket = connect({ socket: stream as never, rejectUnauthorized: false });
  stream.on("error", () => socket.destroy());
  stream.on("close", () => socket.destroy());
  const layer = new StreamTransport(socket, transport.peer);
  await new Promise<void>((resolve, reject) => {
    socket.once("secureConnect", resolve);
    socket.once("error", reject);
    socket.once("close", () => reject(new Error("TLS ended")));
  });
  return layer;
}
