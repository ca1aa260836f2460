/**
 * Sets of pixels: what has changed, what a client has asked for, what it has not seen.
 *
 * A region is kept as bands from top to bottom, each a list of spans from left to right, as the X server keeps its
 * regions. The form is canonical (spans of a band never touch, equal bands that touch are one), so that equal sets are
 * equal data, and all operations are one sweep: O(bands × spans) of what they are given.
 *
 * @module
 */
import { contains, intersect as intersectRects, type Rect } from "./geometry.ts";

/** The pixels of some rectangles. Immutable; made by {@linkcode Region.of}, {@linkcode Region.from} and operations. */
export class Region {
  /** No pixel. */
  static readonly EMPTY: Region = new Region([]);

  readonly #bands: readonly Band[];
  #bounds: Rect | undefined;

  private constructor(bands: readonly Band[]) {
    this.#bands = bands;
  }

  /**
   * All pixels of `rects`, which may overlap; empty ones add nothing.
   *
   * @throws {RangeError} A rectangle's fields are not whole numbers.
   */
  static of(...rects: Rect[]): Region {
    return Region.from(rects);
  }

  /** As {@linkcode Region.of}, for many rectangles: they are merged in pairs, so that n of them cost O(n log n) sweeps' steps. */
  static from(rects: Iterable<Rect>): Region {
    const single: Region[] = [];
    for (const rect of rects) {
      if (!isWhole(rect)) {
        throw new RangeError(
          `Cannot make a region of fractions: x ${rect.x}, y ${rect.y}, width ${rect.width}, height ${rect.height}`,
        );
      }
      if (rect.width > 0 && rect.height > 0) single.push(new Region([bandOf(rect)]));
    }
    if (single.length <= 1) return single[0] ?? Region.EMPTY;
    // Neighbours first: most merges then find their bands one above the other and copy references only.
    single.sort((a, b) =>
      a.#bands[0]!.top - b.#bands[0]!.top || a.#bands[0]!.spans[0]! - b.#bands[0]!.spans[0]!
    );
    return mergeInPairs(single);
  }

  /** All pixels of all `regions`. */
  static unionOf(regions: Iterable<Region>): Region {
    return mergeInPairs([...regions]);
  }

  /** Whether there is no pixel. */
  get isEmpty(): boolean {
    return this.#bands.length === 0;
  }

  /** Number of pixels. */
  get area(): number {
    let area = 0;
    for (const { top, bottom, spans } of this.#bands) {
      for (let i = 0; i < spans.length; i += 2) area += (spans[i + 1]! - spans[i]!) * (bottom - top);
    }
    return area;
  }

  /** The smallest rectangle around all pixels; 0, 0, 0, 0 for none. */
  get bounds(): Rect {
    return this.#bounds ??= boundsOf(this.#bands);
  }

  /** How many rectangles {@linkcode Region.rects} gives. */
  get rectCount(): number {
    let count = 0;
    for (const band of this.#bands) count += band.spans.length >> 1;
    return count;
  }

  /**
   * The pixels as rectangles that do not overlap, from top to bottom and in each band from left to right: as wide as
   * they can be, and then as high as they can be without being narrower.
   */
  rects(): Rect[] {
    const rects: Rect[] = [];
    for (const { top, bottom, spans } of this.#bands) {
      for (let i = 0; i < spans.length; i += 2) {
        rects.push({ x: spans[i]!, y: top, width: spans[i + 1]! - spans[i]!, height: bottom - top });
      }
    }
    return rects;
  }

  /** The pixels that either has. */
  union(other: Region | Rect): Region {
    const b = toRegion(other);
    if (b.isEmpty || this === b || this.#isRectAround(b.bounds)) return this;
    if (this.isEmpty || b.#isRectAround(this.bounds)) return b;
    return this.#combine(b, Keep.Union);
  }

  /** The pixels that this has and `other` has not. */
  subtract(other: Region | Rect): Region {
    if (this.isEmpty || !overlap(this.bounds, boundsIn(other))) return this;
    const b = toRegion(other);
    if (b.#isRectAround(this.bounds)) return Region.EMPTY;
    return this.#combine(b, Keep.Subtract);
  }

  /** The pixels that both have. */
  intersect(other: Region | Rect): Region {
    if (this.isEmpty || !overlap(this.bounds, boundsIn(other))) return Region.EMPTY;
    const b = toRegion(other);
    if (b.#isRectAround(this.bounds)) return this;
    if (this.#isRectAround(b.bounds)) return b;
    if (this.#isRect && b.#isRect) return Region.of(intersectRects(this.bounds, b.bounds)!);
    return this.#combine(b, Keep.Intersect);
  }

  /** The same shape moved by whole pixels. */
  translate(dx: number, dy: number): Region {
    if ((dx === 0 && dy === 0) || this.isEmpty) return this;
    return new Region(this.#bands.map(({ top, bottom, spans }) => ({
      top: top + dy,
      bottom: bottom + dy,
      spans: dx === 0 ? spans : spans.map((edge) => edge + dx),
    })));
  }

  /** Whether the pixel (x, y) is in. */
  contains(x: number, y: number): boolean {
    const band = this.#bands[this.#firstBandBelow(y)];
    return band !== undefined && band.top <= y && spanBelow(band.spans, x, x + 1);
  }

  /** Whether all pixels of `rect` are in. An empty one is in every region. */
  covers(rect: Rect): boolean {
    if (rect.width <= 0 || rect.height <= 0) return true;
    const bottom = rect.y + rect.height;
    let y = rect.y;
    for (let i = this.#firstBandBelow(y); i < this.#bands.length && y < bottom; i++) {
      const band = this.#bands[i]!;
      if (band.top > y || !spanBelow(band.spans, rect.x, rect.x + rect.width)) return false;
      y = band.bottom;
    }
    return y >= bottom;
  }

  /** Whether any pixel of `rect` is in. */
  intersects(rect: Rect): boolean {
    if (rect.width <= 0 || rect.height <= 0) return false;
    const right = rect.x + rect.width;
    const bottom = rect.y + rect.height;
    for (let i = this.#firstBandBelow(rect.y); i < this.#bands.length; i++) {
      const { top, spans } = this.#bands[i]!;
      if (top >= bottom) return false;
      for (let j = 0; j < spans.length && spans[j]! < right; j += 2) {
        if (spans[j + 1]! > rect.x) return true;
      }
    }
    return false;
  }

  /** Whether both hold the same pixels. */
  equals(other: Region): boolean {
    const a = this.#bands;
    const b = other.#bands;
    return a === b ||
      a.length === b.length &&
        a.every((band, i) =>
          band.top === b[i]!.top && band.bottom === b[i]!.bottom && sameSpans(band.spans, b[i]!.spans)
        );
  }

  get #isRect(): boolean {
    return this.#bands.length === 1 && this.#bands[0]!.spans.length === 2;
  }

  /** Whether this is one rectangle that holds all of `rect`. */
  #isRectAround(rect: Rect): boolean {
    return this.#isRect && contains(this.bounds, rect);
  }

  /** Index of the first band whose bottom lies below row `y`, by halving. */
  #firstBandBelow(y: number): number {
    let low = 0;
    let high = this.#bands.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#bands[middle]!.bottom > y) high = middle;
      else low = middle + 1;
    }
    return low;
  }

  /** One sweep from top to bottom over the edges of the bands of both. */
  #combine(other: Region, keep: Keep): Region {
    const a = this.#bands;
    const b = other.#bands;
    const out: Band[] = [];
    let i = 0;
    let j = 0;
    let y = -Infinity;
    while (i < a.length || j < b.length) {
      const bandA = a[i];
      const bandB = b[j];
      const inA = bandA !== undefined && bandA.top <= y;
      const inB = bandB !== undefined && bandB.top <= y;
      const next = Math.min(edgeBelow(bandA, inA), edgeBelow(bandB, inB));
      if (inA || inB) {
        append(out, y, next, combineSpans(inA ? bandA.spans : NO_SPANS, inB ? bandB.spans : NO_SPANS, keep));
      }
      if (bandA?.bottom === next) i++;
      if (bandB?.bottom === next) j++;
      y = next;
    }
    return out.length === 0 ? Region.EMPTY : new Region(out);
  }
}

/** Rows `top … bottom-1`: the same spans in each. */
interface Band {
  readonly top: number;
  readonly bottom: number;
  /** Left and right edges in turn, rising; a right edge is the first column that is out. Not empty. */
  readonly spans: readonly number[];
}

const NO_SPANS: readonly number[] = [];

/** What an operation keeps: bit `inA + 2 × inB` says whether pixels of that kind stay. */
const Keep = { Union: 0b1110, Subtract: 0b0010, Intersect: 0b1000 } as const;
type Keep = typeof Keep[keyof typeof Keep];

function isWhole(rect: Rect): boolean {
  return Number.isSafeInteger(rect.x) && Number.isSafeInteger(rect.y) &&
    Number.isSafeInteger(rect.width) && Number.isSafeInteger(rect.height);
}

function bandOf(rect: Rect): Band {
  return { top: rect.y, bottom: rect.y + rect.height, spans: [rect.x, rect.x + rect.width] };
}

function boundsIn(value: Region | Rect): Rect {
  return value instanceof Region ? value.bounds : value;
}

function toRegion(value: Region | Rect): Region {
  return value instanceof Region ? value : Region.of(value);
}

function mergeInPairs(regions: Region[]): Region {
  let level = regions;
  while (level.length > 1) {
    const merged: Region[] = [];
    for (let i = 0; i < level.length; i += 2) {
      const next = level[i + 1];
      merged.push(next === undefined ? level[i]! : level[i]!.union(next));
    }
    level = merged;
  }
  return level[0] ?? Region.EMPTY;
}

function boundsOf(bands: readonly Band[]): Rect {
  if (bands.length === 0) return { x: 0, y: 0, width: 0, height: 0 };
  let left = Infinity;
  let right = -Infinity;
  for (const { spans } of bands) {
    left = Math.min(left, spans[0]!);
    right = Math.max(right, spans[spans.length - 1]!);
  }
  const top = bands[0]!.top;
  return { x: left, y: top, width: right - left, height: bands[bands.length - 1]!.bottom - top };
}

function overlap(a: Rect, b: Rect): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}

/** The next row at which a band starts or ends. */
function edgeBelow(band: Band | undefined, inside: boolean): number {
  return band === undefined ? Infinity : inside ? band.bottom : band.top;
}

/** Adds rows `top … bottom-1` below what is there; joins them to the last band where they continue it. */
function append(out: Band[], top: number, bottom: number, spans: readonly number[]): void {
  if (spans.length === 0) return;
  const last = out[out.length - 1];
  if (last !== undefined && last.bottom === top && sameSpans(last.spans, spans)) {
    out[out.length - 1] = { top: last.top, bottom, spans: last.spans };
  } else {
    out.push({ top, bottom, spans });
  }
}

/** One sweep from left to right over the edges of both: an edge stays where the answer changes. */
function combineSpans(a: readonly number[], b: readonly number[], keep: Keep): readonly number[] {
  if (b.length === 0) return keep === Keep.Intersect ? NO_SPANS : a;
  if (a.length === 0) return keep === Keep.Union ? b : NO_SPANS;
  const out: number[] = [];
  let i = 0;
  let j = 0;
  while (i < a.length || j < b.length) {
    const x = Math.min(i < a.length ? a[i]! : Infinity, j < b.length ? b[j]! : Infinity);
    if (a[i] === x) i++;
    if (b[j] === x) j++;
    // After an odd number of edges we are inside; so is what has been written so far.
    const stays = keep >> ((i & 1) | (j & 1) << 1) & 1;
    if (stays !== (out.length & 1)) out.push(x);
  }
  return out;
}

/** Whether one span holds all columns `left … right-1`. */
function spanBelow(spans: readonly number[], left: number, right: number): boolean {
  let low = 0;
  let high = spans.length >> 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (spans[2 * middle + 1]! > left) high = middle;
    else low = middle + 1;
  }
  return 2 * low < spans.length && spans[2 * low]! <= left && right <= spans[2 * low + 1]!;
}

function sameSpans(a: readonly number[], b: readonly number[]): boolean {
  if (a === b) return true;
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
