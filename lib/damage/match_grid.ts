/**
 * Where in an area the new picture is the old one, moved by a given distance: exact, pixel by pixel.
 *
 * @module
 */
import { intersect, type Rect, rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import type { Kernels } from "../kernels/kernels.ts";

/** A cell is compared as a whole; rectangles of matching cells then grow to the pixel. */
const CELL_WIDTH = 32;
const CELL_HEIGHT = 16;

/** Changed cells that are looked at before all are: if none of them matches, the rest is not worth it. */
const SAMPLES = 12;

/** Samples are this part of all from one to the next, the golden ratio: even steps would stay in a few of the columns. */
const SPREAD = (Math.sqrt(5) - 1) / 2;

/** Rows that have to fit from the top for a look at the cells to be needless, as a part of all. */
const MOST_OF_IT = 0.75;

/** A distance in pixels, never (0, 0). */
export interface Delta {
  readonly dx: number;
  readonly dy: number;
}

/** Two pictures of one screen: what is there now, and what clients know. Strides are equal. */
export interface PicturePair {
  readonly now: Frame;
  readonly before: Frame;
  /** Whether pictures may differ somewhere in a rectangle; exact to the tile's box. */
  readonly differIn: (rect: Rect) => boolean;
}

/** A rectangle that moved, and what that is good for. */
export interface Match {
  readonly to: Rect;
  /** Pixels in cells of it that differ from what clients have at that place; about. */
  readonly gain: number;
}

/** Cells from row `top` to row `bottom`, both inside, and what they are good for. */
interface CellRange {
  readonly top: number;
  readonly bottom: number;
  readonly left: number;
  readonly right: number;
  readonly gain: number;
}

/** Whether `to` holds now what was `delta` away before. */
export function isMoved(
  { now, before }: PicturePair,
  to: Rect,
  { dx, dy }: Delta,
  kernels: Kernels,
): boolean {
  return kernels.sameRect(
    now.pixels,
    to.y * now.stride + to.x,
    now.stride,
    before.pixels,
    (to.y - dy) * before.stride + to.x - dx,
    before.stride,
    to.width,
    to.height,
  );
}

/**
 * The common case, at a fraction of a grid's cost: nearly all of `wanted` has moved. Looked at from the top until
 * something does not fit, and then enlarged as far as it does, but not beyond `area`.
 *
 * @returns What fits, if that is most of it.
 */
export function matchFromTop(
  pictures: PicturePair,
  wanted: Rect,
  area: Rect,
  delta: Delta,
  kernels: Kernels,
): Rect | undefined {
  const { now, before } = pictures;
  const { dx, dy } = delta;
  const possible = intersect(area, rect(dx, dy, now.width, now.height));
  const target = possible && intersect(possible, wanted);
  if (!target) return undefined;
  const height = kernels.leadingSameRows(
    now.pixels,
    target.y * now.stride + target.x,
    now.stride,
    before.pixels,
    (target.y - dy) * before.stride + target.x - dx,
    before.stride,
    target.width,
    target.height,
  );
  if (height < target.height * MOST_OF_IT) return undefined;
  return grow({ ...target, height }, possible, (r) => isMoved(pictures, r, delta, kernels));
}

/** An area cut into cells from its corner, each of which holds what was `delta` away before, or not. */
export class MatchGrid {
  readonly #area: Rect;
  readonly #columns: number;
  readonly #rows: number;
  readonly #matches: Uint8Array;
  readonly #gains: Int32Array;
  readonly #same: (rect: Rect) => boolean;

  /**
   * Compares an area with where it may have come from.
   *
   * @param area Inside the screen; what would have come from outside of it is left out.
   * @returns `undefined` when a look at some cells promises nothing.
   */
  static compare(pictures: PicturePair, area: Rect, delta: Delta, kernels: Kernels): MatchGrid | undefined {
    const { width, height } = pictures.now;
    const target = intersect(area, rect(delta.dx, delta.dy, width, height));
    if (!target) return undefined;
    const grid = new MatchGrid(target, (r) => isMoved(pictures, r, delta, kernels));
    const changed = grid.#cellsThat(pictures.differIn);
    if (!grid.#isPromising(changed)) return undefined;
    grid.#fill(changed);
    return grid;
  }

  private constructor(area: Rect, same: (rect: Rect) => boolean) {
    this.#area = area;
    this.#columns = Math.ceil(area.width / CELL_WIDTH);
    this.#rows = Math.ceil(area.height / CELL_HEIGHT);
    this.#matches = new Uint8Array(this.#columns * this.#rows);
    this.#gains = new Int32Array(this.#columns * this.#rows);
    this.#same = same;
  }

  /** What all matching cells are good for. */
  get gain(): number {
    return this.#gains.reduce((sum, gain) => sum + gain, 0);
  }

  /**
   * Takes the rectangle of matching cells with the largest gain; it will not be found again.
   *
   * @param least Gains below this are not worth a rectangle.
   */
  takeLargest(least: number): Match | undefined {
    const best = this.#largest();
    if (!best || best.gain < least) return undefined;
    const { left, top, right, bottom, gain } = best;
    for (let row = top; row <= bottom; row++) {
      const at = row * this.#columns;
      this.#gains.fill(0, at + left, at + right + 1);
      this.#matches.fill(0, at + left, at + right + 1);
    }
    const start = this.#cell(top * this.#columns + left);
    const end = this.#cell(bottom * this.#columns + right);
    const found = rect(start.x, start.y, end.x + end.width - start.x, end.y + end.height - start.y);
    return { to: grow(found, this.#area, this.#same), gain };
  }

  #cellsThat(differ: (rect: Rect) => boolean): number[] {
    const cells: number[] = [];
    for (let i = 0; i < this.#matches.length; i++) {
      if (differ(this.#cell(i))) cells.push(i);
    }
    return cells;
  }

  #isPromising(changed: readonly number[]): boolean {
    for (let i = 0; i < Math.min(SAMPLES, changed.length); i++) {
      const at = Math.floor((i + 1) * SPREAD % 1 * changed.length);
      if (this.#same(this.#cell(changed[at]!))) return true;
    }
    return false;
  }

  #fill(changed: readonly number[]): void {
    for (let i = 0; i < this.#matches.length; i++) {
      if (this.#same(this.#cell(i))) this.#matches[i] = 1;
    }
    for (const i of changed) {
      const { width, height } = this.#cell(i);
      if (this.#matches[i]) this.#gains[i] = width * height;
    }
  }

  /** For every cell: the rectangle as high as the stack of matches that ends in it, as wide as neighbours allow. */
  #largest(): CellRange | undefined {
    const columns = this.#columns;
    const heights = new Uint16Array(columns);
    // Gains of the cells above each row, per column: a difference of two is that of a stack.
    const sums = new Int32Array(columns * (this.#rows + 1));
    let best: CellRange | undefined;
    for (let row = 0; row < this.#rows; row++) {
      for (let column = 0; column < columns; column++) {
        const at = row * columns + column;
        heights[column] = this.#matches[at] ? heights[column]! + 1 : 0;
        sums[at + columns] = sums[at]! + this.#gains[at]!;
      }
      for (let column = 0; column < columns; column++) {
        const height = heights[column]!;
        // A neighbour of the same height has given this rectangle already.
        if (height === 0 || column > 0 && heights[column - 1] === height) continue;
        let left = column;
        while (left > 0 && heights[left - 1]! >= height) left--;
        let right = column;
        while (right + 1 < columns && heights[right + 1]! >= height) right++;
        const top = row - height + 1;
        let gain = 0;
        for (let i = left; i <= right; i++) gain += sums[(row + 1) * columns + i]! - sums[top * columns + i]!;
        if (gain > (best?.gain ?? 0)) best = { top, bottom: row, left, right, gain };
      }
    }
    return best;
  }

  #cell(i: number): Rect {
    const column = i % this.#columns;
    const x = column * CELL_WIDTH;
    const y = (i - column) / this.#columns * CELL_HEIGHT;
    return {
      x: this.#area.x + x,
      y: this.#area.y + y,
      width: Math.min(CELL_WIDTH, this.#area.width - x),
      height: Math.min(CELL_HEIGHT, this.#area.height - y),
    };
  }
}

/** Makes `found` larger, row by row and column by column, as long as it matches and stays in `limit`. */
function grow(found: Rect, limit: Rect, same: (r: Rect) => boolean): Rect {
  let { x, y, width, height } = found;
  for (let i = 0; i < CELL_HEIGHT && y > limit.y && same(rect(x, y - 1, width, 1)); i++) y--, height++;
  for (let i = 0; i < CELL_HEIGHT && y + height < limit.y + limit.height; i++) {
    if (!same(rect(x, y + height, width, 1))) break;
    height++;
  }
  for (let i = 0; i < CELL_WIDTH && x > limit.x && same(rect(x - 1, y, 1, height)); i++) x--, width++;
  for (let i = 0; i < CELL_WIDTH && x + width < limit.x + limit.width; i++) {
    if (!same(rect(x + width, y, 1, height))) break;
    width++;
  }
  return rect(x, y, width, height);
}
