/**
 * What a client has that is nearly, but not quite, what is on the screen: it was sent with loss. When such an area has
 * been still for a while, it is sent once more as it is.
 *
 * The promise kept throughout: all pixels of the client that may differ from what it was told are in here.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import { Region } from "../core/region.ts";
import type { Move } from "../damage/changes.ts";

/** How long an area has to be still, in ms. */
export const STILL_MS = 600;

/** Areas that became lossy within so many ms count as one. */
const STEP_MS = 100;

/** Pixels that were sent with loss, or were moved since, at about the same time. */
interface Generation {
  readonly since: number;
  region: Region;
}

/** Of one client; used by its update loop only. Times are those of one clock, in ms. */
export class LossyAreas {
  /** Oldest first; none over another, none empty. */
  #generations: Generation[] = [];

  get isEmpty(): boolean {
    return this.#generations.length === 0;
  }

  /** The client moves pixels; what it moves is not still. */
  moved({ to, dx, dy }: Move, now: number): void {
    if (this.isEmpty) return;
    const source = { x: to.x - dx, y: to.y - dy, width: to.width, height: to.height };
    const carried = this.#all().intersect(source).translate(dx, dy);
    this.#forget(Region.of(to));
    this.#add(carried, now);
  }

  /** The client gets a rectangle. */
  sent(rect: Rect, isLossy: boolean, now: number): void {
    if (!isLossy && this.isEmpty) return;
    const region = Region.of(rect);
    this.#forget(region);
    if (isLossy) this.#add(region, now);
  }

  /** Forgets all that lies outside of `area`: the client does not have it any more. */
  clip(area: Rect): void {
    for (const generation of this.#generations) generation.region = generation.region.intersect(area);
    this.#removeEmpty();
  }

  /** What of `area` has been still for {@linkcode STILL_MS} and `more` ms. */
  still(area: Region, now: number, more = 0): Region {
    const due = this.#generations.filter(({ since }) => now - since >= STILL_MS + more);
    return Region.unionOf(due.map(({ region }) => region.intersect(area)));
  }

  /** When some of `area` will have been still for long enough; `undefined` when nothing of it is lossy. */
  nextStillAt(area: Region): number | undefined {
    const next = this.#generations.find(({ region }) => !region.intersect(area).isEmpty);
    return next && next.since + STILL_MS;
  }

  #all(): Region {
    return Region.unionOf(this.#generations.map(({ region }) => region));
  }

  #add(region: Region, now: number): void {
    if (region.isEmpty) return;
    const last = this.#generations.at(-1);
    if (last && now - last.since < STEP_MS) last.region = last.region.union(region);
    else this.#generations.push({ since: now, region });
    this.#mergeOld(now);
  }

  /** Those that are still already need not be told apart by more than a second. */
  #mergeOld(now: number): void {
    const [first, second] = this.#generations;
    if (!second || now - second.since < STILL_MS + 1000) return;
    second.region = second.region.union(first!.region);
    this.#generations.shift();
  }

  #forget(region: Region): void {
    for (const generation of this.#generations) generation.region = generation.region.subtract(region);
    this.#removeEmpty();
  }

  #removeEmpty(): void {
    this.#generations = this.#generations.filter(({ region }) => !region.isEmpty);
  }
}
