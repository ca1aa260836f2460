/**
 * Tells when nothing has happened for a while.
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";

/** Runs from its making on, and ends by itself once it has told. */
export class IdleTimer implements Disposable {
  readonly #clock: Clock;
  readonly #end = new AbortController();
  #lastAt: number;

  /**
   * @param ms At least so long after the last `touch()`, and hardly longer.
   * @param expired Called once at most.
   */
  constructor(clock: Clock, ms: number, expired: () => void) {
    this.#clock = clock;
    this.#lastAt = clock.now();
    this.#watch(ms, expired).catch(() => {}); // disposed
  }

  /** Something has happened. Costs next to nothing. */
  touch(): void {
    this.#lastAt = this.#clock.now();
  }

  [Symbol.dispose](): void {
    this.#end.abort();
  }

  /** One timer for many touches: it is set anew only when it has run out. */
  async #watch(ms: number, expired: () => void): Promise<void> {
    for (;;) {
      const leftMs = this.#lastAt + ms - this.#clock.now();
      if (leftMs <= 0) break;
      await this.#clock.sleep(leftMs, this.#end.signal);
    }
    if (!this.#end.signal.aborted) expired();
  }
}
