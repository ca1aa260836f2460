/**
 * How much of something there was of late.
 *
 * @module
 */

/** One bucket's time, in ms. */
const BUCKET_MS = 250;
/** Buckets that are looked back at, the one that is being filled among them. */
const BUCKETS = 8;

/** Sums of the last two seconds, in steps of a quarter. Times are milliseconds of any clock, the same for all calls. */
export class RateWindow {
  readonly #sums: number[] = new Array(BUCKETS).fill(0);
  readonly #begun: number;
  /** Number of the bucket that is being filled, counted from the clock's beginning. */
  #bucket: number;

  constructor(now: number) {
    this.#begun = now;
    this.#bucket = Math.floor(now / BUCKET_MS);
  }

  add(amount: number, now: number): void {
    this.#advance(now);
    this.#sums[this.#bucket % BUCKETS]! += amount;
  }

  /** All within the window. */
  sum(now: number): number {
    this.#advance(now);
    return this.#sums.reduce((sum, one) => sum + one, 0);
  }

  /** The same per second. What has just begun is judged by a quarter of a second at least. */
  perSecond(now: number): number {
    const sum = this.sum(now);
    const covered = now - (this.#bucket - BUCKETS + 1) * BUCKET_MS;
    return sum * 1000 / Math.max(BUCKET_MS, Math.min(covered, now - this.#begun));
  }

  #advance(now: number): void {
    const bucket = Math.floor(now / BUCKET_MS);
    for (let passed = Math.min(BUCKETS, bucket - this.#bucket); passed > 0; passed--) {
      this.#sums[(bucket - passed + 1) % BUCKETS] = 0;
    }
    this.#bucket = Math.max(this.#bucket, bucket);
  }
}
