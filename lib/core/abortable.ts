/**
 * Waiting that can be given up.
 *
 * @module
 */

/**
 * Waits for `promise`, but no longer than until `signal` aborts. The work behind the promise goes on.
 *
 * @throws The signal's reason when it aborts first; what the promise throws otherwise.
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    promise.catch(() => {}); // nobody else will hear of it
    return Promise.reject(signal.reason);
  }
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}

/** Waits, one after another, that the same signal ends: it is listened to once for all of them. */
export class AbortableWaits {
  readonly #signal: AbortSignal;
  #reject: ((reason: unknown) => void) | undefined;

  constructor(signal: AbortSignal) {
    this.#signal = signal;
    signal.addEventListener("abort", () => this.#reject?.(signal.reason), { once: true });
  }

  /** As {@linkcode abortable}. The wait before it has ended. */
  until<T>(promise: Promise<T>): Promise<T> {
    const signal = this.#signal;
    if (signal.aborted) return abortable(promise, signal);
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      promise.then(resolve, reject);
    });
  }
}
