/**
 * The accurate forward discrete cosine transform of JPEG (ITU-T T.81 A.3.3) in integers, after Loeffler, Ligtenberg and
 * Moschytz ("Practical fast 1-D DCT algorithms with 11 multiplications", ICASSP 1989), and quantisation.
 *
 * The factors are cosines times square roots in 13 binary digits after the point, brought together so that each of the
 * four odd outputs is one sum of four products; the assembly has the same.
 *
 * @module
 */

/** Binary digits after the point, of factors and of what the first pass gives. */
const FACTOR_BITS = 13;
const PASS_BITS = 2;

/**
 * Transforms one row or column of eight samples in place.
 *
 * @param step From one sample to the next.
 * @param evenShift What to shift sums without factors: to the left if negative.
 * @param shift What to shift sums of products to the right, with rounding.
 */
function transform8(block: Int32Array, at: number, step: number, evenShift: number, shift: number): void {
  const d0 = block[at]!, d7 = block[at + 7 * step]!;
  const d1 = block[at + step]!, d6 = block[at + 6 * step]!;
  const d2 = block[at + 2 * step]!, d5 = block[at + 5 * step]!;
  const d3 = block[at + 3 * step]!, d4 = block[at + 4 * step]!;
  const even0 = d0 + d7 + (d3 + d4), even3 = d0 + d7 - (d3 + d4);
  const even1 = d1 + d6 + (d2 + d5), even2 = d1 + d6 - (d2 + d5);
  const half = 1 << (shift - 1);
  if (evenShift < 0) {
    block[at] = (even0 + even1) << -evenShift;
    block[at + 4 * step] = (even0 - even1) << -evenShift;
  } else {
    const evenHalf = 1 << (evenShift - 1);
    block[at] = (even0 + even1 + evenHalf) >> evenShift;
    block[at + 4 * step] = (even0 - even1 + evenHalf) >> evenShift;
  }
  block[at + 2 * step] = (even2 * 4433 + even3 * 10703 + half) >> shift;
  block[at + 6 * step] = (even2 * -10704 + even3 * 4433 + half) >> shift;
  const o0 = d3 - d4, o1 = d2 - d5, o2 = d1 - d6, o3 = d0 - d7;
  block[at + step] = (o0 * 2260 + o1 * 6437 + o2 * 9633 + o3 * 11363 + half) >> shift;
  block[at + 3 * step] = (o0 * -6436 + o1 * -11362 + o2 * -2259 + o3 * 9633 + half) >> shift;
  block[at + 5 * step] = (o0 * 9633 + o1 * 2261 + o2 * -11362 + o3 * 6437 + half) >> shift;
  block[at + 7 * step] = (o0 * -11363 + o1 * 9633 + o2 * -6436 + o3 * 2260 + half) >> shift;
}

/** Transforms 8x8 samples of -128 to 127 in place; the result is eight times too large. */
export function accurateDct(block: Int32Array): void {
  for (let y = 0; y < 8; y++) transform8(block, y * 8, 1, -PASS_BITS, FACTOR_BITS - PASS_BITS);
  for (let x = 0; x < 8; x++) transform8(block, x, 8, PASS_BITS, FACTOR_BITS + PASS_BITS);
}

/**
 * Divides by the steps, rounding halves away from zero. The product is exact division: dividends are below 2048, steps
 * at most 255, so the error of the reciprocal never reaches 1.
 *
 * @param reciprocals `ceil(2**19 / step)`, from `table` on.
 * @param halves `4 * step`, half of what the eight times too large coefficient is divided by.
 */
export function accurateQuantize(
  block: Int32Array,
  reciprocals: Uint32Array,
  halves: Uint16Array,
  table: number,
): void {
  for (let i = 0; i < 64; i++) {
    const value = block[i]!;
    const magnitude = (Math.abs(value) + halves[table + i]!) >> 3;
    const quotient = (magnitude * reciprocals[table + i]!) >>> 19;
    block[i] = value < 0 ? -quotient : quotient;
  }
}
