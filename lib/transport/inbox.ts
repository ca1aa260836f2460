/**
 * Buffered reading from a transport: bytes at hand, and a way to wait for more.
 *
 * @module
 */
import { DisconnectedError } from "../core/errors.ts";
import { PEER_LIMITS } from "../core/limits.ts";
import { turnUsedUp } from "../core/next_turn.ts";
import type { Transport } from "./transport.ts";

/** Received bytes that nobody has consumed yet. Borrows its transport. */
export class Inbox {
  readonly #transport: Transport;
  #buffer = new Uint8Array(PEER_LIMITS.pendingReceiveBytes);
  #start = 0;
  #end = 0;
  #received = 0;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /** Bytes received since the beginning. */
  get received(): number {
    return this.#received;
  }

  /** The bytes at hand: a view, valid until the next call. */
  available(): Uint8Array {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Forgets the first `count` bytes at hand. */
  consume(count: number): void {
    if (count > this.#end - this.#start) {
      throw new RangeError(`Cannot consume ${count} bytes: ${this.#end - this.#start} are at hand`);
    }
    this.#start += count;
    if (this.#start === this.#end) this.#start = this.#end = 0;
  }

  /**
   * Waits until at least `count` bytes are at hand. Callers check `count` against their limit first: this takes memory.
   *
   * @throws {DisconnectedError} The stream ended before that.
   */
  async fill(count: number): Promise<void> {
    while (this.#end - this.#start < count) {
      this.#makeRoom(count);
      const got = await this.#transport.read(this.#buffer.subarray(this.#end));
      if (got === null) {
        throw new DisconnectedError(
          this.#start === this.#end
            ? "Peer closed the connection"
            : "Peer closed the connection in mid-message",
        );
      }
      this.#end += got;
      this.#received += got;
      if (this.#end - this.#start >= count) return;
      // A peer that sends it in crumbs does not keep the thread until all is there.
      const pause = turnUsedUp();
      if (pause) await pause;
    }
  }

  /** Waits for at least one more byte. @returns `false` at the end of the stream. */
  async more(): Promise<boolean> {
    this.#makeRoom(this.#end - this.#start + 1);
    const got = await this.#transport.read(this.#buffer.subarray(this.#end));
    if (got === null) return false;
    this.#end += got;
    this.#received += got;
    return true;
  }

  /** Waits for `count` bytes and takes them, as a copy. */
  async take(count: number): Promise<Uint8Array<ArrayBuffer>> {
    await this.fill(count);
    const bytes = this.#buffer.slice(this.#start, this.#start + count);
    this.consume(count);
    return bytes;
  }

  /** Makes room for bigger messages once a peer has come in. */
  expand(capacity: number): void {
    if (capacity <= this.#buffer.length) return;
    const grown = new Uint8Array(capacity);
    grown.set(this.available());
    this.#end -= this.#start;
    this.#start = 0;
    this.#buffer = grown;
  }

  #makeRoom(count: number): void {
    if (this.#start + count <= this.#buffer.length && this.#end < this.#buffer.length) return;
    if (count > this.#buffer.length) this.expand(Math.max(count, this.#buffer.length * 2));
    else {
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
  }
}
