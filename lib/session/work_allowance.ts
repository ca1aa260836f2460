/**
 * What the messages of one client may cost: a share of the main thread, with some in advance. A client that floods is read
 * only so fast, by TCP's own means, and whoever sits beside it does not notice.
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";
import type { CommonWork } from "./common_work.ts";

/** How much may be spent: of the main thread's time, in ms, unless it is said otherwise. */
export interface Allowance {
  /** For each ms that passes. */
  readonly share: number;
  /** Saved up at most. */
  readonly burst: number;
  /** What can be spent at once after a wait. */
  readonly portion: number;
  /** Owed at most: who is charged for more had the bad luck that the machine did something else meanwhile. */
  readonly debt?: number;
  /** What holds when all has been spent again and again, until half a burst is saved. */
  readonly flood?: FloodAllowance;
}

/** How much less may be spent by who goes on and on. */
export interface FloodAllowance {
  /** For each ms that passes; of all that flood at the same time together. */
  readonly share: number;
  /** It begins so late, and ends so late, in ms: it may have been a slow machine. */
  readonly afterMs: number;
  readonly endMs: number;
}

/**
 * A mouse that reports a thousand times a second takes a tenth of the main thread, and what a person does in a moment
 * takes less than the burst: neither is held up. Others wait no longer than a portion for the next pause. Who goes on and
 * on has enough for a thousand characters a second, and leaves the processor to others.
 */
export const MESSAGES: Allowance = {
  share: 1 / 4,
  burst: 8,
  portion: 0.5,
  debt: 32,
  flood: { share: 1 / 10, afterMs: 200, endMs: 2000 },
};

/** Written and read by the loops of one session. Disposing it ends its part in what all may spend. */
export class WorkAllowance implements Disposable {
  readonly #allowance: Allowance;
  #common: CommonWork | undefined;
  #saved: number;
  #at: number;
  /** Since when all is spent again and again. */
  #shortSince: number | undefined;
  #isFlood = false;

  /**
   * @param now In ms of a clock that never goes back.
   * @param common What all may spend who share the main thread; time of it is what is spent then.
   */
  constructor(now: number, allowance: Allowance = MESSAGES, common?: CommonWork) {
    this.#allowance = allowance;
    this.#common = common;
    common?.join(1);
    this.#saved = allowance.burst;
    this.#at = now;
  }

  /** So much was spent; by the same clock it is `now`. */
  spend(amount: number, now: number): void {
    const { burst, debt = Infinity, flood } = this.#allowance;
    const saved = Math.min(burst, this.#saved + (now - this.#at) * this.#share);
    this.#at = now;
    const isOver = saved >= burst / 2 || now - (this.#shortSince ?? now) >= (flood?.endMs ?? Infinity);
    if (isOver) this.#shortSince = undefined;
    this.#saved = Math.max(saved - amount, -debt);
    if (this.#saved < 0) this.#shortSince ??= now;
    this.#common?.spend(amount, now);
    this.#count(flood !== undefined && now - (this.#shortSince ?? now) >= flood.afterMs);
  }

  /** How long the client has to wait from then on before it may spend more, in ms; mostly 0. */
  get waitMs(): number {
    return this.#saved >= 0 ? 0 : (this.#allowance.portion - this.#saved) / this.#share;
  }

  /** Waits until nothing is owed, and spends. @throws The signal's reason when it aborts. */
  async afford(amount: number, clock: Clock, signal: AbortSignal): Promise<void> {
    this.spend(0, clock.now());
    if (this.waitMs > 0) await clock.sleep(this.waitMs, signal);
    this.spend(amount, clock.now());
  }

  [Symbol.dispose](): void {
    this.#count(false);
    this.#common?.join(-1);
    this.#common = undefined;
  }

  get #share(): number {
    const { share, flood } = this.#allowance;
    if (this.#isFlood) return flood!.share / (this.#common?.floods ?? 1);
    return this.#common ? Math.min(share, this.#common.shareOfEach) : share;
  }

  #count(isFlood: boolean): void {
    if (isFlood !== this.#isFlood) this.#common?.flood(isFlood ? 1 : -1);
    this.#isFlood = isFlood;
  }
}
