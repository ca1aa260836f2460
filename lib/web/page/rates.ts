/**
 * How much of something happens per second, of late.
 *
 * @module
 */

/** The span that a rate is taken over, in ms: short enough to follow, long enough to be read. */
const SPAN_MS = 2000;
const SLOT_MS = 100;
const SLOTS = SPAN_MS / SLOT_MS;

/** Adds up amounts in slots of time, and forgets what is older than the span. */
export class Rate {
  /** Everything since the beginning. */
  total = 0;
  readonly #slots = new Float64Array(SLOTS);
  #slot: number;
  readonly #start: number;

  /** @param now Milliseconds on some clock, as in all calls. */
  constructor(now: number) {
    this.#start = now;
    this.#slot = Math.floor(now / SLOT_MS);
  }

  add(amount: number, now: number): void {
    this.#advance(now);
    this.total += amount;
    this.#slots[this.#slot % SLOTS]! += amount;
  }

  /** Per second, over the last two seconds, or over the time since the beginning as long as that is shorter. */
  perSecond(now: number): number {
    this.#advance(now);
    const sum = this.#slots.reduce((all, one) => all + one, 0);
    // The newest slot is not over yet.
    const span = SPAN_MS - SLOT_MS + (now - this.#slot * SLOT_MS);
    return sum * 1000 / Math.max(SLOT_MS, Math.min(span, now - this.#start));
  }

  #advance(now: number): void {
    const slot = Math.floor(now / SLOT_MS);
    const passed = Math.min(SLOTS, slot - this.#slot);
    for (let i = 1; i <= passed; i++) this.#slots[(this.#slot + i) % SLOTS] = 0;
    this.#slot = Math.max(this.#slot, slot);
  }
}

/** The middle of the last few values: one that is out of the way does not show. */
export class Median {
  readonly #values: number[] = [];

  add(value: number): void {
    this.#values.push(value);
    if (this.#values.length > 5) this.#values.shift();
  }

  /** `undefined` without any values. */
  get value(): number | undefined {
    return this.#values.toSorted((a, b) => a - b)[this.#values.length >> 1];
  }
}
