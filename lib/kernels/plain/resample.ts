/**
 * Pictures made smaller or larger: plain form.
 *
 * @module
 */
import { hasRect } from "../bounds.ts";
import type { Shares } from "../shares.ts";

const EVEN_BYTES = 0x00ff_00ff;
/** Half of a whole share in both bytes' places. */
const HALF = 0x0080_0080;

/**
 * Makes a part of a picture of another size. Each of the four bytes of a pixel is the average of those it is made of,
 * rounded first along the row and then along the column; so pixels of one colour stay as they are, and a colour that is
 * premultiplied with its alpha stays so.
 *
 * @param columns Shares along the rows; as many pixels as the new picture is wide.
 * @param rows Shares along the columns.
 * @param x Left edge of the part, in the new picture, as are `y`, `width` and `height`.
 * @throws {RangeError} The part reaches outside the new picture, or what it is made of outside the old one.
 */
export function resample(
  source: Uint32Array,
  sourceStride: number,
  columns: Shares,
  rows: Shares,
  target: Uint32Array,
  targetStride: number,
  x: number,
  y: number,
  width: number,
  height: number,
): void {
  if (!hasRect(target, y * targetStride + x, targetStride, width, height)) return;
  const [right, bottom] = [x + width, y + height];
  if (x < 0 || y < 0 || right > columns.first.length || bottom > rows.first.length) {
    throw new RangeError(
      `Cannot make ${width}x${height} pixels at ${x},${y} of a picture of ${columns.first.length}x${rows.first.length}`,
    );
  }
  const [left, top] = [columns.first[x]!, rows.first[y]!];
  const [rightmost, lowest] = [behind(columns, right - 1), behind(rows, bottom - 1)];
  hasRect(source, top * sourceStride + left, sourceStride, rightmost - left, lowest - top);

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
}

/** The old pixel behind the last that has a share in a new one. */
function behind({ first, start }: Shares, at: number): number {
  return first[at]! + start[at + 1]! - start[at]!;
}
