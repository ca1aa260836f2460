/**
 * Does events one after the other, at once where possible, with pauses where one needs them.
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";

/** Something done in steps: yields how many ms to wait before the next one. */
export type Steps = Generator<number, void, void>;

/** What an {@linkcode InputQueue} does, and where it ends. */
export interface InputQueueOptions<Event> {
  /** Does one event. What it throws goes to `failed`. */
  readonly handle: (event: Event) => Steps | undefined;
  readonly failed: (error: unknown) => void;
  /** One event for two that wait behind each other, or `undefined` if both are needed. */
  readonly merge: (earlier: Event, later: Event) => Event | undefined;
  /** At most so many events wait; with one more, all are forgotten. */
  readonly limit: number;
  /** They have been. */
  readonly overflowed: () => void;
  readonly clock: Clock;
}

/** Events of one client, in their order. */
export class InputQueue<Event> {
  readonly #options: InputQueueOptions<Event>;
  #waiting: Event[] = [];
  #current: Steps | undefined;
  #running = false;
  #pause: AbortController | undefined;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(options: InputQueueOptions<Event>) {
    this.#options = options;
  }

  /** Does the event now, or when those before it are done. */
  push(event: Event): void {
    const last = this.#waiting.at(-1);
    const merged = last === undefined ? undefined : this.#options.merge(last, event);
    if (merged !== undefined) {
      this.#waiting[this.#waiting.length - 1] = merged;
    } else if (this.#waiting.length >= this.#options.limit) {
      this.clear();
      this.#options.overflowed();
    } else {
      this.#waiting.push(event);
    }
    if (!this.#running && !this.#pause) this.#run();
  }

  /** Forgets what waits, and the rest of what is being done. */
  clear(): void {
    this.#waiting = [];
    this.#current?.return();
    this.#current = undefined;
    this.#pause?.abort();
    this.#pause = undefined;
    this.#settle();
  }

  /** Resolves when nothing waits. */
  idle(): Promise<void> {
    if (this.#waiting.length === 0 && !this.#current) return Promise.resolve();
    return (this.#idle ??= Promise.withResolvers<void>()).promise;
  }

  #run(): void {
    this.#running = true;
    try {
      while (this.#current || this.#waiting.length > 0) {
        const waitMs = this.#step();
        if (waitMs === undefined) continue;
        this.#wait(waitMs);
        return;
      }
    } finally {
      this.#running = false;
    }
    this.#settle();
  }

  /** @returns How long to wait, or `undefined` when an event is done. */
  #step(): number | undefined {
    try {
      this.#current ??= this.#options.handle(this.#waiting.shift()!);
      const step = this.#current?.next();
      if (step && !step.done) return step.value;
    } catch (error) {
      this.#options.failed(error);
    }
    this.#current = undefined;
    return undefined;
  }

  #wait(ms: number): void {
    const pause = this.#pause = new AbortController();
    this.#options.clock.sleep(ms, pause.signal).then(
      () => {
        if (this.#pause !== pause) return;
        this.#pause = undefined;
        this.#run();
      },
      () => {}, // cleared
    );
  }

  #settle(): void {
    this.#idle?.resolve();
    this.#idle = undefined;
  }
}
