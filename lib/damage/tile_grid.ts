/**
 * Which 64x64 tiles of a screen have to be looked at, and which rows of the screen hold them.
 *
 * @module
 */
import type { Rect, Size } from "../core/geometry.ts";
import { TILE } from "../kernels/kernels.ts";

/** More bands than this cost more round trips than they spare pixels (PLATFORM B.2). */
const MOST_BANDS = 4;

/** Rows `top … bottom-1`, both at tile borders or the screen's end. */
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

  constructor(screen: Size, marks?: Uint8Array) {
    this.columns = Math.ceil(screen.width / TILE);
    this.rows = Math.ceil(screen.height / TILE);
    this.#height = screen.height;
    this.marks = marks ?? new Uint8Array(this.columns * this.rows);
  }

  /** Marks the tiles that `rects` touch. What lies outside the screen is passed over. */
  mark(rects: readonly Rect[]): void {
    this.#fill(rects, 1);
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
  }

  /** How many tiles are marked. */
  count(): number {
    return this.marks.reduce((sum, mark) => sum + mark, 0);
  }

  /** Full-width bands that hold all marked tiles; few, so maybe with unmarked rows between. */
  bands(): Band[] {
    const bands: Band[] = [];
    for (let row = 0; row < this.rows; row++) {
      if (!this.#hasMarks(row)) continue;
      const top = row * TILE;
      while (row + 1 < this.rows && this.#hasMarks(row + 1)) row++;
      bands.push({ top, bottom: Math.min((row + 1) * TILE, this.#height) });
    }
    return bands.length <= MOST_BANDS ? bands : [{ top: bands[0]!.top, bottom: bands.at(-1)!.bottom }];
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

  #hasMarks(row: number): boolean {
    return this.marks.subarray(row * this.columns, (row + 1) * this.columns).includes(1);
  }
}
