/**
 * What the messages of one client may cost: a share of the main thread, with some in advance. A client that floods is read
 * only so fast, by TCP's own means, and whoever sits beside it does not notice.
 *
 * @module
 */
/**
 * Share of the main thread's time that a client's messages may take for long. A mouse that reports a thousand times a
 * second takes a tenth of it.
 */
const SHARE = 1 / 4;

/** Saved up at most, in ms: what a person does in a moment is never held up. */
const BURST_MS = 8;

/** After a wait so much work is possible again, in ms: others wait no longer for the next pause. */
const PORTION_MS = 0.5;

/** Written and read by one receive loop. */
export class WorkAllowance {
  #savedMs = BURST_MS;
  #at: number;

  /** @param now In ms of a clock that never goes back. */
  constructor(now: number) {
    this.#at = now;
  }

  /** Work was done that took `ms`, or that others will have to do; by the same clock it is `now`. */
  spend(ms: number, now: number): void {
    this.#savedMs = Math.min(BURST_MS, this.#savedMs + (now - this.#at) * SHARE) - ms;
    this.#at = now;
  }

  /** How long the client has to wait before its next message, in ms; mostly 0. */
  get waitMs(): number {
    return this.#savedMs >= 0 ? 0 : (PORTION_MS - this.#savedMs) / SHARE;
  }
}
