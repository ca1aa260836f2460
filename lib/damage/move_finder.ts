/**
 * Finds what moved: scrolls in any direction, dragged windows (DESIGN §3.4). Runs before the shadow takes the new
 * pixels over, and makes each move that it finds in the shadow itself, as clients will.
 *
 * @module
 */
import { area, intersect, type Rect, rect } from "../core/geometry.ts";
import type { Kernels } from "../kernels/kernels.ts";
import type { Move, MoveHint } from "./changes.ts";
import type { ChangedArea } from "./changed_areas.ts";
import { type Delta, findMatch, type PicturePair, type VerifiedMove } from "./match_grid.ts";
import { MoveCandidates } from "./move_candidates.ts";

/** Smaller areas are sent as pixels in less time than a search takes. */
const LEAST_AREA = 4096;

/** A move must spare at least so many changed pixels. */
const LEAST_GAIN = 2048;

/** Moves per look at the screen. */
const MOST_MOVES = 6;

/** Areas per look at the screen that are searched, the largest ones. */
const MOST_AREAS = 3;

/** After so many searches in vain, every second one is left out, then three of four, and so on up to this many. */
const MOST_LEFT_OUT = 15;

/** Searches, remembers in vain searches, and otherwise nothing. */
export class MoveFinder {
  readonly #kernels: Kernels;
  readonly #candidates: MoveCandidates;
  #misses = 0;
  #leaveOut = 0;

  constructor(kernels: Kernels) {
    this.#kernels = kernels;
    this.#candidates = new MoveCandidates(kernels);
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
    for (const { from, to } of hints) {
      const delta = { dx: to.x - from.x, dy: to.y - from.y };
      const target = intersect(to, screenOf(pictures));
      if (target && area(target) >= LEAST_AREA && (delta.dx !== 0 || delta.dy !== 0)) {
        this.#make(pictures, target, delta, moves);
      }
    }
    if (moves.length > 0) return moves;
    const large = areas.filter(({ changed }) => changed >= LEAST_AREA).slice(0, MOST_AREAS);
    if (large.length === 0 || !this.#worthTrying()) return moves;
    for (const { bounds } of large) this.#search(pictures, bounds, moves);
    this.#learn(moves.length > 0);
    return moves;
  }

  #search(pictures: PicturePair, bounds: Rect, moves: Move[]): void {
    const vertical = this.#candidates.vertical(pictures, bounds);
    if (this.#tryAll(pictures, bounds, vertical, moves)) return;
    const horizontal = this.#candidates.horizontal(pictures, bounds);
    if (this.#tryAll(pictures, bounds, horizontal, moves)) return;
    this.#tryAll(pictures, bounds, this.#candidates.anyDirection(pictures, bounds), moves);
  }

  #tryAll(pictures: PicturePair, bounds: Rect, deltas: readonly Delta[], moves: Move[]): boolean {
    let found = false;
    for (const delta of deltas) found = this.#make(pictures, bounds, delta, moves) || found;
    return found;
  }

  /** Makes all rectangles of one distance in one area. @returns Whether there was any. */
  #make(pictures: PicturePair, bounds: Rect, delta: Delta, moves: Move[]): boolean {
    let found = false;
    while (moves.length < MOST_MOVES) {
      const move = findMatch(pictures, bounds, delta, this.#kernels, LEAST_GAIN);
      if (!move) break;
      this.#apply(pictures, move);
      moves.push({ to: move.to, dx: move.dx, dy: move.dy });
      found = true;
    }
    return found;
  }

  /** From now on clients have it so: what is found next has to start from there. */
  #apply({ before }: PicturePair, { to, dx, dy }: VerifiedMove): void {
    const target = to.y * before.stride + to.x;
    const source = target - dy * before.stride - dx;
    this.#kernels.moveRect(before.pixels, source, target, before.stride, to.width, to.height);
  }

  /** Content that does not move costs less and less. */
  #worthTrying(): boolean {
    if (this.#leaveOut === 0) return true;
    this.#leaveOut--;
    return false;
  }

  #learn(found: boolean): void {
    this.#misses = found ? 0 : this.#misses + 1;
    this.#leaveOut = found ? 0 : Math.min(MOST_LEFT_OUT, this.#misses - 1);
  }
}

function screenOf({ now }: PicturePair): Rect {
  return rect(0, 0, now.width, now.height);
}
