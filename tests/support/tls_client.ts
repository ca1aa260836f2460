/**
 * What connects by TLS to a server that made its own certificate, and believes it.
 *
 * @module
 */
import { Wire } from "./rfb/wire.ts";
import { readHead } from "./websocket_client.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

/** A folder for the server's state, and what connects with its certificate. Owns the folder. */
export class TlsClient implements AsyncDisposable {
  readonly folder = Deno.makeTempDirSync();

  /** @param alpnProtocols What it says that it can speak inside. */
  async connect(port: number, alpnProtocols?: string[]): Promise<Deno.TlsConn> {
    const caCerts = [await Deno.readTextFile(`${this.folder}/certificate.pem`)];
    const conn = await Deno.connectTls({
      hostname: "localhost",
      port,
      caCerts,
      ...(alpnProtocols && { alpnProtocols }),
    });
    await conn.handshake();
    return conn;
  }

  async get(port: number, path: string): Promise<string> {
    using wire = new Wire(await this.connect(port), { timeoutMs: 5000 });
    await wire.write(ascii(`GET ${path} HTTP/1.1\r\nHost: localhost:${port}\r\nConnection: close\r\n\r\n`));
    const { headers } = await readHead(wire);
    return new TextDecoder().decode(await wire.bytes(Number(headers.get("content-length"))));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}
