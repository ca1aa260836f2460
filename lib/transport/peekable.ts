/**
 * A transport whose first bytes can be looked at before somebody is chosen to read them.
 *
 * @module
 */
import type { Backlog, Peer, Transport } from "./transport.ts";

/** Bytes that are looked at: the first decides among protocols. */
const PEEK_SIZE = 4096;

/** A timer that is later than this was held up; and so often it is started again then. */
const BUSY_MS = 8;
const MOST_WAITS = 3;

/** Owns its transport. */
export class PeekableTransport implements Transport {
  readonly peer: Peer;
  readonly #transport: Transport;
  /** A read that was begun to look, and that the next reader gets. */
  #ahead: Promise<Uint8Array | null> | undefined;
  /** What is left of it. */
  #unread: Uint8Array | undefined;

  constructor(transport: Transport) {
    this.peer = transport.peer;
    this.#transport = transport;
  }

  /**
   * Looks at what the peer sends first. Only before the first read.
   *
   * @param waitMs How long to wait for it. Time in which this thread was busy does not count: bytes may lie there, and
   *   nobody has looked.
   * @param late Told what came first when it came later than that.
   * @returns At least one byte; `null` when the peer closed, `undefined` when it said nothing.
   * @throws {DisconnectedError} The connection broke.
   */
  async peek(waitMs: number, late?: (first: Uint8Array) => void): Promise<Uint8Array | null | undefined> {
    const buffer = new Uint8Array(PEEK_SIZE);
    const ahead = this.#ahead ??= this.#transport.read(buffer).then((count) =>
      count === null ? null : buffer.subarray(0, count)
    );
    for (let wait = 0; wait < MOST_WAITS; wait++) {
      const began = performance.now();
      // A timer comes before bytes that have arrived meanwhile: those need one more turn.
      const first = await during(waitMs, ahead) ?? await during(0, ahead);
      if (first !== undefined) return first.bytes;
      if (performance.now() - began < waitMs + BUSY_MS) break;
    }
    ahead.then((first) => first && late?.(first), () => {});
    return undefined;
  }

  async read(into: Uint8Array): Promise<number | null> {
    if (this.#ahead) {
      const first = await this.#ahead;
      this.#ahead = undefined;
      if (first === null) return null;
      this.#unread = first;
    }
    if (!this.#unread) return await this.#transport.read(into);
    const count = Math.min(into.length, this.#unread.length);
    into.set(this.#unread.subarray(0, count));
    this.#unread = count < this.#unread.length ? this.#unread.subarray(count) : undefined;
    return count;
  }

  write(bytes: Uint8Array): Promise<void> {
    return this.#transport.write(bytes);
  }

  backlog(): Backlog | undefined {
    return this.#transport.backlog?.();
  }

  limitUnsent(bytes: number): void {
    this.#transport.limitUnsent?.(bytes);
  }

  close(graceMs?: number): Promise<void> {
    return this.#transport.close(graceMs);
  }

  [Symbol.dispose](): void {
    this.#transport[Symbol.dispose]();
  }
}

/** What was read within `ms`, or `undefined`. */
function during(
  ms: number,
  reading: Promise<Uint8Array | null>,
): Promise<{ readonly bytes: Uint8Array | null } | undefined> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => resolve(undefined), ms);
    // Whether it fails is for the next reader, too.
    reading.then((bytes) => resolve({ bytes }), reject).finally(() => clearTimeout(timer));
  });
}
