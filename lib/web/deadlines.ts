/**
 * Time limits of connections: one at a time each, and the connection is cut when it passes.
 *
 * @module
 */
import type { Duplex } from "node:stream";

/** Watches over streams; forgets those that close. */
export class Deadlines implements Disposable, Iterable<Duplex> {
  readonly #timers = new Map<Duplex, ReturnType<typeof setTimeout>>();

  /** The streams that are watched. */
  [Symbol.iterator](): Iterator<Duplex> {
    return this.#timers.keys();
  }

  /** Destroys `stream` in `ms`, unless another time is set before or it is let go. */
  set(stream: Duplex, ms: number): void {
    const known = this.#timers.get(stream);
    if (known === undefined) {
      if (stream.destroyed) return;
      stream.once("close", () => this.release(stream));
    }
    clearTimeout(known);
    this.#timers.set(stream, setTimeout(() => stream.destroy(), ms));
  }

  /** Stops watching. @returns Whether it was watched. */
  release(stream: Duplex): boolean {
    clearTimeout(this.#timers.get(stream));
    return this.#timers.delete(stream);
  }

  /** Destroys all that are watched. */
  [Symbol.dispose](): void {
    for (const stream of [...this.#timers.keys()]) {
      this.release(stream);
      stream.destroy();
    }
  }
}
