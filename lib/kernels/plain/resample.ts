/**
 * Pictures made smaller or larger: plain form.
 *
 * @module
 */
import { hasPart, type Resample } from "../shares.ts";

const EVEN_BYTES = 0x00ff_00ff;
/** Half of a whole share in both bytes' places. */
const HALF = 0x0080_0080;

/** See {@linkcode Resample}. */
export const resample: Resample = (
  source,
  sourceStride,
  columns,
  rows,
  target,
  targetStride,
  x,
  y,
  width,
  height,
) => {
  if (!hasPart(source, sourceStride, columns, rows, target, targetStride, x, y, width, height)) return;
  const [right, bottom] = [x + width, y + height];
  const { first: firstColumn, start: columnStart, shares: columnShares } = columns;
  for (let row = y; row < bottom; row++) {
    const [firstRow, firstShare, lastShare] = [rows.first[row]!, rows.start[row]!, rows.start[row + 1]!];
    const out = row * targetStride;
    const isOneRow = lastShare - firstShare === 1;
    if (isOneRow && row > y && rows.first[row - 1] === firstRow && firstShare - rows.start[row - 1]! === 1) {
      target.copyWithin(out + x, out - targetStride + x, out - targetStride + right);
      continue;
    }
    for (let column = x; column < right; column++) {
      const from = firstColumn[column]!;
      const begin = columnStart[column]!;
      const end = columnStart[column + 1]!;
      if (isOneRow && end - begin === 1) {
        target[out + column] = source[firstRow * sourceStride + from]!;
        continue;
      }
      let odd = HALF;
      let even = HALF;
      for (let share = firstShare, at = firstRow * sourceStride + from; share < lastShare; share++) {
        let oddOfRow = HALF;
        let evenOfRow = HALF;
        for (let i = begin, pixelAt = at; i < end; i++, pixelAt++) {
          const pixel = source[pixelAt]!;
          const part = columnShares[i]!;
          evenOfRow = evenOfRow + Math.imul(pixel & EVEN_BYTES, part) | 0;
          oddOfRow = oddOfRow + Math.imul(pixel >>> 8 & EVEN_BYTES, part) | 0;
        }
        const part = rows.shares[share]!;
        even = even + Math.imul(evenOfRow >>> 8 & EVEN_BYTES, part) | 0;
        odd = odd + Math.imul(oddOfRow >>> 8 & EVEN_BYTES, part) | 0;
        at += sourceStride;
      }
      target[out + column] = even >>> 8 & EVEN_BYTES | odd & ~EVEN_BYTES;
    }
  }
};
