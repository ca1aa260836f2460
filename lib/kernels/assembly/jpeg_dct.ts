/**
 * The accurate transform of JPEG and its quantisation: the arithmetic of plain/jpeg_dct.ts, eight columns at a time. A
 * block is 8 x 8 i16, 128 bytes.
 */
import { intoZigzag, pairsHigh, pairsLow, transpose } from "./jpeg_block";

/** Two factors for pairs. */
// @ts-ignore: decorator
@inline function factors(a: i16, b: i16): v128 {
  return i16x8(a, b, a, b, a, b, a, b);
}

/** A sum of two products, rounded and shifted. */
// @ts-ignore: decorator
@inline function sum2(low: v128, high: v128, f: v128, half: v128, shift: i32): v128 {
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(low, f), half), shift),
    i32x4.shr_s(i32x4.add(i32x4.dot_i16x8_s(high, f), half), shift),
  );
}

/** A sum of four products, rounded and shifted. */
// @ts-ignore: decorator
@inline function sum4(
  low0: v128,
  high0: v128,
  low1: v128,
  high1: v128,
  f0: v128,
  f1: v128,
  half: v128,
  shift: i32,
): v128 {
  const low = i32x4.add(i32x4.dot_i16x8_s(low0, f0), i32x4.dot_i16x8_s(low1, f1));
  const high = i32x4.add(i32x4.dot_i16x8_s(high0, f0), i32x4.dot_i16x8_s(high1, f1));
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(low, half), shift),
    i32x4.shr_s(i32x4.add(high, half), shift),
  );
}

/** Transforms the eight columns of a block. `second` tells the passes apart: what is kept after the point. */
// @ts-ignore: decorator
@inline function transformColumns(block: usize, second: bool): void {
  const shift = second ? 15 : 11;
  const half = i32x4.splat(1 << (shift - 1));
  const r0 = v128.load(block), r7 = v128.load(block, 112);
  const r1 = v128.load(block, 16), r6 = v128.load(block, 96);
  const r2 = v128.load(block, 32), r5 = v128.load(block, 80);
  const r3 = v128.load(block, 48), r4 = v128.load(block, 64);
  const s0 = i16x8.add(r0, r7), s1 = i16x8.add(r1, r6), s2 = i16x8.add(r2, r5), s3 = i16x8.add(r3, r4);
  const even0 = i16x8.add(s0, s3), even3 = i16x8.sub(s0, s3);
  const even1 = i16x8.add(s1, s2), even2 = i16x8.sub(s1, s2);
  if (second) {
    const two = i16x8.splat(2);
    v128.store(block, i16x8.shr_s(i16x8.add(i16x8.add(even0, even1), two), 2));
    v128.store(block, i16x8.shr_s(i16x8.add(i16x8.sub(even0, even1), two), 2), 64);
  } else {
    v128.store(block, i16x8.shl(i16x8.add(even0, even1), 2));
    v128.store(block, i16x8.shl(i16x8.sub(even0, even1), 2), 64);
  }
  const evenLow = pairsLow(even2, even3), evenHigh = pairsHigh(even2, even3);
  v128.store(block, sum2(evenLow, evenHigh, factors(4433, 10703), half, shift), 32);
  v128.store(block, sum2(evenLow, evenHigh, factors(-10704, 4433), half, shift), 96);

  const o0 = i16x8.sub(r3, r4), o1 = i16x8.sub(r2, r5), o2 = i16x8.sub(r1, r6), o3 = i16x8.sub(r0, r7);
  const aLow = pairsLow(o0, o1), aHigh = pairsHigh(o0, o1);
  const bLow = pairsLow(o2, o3), bHigh = pairsHigh(o2, o3);
  v128.store(
    block,
    sum4(aLow, aHigh, bLow, bHigh, factors(2260, 6437), factors(9633, 11363), half, shift),
    16,
  );
  v128.store(
    block,
    sum4(aLow, aHigh, bLow, bHigh, factors(-6436, -11362), factors(-2259, 9633), half, shift),
    48,
  );
  v128.store(
    block,
    sum4(aLow, aHigh, bLow, bHigh, factors(9633, 2261), factors(-11362, 6437), half, shift),
    80,
  );
  v128.store(
    block,
    sum4(aLow, aHigh, bLow, bHigh, factors(-11363, 9633), factors(-6436, 2260), half, shift),
    112,
  );
}

/** Transforms 8 x 8 samples of -128 to 127 in place; the result is eight times too large. */
// @ts-ignore: decorator
@inline export function accurateDct(block: usize): void {
  transpose(block);
  transformColumns(block, false);
  transpose(block);
  transformColumns(block, true);
}

/** Quantises eight coefficients. */
// @ts-ignore: decorator
@inline function quantize8(values: v128, reciprocals: usize, halves: usize): v128 {
  const magnitudes = i16x8.shr_u(i16x8.add(i16x8.abs(values), v128.load(halves)), 3);
  const low = i32x4.mul(i32x4.extend_low_i16x8_u(magnitudes), v128.load(reciprocals));
  const high = i32x4.mul(i32x4.extend_high_i16x8_u(magnitudes), v128.load(reciprocals, 16));
  const quotients = i16x8.narrow_i32x4_s(i32x4.shr_u(low, 19), i32x4.shr_u(high, 19));
  const signs = i16x8.shr_s(values, 15);
  return i16x8.sub(v128.xor(quotients, signs), signs);
}

/** Quantises a row of a block. */
// @ts-ignore: decorator
@inline function quantizeRow(block: usize, reciprocals: usize, halves: usize, row: usize): v128 {
  return quantize8(v128.load(block + (row << 4)), reciprocals + (row << 5), halves + (row << 4));
}

/** Quantises a block and brings it into zigzag order, see {@link intoZigzag}. */
// @ts-ignore: decorator
@inline export function accurateQuantize(
  block: usize,
  reciprocals: usize,
  halves: usize,
  choices: usize,
  zigzag: usize,
): u64 {
  return intoZigzag(
    quantizeRow(block, reciprocals, halves, 0),
    quantizeRow(block, reciprocals, halves, 1),
    quantizeRow(block, reciprocals, halves, 2),
    quantizeRow(block, reciprocals, halves, 3),
    quantizeRow(block, reciprocals, halves, 4),
    quantizeRow(block, reciprocals, halves, 5),
    quantizeRow(block, reciprocals, halves, 6),
    quantizeRow(block, reciprocals, halves, 7),
    block,
    choices,
    zigzag,
  );
}
