/**
 * Buffered reading and writing of one connection, for the test client: bytes of any fragmentation in, whole values out.
 *
 * @module
 */
import { type Decoding, type Input } from "../decoders/decoder.ts";

/** What a connection must be able to do; `Deno.Conn` is one. */
export interface ByteStream {
  /** @returns Bytes read into `buffer`, `null` at the end. */
  read(buffer: Uint8Array): Promise<number | null>;
  /** @returns Bytes written. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** The connection ended where more bytes were needed. */
export class EndOfStream extends Error {
  override readonly name = "EndOfStream";
}

/** Nothing came in time. */
export class TimedOut extends Error {
  override readonly name = "TimedOut";
}

/** How long to wait for bytes. */
export interface WireOptions {
  /** Longest wait for more bytes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * A connection with what was read ahead. Owns the stream: closing it closes that. One reader at a time.
 *
 * A read that is under way when a wait times out stays under way, and serves the next wait: nothing is lost.
 */
export class Wire implements Input, Disposable {
  /** Bytes that were taken so far. */
  received = 0;
  /** Bytes that were sent so far. */
  sent = 0;
  timeoutMs: number;
  readonly #stream: ByteStream;
  readonly #signal: AbortSignal | undefined;
  #buffer = new Uint8Array(65536);
  #start = 0;
  #end = 0;
  #reading: Promise<void> | undefined;
  #ended = false;
  #closed = false;
  #tap: Uint8Array[] | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(stream: ByteStream, { timeoutMs = 20_000, signal }: WireOptions = {}) {
    this.#stream = stream;
    this.#signal = signal;
    this.timeoutMs = timeoutMs;
    signal?.addEventListener("abort", this.close, { once: true });
  }

  /** Connects by TCP. */
  static async tcp(port: number, hostname = "127.0.0.1", options?: WireOptions): Promise<Wire> {
    const connection = await Deno.connect({ port, hostname });
    connection.setNoDelay(true);
    return new Wire(connection, options);
  }

  /** Connects to a Unix socket. */
  static async unix(path: string, options?: WireOptions): Promise<Wire> {
    return new Wire(await Deno.connect({ transport: "unix", path }), options);
  }

  get available(): number {
    return this.#end - this.#start;
  }

  take(count: number): Uint8Array {
    if (count > this.available) throw new RangeError(`${count} bytes are not at hand, ${this.available} are`);
    const bytes = this.#buffer.subarray(this.#start, this.#start + count);
    this.#start += count;
    this.received += count;
    this.#tap?.push(bytes.slice());
    return bytes;
  }

  /** From now on, remembers what is taken, until {@linkcode Wire.recorded}. */
  record(): void {
    this.#tap = [];
  }

  /** What was taken since {@linkcode Wire.record}. */
  recorded(): Uint8Array<ArrayBuffer> {
    const parts = this.#tap ?? [];
    this.#tap = undefined;
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      all.set(part, at);
      at += part.length;
    }
    return all;
  }

  /**
   * Waits until `count` bytes are at hand.
   *
   * @throws {EndOfStream} The connection ends before. @throws {TimedOut} None came for so long.
   */
  async fill(count: number, timeoutMs = this.timeoutMs): Promise<void> {
    while (this.available < count) {
      if (this.#ended) {
        throw new EndOfStream(`The connection ended, ${count - this.available} bytes are missing`);
      }
      this.#reading ??= this.#readSome(count);
      await withTimeout(this.#reading, timeoutMs, () => `No bytes for ${timeoutMs} ms, ${count} are needed`);
    }
  }

  /** Takes `count` bytes as a copy. */
  async bytes(count: number): Promise<Uint8Array<ArrayBuffer>> {
    await this.fill(count);
    return this.take(count).slice();
  }

  async u8(): Promise<number> {
    return (await this.bytes(1))[0]!;
  }

  async u16(): Promise<number> {
    return new DataView((await this.bytes(2)).buffer).getUint16(0);
  }

  async u32(): Promise<number> {
    return new DataView((await this.bytes(4)).buffer).getUint32(0);
  }

  /** Runs a decoding to its end, waiting for bytes where it needs more. */
  async run<T>(decoding: Decoding<T>): Promise<T> {
    for (;;) {
      const step = decoding.next();
      if (step.done) return step.value;
      await this.fill(step.value);
    }
  }

  /** Waits until the peer ends the connection. @returns What it sent before, and was not taken yet. */
  async end(timeoutMs = this.timeoutMs): Promise<Uint8Array<ArrayBuffer>> {
    try {
      for (;;) await this.fill(this.available + 1, timeoutMs);
    } catch (error) {
      if (!(error instanceof EndOfStream)) throw error;
    }
    return this.take(this.available).slice();
  }

  /** Whether not a single byte comes for `ms`. */
  async silentFor(ms: number): Promise<boolean> {
    try {
      await this.fill(this.available + 1, ms);
      return false;
    } catch (error) {
      if (error instanceof TimedOut) return true;
      throw error;
    }
  }

  /** Writes all of `bytes`, behind what is being written. */
  write(bytes: Uint8Array): Promise<void> {
    this.sent += bytes.length;
    const copy = bytes.slice();
    this.#writing = this.#writing.then(async () => {
      for (let at = 0; at < copy.length;) at += await this.#stream.write(copy.subarray(at));
    });
    this.#writing.catch(() => {}); // whoever awaits it hears of it
    return this.#writing;
  }

  /** Closes the connection; a wait for bytes ends with {@linkcode EndOfStream}. */
  readonly close = (): void => {
    if (this.#closed) return;
    this.#closed = true;
    this.#signal?.removeEventListener("abort", this.close);
    try {
      this.#stream.close();
    } catch { /* closed by the other side already */ }
  };

  [Symbol.dispose](): void {
    this.close();
  }

  async #readSome(count: number): Promise<void> {
    this.#makeRoom(count);
    try {
      const read = await this.#stream.read(this.#buffer.subarray(this.#end));
      if (read === null) this.#ended = true;
      else this.#end += read;
    } catch {
      this.#ended = true; // reset by the peer, or closed by us: either way nothing more comes
    } finally {
      this.#reading = undefined;
    }
  }

  #makeRoom(count: number): void {
    if (this.#buffer.length - this.#end > 16384 && this.#buffer.length - this.#start >= count) return;
    const size = Math.max(65536, 2 * this.available, count + 65536);
    // A new buffer if it must grow, so that views given out before are not written over while they are in use.
    const target = size > this.#buffer.length ? new Uint8Array(size) : this.#buffer;
    const length = this.available;
    if (target === this.#buffer) target.copyWithin(0, this.#start, this.#end);
    else target.set(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = target;
    this.#start = 0;
    this.#end = length;
  }
}

/** Waits for `promise`, but not longer than `ms`. */
export async function withTimeout<T>(promise: Promise<T>, ms: number, message: () => string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new TimedOut(message())), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
