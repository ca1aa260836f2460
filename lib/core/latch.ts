/**
 * A flag that one task sets and another waits for.
 *
 * @module
 */

/** Remembers one `set()` until somebody waits for it. Many may set, one may wait. */
export class Latch {
  #set = false;
  #waiting: (() => void) | undefined;

  /** Lets the waiting task go on, or the next one that waits. Never blocks, may be called from anywhere. */
  set(): void {
    if (this.#waiting) {
      const resolve = this.#waiting;
      this.#waiting = undefined;
      resolve();
    } else {
      this.#set = true;
    }
  }

  /** Waits for `set()`, and takes it. @throws The signal's reason when it aborts. */
  async wait(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    if (this.#set) {
      this.#set = false;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const abort = () => {
        this.#waiting = undefined;
        reject(signal.reason);
      };
      signal.addEventListener("abort", abort, { once: true });
      this.#waiting = () => {
        signal.removeEventListener("abort", abort);
        resolve();
      };
    });
  }
}
