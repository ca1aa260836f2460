/**
 * When to look at the screen again.
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";

/** Deadlines at a frame rate; a frame after a pause, or after input, is due at once. */
export class FrameClock {
  readonly #clock: Clock;
  #intervalMs: number;
  #last = -Infinity;
  #hurried = false;

  /** @param frameRate Frames per second, more than 0. */
  constructor(clock: Clock, frameRate: number) {
    this.#clock = clock;
    this.#intervalMs = 1000 / frameRate;
  }

  /** Frames per second from now on. */
  set frameRate(frameRate: number) {
    this.#intervalMs = 1000 / frameRate;
  }

  /** The next frame is not to wait for its turn: somebody has just pressed a key and looks for what comes of it. */
  hurry(): void {
    this.#hurried = true;
  }

  /** Waits until the next frame is due, and takes it as begun. */
  async next(signal: AbortSignal): Promise<void> {
    const wait = this.#last + this.#intervalMs - this.#clock.now();
    if (wait > 0 && !this.#hurried) await this.#clock.sleep(wait, signal);
    this.#hurried = false;
    this.#last = this.#clock.now();
  }
}
