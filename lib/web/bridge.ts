/**
 * HTTP for runtimes whose HTTP server takes no connections that others have accepted (Deno before 2.8): it listens for
 * itself, on a port of this machine, and bytes are carried there and back.
 *
 * @module
 */
import type { Server } from "node:http";
import type { Duplex } from "node:stream";
import { SocketTransport } from "../transport/tcp.ts";
import type { Transport } from "../transport/transport.ts";

/** Whether this runtime's HTTP server takes connections. */
export function takesConnections(): boolean {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 8);
}

/** Carries connections to an HTTP server. */
export class Bridge implements Disposable {
  readonly #server: Server;
  readonly #port: Promise<number>;
  /** Whom we carry for, by the port that the server sees. */
  readonly #carried = new Map<number, Transport>();

  constructor(server: Server) {
    this.#server = server;
    this.#port = new Promise((resolve) =>
      server.listen(0, "127.0.0.1", () => resolve((server.address() as { port: number }).port))
    );
  }

  /** Who is behind a connection of the server; `undefined` when that cannot be told. */
  behind(stream: Duplex): Transport | undefined {
    return this.#carried.get((stream as { remotePort?: number }).remotePort ?? 0);
  }

  /** Owns `transport` until it ends. */
  async carry(transport: Transport): Promise<void> {
    try {
      const conn = await Deno.connect({ hostname: "127.0.0.1", port: await this.#port });
      const { port } = conn.localAddr as Deno.NetAddr;
      this.#carried.set(port, transport);
      using server = new SocketTransport(conn);
      await Promise.race([pump(transport, server), pump(server, transport)]);
      await transport.close();
      this.#carried.delete(port);
    } finally {
      transport[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    for (const transport of this.#carried.values()) transport[Symbol.dispose]();
    this.#server.close();
  }
}

async function pump(from: Transport, to: Transport): Promise<void> {
  const buffer = new Uint8Array(16 * 1024);
  try {
    for (let count; (count = await from.read(buffer)) !== null;) await to.write(buffer.subarray(0, count));
  } catch { /* one of the two has gone */ }
}
