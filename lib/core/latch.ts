/**
 * A flag that one task sets and another waits for.
 *
 * @module
 */

/** Remembers one `set()` until somebody waits for it. Many may set, one may wait. */
export class Latch {
  #set = false;
  #waiting: PromiseWithResolvers<void> | undefined;
  /** Whose end would end the wait. It mostly is the same each time, and is listened to until there is another one. */
  #signal: AbortSignal | undefined;

  /** Lets the waiting task go on, or the next one that waits. Never blocks, may be called from anywhere. */
  set(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting.resolve();
    else this.#set = true;
  }

  /** Waits for `set()`, and takes it. @throws The signal's reason when it aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#set) {
      this.#set = false;
      return;
    }
    this.#listenTo(signal);
    this.#waiting = Promise.withResolvers<void>();
    await this.#waiting.promise;
  }

  #listenTo(signal: AbortSignal): void {
    if (signal === this.#signal) return;
    this.#signal?.removeEventListener("abort", this.#abort);
    this.#signal = signal;
    signal.addEventListener("abort", this.#abort, { once: true });
  }

  readonly #abort = (): void => {
    const [waiting, signal] = [this.#waiting, this.#signal];
    this.#waiting = this.#signal = undefined;
    waiting?.reject(signal?.reason);
  };
}
