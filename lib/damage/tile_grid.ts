/**
 * Which 64x64 tiles of a screen have to be looked at, and in which rows of the screen.
 *
 * @module
 */
import type { Rect, Size } from "../core/geometry.ts";
import { TILE } from "../kernels/kernels.ts";

/** More bands than this cost more round trips than they spare pixels (PLATFORM B.2). */
const MOST_BANDS = 4;

/** Rows `top … bottom-1`. */
export interface Band {
  readonly top: number;
  readonly bottom: number;
}

/** One mark per tile. */
export class TileGrid {
  readonly columns: number;
  readonly rows: number;
  /** Row after row, 1 where a tile is marked. */
  readonly marks: Uint8Array;
  readonly #height: number;
  /** Of each tile row the first row of pixels that was marked, and the one behind the last. */
  readonly #tops: Int32Array;
  readonly #bottoms: Int32Array;

  constructor(screen: Size, marks?: Uint8Array) {
    this.columns = Math.ceil(screen.width / TILE);
    this.rows = Math.ceil(screen.height / TILE);
    this.marks = marks ?? new Uint8Array(this.columns * this.rows);
    this.#tops = new Int32Array(this.rows);
    this.#bottoms = new Int32Array(this.rows);
    this.#height = screen.height;
    this.clear();
  }

  /** Marks the tiles that `rects` touch. What lies outside the screen is passed over. */
  mark(rects: readonly Rect[]): void {
    this.#fill(rects, 1);
    for (const { y, height } of rects) this.#noteRows(Math.max(0, y), Math.min(y + height, this.#height));
  }

  /** Takes the marks from the tiles that `rects` touch. */
  unmark(rects: readonly Rect[]): void {
    this.#fill(rects, 0);
  }

  /** Takes the marks from tiles that lie inside `rect` as a whole. */
  unmarkInside({ x, y, width, height }: Rect): void {
    const left = Math.ceil(x / TILE);
    const right = Math.floor((x + width) / TILE);
    const top = Math.ceil(y / TILE);
    const bottom = Math.floor((y + height) / TILE);
    for (let row = top; row < bottom && right > left; row++) {
      this.marks.fill(0, row * this.columns + left, row * this.columns + right);
    }
  }

  clear(): void {
    this.marks.fill(0);
    this.#tops.fill(this.#height);
    this.#bottoms.fill(0);
  }

  /** How many tiles are marked. */
  count(): number {
    let marked = 0;
    for (let tile = 0; tile < this.marks.length; tile++) marked += this.marks[tile]!;
    return marked;
  }

  /** Full-width bands that hold all that was marked of marked tiles; few, so maybe with unmarked rows between. */
  bands(): Band[] {
    const bands: Band[] = [];
    let row = this.#nextMarked(0);
    while (row < this.rows) {
      const first = row;
      let next = this.#nextMarked(row + 1);
      for (; next === row + 1 && next < this.rows; next = this.#nextMarked(row + 1)) row = next;
      bands.push({ top: this.#tops[first]!, bottom: this.#bottoms[row]! });
      row = next;
    }
    return bands.length <= MOST_BANDS ? bands : [{ top: bands[0]!.top, bottom: bands.at(-1)!.bottom }];
  }

  #noteRows(top: number, bottom: number): void {
    for (let row = Math.floor(top / TILE); row * TILE < bottom; row++) {
      this.#tops[row] = Math.min(this.#tops[row]!, Math.max(top, row * TILE));
      this.#bottoms[row] = Math.max(this.#bottoms[row]!, Math.min(bottom, (row + 1) * TILE));
    }
  }

  #fill(rects: readonly Rect[], value: number): void {
    for (const { x, y, width, height } of rects) {
      const left = Math.max(0, Math.floor(x / TILE));
      const right = Math.min(this.columns, Math.ceil((x + width) / TILE));
      const top = Math.max(0, Math.floor(y / TILE));
      const bottom = Math.min(this.rows, Math.ceil((y + height) / TILE));
      for (let row = top; row < bottom; row++) {
        if (right > left) this.marks.fill(value, row * this.columns + left, row * this.columns + right);
      }
    }
  }

  /** The first row from `row` on with a mark in it; `rows` if there is none. */
  #nextMarked(row: number): number {
    const at = this.marks.indexOf(1, row * this.columns);
    return at < 0 ? this.rows : Math.floor(at / this.columns);
  }
}
