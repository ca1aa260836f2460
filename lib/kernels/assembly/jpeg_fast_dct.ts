/**
 * The fast transform of JPEG and its quantisation: the arithmetic of plain/jpeg_fast_dct.ts, eight columns at a time. A
 * block is 8 x 8 i16, 128 bytes; it comes out with rows and columns exchanged.
 *
 * Everything between the first load and the last store is in registers, and constants come from memory: the engine would
 * put others together anew at each use.
 */
import { pairsHigh, pairsLow, presentIn16 } from "./jpeg_block";

/** Factors of 15 binary digits after the point, eight times each, in the order of their names below. */
// prettier-ignore
const FACTORS = memory.data<i16>([
  23170, 23170, 23170, 23170, 23170, 23170, 23170, 23170,
  12540, 12540, 12540, 12540, 12540, 12540, 12540, 12540,
  17734, 17734, 17734, 17734, 17734, 17734, 17734, 17734,
  10045, 10045, 10045, 10045, 10045, 10045, 10045, 10045,
  5120, 5120, 5120, 5120, 5120, 5120, 5120, 5120,
], 16);

/** Times a factor, rounded. */
// @ts-ignore: decorator
@inline function times(values: v128, factor: v128): v128 {
  return i16x8.relaxed_q15mulr_s(values, factor);
}

/** Quantises eight coefficients. */
// @ts-ignore: decorator
@inline function quantize8(values: v128, factors: usize, lastFactors: usize): v128 {
  return times(times(values, v128.load(factors)), v128.load(lastFactors));
}

/**
 * Transforms and quantises a block in place; returns a bit for each coefficient that is not 0.
 *
 * @param factors 64 i16.
 * @param lastFactors 64 i16 that products are multiplied with once more.
 */
export function fastTransform(block: usize, factors: usize, lastFactors: usize): u64 {
  const half = v128.load(FACTORS), turn = v128.load(FACTORS, 16), low = v128.load(FACTORS, 32);
  const highLessOne = v128.load(FACTORS, 48), between = v128.load(FACTORS, 64);

  // The columns of the block.
  let r0 = v128.load(block), r7 = v128.load(block, 112);
  let r1 = v128.load(block, 16), r6 = v128.load(block, 96);
  let r2 = v128.load(block, 32), r5 = v128.load(block, 80);
  let r3 = v128.load(block, 48), r4 = v128.load(block, 64);
  let s0 = i16x8.add(r0, r7), s1 = i16x8.add(r1, r6), s2 = i16x8.add(r2, r5), s3 = i16x8.add(r3, r4);
  let d0 = i16x8.sub(r0, r7), d1 = i16x8.sub(r1, r6), d2 = i16x8.sub(r2, r5), d3 = i16x8.sub(r3, r4);
  let even0 = i16x8.add(s0, s3), even3 = i16x8.sub(s0, s3);
  let even1 = i16x8.add(s1, s2), even2 = i16x8.sub(s1, s2);
  let middle = times(i16x8.add(even2, even3), half);
  r0 = times(i16x8.add(even0, even1), between);
  r4 = times(i16x8.sub(even0, even1), between);
  r2 = times(i16x8.add(even3, middle), between);
  r6 = times(i16x8.sub(even3, middle), between);
  let o0 = i16x8.add(d3, d2), o1 = i16x8.add(d2, d1), o2 = i16x8.add(d1, d0);
  let turned = times(i16x8.sub(o0, o2), turn);
  let lower = i16x8.add(times(o0, low), turned);
  let upper = i16x8.add(i16x8.add(o2, times(o2, highLessOne)), turned);
  let halved = times(o1, half);
  let sum = i16x8.add(d0, halved), difference = i16x8.sub(d0, halved);
  r1 = times(i16x8.add(sum, upper), between);
  r3 = times(i16x8.sub(difference, lower), between);
  r5 = times(i16x8.add(difference, lower), between);
  r7 = times(i16x8.sub(sum, upper), between);

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

  r0 = quantize8(i16x8.add(even0, even1), factors, lastFactors);
  r1 = quantize8(i16x8.add(sum, upper), factors + 16, lastFactors + 16);
  v128.store(block, r0);
  v128.store(block, r1, 16);
  let present = presentIn16(r0, r1);
  r2 = quantize8(i16x8.add(even3, middle), factors + 32, lastFactors + 32);
  r3 = quantize8(i16x8.sub(difference, lower), factors + 48, lastFactors + 48);
  v128.store(block, r2, 32);
  v128.store(block, r3, 48);
  present |= presentIn16(r2, r3) << 16;
  r4 = quantize8(i16x8.sub(even0, even1), factors + 64, lastFactors + 64);
  r5 = quantize8(i16x8.add(difference, lower), factors + 80, lastFactors + 80);
  v128.store(block, r4, 64);
  v128.store(block, r5, 80);
  present |= presentIn16(r4, r5) << 32;
  r6 = quantize8(i16x8.sub(even3, middle), factors + 96, lastFactors + 96);
  r7 = quantize8(i16x8.sub(sum, upper), factors + 112, lastFactors + 112);
  v128.store(block, r6, 96);
  v128.store(block, r7, 112);
  return present | (presentIn16(r6, r7) << 48);
}
