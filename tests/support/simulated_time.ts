/**
 * Time that passes when a test says so: nothing waits, and every run is the same.
 *
 * @module
 */
import type { Clock } from "../../lib/core/clock.ts";

interface Event {
  readonly at: number;
  /** Among those at the same time. */
  readonly order: number;
  readonly run: () => void;
}

/** A clock with a list of what is to happen. */
export class SimulatedTime implements Clock {
  #now = 0;
  readonly #events: Event[] = [];
  #order = 0;

  now(): number {
    return this.#now;
  }

  /** Lets `run` happen after `ms`. */
  after(ms: number, run: () => void): void {
    this.#events.push({ at: this.#now + Math.max(0, ms), order: this.#order++, run });
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      this.after(ms, resolve);
    });
  }

  /** Lets everything happen that is due within `ms`, in order, with what comes of it. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const next = this.#next;
      if (!next || next.at > end) break;
      this.#events.splice(this.#events.indexOf(next), 1);
      this.#now = next.at;
      next.run();
    }
    this.#now = end;
  }

  get #next(): Event | undefined {
    let next: Event | undefined;
    for (const event of this.#events) {
      if (!next || event.at < next.at || event.at === next.at && event.order < next.order) next = event;
    }
    return next;
  }
}

/** Waits until promises that are resolved have had their say. */
async function settled(): Promise<void> {
  for (let i = 0; i < 20; i++) await undefined;
}
