/**
 * When the log is set up: once the server listens. What carries it takes the runtime 20 ms to load, for which nobody waits
 * who waits for the server; what is said before waits for it (core/log.ts).
 *
 * @module
 */

/** Sets the log up, once. */
export class LogStart<T> {
  readonly #setUp: () => Promise<T>;
  #begun: Promise<T> | undefined;

  constructor(setUp: () => Promise<T>) {
    this.#setUp = setUp;
  }

  /** Sets the log up now, if that was not begun. @throws What `setUp` does. */
  begin(): Promise<T> {
    return this.#begun ??= this.#setUp();
  }

  /**
   * Calls `start`, which is to call and await its argument when the server listens. The log is set up then, or when that
   * fails. No timer ends a long wait: the first one of a program takes the runtime 10 ms.
   */
  async untilListening<R>(start: (listening: () => Promise<T>) => Promise<R>): Promise<R> {
    try {
      return await start(() => this.begin());
    } finally {
      await this.begin();
    }
  }
}
