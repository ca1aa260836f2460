/**
 * When to look at the screen again.
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";
import { MovingDeadline } from "../core/moving_deadline.ts";

/**
 * What comes of input shows itself some ms later, and what shows itself first may be something else, such as a video. So
 * for as long as this after input, in ms, frames come at shorter intervals.
 */
const HURRY_MS = 100;

/** Early frames come at a fraction of the interval. */
const EARLY_FRACTION = 1 / 4;

/** Early frames for one input, and so many at most are saved up; each frame in its turn earns one. */
const EARLY_FRAMES = 4;

/** Deadlines at a frame rate; a frame after a pause is due at once, one after input early. */
export class FrameClock {
  readonly #clock: Clock;
  readonly #deadline: MovingDeadline;
  #intervalMs: number;
  #leastIntervalMs = 0;
  #last = -Infinity;
  #looked = -Infinity;
  #glanced = -Infinity;
  #hurriedUntil = -Infinity;
  #earlyFrames = EARLY_FRAMES;

  /** @param frameRate Frames per second, more than 0. */
  constructor(clock: Clock, frameRate: number) {
    this.#clock = clock;
    this.#deadline = new MovingDeadline(clock, () => this.#wait);
    this.#intervalMs = 1000 / frameRate;
  }

  /** Frames per second from now on. */
  set frameRate(frameRate: number) {
    this.#intervalMs = 1000 / frameRate;
  }

  /** Frames come no faster than at this interval, whatever the frame rate: looking at the screen costs too much. */
  set leastIntervalMs(ms: number) {
    this.#leastIntervalMs = ms;
  }

  /** Somebody has just pressed a key and looks for what comes of it: the next frames are not to wait for their turn. */
  hurry(): void {
    const isFirst = this.#clock.now() > this.#hurriedUntil;
    this.#hurriedUntil = this.#clock.now() + HURRY_MS;
    if (isFirst) this.#deadline.moved();
  }

  /** Whether a frame would be in its turn now. */
  get isDue(): boolean {
    return this.#clock.now() - this.#last >= this.#interval;
  }

  /** Whether it is time for a look out of turn: for an interval, and for so many ms, there was no frame and no such look. */
  mayLook(leastAgeMs: number): boolean {
    const ageMs = this.#clock.now() - Math.max(this.#last, this.#looked);
    return ageMs >= this.#interval && ageMs >= leastAgeMs;
  }

  /** Somebody looks out of turn; what is found counts as a frame. */
  looked(): void {
    this.#looked = this.#clock.now();
  }

  /** It was early for a frame, and no frame was taken. */
  glanced(): void {
    this.#glanced = this.#clock.now();
  }

  /** A frame is taken now. */
  taken(): void {
    if (this.isDue) this.#earlyFrames = Math.min(EARLY_FRAMES, this.#earlyFrames + 1);
    else this.#earlyFrames--;
    this.#last = this.#clock.now();
  }

  /** Waits until a frame is due, in its turn or early. @throws The signal's reason when it aborts. */
  due(signal: AbortSignal): Promise<void> {
    return this.#deadline.reached(signal);
  }

  get #interval(): number {
    return Math.max(this.#intervalMs, this.#leastIntervalMs);
  }

  /** Time until the next frame is due, in ms. */
  get #wait(): number {
    const now = this.#clock.now();
    const isEarly = now <= this.#hurriedUntil && this.#earlyFrames > 0;
    const inTurn = this.#last + this.#interval - now;
    if (!isEarly) return inTurn;
    return Math.min(inTurn, Math.max(this.#last, this.#glanced) + this.#interval * EARLY_FRACTION - now);
  }
}
