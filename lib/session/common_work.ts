/**
 * What the messages of all clients of a server may cost together. One alone that floods is held back by its own allowance
 * ({@linkcode WorkAllowance}); many would not have to flood, each of them, to take all of the main thread.
 *
 * @module
 */

/** Of the main thread's time, for the messages of all: beyond it each has an equal part of this. */
const SHARE = 1 / 2;
/** What can be spent in a moment, in ms. */
const BURST_MS = 50;

/** Written by the allowances of a server's clients. Times in ms, of the clock that they have. */
export class CommonWork {
  #members = 0;
  #floods = 0;
  #saved = BURST_MS;
  #at = -Infinity;

  /** A client comes (1) or goes (-1). */
  join(change: 1 | -1): void {
    this.#members += change;
  }

  /** A client begins (1) or ceases (-1) to flood. */
  flood(change: 1 | -1): void {
    this.#floods += change;
  }

  /** So much was spent by one of them. */
  spend(ms: number, now: number): void {
    this.#saved = Math.min(BURST_MS, this.#saved + (now - this.#at) * SHARE) - ms;
    this.#at = now;
    // What was spent cannot be had back: only how it goes on matters.
    this.#saved = Math.max(this.#saved, -BURST_MS);
  }

  /** Those that flood, at least 1. */
  get floods(): number {
    return Math.max(1, this.#floods);
  }

  /** Share of the main thread's time that each may have: 1 as long as all together take no more than they should. */
  get shareOfEach(): number {
    return this.#saved >= 0 ? 1 : SHARE / Math.max(1, this.#members);
  }
}
