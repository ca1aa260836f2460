/**
 * Collecting damage between two frames, however much of it comes, at a bounded cost.
 *
 * @module
 */
import { type Rect, rectOf, type Size } from "../core/geometry.ts";

/** Up to this many rectangles are kept as they are. */
const EXACT = 16;
/** Side of a tile in pixels, behind that. */
const TILE = 64;

/** Small is what has up to so many pixels; of more than so many that are, none counts. */
const SMALL_PIXELS = 128 * 128;
const MOST_SMALL = 16;

/** Few rectangles are kept exactly; of many, the tiles that they touch. */
export class DamageCollector {
  readonly #size: Size;
  readonly #columns: number;
  readonly #rows: number;
  readonly #tiles: Uint8Array;
  #exact: Rect[] = [];
  #small: Rect[] = [];
  #tiled = false;
  #whole = false;

  /** Empty, for a screen of `size`. */
  constructor(size: Size) {
    this.#size = size;
    this.#columns = Math.ceil(size.width / TILE);
    this.#rows = Math.ceil(size.height / TILE);
    this.#tiles = new Uint8Array(this.#columns * this.#rows);
  }

  /** Whether nothing was added since the last `take()`. */
  get empty(): boolean {
    return !this.#whole && !this.#tiled && this.#exact.length === 0;
  }

  /** Adds a rectangle; what reaches outside of the screen is cut off. */
  add(x: number, y: number, width: number, height: number): void {
    const right = Math.min(x + width, this.#size.width);
    const bottom = Math.min(y + height, this.#size.height);
    const left = Math.max(x, 0);
    const top = Math.max(y, 0);
    if (left >= right || top >= bottom) return;
    this.#noteSmall({ x: left, y: top, width: right - left, height: bottom - top });
    if (this.#whole) return;
    if (left === 0 && top === 0 && right === this.#size.width && bottom === this.#size.height) {
      this.addAll();
    } else if (this.#tiled) {
      this.#mark(left, top, right, bottom);
    } else {
      this.#keep(left, top, right, bottom);
    }
  }

  /** Adds the whole screen. */
  addAll(): void {
    this.#whole = true;
    this.#exact = [];
  }

  /** What was added since the last call: rectangles inside the screen, at most one and a half per tile. */
  take(): Rect[] {
    const taken = this.#whole ? [rectOf(this.#size)] : this.#tiled ? this.#takeTiles() : this.#exact;
    if (this.#tiled) this.#tiles.fill(0);
    this.#exact = [];
    this.#small = [];
    this.#tiled = false;
    this.#whole = false;
    return taken;
  }

  /**
   * What is small of what was added since the last call of this or of `take()`. It remains to be taken.
   *
   * @returns `undefined` when everything that there is to be taken is small.
   */
  small(): Rect[] | undefined {
    if (!this.#whole && !this.#tiled && this.#exact.every(isSmall)) return undefined;
    const small = this.#small;
    this.#small = [];
    return small.length > MOST_SMALL ? [] : small;
  }

  #noteSmall(rect: Rect): void {
    if (this.#small.length <= MOST_SMALL && isSmall(rect)) this.#small.push(rect);
  }

  #keep(left: number, top: number, right: number, bottom: number): void {
    const { length } = this.#exact;
    for (let i = 0; i < length; i++) {
      const { x, y, width, height } = this.#exact[i]!;
      if (left >= x && top >= y && right <= x + width && bottom <= y + height) return;
      if (left <= x && top <= y && right >= x + width && bottom >= y + height) {
        this.#exact[i] = { x: left, y: top, width: right - left, height: bottom - top };
        return;
      }
    }
    if (length < EXACT) {
      this.#exact.push({ x: left, y: top, width: right - left, height: bottom - top });
      return;
    }
    this.#tiled = true;
    for (const { x, y, width, height } of this.#exact) this.#mark(x, y, x + width, y + height);
    this.#mark(left, top, right, bottom);
    this.#exact = [];
  }

  #mark(left: number, top: number, right: number, bottom: number): void {
    const first = Math.floor(left / TILE);
    const end = Math.ceil(right / TILE);
    const last = Math.ceil(bottom / TILE);
    for (let row = Math.floor(top / TILE); row < last; row++) {
      this.#tiles.fill(1, row * this.#columns + first, row * this.#columns + end);
    }
  }

  /** Runs of marked tiles in a row, and those right below that are as wide. */
  #takeTiles(): Rect[] {
    const done: Rect[] = [];
    let above: Rect[] = [];
    for (let row = 0; row < this.#rows; row++) {
      const y = row * TILE;
      const height = Math.min(TILE, this.#size.height - y);
      const runs = this.#runs(row).map(([from, to]) => {
        const x = from * TILE;
        const width = Math.min(to * TILE, this.#size.width) - x;
        const same = above.findIndex((one) => one.x === x && one.width === width);
        if (same < 0) return { x, y, width, height };
        const [one] = above.splice(same, 1);
        return { x, y: one!.y, width, height: one!.height + height };
      });
      done.push(...above);
      above = runs;
    }
    done.push(...above);
    return done;
  }

  #runs(row: number): [from: number, to: number][] {
    const runs: [number, number][] = [];
    const tiles = this.#tiles.subarray(row * this.#columns, (row + 1) * this.#columns);
    for (let from = tiles.indexOf(1); from >= 0;) {
      const end = tiles.indexOf(0, from);
      const to = end < 0 ? this.#columns : end;
      runs.push([from, to]);
      from = tiles.indexOf(1, to);
    }
    return runs;
  }
}

function isSmall({ width, height }: Rect): boolean {
  return width * height <= SMALL_PIXELS;
}
