/**
 * When to look at parts of the screen that nothing was reported of, and at which: drivers that draw past the X server's
 * knowledge exist.
 *
 * Rows of tiles take turns. What it costs is bounded: while nothing goes on and nothing is found, audits become rarer and
 * rarer.
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";
import type { Rect, Size } from "../core/geometry.ts";
import { MovingDeadline } from "../core/moving_deadline.ts";
import { TILE } from "../kernels/kernels.ts";

/** Between two audits while something goes on, in ms: 1080 rows of pixels are gone through in 4 s. */
const BUSY_MS = 250;
/** The same, from where something was found until all has been gone through without finding anything: in 1 s. */
const ALERT_MS = 50;
/** How much longer than the last pause the next one is, while nothing goes on, and how long at most. */
const GROWTH = 4;
const LONGEST_MS = 30_000;
/** Rows of tiles at a time, then: waking up costs more than they do. */
const QUIET_ROWS = 8;

/** Says when and where. One waits for `due()`; the rest may be called from anywhere. */
export class DamageAudit {
  readonly #clock: Clock;
  readonly #deadline: MovingDeadline;
  #pauseMs = BUSY_MS;
  /** Whether more went on since the last audit than what has made the pause short. */
  #isBusy = false;
  #last: number;
  #row = 0;
  /** Rows that are to be gone through in alert. */
  #alertRows = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#last = clock.now();
    this.#deadline = new MovingDeadline(clock, () => this.#wait);
  }

  /** Something was drawn, or typed: more may come of it than is reported. */
  wake(): void {
    if (this.#pauseMs <= BUSY_MS) {
      this.#isBusy = true;
      return;
    }
    this.#pauseMs = BUSY_MS;
    this.#deadline.moved();
  }

  /** Somebody looks at the screen after nobody did: pictures go first. */
  restart(): void {
    this.#pauseMs = BUSY_MS;
    this.#last = this.#clock.now();
  }

  /** Waits until an audit is due. @throws The signal's reason when it aborts. */
  due(signal: AbortSignal): Promise<void> {
    return this.#deadline.reached(signal);
  }

  /** Begins an audit. @returns The part of the screen that is to be looked at: some of its rows, whole. */
  next({ width, height }: Size): Rect {
    const rows = Math.ceil(height / TILE);
    if (this.#row >= rows) this.#row = 0;
    const isQuiet = this.#alertRows === 0 && this.#pauseMs > BUSY_MS;
    const y = this.#row * TILE;
    const count = isQuiet ? QUIET_ROWS : 1;
    this.#row += count;
    this.#last = this.#clock.now();
    if (this.#alertRows > 0) this.#alertRows--;
    else if (!this.#isBusy) this.#pauseMs = Math.min(LONGEST_MS, this.#pauseMs * GROWTH);
    this.#isBusy = false;
    return { x: 0, y, width, height: Math.min(count * TILE, height - y) };
  }

  /** The audit has found what was not reported, on a screen of this size. */
  found({ height }: Size): void {
    this.#alertRows = Math.ceil(height / TILE);
    this.wake();
  }

  /** Time until the next audit, in ms. */
  get #wait(): number {
    return this.#last + (this.#alertRows > 0 ? ALERT_MS : this.#pauseMs) - this.#clock.now();
  }
}
