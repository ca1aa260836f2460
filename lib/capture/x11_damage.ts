/**
 * Damage of an X screen: reported by the server where it can, and where that costs less than looking.
 *
 * @module
 */
import type { Rect, Size } from "../core/geometry.ts";
import type { Latch } from "../core/latch.ts";
import { XDamage } from "../ffi/x_damage.ts";
import type { XDisplay } from "../ffi/x_display.ts";
import { DamageCollector } from "./damage_collector.ts";
import { StormGauge } from "./storm_gauge.ts";

/** For how long nothing is reported when a storm of reports costs more than comparing the whole screen. */
const STORM_MS = 1000;
/** Time between two looks meanwhile. */
const STORM_POLL_MS = 30;
/** When nobody has asked for this long what was reported, nobody looks: nothing is reported until somebody asks. */
const NOBODY_MS = 2000;

/** Collects what changes on a screen. Borrows the display. */
export class X11Damage implements Disposable {
  readonly #display: XDisplay;
  readonly #damage: XDamage | undefined;
  readonly #news: Latch;
  readonly #pollIntervalMs: number;
  readonly #now: () => number;
  #collected: DamageCollector;
  #gauge: StormGauge;
  #firstUntaken = 0;
  #takenAt = 0;
  /** The server is not to be asked for reports before this time. */
  #stormUntil = 0;

  /**
   * The whole screen counts as changed at first.
   *
   * @param news Is set when there is something to take.
   * @param options.pollIntervalMs Least time between two looks at a display that cannot report damage. Default 15.
   * @param options.now Milliseconds since some fixed moment.
   */
  constructor(
    display: XDisplay,
    size: Size,
    news: Latch,
    options: { readonly pollIntervalMs?: number; readonly now?: () => number } = {},
  ) {
    this.#display = display;
    this.#news = news;
    this.#pollIntervalMs = options.pollIntervalMs ?? 15;
    this.#now = options.now ?? (() => performance.now());
    this.#collected = new DamageCollector(size);
    this.#collected.addAll();
    this.#gauge = new StormGauge(size);
    this.#damage = XDamage.create(display, (x, y, width, height) => this.#add(x, y, width, height));
  }

  /** Whether the server reports damage. */
  get reported(): boolean {
    return this.#damage !== undefined;
  }

  /** Whether there is something to take. */
  get untaken(): boolean {
    return !this.#collected.empty;
  }

  /** The whole screen has changed. */
  all(): void {
    if (this.#collected.empty) this.#firstUntaken = this.#now();
    this.#collected.addAll();
    this.#news.set();
  }

  /** The screen has another size. */
  resize(size: Size): void {
    this.#collected = new DamageCollector(size);
    this.#collected.addAll();
    this.#gauge = new StormGauge(size);
  }

  /** What has changed since the last call, or more. Everything drawn after this belongs to the next call. */
  take(): Rect[] {
    const now = this.#now();
    this.#takenAt = now;
    this.#display.gathers = false;
    if (this.#damage && !this.#damage.running && now >= this.#stormUntil) {
      this.#damage.start();
      if (this.#stormUntil > 0) this.#gauge.restart(now);
      this.#stormUntil = 0;
      this.#collected.addAll();
    }
    if (!this.#damage?.running) this.#collected.addAll();
    return this.#collected.take();
  }

  /** What is small of what `take()` would give, and was not given here before; `undefined` when that is all. */
  small(): readonly Rect[] | undefined {
    return this.#damage?.running ? this.#collected.small() : [];
  }

  /** Sets `news` when it is time to look, where nothing is reported. Until the result is disposed. */
  planPoll(): Disposable {
    if (this.#damage?.running) return { [Symbol.dispose]() {} };
    const interval = this.#damage ? STORM_POLL_MS : this.#pollIntervalMs;
    const timer = setTimeout(() => this.all(), Math.max(0, this.#takenAt + interval - this.#now()));
    return { [Symbol.dispose]: () => clearTimeout(timer) };
  }

  [Symbol.dispose](): void {
    this.#damage?.[Symbol.dispose]();
  }

  #add(x: number, y: number, width: number, height: number): void {
    const first = this.#collected.empty;
    this.#collected.add(x, y, width, height);
    const now = this.#now();
    if (this.#gauge.count(now)) {
      this.#damage?.stop();
      this.#stormUntil = now + STORM_MS;
      this.#collected.addAll();
    }
    if (first) {
      this.#firstUntaken = now;
      this.#news.set();
      // What comes on top of this is of no interest before somebody takes it.
      this.#display.gathers = true;
    } else if (now - this.#firstUntaken > NOBODY_MS) {
      this.#damage?.stop();
      this.#collected.addAll();
    }
  }
}
