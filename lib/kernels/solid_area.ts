/**
 * The area of one colour around a place: solid areas are sent first, as large as they are, since all encodings have a
 * very short form for them.
 *
 * @module
 */
import { intersect, type Rect } from "../core/geometry.ts";
import type { Kernels } from "./kernels.ts";

/** Rows that are looked at together when an area is sought: fewer find ragged areas better and cost more. */
const BAND = 16;

/**
 * The largest area of one value that has its top left corner at (x, y), to `BAND` rows exactly in height, then grown
 * to all sides as far as it can.
 *
 * @param values The picture; all 32 bits count.
 * @param stride Values per row.
 * @param bounds What may be in the area; inside the picture.
 * @param x Inside `bounds`, as is `y`.
 * @returns At least 1x1.
 * @throws {RangeError} `bounds` reaches outside the picture, or (x, y) outside `bounds`.
 */
export function findSolidArea(
  kernels: Kernels,
  values: Uint32Array,
  stride: number,
  bounds: Rect,
  x: number,
  y: number,
): Rect {
  const right = bounds.x + bounds.width;
  const bottom = bounds.y + bounds.height;
  if (!(x >= bounds.x && x < right && y >= bounds.y && y < bottom)) {
    throw new RangeError(`Cannot find a solid area at ${x}, ${y}: must lie in the bounds`);
  }
  const value = values[y * stride + x]!;
  // The first row first: it says how wide the area can be, and one band can be higher than the area is.
  let width = kernels.leadingSolidColumns(values, y * stride + x, stride, right - x, 1, value);
  let best: Rect = { x, y, width, height: 1 };
  for (let top = y; top < bottom; top += BAND) {
    const offset = top * stride + x;
    const height = Math.min(BAND, bottom - top);
    const narrower = kernels.leadingSolidColumns(values, offset, stride, width, height, value);
    if (narrower < width) {
      const rows = kernels.leadingSolidRows(values, offset, stride, width, height, value);
      best = larger(best, { x, y, width, height: top - y + rows });
    }
    if (narrower === 0) break;
    width = narrower;
    best = larger(best, { x, y, width, height: top - y + height });
  }
  return growSolid(kernels, values, stride, bounds, best);
}

/**
 * Grows an area of one value up, down, left and right, whole rows and columns at a time.
 *
 * @param bounds What may be in the area; inside the picture.
 * @param area Of one value; what of it lies in `bounds` is grown.
 * @returns The area, at least `area`.
 * @throws {RangeError} `area` has no pixel in `bounds`, or `bounds` reaches outside the picture.
 */
export function growSolid(
  kernels: Kernels,
  values: Uint32Array,
  stride: number,
  bounds: Rect,
  area: Rect,
): Rect {
  const start = intersect(bounds, area);
  if (!start) throw new RangeError("Cannot grow an area that is not in the bounds");
  let { x, y, width, height } = start;
  const value = values[y * stride + x]!;
  const above = y - bounds.y;
  const up = kernels.trailingSolidRows(values, bounds.y * stride + x, stride, width, above, value);
  y -= up;
  height += up;
  const below = bounds.y + bounds.height - y - height;
  height += kernels.leadingSolidRows(values, (y + height) * stride + x, stride, width, below, value);
  const before = x - bounds.x;
  const left = kernels.trailingSolidColumns(values, y * stride + bounds.x, stride, before, height, value);
  x -= left;
  width += left;
  const behind = bounds.x + bounds.width - x - width;
  width += kernels.leadingSolidColumns(values, y * stride + x + width, stride, behind, height, value);
  return { x, y, width, height };
}

/** The one with more pixels. */
function larger(a: Rect, b: Rect): Rect {
  return b.width * b.height > a.width * a.height ? b : a;
}
