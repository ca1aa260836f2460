/**
 * Lossless refresh: what a client has with loss, and what has been still for a while, is sent once more as it is. In
 * pieces that are soon through, so that changes need not wait for them.
 *
 * @module
 */
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import { rectOf, type Size } from "../core/geometry.ts";
import { Region } from "../core/region.ts";
import type { UpdateTracker } from "../damage/update_tracker.ts";
import type { LossyAreas } from "./lossy_areas.ts";
import { fromTop } from "./update_pieces.ts";

/** Pixels of a piece at the most; and beside changes, which it delays. */
const MOST_PIXELS = 64 * 1024;
const MOST_PIXELS_BESIDE = 16 * 1024;

/** What photographs take without loss, in bytes per pixel. */
const BYTES_PER_PIXEL = 1.5;

/** Where something changes all the time, what is still elsewhere waits so much longer, in ms. */
const PATIENCE_MS = 2000;

/** What it works with. Borrows all of it. */
export interface RefinementContext {
  readonly client: { readonly wake: { set(): void } };
  readonly view: { readonly tracker: Pick<UpdateTracker, "pendingIn"> };
  readonly composer: { readonly lossy: LossyAreas };
  /** `pieceBytes`: what an update should cost at most. */
  readonly pacer: { readonly pieceBytes: number };
  readonly clock?: Clock;
}

/** Of one client; used by its update loop only. */
export class Refinement {
  readonly #context: RefinementContext;
  readonly #signal: AbortSignal;
  readonly #clock: Clock;
  #alarmAt = Infinity;

  /** @param signal Ends its timers. */
  constructor(context: RefinementContext, signal: AbortSignal) {
    this.#context = context;
    this.#signal = signal;
    this.#clock = context.clock ?? SYSTEM_CLOCK;
  }

  /**
   * What is to be sent once more with the next update, whose link has room for it; often nothing. Wakes the client's
   * loop when there will be more.
   *
   * @param area Where the client wants to know of changes.
   */
  next(area: Region, screen: Size): Region {
    const { view, composer: { lossy }, pacer } = this.#context;
    if (lossy.isEmpty) return Region.EMPTY;
    lossy.clip(rectOf(screen));
    const { moved, changed } = view.tracker.pendingIn(area);
    const isQuiet = moved.isEmpty && changed.isEmpty;
    const now = this.#clock.now();
    // What is pending will come anyway.
    const still = lossy.still(area, now, isQuiet ? 0 : PATIENCE_MS).subtract(changed).subtract(moved);
    if (still.isEmpty) {
      this.#wakeAt(lossy.nextStillAt(area), now);
      return Region.EMPTY;
    }
    const most = isQuiet ? MOST_PIXELS : MOST_PIXELS_BESIDE;
    return fromTop(still, Math.min(most, pacer.pieceBytes / BYTES_PER_PIXEL));
  }

  #wakeAt(at: number | undefined, now: number): void {
    if (at === undefined || at <= now || at >= this.#alarmAt) return;
    this.#alarmAt = at;
    this.#clock.sleep(at - now + 1, this.#signal).then(() => {
      this.#alarmAt = Infinity;
      this.#context.client.wake.set();
    }, () => {}); // the session has ended
  }
}
