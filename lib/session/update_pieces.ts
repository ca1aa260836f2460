/**
 * Cutting what is pending into updates that are small enough for the client's link, without forgetting any part: a
 * picture is gone through from top to bottom before the next one begins, however much changes at its top meanwhile.
 *
 * For clients that get the next update without asking. What a piece costs is estimated by what the last ones cost.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import { Region } from "../core/region.ts";

/** Pieces are cut between tiles, whose sides are so many pixels. */
const TILE = 64;

/** No piece has fewer pixels, whatever they cost. */
const LEAST_PIXELS = 128 * 128;

/** Assumed before anything was sent, in bytes per pixel. */
const FIRST_ESTIMATE = 0.5;

/** What is urgent is small, in pixels and as a part of what is pending. */
const MOST_URGENT_PIXELS = 256 * 256;
const MOST_URGENT_PART = 1 / 4;

/** Owned by the update loop of one session. */
export class UpdatePieces {
  /** All that belongs to the picture under way, or to the last one. */
  #picture = Region.EMPTY;
  /** What of it was not sent. */
  #rest = Region.EMPTY;
  /** What was sent last went ahead of the picture. */
  #isAhead = false;
  #bytesPerPixel = FIRST_ESTIMATE;
  #msPerPixel = 0;

  /** Whether a picture has been begun that is not through. @param pending Asked for only where it matters. */
  isUnderWay(pending: () => Region): boolean {
    return !this.#rest.isEmpty && !this.#rest.intersect(pending()).isEmpty;
  }

  /**
   * The part of what is pending that goes next. A little that was not part of the picture goes first: next to a video, it
   * is what the user has done. Not twice in succession, though, so that the picture goes on.
   *
   * @param pending What may be sent.
   * @param mostBytes What it should cost at most; `Infinity`: everything at once.
   * @param mostMs How long it should take at most, likewise.
   */
  next(pending: Region, mostBytes: number, mostMs = Infinity): Region {
    const affordable = Math.min(mostBytes / this.#bytesPerPixel, mostMs / this.#msPerPixel);
    const mostPixels = Math.max(LEAST_PIXELS, affordable);
    if (pending.area <= Math.min(MOST_URGENT_PIXELS, mostPixels)) {
      this.#isAhead = false;
      this.whole(pending);
      return pending;
    }
    const fresh = pending.subtract(this.#picture);
    const isLittle = fresh.area <= MOST_URGENT_PIXELS;
    this.#rest = this.#rest.intersect(pending);
    this.#isAhead = !fresh.isEmpty && isLittle && !this.#isAhead;
    if (this.#isAhead) {
      return fromTop(fresh, mostPixels);
    }
    if (this.#rest.isEmpty) {
      const bulk = isLittle ? pending.subtract(fresh) : pending;
      this.#rest = this.#picture = bulk.isEmpty ? pending : bulk;
    } else if (!isLittle) {
      this.#picture = this.#picture.union(fresh);
      this.#rest = this.#rest.union(fresh);
    }
    const piece = fromTop(this.#rest, mostPixels);
    this.#rest = this.#rest.subtract(piece);
    return piece;
  }

  /**
   * For clients whose every update has to be asked for, and who have just done something: what is to go alone, before
   * the bulk, as it did not change with the last picture.
   */
  urgent(pending: Region): Region | undefined {
    const fresh = pending.subtract(this.#picture);
    const most = Math.min(MOST_URGENT_PIXELS, pending.area * MOST_URGENT_PART);
    return fresh.isEmpty || fresh.area > most ? undefined : fresh;
  }

  /** Everything goes at once. */
  whole(pending: Region): void {
    this.#picture = pending;
    this.#rest = Region.EMPTY;
  }

  /** Takes note of what a piece has cost: at once of more than was thought, step by step of less. */
  cost(pixels: number, bytes: number, ms: number): void {
    if (pixels === 0) return;
    this.#bytesPerPixel = Math.max(bytes / pixels, this.#bytesPerPixel / 2, 0.001);
    // Little tells nothing: most of its time goes into beginning.
    if (pixels >= LEAST_PIXELS) this.#msPerPixel = Math.max(ms / pixels, this.#msPerPixel / 2);
  }
}

/** The upper part of a region, of about so many pixels. */
export function fromTop(region: Region, mostPixels: number): Region {
  if (region.area <= mostPixels) return region;
  const taken: Rect[] = [];
  let left = mostPixels;
  for (const rect of region.rects()) {
    if (rect.width * rect.height > left) {
      if (taken.length === 0 || left >= LEAST_PIXELS) taken.push(partOf(rect, left));
      break;
    }
    taken.push(rect);
    left -= rect.width * rect.height;
  }
  return Region.from(taken);
}

/** Rows of tiles from the top; if not even one would do, tiles of the first row. */
function partOf(rect: Rect, mostPixels: number): Rect {
  const bottom = tilesDown(rect.y + mostPixels / rect.width);
  if (bottom > rect.y) return { ...rect, height: bottom - rect.y };
  const height = Math.min(rect.height, TILE - rect.y % TILE);
  const right = tilesDown(rect.x + mostPixels / height);
  return { ...rect, width: right > rect.x ? Math.min(rect.width, right - rect.x) : rect.width, height };
}

function tilesDown(pixels: number): number {
  return Math.floor(pixels / TILE) * TILE;
}
