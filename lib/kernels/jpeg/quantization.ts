/**
 * Quantisation tables of JPEG: the examples of ITU-T T.81 Annex K.1, scaled by a quality from 1 to 100 in the way of
 * the Independent JPEG Group's library, which is what VNC viewers and servers mean by quality.
 *
 * @module
 */

/** Natural index of each coefficient in zigzag order (T.81 figure 5). */
export const ZIGZAG: Uint8Array = zigzag();

/** T.81 table K.1, in rows. */
const LUMINANCE = Uint8Array.of(
  ...[16, 11, 10, 16, 24, 40, 51, 61],
  ...[12, 12, 14, 19, 26, 58, 60, 55],
  ...[14, 13, 16, 24, 40, 57, 69, 56],
  ...[14, 17, 22, 29, 51, 87, 80, 62],
  ...[18, 22, 37, 56, 68, 109, 103, 77],
  ...[24, 35, 55, 64, 81, 104, 113, 92],
  ...[49, 64, 78, 87, 103, 121, 120, 101],
  ...[72, 92, 95, 98, 112, 100, 103, 99],
);

/** T.81 table K.2, in rows. */
const CHROMINANCE = Uint8Array.of(
  ...[17, 18, 24, 47, 99, 99, 99, 99],
  ...[18, 21, 26, 66, 99, 99, 99, 99],
  ...[24, 26, 56, 99, 99, 99, 99, 99],
  ...[47, 66, 99, 99, 99, 99, 99, 99],
  ...[99, 99, 99, 99, 99, 99, 99, 99],
  ...[99, 99, 99, 99, 99, 99, 99, 99],
  ...[99, 99, 99, 99, 99, 99, 99, 99],
  ...[99, 99, 99, 99, 99, 99, 99, 99],
);

/** Steps of both kinds of component, each 64 in natural order, 1 to 255. */
export interface QuantizationTables {
  readonly luminance: Uint8Array;
  readonly chrominance: Uint8Array;
}

/** @param quality 1 to 100; 50 gives Annex K's tables, 100 steps of 1. */
export function quantizationTables(quality: number): QuantizationTables {
  const percent = quality < 50 ? Math.floor(5000 / quality) : 200 - quality * 2;
  const scale = (step: number) => Math.max(1, Math.min(255, Math.floor((step * percent + 50) / 100)));
  return { luminance: LUMINANCE.map(scale), chrominance: CHROMINANCE.map(scale) };
}

/** Walks the diagonals, turning at the edges. */
function zigzag(): Uint8Array {
  const order = new Uint8Array(64);
  let at = 0;
  for (let sum = 0; sum < 15; sum++) {
    const first = Math.max(0, sum - 7);
    const last = Math.min(7, sum);
    for (let i = first; i <= last; i++) {
      // On even diagonals the walk goes up: the column grows.
      const column = sum % 2 === 0 ? i : first + last - i;
      order[at++] = (sum - column) * 8 + column;
    }
  }
  return order;
}
