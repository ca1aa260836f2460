/**
 * How many bytes may be on their way to a client: as many as keep its link busy, and hardly more, since what queues in
 * the network can no longer be merged with newer changes.
 *
 * The window is what the link delivers in one round trip without a queue, and in a little more time as a reserve:
 * `rate × (least round trip + reserve)`. Rate and least round trip are measured by what comes back of each delivery. At
 * first, when neither is known, the window doubles with each round trip until the rate does not follow any more.
 *
 * @module
 */

/** One stretch of bytes whose arrival the client has confirmed. */
export interface Delivery {
  /** Bytes confirmed by this and not by an earlier one. */
  readonly bytes: number;
  /** From the last byte being handed to the system until its confirmation, in ms. */
  readonly roundTripMs: number;
  /** All bytes that were confirmed in `elapsedMs`, during which nothing but the link held them up, or somewhat more. */
  readonly carried: number;
  readonly elapsedMs: number;
  /** Whether the window was full, or half full at least: only then the link could have shown what it carries. */
  readonly limited: boolean;
}

/** Bounds of a window, in bytes. */
export interface WindowLimits {
  readonly least: number;
  readonly start: number;
  readonly most: number;
}

/** The reserve is a quarter of the round trip, within these, in ms: what timers and schedulers of clients are late by. */
const LEAST_RESERVE_MS = 5;
const MOST_RESERVE_MS = 25;

/** Fewer bytes at once say nothing about a link's rate. */
const LEAST_BURST_BYTES = 8192;

/** A rate that was not reached again for so long is past: in ms, and in round trips if that is longer. */
const RATE_LASTS_MS = 1000;
const RATE_LASTS_ROUND_TRIPS = 8;

/** A least round trip is believed for so long, in ms; routes change. While it seems too short, for less. */
const ROUND_TRIP_LASTS_MS = 10_000;
const DOUBTFUL_ROUND_TRIP_LASTS_MS = 1000;

/** After so long without a byte, in ms, the link may be another one. */
const IDLE_MS = 10_000;

/** The window of one client. */
export class CongestionWindow {
  readonly #limits: WindowLimits;
  readonly #rate = new Highest();
  readonly #burst = new Highest();
  #bytes: number;
  /** The first growth, while neither rate nor round trip is known. */
  #start: Start | undefined = new Start();
  #leastMs: number | undefined;
  #leastAt = 0;
  #isDoubtful = false;
  #lastAt = 0;

  constructor(limits: WindowLimits) {
    this.#limits = limits;
    this.#bytes = limits.start;
  }

  /** Bytes that may be on their way. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Bytes per ms that the link has carried of late; 0 before anything is known. */
  get rate(): number {
    return this.#rate.value;
  }

  /**
   * Bytes per ms at which the link carries what is handed to it at once; 0 before anything is known. Unlike `rate`, it
   * shows when a little is sent, too, but it is less exact.
   */
  get burstRate(): number {
    return Math.max(this.#burst.value, this.#rate.value);
  }

  /** The least round trip of late in ms, once one was measured. */
  get leastRoundTripMs(): number | undefined {
    return this.#leastMs;
  }

  /** Whether the least round trip is to be measured anew, which wants an empty link. */
  isRoundTripStale(now: number): boolean {
    const lasts = this.#isDoubtful ? DOUBTFUL_ROUND_TRIP_LASTS_MS : ROUND_TRIP_LASTS_MS;
    return this.#leastMs === undefined || now - this.#leastAt > lasts;
  }

  /** Takes note that sending begins again on an empty link. */
  resumed(now: number): void {
    if (now - this.#lastAt > IDLE_MS) {
      this.#start = new Start();
      this.#bytes = this.#clamped(Math.min(this.#bytes, 4 * this.#limits.start));
    }
    this.#lastAt = now;
  }

  /**
   * A round trip of a message that had an empty link to itself.
   *
   * @param now Milliseconds of any clock, the same for all calls.
   */
  measured(roundTripMs: number, now: number): void {
    this.#lastAt = now;
    if (this.#leastMs === undefined || roundTripMs <= this.#leastMs || this.isRoundTripStale(now)) {
      this.#leastMs = roundTripMs;
      this.#leastAt = now;
      this.#isDoubtful = false;
    }
  }

  /** A delivery was confirmed. */
  delivered(delivery: Delivery, now: number): void {
    const { bytes, roundTripMs, carried, elapsedMs, limited } = delivery;
    this.#lastAt = now;
    if (this.#leastMs === undefined || roundTripMs <= this.#leastMs) this.measured(roundTripMs, now);
    const leastMs = this.#leastMs ?? roundTripMs;
    const reserveMs = Math.min(MOST_RESERVE_MS, Math.max(LEAST_RESERVE_MS, leastMs / 4));
    const queuedMs = roundTripMs - leastMs;
    if (bytes >= LEAST_BURST_BYTES) this.#burst.add(bytes / Math.max(queuedMs, 0.2), now, RATE_LASTS_MS);
    const rate = carried / Math.max(elapsedMs, 0.1);
    if (this.#start?.isOver(bytes, rate, queuedMs > reserveMs, this.#bytes)) this.#start = undefined;
    // So long a queue means that the link has become slower than it was, or longer.
    if (!this.#start && queuedMs > leastMs + 4 * reserveMs) {
      this.#rate.restart();
      this.#isDoubtful = true;
    }
    if (limited || rate > this.#rate.value) {
      this.#rate.add(rate, now, Math.max(RATE_LASTS_MS, RATE_LASTS_ROUND_TRIPS * leastMs));
    }
    const ideal = this.#rate.value * (leastMs + reserveMs);
    if (this.#start) {
      this.#bytes += limited ? bytes : 0;
    } else if (queuedMs > reserveMs) {
      if (ideal < this.#bytes) this.#bytes = Math.max(ideal, this.#bytes - bytes);
    } else if (limited) {
      // Never faster than doubling per round trip, which is what growing by the bytes confirmed comes to. Without a
      // queue there may be more room than the rate tells: it was measured with this window.
      const more = Math.min(bytes, ideal - this.#bytes);
      this.#bytes += Math.max(more, queuedMs < reserveMs / 2 ? bytes / 4 : 0);
    }
    this.#bytes = this.#clamped(this.#bytes);
  }

  #clamped(bytes: number): number {
    return Math.min(this.#limits.most, Math.max(this.#limits.least, Math.round(bytes)));
  }
}

/**
 * The first growth: doubling with each round trip, until the rate does not follow any more although there is a queue. A
 * queue alone is no sign: TCP, too, starts slowly, and makes bytes wait.
 */
class Start {
  #best = 0;
  #bestOfRound = 0;
  #left: number | undefined;

  isOver(bytes: number, rate: number, hasQueue: boolean, window: number): boolean {
    this.#bestOfRound = Math.max(this.#bestOfRound, rate);
    this.#left = (this.#left ?? window) - bytes;
    if (this.#left > 0) return false;
    if (hasQueue && this.#bestOfRound < 1.25 * this.#best) return true;
    this.#best = Math.max(this.#best, this.#bestOfRound);
    this.#bestOfRound = 0;
    this.#left = window;
    return false;
  }
}

/** The highest of the values of late: a sample that something disturbed is lower than the truth, none is higher. */
class Highest {
  /** Falling values, rising times: those that are highest from their time on. */
  #samples: { readonly value: number; readonly until: number }[] = [];

  get value(): number {
    return this.#samples[0]?.value ?? 0;
  }

  add(value: number, now: number, lastsMs: number): void {
    const kept = this.#samples.filter((sample) => sample.until > now && sample.value > value);
    this.#samples = [...kept, { value, until: now + lastsMs }];
  }

  restart(): void {
    this.#samples = [];
  }
}
