/**
 * Finds what moved: scrolls in any direction, dragged windows (DESIGN §3.4). Runs before the shadow takes the new
 * pixels over, and makes each move that it finds in the shadow itself, as clients will.
 *
 * @module
 */
import type { FrameMemory } from "../core/frame_memory.ts";
import { area, contains, intersect, type Rect, rect, type Size, translate } from "../core/geometry.ts";
import type { Kernels } from "../kernels/kernels.ts";
import type { ChangedArea } from "./changed_areas.ts";
import type { Move, MoveHint } from "./changes.ts";
import { type Delta, isMoved, matchFromTop, MatchGrid, type PicturePair } from "./match_grid.ts";
import { MoveCandidates } from "./move_candidates.ts";

/** Smaller areas are sent as pixels in less time than a search takes; in pixels. */
export const LEAST_AREA = 4096;

/** A move must spare at least so many changed pixels. */
const LEAST_GAIN = 2048;

/** Moves per look at the screen. */
const MOST_MOVES = 6;

/** Areas per look at the screen that are searched, the largest ones. */
const MOST_AREAS = 3;

/** An area of which so much has been explained by moves is not searched for more. */
const ENOUGH = 0.6;

/**
 * A distance that explains less of an area is chance, such as paper that is as white a line below, and is no move: it
 * would stand in the way of the right one.
 */
const LEAST_PART = 1 / 8;

/** After a search in vain none is made at the next look, after two at the next two, and so on up to this many. */
const MOST_LEFT_OUT = 31;

/** What is looked for, the likeliest first. */
const KINDS = ["vertical", "horizontal", "anyDirection"] as const;
type Kind = typeof KINDS[number];

/** Pixels that a search of an area reads, about. */
const COSTS: Readonly<Record<Kind, (area: Rect) => number>> = {
  vertical: ({ height }) => height * 1024,
  horizontal: ({ width }) => width * 1024,
  anyDirection: ({ width, height }) => width * height * 4,
};

/** A look at the screen searches on at the next one rather than read more pixels than this: 2 to 4 ms. */
const MOST_LOOKED_AT = 4 << 20;

/** After so many searches in vain a search is a glance at a part of the area, another one each time. */
const GLANCES_BEHIND = 2;

/** What a glance costs of a search. */
const GLANCE_COST = 1 / 4;

/** Areas whose searches in vain are remembered: a video does not keep a scroll beside it from being found. */
const MOST_PLACES = 8;

/** An area is at a place that was known if what both have is so much of what either has. */
const SAME_PLACE = 1 / 2;

/** Distances that were found lately, and are tried first. */
const REMEMBERED = 3;

/** Searches one screen of one size; remembers what it found, and how often it found nothing. */
export class MoveFinder implements Disposable {
  readonly #kernels: Kernels;
  readonly #candidates: MoveCandidates;
  #recent: readonly Remembered[] = [];
  /** The one that was looked at last comes first. */
  #places: readonly Place[] = [];

  constructor(screen: Size, kernels: Kernels, memory: FrameMemory) {
    this.#kernels = kernels;
    this.#candidates = new MoveCandidates(screen, kernels, memory);
  }

  /**
   * Finds moves and makes them in `pictures.before`.
   *
   * @param areas Where the pictures differ, the largest first.
   * @param hints What windows did, as far as is known.
   * @returns In the order in which they were made, and are to be made by clients.
   */
  find(pictures: PicturePair, areas: readonly ChangedArea[], hints: readonly MoveHint[]): Move[] {
    const moves: Move[] = [];
    // What a move has explained is no reason for another one.
    const { differIn } = pictures;
    pictures = { ...pictures, differIn: (r) => !moves.some(({ to }) => contains(to, r)) && differIn(r) };
    for (const { from, to } of hints) this.#follow(pictures, from, to, moves);
    if (moves.length > 0) return moves;
    for (const { bounds, changed } of areas.slice(0, MOST_AREAS)) {
      if (changed >= LEAST_AREA) this.#search(pictures, bounds, changed, moves);
    }
    return moves;
  }

  [Symbol.dispose](): void {
    this.#candidates[Symbol.dispose]();
  }

  #follow(pictures: PicturePair, from: Rect, to: Rect, moves: Move[]): void {
    const { width, height } = pictures.now;
    const target = intersect(to, rect(0, 0, width, height));
    const delta = { dx: to.x - from.x, dy: to.y - from.y };
    if (!target || area(target) < LEAST_AREA || (delta.dx === 0 && delta.dy === 0)) return;
    this.#make(pictures, target, { bounds: target, changed: area(target), leastPart: 0 }, delta, moves);
  }

  /** Tries what costs least first, and stops when the change is explained. */
  #search(pictures: PicturePair, bounds: Rect, changed: number, moves: Move[]): void {
    // One that was only found lately has to explain enough; what has moved as a whole does so again, or not at all.
    const again = { bounds, changed, leastPart: ENOUGH };
    let gain = this.#tryAll(pictures, again, this.#recent, moves);
    if (gain >= changed * ENOUGH) return;
    const place = this.#placeOf(bounds);
    if (!place.isWorthSearching()) return;
    const wanted = { bounds, changed, leastPart: LEAST_PART };
    const { glance } = place;
    let looked = 0;
    for (const kind of place.kinds()) {
      const cost = COSTS[kind](bounds) * (glance === undefined ? 1 : GLANCE_COST);
      if (looked > 0 && looked + cost > MOST_LOOKED_AT) {
        return gain > 0 ? place.found("vertical") : place.goOnWith(kind);
      }
      looked += cost;
      gain += this.#tryAll(pictures, wanted, this.#candidates[kind](pictures, bounds, glance), moves);
      // Something may have scrolled both ways; what has scrolled was not dragged.
      const isOver = gain >= changed * ENOUGH || gain > 0 && kind !== "vertical";
      if (isOver) return place.found(kind);
    }
    if (gain > 0) place.found("vertical");
    else place.foundNothing();
  }

  /** What is known of an area; the place that was looked at longest ago is forgotten. */
  #placeOf(bounds: Rect): Place {
    const place = this.#places.find((place) => place.holds(bounds)) ?? new Place();
    place.bounds = bounds;
    this.#places = [place, ...this.#places.filter((other) => other !== place)].slice(0, MOST_PLACES);
    return place;
  }

  #tryAll(pictures: PicturePair, wanted: Wanted, deltas: readonly Remembered[], moves: Move[]): number {
    let gain = 0;
    for (const delta of deltas) {
      // An area that scrolls takes its pixels from within itself.
      const { bounds } = wanted;
      const within = intersect(bounds, translate(bounds, delta.dx, delta.dy)) ?? bounds;
      gain += this.#make(pictures, within, wanted, delta, moves);
      if (gain >= wanted.changed * ENOUGH) break;
    }
    return gain;
  }

  /**
   * Makes the moves of one distance in one area.
   *
   * @param within What has moved if all is as it seems.
   * @returns Changed pixels that they explain, about.
   */
  #make(pictures: PicturePair, within: Rect, wanted: Wanted, delta: Remembered, moves: Move[]): number {
    if (moves.length >= MOST_MOVES) return 0;
    const whole = matchFromTop(pictures, within, wanted.bounds, delta, this.#kernels);
    if (!whole && delta.asWhole) return 0;
    const gained = whole
      ? this.#makeWhole(pictures, whole, delta, moves)
      : this.#makeParts(pictures, wanted, delta, moves);
    if (gained > 0) this.#remember({ ...delta, asWhole: whole !== undefined });
    return gained;
  }

  #makeWhole(pictures: PicturePair, to: Rect, delta: Delta, moves: Move[]): number {
    if (area(to) < LEAST_GAIN || !pictures.differIn(to)) return 0;
    this.#apply(pictures, to, delta);
    moves.push({ to, dx: delta.dx, dy: delta.dy });
    return area(to);
  }

  #makeParts(
    pictures: PicturePair,
    { bounds, changed, leastPart }: Wanted,
    delta: Delta,
    moves: Move[],
  ): number {
    const grid = MatchGrid.compare(pictures, bounds, delta, this.#kernels);
    if (!grid || grid.gain < changed * leastPart) return 0;
    let gained = 0;
    while (moves.length < MOST_MOVES) {
      const match = grid.takeLargest(LEAST_GAIN);
      if (!match) break;
      // A move made since the grid was compared may have written over where this one comes from.
      if (gained > 0 && !isMoved(pictures, match.to, delta, this.#kernels)) continue;
      this.#apply(pictures, match.to, delta);
      moves.push({ to: match.to, dx: delta.dx, dy: delta.dy });
      gained += match.gain;
    }
    return gained;
  }

  /** From now on clients have it so: what is found next has to start from there. */
  #apply({ before }: PicturePair, { x, y, width, height }: Rect, { dx, dy }: Delta): void {
    const target = y * before.stride + x;
    const source = target - dy * before.stride - dx;
    this.#kernels.moveRect(before.pixels, source, target, before.stride, width, height);
  }

  #remember(found: Remembered): void {
    const others = this.#recent.filter(({ dx, dy }) => dx !== found.dx || dy !== found.dy);
    this.#recent = [found, ...others].slice(0, REMEMBERED);
  }
}

/** A distance to try, and whether only an area that has moved as a whole is worth a look. */
interface Remembered extends Delta {
  readonly asWhole?: boolean;
}

/** What is to be explained. */
interface Wanted {
  readonly bounds: Rect;
  /** Pixels that changed in it. */
  readonly changed: number;
  /** Less than this part of them is not worth a move. */
  readonly leastPart: number;
}

/** What searches in one place have come to. */
class Place {
  /** As it was at the last look. */
  bounds: Rect = rect(0, 0, 0, 0);
  #first = 0;
  /** Kinds that are left of a search that was begun. */
  #left = KINDS.length;
  #misses = 0;
  #leaveOut = 0;

  /** Whether an area is this place, or what has become of it. */
  holds(other: Rect): boolean {
    const common = intersect(this.bounds, other);
    return common !== undefined &&
      area(common) >= SAME_PLACE * (area(this.bounds) + area(other) - area(common));
  }

  /** Content that does not move costs little: the more often it was searched in vain, the more seldom it is. */
  isWorthSearching(): boolean {
    if (this.#leaveOut === 0) return true;
    this.#leaveOut--;
    return false;
  }

  /** The number of a search that need not be thorough. */
  get glance(): number | undefined {
    return this.#misses < GLANCES_BEHIND ? undefined : this.#misses;
  }

  /** What to look for, beginning with what was there last, or where the last look stopped. */
  kinds(): Kind[] {
    return Array.from({ length: this.#left }, (_, i) => KINDS[(this.#first + i) % KINDS.length]!);
  }

  /** The next look is for this kind and those behind it. */
  goOnWith(kind: Kind): void {
    this.#left -= (KINDS.indexOf(kind) - this.#first + KINDS.length) % KINDS.length;
    this.#first = KINDS.indexOf(kind);
  }

  found(kind: Kind): void {
    this.#first = KINDS.indexOf(kind);
    this.#left = KINDS.length;
    this.#misses = 0;
  }

  foundNothing(): void {
    this.#first = 0;
    this.#left = KINDS.length;
    this.#misses++;
    this.#leaveOut = Math.min(MOST_LEFT_OUT, this.#misses);
  }
}
