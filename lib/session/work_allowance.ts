/**
 * What the messages of one client may cost: a share of the main thread, with some in advance. A client that floods is read
 * only so fast, by TCP's own means, and whoever sits beside it does not notice.
 *
 * @module
 */
/** How much may be spent: of the main thread's time, in ms, unless it is said otherwise. */
export interface Allowance {
  /** For each ms that passes. */
  readonly share: number;
  /** Saved up at most. */
  readonly burst: number;
  /** What can be spent at once after a wait. */
  readonly portion: number;
}

/**
 * A mouse that reports a thousand times a second takes a tenth of the main thread, and what a person does in a moment
 * takes less than the burst: neither is held up. Others wait no longer than a portion for the next pause.
 */
const MESSAGES: Allowance = { share: 1 / 4, burst: 8, portion: 0.5 };

/** Written and read by one receive loop. */
export class WorkAllowance {
  readonly #allowance: Allowance;
  #saved: number;
  #at: number;

  /** @param now In ms of a clock that never goes back. */
  constructor(now: number, allowance: Allowance = MESSAGES) {
    this.#allowance = allowance;
    this.#saved = allowance.burst;
    this.#at = now;
  }

  /** So much was spent; by the same clock it is `now`. */
  spend(amount: number, now: number): void {
    const { share, burst } = this.#allowance;
    this.#saved = Math.min(burst, this.#saved + (now - this.#at) * share) - amount;
    this.#at = now;
  }

  /** How long the client has to wait from then on before it may spend more, in ms; mostly 0. */
  get waitMs(): number {
    const { share, portion } = this.#allowance;
    return this.#saved >= 0 ? 0 : (portion - this.#saved) / share;
  }
}
