/**
 * When the log is set up: once the server listens. What carries it takes the runtime 20 ms to load, for which nobody waits
 * who waits for the server; what is said before waits for it (core/log.ts).
 *
 * @module
 */

/** A start that takes longer, in ms, may have said why. */
const PATIENCE_MS = 250;

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
   * Calls `start`, which is to call and await its argument when the server listens. The log is set up then; or when that
   * takes long, or fails.
   */
  async untilListening<R>(start: (listening: () => Promise<T>) => Promise<R>): Promise<R> {
    // Who awaits it later hears of what goes wrong.
    const timer = setTimeout(() => this.begin().catch(() => {}), PATIENCE_MS);
    try {
      return await start(() => this.begin());
    } finally {
      clearTimeout(timer);
      await this.begin();
    }
  }
}
