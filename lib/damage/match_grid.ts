/**
 * Where in an area the new picture is the old one, moved by a given distance: exact, pixel by pixel.
 *
 * @module
 */
import { intersect, type Rect, rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import type { Kernels } from "../kernels/kernels.ts";
import type { Move } from "./changes.ts";

/** A cell is compared as a whole; rectangles of matching cells then grow to the pixel. */
const CELL_WIDTH = 32;
const CELL_HEIGHT = 16;

/** A distance in pixels, never (0, 0). */
export interface Delta {
  readonly dx: number;
  readonly dy: number;
}

/** A move that holds, and what it is good for. */
export interface VerifiedMove extends Move {
  /** Pixels in it that differ from what clients have at that place. */
  readonly gain: number;
}

/** Two pictures of one screen: what is there now, and what clients know. Strides are equal. */
export interface PicturePair {
  readonly now: Frame;
  readonly before: Frame;
}

/**
 * The largest useful rectangle in `area` whose pixels were `delta` away before.
 *
 * @param area Inside the screen.
 * @param least Gains below this are not worth a rectangle.
 * @returns `undefined` when there is none.
 */
export function findMatch(
  { now, before }: PicturePair,
  area: Rect,
  delta: Delta,
  kernels: Kernels,
  least: number,
): VerifiedMove | undefined {
  const screen = rect(0, 0, now.width, now.height);
  const source = intersect(screen, { ...area, x: area.x - delta.dx, y: area.y - delta.dy });
  if (!source) return undefined;
  const target = { ...source, x: source.x + delta.dx, y: source.y + delta.dy };
  const same = (r: Rect) => sameAt(now, r, before, delta, kernels);
  const cells = new Cells(target);
  const found = cells.largest(same, (r) => !sameAt(now, r, before, { dx: 0, dy: 0 }, kernels));
  if (!found || found.gain < least) return undefined;
  return { to: grow(found.area, target, same), ...delta, gain: found.gain };
}

/** Whether `r` of now holds what was `delta` away before. */
function sameAt(now: Frame, r: Rect, before: Frame, { dx, dy }: Delta, kernels: Kernels): boolean {
  return kernels.sameRect(
    now.pixels,
    r.y * now.stride + r.x,
    now.stride,
    before.pixels,
    (r.y - dy) * before.stride + r.x - dx,
    before.stride,
    r.width,
    r.height,
  );
}

/** An area cut into cells from its corner; those at the right and lower ends are smaller. */
class Cells {
  readonly #area: Rect;
  readonly #columns: number;
  readonly #rows: number;

  constructor(area: Rect) {
    this.#area = area;
    this.#columns = Math.ceil(area.width / CELL_WIDTH);
    this.#rows = Math.ceil(area.height / CELL_HEIGHT);
  }

  /** The rectangle of matching cells with the most pixels in cells that changed. */
  largest(
    matches: (cell: Rect) => boolean,
    changed: (cell: Rect) => boolean,
  ): { area: Rect; gain: number } | undefined {
    const heights = new Uint16Array(this.#columns);
    // Gains of the cells above each row, per column: a difference of two is that of a stack.
    const sums = new Int32Array(this.#columns * (this.#rows + 1));
    let best: { top: number; left: number; right: number; bottom: number; gain: number } | undefined;
    for (let row = 0; row < this.#rows; row++) {
      for (let column = 0; column < this.#columns; column++) {
        const cell = this.#cell(column, row);
        const isMatch = matches(cell);
        const gain = isMatch && changed(cell) ? cell.width * cell.height : 0;
        heights[column] = isMatch ? heights[column]! + 1 : 0;
        const at = row * this.#columns + column;
        sums[at + this.#columns] = sums[at]! + gain;
      }
      for (let column = 0; column < this.#columns; column++) {
        const height = heights[column]!;
        if (height === 0) continue;
        // The rectangle as high as this column's stack, as wide as its neighbours allow.
        let left = column;
        while (left > 0 && heights[left - 1]! >= height) left--;
        let right = column;
        while (right + 1 < this.#columns && heights[right + 1]! >= height) right++;
        const top = row - height + 1;
        let gain = 0;
        for (let i = left; i <= right; i++) {
          gain += sums[(row + 1) * this.#columns + i]! - sums[top * this.#columns + i]!;
        }
        if (gain > (best?.gain ?? 0)) best = { top, bottom: row, left, right, gain };
      }
    }
    if (!best) return undefined;
    const start = this.#cell(best.left, best.top);
    const end = this.#cell(best.right, best.bottom);
    const area = rect(
      start.x,
      start.y,
      end.x + end.width - start.x,
      end.y + end.height - start.y,
    );
    return { area, gain: best.gain };
  }

  #cell(column: number, row: number): Rect {
    const x = column * CELL_WIDTH;
    const y = row * CELL_HEIGHT;
    return rect(
      this.#area.x + x,
      this.#area.y + y,
      Math.min(CELL_WIDTH, this.#area.width - x),
      Math.min(CELL_HEIGHT, this.#area.height - y),
    );
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
