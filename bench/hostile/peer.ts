/**
 * A connection of somebody who means no good, or who merely counts: it says what it is told to say, reads when it is told
 * to, and keeps nothing of what it has read.
 *
 * @module
 */
import { connect } from "node:net";

/** One byte stream. */
interface Stream {
  read(into: Uint8Array): Promise<number | null>;
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

const VERSION = new TextEncoder().encode("RFB 003.008\n");
const NONE = 1;
const SINK_BYTES = 256 * 1024;

/** A peer. Owns its connection. */
export class Peer implements Disposable {
  readonly #stream: Stream;
  #closed = false;

  private constructor(stream: Stream) {
    this.#stream = stream;
  }

  /** Connects to this machine. */
  static async connect(port: number): Promise<Peer> {
    const connection = await Deno.connect({ hostname: "127.0.0.1", port });
    connection.setNoDelay(true);
    return new Peer(connection);
  }

  /** Connects from an address of this machine's own, such as 127.0.0.7. It reads a little by itself. */
  static connectFrom(address: string, port: number): Promise<Peer> {
    return new Promise((resolve, reject) => {
      const socket = connect({ host: "127.0.0.1", port, localAddress: address });
      const { promise: ended, resolve: end } = Promise.withResolvers<null>();
      socket.once("error", (error) => (end(null), reject(error)));
      socket.once("close", () => end(null));
      const reader = socket[Symbol.asyncIterator]();
      socket.once("connect", () =>
        resolve(
          new Peer({
            async read(into) {
              const next = await Promise.race([reader.next().catch(() => null), ended]);
              if (next === null || next.done) return null;
              const bytes: Uint8Array = next.value;
              into.set(bytes.subarray(0, into.length));
              return bytes.length;
            },
            write: (bytes) =>
              new Promise((written, failed) =>
                socket.write(bytes, (error) => error ? failed(error) : written(bytes.length))
              ),
            close: () => void socket.destroy(),
          }),
        ));
    });
  }

  /** Connects by TCP, and agrees on version 3.8, no security and a shared desktop. */
  static async enter(port: number): Promise<Peer> {
    const peer = await Peer.connect(port);
    try {
      await peer.skip(VERSION.length);
      await peer.say(VERSION);
      await peer.skip((await peer.bytes(1))[0]!);
      await peer.say(Uint8Array.of(NONE));
      await peer.skip(4);
      await peer.say(Uint8Array.of(1));
      const init = await peer.bytes(24);
      await peer.skip(new DataView(init.buffer).getUint32(20));
      return peer;
    } catch (error) {
      peer.close();
      throw error;
    }
  }

  /** Says all of it; waits as long as the server does not listen. @throws The connection broke. */
  async say(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) at += await this.#stream.write(bytes.subarray(at));
  }

  /** The next `count` bytes. @throws {Error} There are none. */
  async bytes(count: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(count);
    for (let at = 0; at < count;) {
      const got = await this.#stream.read(bytes.subarray(at));
      if (got === null) throw new Error("The server has closed the connection");
      at += got;
    }
    return bytes;
  }

  /** Passes over so many bytes. */
  async skip(count: number): Promise<void> {
    await this.bytes(count);
  }

  /** Reads all that comes, until the connection ends. */
  async drain(): Promise<void> {
    const sink = new Uint8Array(SINK_BYTES);
    try {
      while (await this.#stream.read(sink) !== null);
    } catch { /* it has ended */ }
  }

  /** Whether the server ends the connection within `ms`; what it says meanwhile is passed over. */
  async isCutWithin(ms: number): Promise<boolean> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<boolean>((resolve) => timer = setTimeout(() => resolve(false), ms));
    try {
      return await Promise.race([this.drain().then(() => true), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  readonly close = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#stream.close();
    } catch { /* closed by the other side already */ }
  };

  [Symbol.dispose](): void {
    this.close();
  }
}
