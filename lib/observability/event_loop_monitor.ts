/**
 * How long the main thread lets others wait: a timer that tells how late it is. Set when there are signs of work; a
 * server at rest is not woken by it.
 *
 * @module
 */
import type { ServerObserver } from "../core/observer.ts";

/** What the timer is set to, in ms: the work that a sign announces has begun by then, if it takes long. */
const PROBE_MS = 10;

/** Not more often than this, in ms: each costs a turn of the event loop, as much as a small update. */
const INTERVAL_MS = 250;

/** Takes frames, updates and what clients send for signs of work. */
export class EventLoopMonitor implements ServerObserver, Disposable {
  readonly #report: (delayMs: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #lastSet = -Infinity;
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
    if (this.#timer !== undefined || this.#disposed || now - this.#lastSet < INTERVAL_MS) return;
    this.#lastSet = now;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#report(Math.max(0, performance.now() - now - PROBE_MS));
    }, PROBE_MS);
  }
}
