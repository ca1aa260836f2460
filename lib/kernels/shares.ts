/**
 * Along one side of a picture that becomes shorter or longer: which pixels have what share in which.
 *
 * @module
 */

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
