/**
 * Whether reports of damage come faster than they are worth.
 *
 * @module
 */
import { area, type Size } from "../core/geometry.ts";

/** Reports that may come at once: what a page that is drawn anew makes is not yet a storm. */
const BURST = 3000;
/** As many, when a storm was there a moment ago. */
const BURST_AFTER_STORM = 300;

/*
 * Reports cost 3 µs each, half of it in the X server. Comparing the whole screen thirty times a second instead costs about
 * 2 ms a second and 20 ns a pixel (bench/damage_storm.ts). As much is cost by these reports a millisecond, here and by pixel.
 */
const RATE = 0.7;
const RATE_BY_PIXEL = 6e-6;

/** Counts reports against an allowance that comes back with time, the sooner the larger the screen. */
export class StormGauge {
  readonly #perMs: number;
  #left = BURST;
  #countedAt = 0;

  /** For a screen of `size`. */
  constructor(size: Size) {
    this.#perMs = RATE + area({ x: 0, y: 0, ...size }) * RATE_BY_PIXEL;
  }

  /** Reports a second that can go on forever. */
  get perSecond(): number {
    return this.#perMs * 1000;
  }

  /** Counts a report. @param now In ms, not before the last call's. @returns Whether this is a storm. */
  count(now: number): boolean {
    this.#left = Math.min(BURST, this.#left + (now - this.#countedAt) * this.#perMs) - 1;
    this.#countedAt = now;
    return this.#left < 0;
  }

  /** A storm seems to be over: if it is not, that is to be found out soon. */
  restart(now: number): void {
    this.#left = BURST_AFTER_STORM;
    this.#countedAt = now;
  }
}
