/**
 * Waiting for a moment that may come nearer meanwhile.
 *
 * @module
 */
import type { Clock } from "./clock.ts";

/** One waits; whoever brings the moment nearer says so. */
export class MovingDeadline {
  readonly #clock: Clock;
  readonly #left: () => number;
  #waiting: AbortController | undefined;

  /** @param left Time until then, in ms; 0 or less when it has come. */
  constructor(clock: Clock, left: () => number) {
    this.#clock = clock;
    this.#left = left;
  }

  /** The moment is nearer now. */
  moved(): void {
    this.#waiting?.abort();
  }

  /** Waits until it has come. @throws The signal's reason when it aborts. */
  async reached(signal: AbortSignal): Promise<void> {
    for (let left = this.#left(); left > 0; left = this.#left()) {
      signal.throwIfAborted();
      const waiting = this.#waiting = new AbortController();
      const abort = () => waiting.abort(signal.reason);
      signal.addEventListener("abort", abort, { once: true });
      try {
        await this.#clock.sleep(left, waiting.signal);
      } catch (error) {
        if (!waiting.signal.aborted || signal.aborted) throw error;
      } finally {
        this.#waiting = undefined;
        signal.removeEventListener("abort", abort);
      }
    }
  }
}
