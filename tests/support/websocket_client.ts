/**
 * A WebSocket client for tests, from RFC 6455: it can do everything wrong that a client can do wrong, and carry RFB.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { type ByteStream, Wire } from "./rfb/wire.ts";

/** What the handshake's request says, besides what it must. */
export interface WebSocketRequest {
  readonly port: number;
  readonly hostname?: string;
  readonly path?: string;
  /** Replace or add headers; `undefined` leaves one out. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Sent at once after the request, without waiting for the answer. */
  readonly early?: Uint8Array;
  readonly connect?: () => Promise<ByteStream>;
  /** Send payloads in frames of this many bytes, as one message. */
  readonly frameSize?: number;
  readonly timeoutMs?: number;
}

/** An answer that is no WebSocket. */
export class NotUpgraded extends Error {
  override readonly name = "NotUpgraded";
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;

  constructor(status: number, headers: ReadonlyMap<string, string>, body: string) {
    super(`${status}: ${body}`);
    this.status = status;
    this.headers = headers;
  }
}

/** A frame of the server. */
export interface ServerFrame {
  readonly final: boolean;
  readonly opcode: number;
  readonly payload: Uint8Array;
}

const KEY = "dGhlIHNhbXBsZSBub25jZQ==";
const ascii = (text: string) => new TextEncoder().encode(text);

/** One masked frame (RFC 6455 §5.2). @param options What to do wrong. */
export function clientFrame(
  opcode: number,
  payload: Uint8Array | readonly number[],
  options: { final?: boolean; masked?: boolean; reserved?: number; declared?: bigint; long?: boolean } = {},
): Uint8Array {
  const { final = true, masked = true, reserved = 0 } = options;
  const mask = [0x37, 0xfa, 0x21, 0x3d];
  const length = options.declared ?? BigInt(payload.length);
  const size = options.long || length > 65535n ? 8 : length > 125n ? 2 : 0;
  const short = size === 8 ? 127 : size === 2 ? 126 : Number(length);
  const extended = Array.from(
    { length: size },
    (_, i) => Number(length >> BigInt(8 * (size - 1 - i)) & 0xffn),
  );
  return Uint8Array.from([
    (final ? 0x80 : 0) | reserved << 4 | opcode,
    (masked ? 0x80 : 0) | short,
    ...extended,
    ...(masked ? mask : []),
    ...Array.from(payload, (byte, i) => masked ? byte ^ mask[i & 3]! : byte),
  ]);
}

/** An open WebSocket. Reads and writes as a byte stream, too: `RfbClient.connect({ stream: socket })`. */
export class TestWebSocket implements ByteStream, AsyncDisposable {
  readonly wire: Wire;
  /** Of the server's answer, names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  /** What the server's Close frame said. */
  closed: { readonly code: number; readonly reason: string } | undefined;
  readonly #frameSize: number;
  #rest: Uint8Array = new Uint8Array();

  private constructor(wire: Wire, headers: ReadonlyMap<string, string>, frameSize: number) {
    this.wire = wire;
    this.headers = headers;
    this.#frameSize = frameSize;
  }

  /** @throws {NotUpgraded} The server does not want it. */
  static async open(request: WebSocketRequest): Promise<TestWebSocket> {
    const { port, hostname = "127.0.0.1", path = "/websockify", headers = {}, early, frameSize = 65536 } =
      request;
    const { timeoutMs = 5000 } = request;
    const wire = request.connect
      ? new Wire(await request.connect(), { timeoutMs })
      : await Wire.tcp(port, hostname, { timeoutMs });
    try {
      const all: Record<string, string | undefined> = {
        Host: `localhost:${port}`,
        Upgrade: "websocket",
        Connection: "Upgrade",
        "Sec-WebSocket-Key": KEY,
        "Sec-WebSocket-Version": "13",
        ...headers,
      };
      const lines = Object.entries(all).filter(([, value]) => value !== undefined).map(([name, value]) =>
        `${name}: ${value}\r\n`
      );
      const head = ascii(`GET ${path} HTTP/1.1\r\n${lines.join("")}\r\n`);
      await wire.write(early ? Uint8Array.from([...head, ...early]) : head);
      const answer = await readHead(wire);
      if (answer.status !== 101) {
        const length = Number(answer.headers.get("content-length") ?? 0);
        const body = new TextDecoder().decode(await wire.bytes(length));
        throw new NotUpgraded(answer.status, answer.headers, body);
      }
      const accept = createHash("sha1").update(KEY + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").digest("base64");
      if (answer.headers.get("sec-websocket-accept") !== accept) {
        throw new Error("Sec-WebSocket-Accept is wrong");
      }
      return new TestWebSocket(wire, answer.headers, frameSize);
    } catch (error) {
      wire.close();
      throw error;
    }
  }

  /** The next frame, whatever it is. */
  async frame(): Promise<ServerFrame> {
    const [first, second] = (await this.wire.bytes(2)) as unknown as [number, number];
    if (second & 0x80) throw new Error("A server's frames are not masked (§5.1)");
    const size = second === 127 ? 8 : second === 126 ? 2 : 0;
    const length = size === 0
      ? second
      : (await this.wire.bytes(size)).reduce((value, byte) => value * 256 + byte, 0);
    const payload = (await this.wire.bytes(length)).slice();
    return { final: (first & 0x80) !== 0, opcode: first & 15, payload };
  }

  /** Waits for the server's Close frame; other frames are passed over. @returns The code. */
  async closeCode(): Promise<number> {
    while (!this.closed) this.#note(await this.frame());
    return this.closed.code;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    while (this.#rest.length === 0) {
      if (this.closed) return null;
      const frame = await this.frame();
      if (frame.opcode === 2 || frame.opcode === 0) this.#rest = frame.payload;
      else this.#note(frame);
    }
    const count = Math.min(buffer.length, this.#rest.length);
    buffer.set(this.#rest.subarray(0, count));
    this.#rest = this.#rest.subarray(count);
    return count;
  }

  async write(bytes: Uint8Array): Promise<number> {
    for (let at = 0; at < bytes.length; at += this.#frameSize) {
      const end = Math.min(bytes.length, at + this.#frameSize);
      await this.wire.write(
        clientFrame(at === 0 ? 2 : 0, bytes.subarray(at, end), { final: end === bytes.length }),
      );
    }
    return bytes.length;
  }

  close(): void {
    this.wire.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.resolve();
    this.wire.close();
  }

  #note({ opcode, payload }: ServerFrame): void {
    if (opcode !== 8) return;
    const code = payload.length >= 2 ? payload[0]! << 8 | payload[1]! : 1005;
    this.closed = { code, reason: new TextDecoder().decode(payload.subarray(2)) };
  }
}

/** Status and headers of an HTTP answer. */
export async function readHead(wire: Wire): Promise<{ status: number; headers: Map<string, string> }> {
  let text = "";
  while (!text.endsWith("\r\n\r\n")) text += String.fromCharCode((await wire.bytes(1))[0]!);
  const [line = "", ...rest] = text.trimEnd().split("\r\n");
  const headers = rest.map((header): [string, string] => {
    const colon = header.indexOf(":");
    return [header.slice(0, colon).toLowerCase(), header.slice(colon + 1).trim()];
  });
  return { status: Number(line.split(" ")[1]), headers: new Map(headers) };
}
