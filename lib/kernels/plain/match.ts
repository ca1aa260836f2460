/**
 * Whether pixels are the same at two places, where a row of pixels is, and moving pixels: plain form.
 *
 * @module
 */
import { hasRect, requireRoom } from "../bounds.ts";
import type { Kernels } from "../kernels.ts";

/** Whether `count` pixels of `a` and `b` have the same colours. */
function sameRow(a: Uint32Array, aStart: number, b: Uint32Array, bStart: number, count: number): boolean {
  for (let i = 0; i < count; i++) if (((a[aStart + i]! ^ b[bStart + i]!) & 0xffffff) !== 0) return false;
  return true;
}

/** See {@linkcode Kernels.sameRect}. */
export const sameRect: Kernels["sameRect"] = (a, aOffset, aStride, b, bOffset, bStride, width, height) =>
  width <= 0 || height <= 0 ||
  leadingSameRows(a, aOffset, aStride, b, bOffset, bStride, width, height) === height;

/** See {@linkcode Kernels.leadingSameRows}. */
export const leadingSameRows: Kernels["leadingSameRows"] = (
  a,
  aOffset,
  aStride,
  b,
  bOffset,
  bStride,
  width,
  height,
) => {
  if (!hasRect(a, aOffset, aStride, width, height)) return 0;
  hasRect(b, bOffset, bStride, width, height);
  let rows = 0;
  while (rows < height && sameRow(a, aOffset + rows * aStride, b, bOffset + rows * bStride, width)) rows++;
  return rows;
};

/** See {@linkcode Kernels.findSpan}. */
export const findSpan: Kernels["findSpan"] = (
  pixels,
  offset,
  stride,
  width,
  height,
  needle,
  needleOffset,
  length,
  found,
) => {
  if (!hasRect(pixels, offset, stride, width, height)) return 0;
  if (!(length >= 1)) throw new RangeError(`Cannot look for ${length} pixels: must be at least 1`);
  requireRoom(needle, needleOffset, length);
  const most = found.length >> 1;
  let places = 0;
  const first = needle[needleOffset]! & 0xffffff;
  for (let y = 0; y < height; y++) {
    const row = offset + y * stride;
    for (let x = 0; x + length <= width; x++) {
      if ((pixels[row + x]! & 0xffffff) !== first) continue;
      if (!sameRow(pixels, row + x, needle, needleOffset, length)) continue;
      if (places === most) return places;
      found[places * 2] = x;
      found[places * 2 + 1] = y;
      places++;
    }
  }
  return places;
};

/** See {@linkcode Kernels.moveRect}. */
export const moveRect: Kernels["moveRect"] = (pixels, fromOffset, toOffset, stride, width, height) => {
  if (!hasRect(pixels, fromOffset, stride, width, height)) return;
  hasRect(pixels, toOffset, stride, width, height);
  // Rows in an order in which none is overwritten before it is read.
  const backwards = toOffset > fromOffset;
  for (let i = 0; i < height; i++) {
    const row = (backwards ? height - 1 - i : i) * stride;
    pixels.copyWithin(toOffset + row, fromOffset + row, fromOffset + row + width);
  }
};
