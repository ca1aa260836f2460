/**
 * The fast transform of JPEG and its quantisation: the arithmetic of plain/jpeg_fast_dct.ts, eight columns at a time. A
 * block comes out with rows and columns exchanged.
 *
 * Everything is in registers, and constants come from memory: the engine would put others together anew at each use, and
 * looks at each address that is not a constant.
 */
import { intoZigzag, pairsHigh, pairsLow } from "./jpeg_block";

/** Factors of 15 binary digits after the point, eight times each, in the order of their names below. */
// prettier-ignore
const FACTORS = memory.data<i16>([
  23170, 23170, 23170, 23170, 23170, 23170, 23170, 23170,
  12540, 12540, 12540, 12540, 12540, 12540, 12540, 12540,
  17734, 17734, 17734, 17734, 17734, 17734, 17734, 17734,
  10045, 10045, 10045, 10045, 10045, 10045, 10045, 10045,
  5120, 5120, 5120, 5120, 5120, 5120, 5120, 5120,
], 16);

/** What first sums are too large by: for luminance eight times 128, for chrominance eight times -1/32, times 16. */
// prettier-ignore
const OFFSETS = memory.data<i16>([
  16384, 16384, 16384, 16384, 16384, 16384, 16384, 16384,
  -4, -4, -4, -4, -4, -4, -4, -4,
], 16);

/** Times a factor, rounded. */
// @ts-ignore: decorator
@inline function times(values: v128, factor: v128): v128 {
  // The factors are above -32768, so that this is the same everywhere.
  return i16x8.relaxed_q15mulr_s(values, factor);
}

/**
 * Transforms and quantises the rows of a block, and brings it into zigzag order.
 *
 * @param kind 0 for luminance, else 1; a constant, as is `choices`.
 * @param factors 64 i16.
 * @param lastFactors 8 i16 that the products of each row are multiplied with once more.
 * @param block See {@link intoZigzag}, as for what follows and what is returned.
 */
// @ts-ignore: decorator
@inline export function fastTransform(
  row0: v128,
  row1: v128,
  row2: v128,
  row3: v128,
  row4: v128,
  row5: v128,
  row6: v128,
  row7: v128,
  kind: usize,
  factors: usize,
  lastFactors: usize,
  block: usize,
  choices: usize,
  zigzag: usize,
): u64 {
  const half = v128.load(FACTORS), turn = v128.load(FACTORS, 16), low = v128.load(FACTORS, 32);
  const highLessOne = v128.load(FACTORS, 48), between = v128.load(FACTORS, 64);

  // The columns of the block.
  let s0 = i16x8.add(row0, row7), s1 = i16x8.add(row1, row6);
  let s2 = i16x8.add(row2, row5), s3 = i16x8.add(row3, row4);
  let d0 = i16x8.sub(row0, row7), d1 = i16x8.sub(row1, row6);
  let d2 = i16x8.sub(row2, row5), d3 = i16x8.sub(row3, row4);
  let even0 = i16x8.add(s0, s3), even3 = i16x8.sub(s0, s3);
  let even1 = i16x8.add(s1, s2), even2 = i16x8.sub(s1, s2);
  let middle = times(i16x8.add(even2, even3), half);
  let r0 = times(i16x8.sub(i16x8.add(even0, even1), v128.load(OFFSETS + (kind << 4))), between);
  let r4 = times(i16x8.sub(even0, even1), between);
  let r2 = times(i16x8.add(even3, middle), between);
  let r6 = times(i16x8.sub(even3, middle), between);
  let o0 = i16x8.add(d3, d2), o1 = i16x8.add(d2, d1), o2 = i16x8.add(d1, d0);
  let turned = times(i16x8.sub(o0, o2), turn);
  let lower = i16x8.add(times(o0, low), turned);
  let upper = i16x8.add(i16x8.add(o2, times(o2, highLessOne)), turned);
  let halved = times(o1, half);
  let sum = i16x8.add(d0, halved), difference = i16x8.sub(d0, halved);
  let r1 = times(i16x8.add(sum, upper), between);
  let r3 = times(i16x8.sub(difference, lower), between);
  let r5 = times(i16x8.add(difference, lower), between);
  let r7 = times(i16x8.sub(sum, upper), between);

  // Rows become columns.
  const a0 = pairsLow(r0, r1), a1 = pairsHigh(r0, r1), a2 = pairsLow(r2, r3), a3 = pairsHigh(r2, r3);
  const a4 = pairsLow(r4, r5), a5 = pairsHigh(r4, r5), a6 = pairsLow(r6, r7), a7 = pairsHigh(r6, r7);
  const b0 = i32x4.shuffle(a0, a2, 0, 4, 1, 5), b1 = i32x4.shuffle(a0, a2, 2, 6, 3, 7);
  const b2 = i32x4.shuffle(a1, a3, 0, 4, 1, 5), b3 = i32x4.shuffle(a1, a3, 2, 6, 3, 7);
  const b4 = i32x4.shuffle(a4, a6, 0, 4, 1, 5), b5 = i32x4.shuffle(a4, a6, 2, 6, 3, 7);
  const b6 = i32x4.shuffle(a5, a7, 0, 4, 1, 5), b7 = i32x4.shuffle(a5, a7, 2, 6, 3, 7);
  r0 = i64x2.shuffle(b0, b4, 0, 2);
  r1 = i64x2.shuffle(b0, b4, 1, 3);
  r2 = i64x2.shuffle(b1, b5, 0, 2);
  r3 = i64x2.shuffle(b1, b5, 1, 3);
  r4 = i64x2.shuffle(b2, b6, 0, 2);
  r5 = i64x2.shuffle(b2, b6, 1, 3);
  r6 = i64x2.shuffle(b3, b7, 0, 2);
  r7 = i64x2.shuffle(b3, b7, 1, 3);

  // And the columns of those.
  s0 = i16x8.add(r0, r7), s1 = i16x8.add(r1, r6), s2 = i16x8.add(r2, r5), s3 = i16x8.add(r3, r4);
  d0 = i16x8.sub(r0, r7), d1 = i16x8.sub(r1, r6), d2 = i16x8.sub(r2, r5), d3 = i16x8.sub(r3, r4);
  even0 = i16x8.add(s0, s3), even3 = i16x8.sub(s0, s3);
  even1 = i16x8.add(s1, s2), even2 = i16x8.sub(s1, s2);
  middle = times(i16x8.add(even2, even3), half);
  o0 = i16x8.add(d3, d2), o1 = i16x8.add(d2, d1), o2 = i16x8.add(d1, d0);
  turned = times(i16x8.sub(o0, o2), turn);
  lower = i16x8.add(times(o0, low), turned);
  upper = i16x8.add(i16x8.add(o2, times(o2, highLessOne)), turned);
  halved = times(o1, half);
  sum = i16x8.add(d0, halved), difference = i16x8.sub(d0, halved);

  const last = v128.load(lastFactors);
  return intoZigzag(
    times(times(i16x8.add(even0, even1), v128.load(factors)), last),
    times(times(i16x8.add(sum, upper), v128.load(factors, 16)), last),
    times(times(i16x8.add(even3, middle), v128.load(factors, 32)), last),
    times(times(i16x8.sub(difference, lower), v128.load(factors, 48)), last),
    times(times(i16x8.sub(even0, even1), v128.load(factors, 64)), last),
    times(times(i16x8.add(difference, lower), v128.load(factors, 80)), last),
    times(times(i16x8.sub(even3, middle), v128.load(factors, 96)), last),
    times(times(i16x8.sub(sum, upper), v128.load(factors, 112)), last),
    block,
    choices,
    zigzag,
  );
}
