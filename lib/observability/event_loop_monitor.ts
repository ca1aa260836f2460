/**
 * How long the main thread lets others wait: a timer that tells how late it is. Runs only while there is something to
 * do; a server at rest is not woken by it.
 *
 * @module
 */
import type { ServerObserver } from "../core/observer.ts";

/** The timer's interval, in ms: about as often as a key is pressed under a finger that drags. */
const INTERVAL_MS = 10;

/** It goes on for so long after the last sign of work, in ms. */
const LASTS_MS = 250;

/** Takes frames, updates and what clients send for signs of work. */
export class EventLoopMonitor implements ServerObserver, Disposable {
  readonly #report: (delayMs: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #until = 0;
  #disposed = false;

  /** @param report Is told how late the timer came, in ms, each time; 1 ms is what timers are late by at rest. */
  constructor(report: (delayMs: number) => void) {
    this.#report = report;
  }

  frameCaptured(): void {
    this.#watch();
  }

  updateSent(): void {
    this.#watch();
  }

  bytesReceived(): void {
    this.#watch();
  }

  [Symbol.dispose](): void {
    this.#disposed = true;
    clearTimeout(this.#timer);
  }

  #watch(): void {
    const now = performance.now();
    this.#until = now + LASTS_MS;
    if (this.#timer === undefined && !this.#disposed) this.#set(now);
  }

  #set(now: number): void {
    const due = now + INTERVAL_MS;
    this.#timer = setTimeout(() => {
      const now = performance.now();
      this.#report(Math.max(0, now - due));
      if (now < this.#until) this.#set(now);
      else this.#timer = undefined;
    }, INTERVAL_MS);
  }
}
