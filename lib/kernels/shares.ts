/**
 * Along one side of a picture that becomes shorter or longer: which pixels have what share in which.
 *
 * @module
 */
import { hasRect } from "./bounds.ts";

/** Shares of a pixel are whole numbers, and this many together. */
export const WHOLE_SHARE = 256;

/** For each pixel of the new side, the pixels of the old one that it is made of. */
export interface Shares {
  /** The first of them. */
  readonly first: Uint32Array;
  /** Where its shares begin in `shares`, and behind the last pixel where they end: one more than there are pixels. */
  readonly start: Uint32Array;
  /** What each has; those of one pixel make up {@linkcode WHOLE_SHARE}. */
  readonly shares: Uint16Array;
}

/**
 * Shares by length: the new pixel i lies over the old ones from i * from / to up to (i + 1) * from / to. So fewer pixels
 * are averages; more pixels are repeated, with averages where an edge lies inside of one.
 *
 * @param from Pixels there are, at least 1.
 * @param to Pixels there will be, at least 1.
 */
export function sharesByLength(from: number, to: number): Shares {
  const first = new Uint32Array(to);
  const start = new Uint32Array(to + 1);
  const shares: number[] = [];
  for (let i = 0; i < to; i++) {
    // In units of 1 / to of an old pixel, so that all numbers are whole.
    const [begin, end] = [i * from, (i + 1) * from];
    first[i] = Math.floor(begin / to);
    let given = 0;
    for (let at = first[i]!; at * to < end; at++) {
      const soFar = Math.round((Math.min(end, (at + 1) * to) - begin) * WHOLE_SHARE / from);
      shares.push(soFar - given);
      given = soFar;
    }
    start[i + 1] = shares.length;
  }
  return { first, start, shares: Uint16Array.from(shares) };
}

/** What {@linkcode Resample} works in, in bytes per pixel. */
export const RESAMPLE_SCRATCH = 12;

/**
 * Makes a part of a picture of another size. Each of the four bytes of a pixel is the average of those it is made of,
 * rounded first along the row and then along the column; so pixels of one colour stay as they are, and a colour that is
 * premultiplied with its alpha stays so.
 *
 * @param columns Shares along the rows; for as many pixels as the new picture is wide.
 * @param rows Shares along the columns.
 * @param target The new picture, from its first pixel on.
 * @param x Left edge of the part, in the new picture, as are `y`, `width` and `height`.
 * @param scratch {@linkcode RESAMPLE_SCRATCH} bytes for each pixel of `width`, in whole fours of them.
 */
export type Resample = (
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
  scratch: Uint8Array,
) => void;

/**
 * Checks what a {@linkcode Resample} is told.
 *
 * @returns Whether there is a pixel to make.
 * @throws {RangeError} The part reaches outside the new picture, or what it is made of outside the old one.
 */
export function hasPart(
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
): boolean {
  if (width <= 0 || height <= 0) return false;
  const [toWidth, toHeight] = [columns.first.length, rows.first.length];
  if (!(x >= 0 && y >= 0 && x + width <= toWidth && y + height <= toHeight)) {
    throw new RangeError(
      `Cannot make ${width}x${height} pixels at ${x},${y}: must lie in the picture's ${toWidth}x${toHeight}`,
    );
  }
  const [left, top] = [columns.first[x]!, rows.first[y]!];
  const [right, bottom] = [behind(columns, x + width - 1), behind(rows, y + height - 1)];
  hasRect(source, top * sourceStride + left, sourceStride, right - left, bottom - top);
  return hasRect(target, y * targetStride + x, targetStride, width, height);
}

/** The old pixel behind the last that has a share in a new one. */
function behind({ first, start }: Shares, at: number): number {
  return first[at]! + start[at + 1]! - start[at]!;
}
