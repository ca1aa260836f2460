/**
 * The accurate transform of JPEG and its quantisation: the arithmetic of plain/jpeg_dct.ts, eight columns at a time. A
 * block is 8 x 8 i16, 128 bytes.
 */
import { intoZigzag, pairsHigh, pairsLow } from "./jpeg_block";

/** The rows of the block under work; an instance's own, and unlike memory not looked at by the engine at each use. */
let row0 = i64x2.splat(0);
let row1 = i64x2.splat(0);
let row2 = i64x2.splat(0);
let row3 = i64x2.splat(0);
let row4 = i64x2.splat(0);
let row5 = i64x2.splat(0);
let row6 = i64x2.splat(0);
let row7 = i64x2.splat(0);

/** Makes rows columns. */
// @ts-ignore: decorator
@inline function transpose(): void {
  const a0 = pairsLow(row0, row1), a1 = pairsHigh(row0, row1), a2 = pairsLow(row2, row3), a3 = pairsHigh(row2, row3);
  const a4 = pairsLow(row4, row5), a5 = pairsHigh(row4, row5), a6 = pairsLow(row6, row7), a7 = pairsHigh(row6, row7);
  const b0 = i32x4.shuffle(a0, a2, 0, 4, 1, 5), b1 = i32x4.shuffle(a0, a2, 2, 6, 3, 7);
  const b2 = i32x4.shuffle(a1, a3, 0, 4, 1, 5), b3 = i32x4.shuffle(a1, a3, 2, 6, 3, 7);
  const b4 = i32x4.shuffle(a4, a6, 0, 4, 1, 5), b5 = i32x4.shuffle(a4, a6, 2, 6, 3, 7);
  const b6 = i32x4.shuffle(a5, a7, 0, 4, 1, 5), b7 = i32x4.shuffle(a5, a7, 2, 6, 3, 7);
  row0 = i64x2.shuffle(b0, b4, 0, 2);
  row1 = i64x2.shuffle(b0, b4, 1, 3);
  row2 = i64x2.shuffle(b1, b5, 0, 2);
  row3 = i64x2.shuffle(b1, b5, 1, 3);
  row4 = i64x2.shuffle(b2, b6, 0, 2);
  row5 = i64x2.shuffle(b2, b6, 1, 3);
  row6 = i64x2.shuffle(b3, b7, 0, 2);
  row7 = i64x2.shuffle(b3, b7, 1, 3);
}

/** Factors for pairs, for rows 2 and 6, then for 1, 3, 5 and 7 two each; constants come from memory, see jpeg_fast_dct.ts. */
// prettier-ignore
const FACTORS = memory.data<i16>([
  4433, 10703, 4433, 10703, 4433, 10703, 4433, 10703,
  -10704, 4433, -10704, 4433, -10704, 4433, -10704, 4433,
  2260, 6437, 2260, 6437, 2260, 6437, 2260, 6437,
  9633, 11363, 9633, 11363, 9633, 11363, 9633, 11363,
  -6436, -11362, -6436, -11362, -6436, -11362, -6436, -11362,
  -2259, 9633, -2259, 9633, -2259, 9633, -2259, 9633,
  9633, 2261, 9633, 2261, 9633, 2261, 9633, 2261,
  -11362, 6437, -11362, 6437, -11362, 6437, -11362, 6437,
  -11363, 9633, -11363, 9633, -11363, 9633, -11363, 9633,
  -6436, 2260, -6436, 2260, -6436, 2260, -6436, 2260,
], 16);

/** Halves of what is shifted away after the first and the second pass, and two. */
// prettier-ignore
const HALVES = memory.data<i32>([
  1024, 1024, 1024, 1024,
  16384, 16384, 16384, 16384,
  0x20002, 0x20002, 0x20002, 0x20002,
], 16);

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

/** Transforms the eight columns. `second` tells the passes apart: what is kept after the point. */
// @ts-ignore: decorator
@inline function transformColumns(second: bool): void {
  const shift = second ? 15 : 11;
  const half = v128.load(HALVES + (second ? 16 : 0));
  const r0 = row0, r1 = row1, r2 = row2, r3 = row3, r4 = row4, r5 = row5, r6 = row6, r7 = row7;
  const s0 = i16x8.add(r0, r7), s1 = i16x8.add(r1, r6), s2 = i16x8.add(r2, r5), s3 = i16x8.add(r3, r4);
  const even0 = i16x8.add(s0, s3), even3 = i16x8.sub(s0, s3);
  const even1 = i16x8.add(s1, s2), even2 = i16x8.sub(s1, s2);
  if (second) {
    const two = v128.load(HALVES, 32);
    row0 = i16x8.shr_s(i16x8.add(i16x8.add(even0, even1), two), 2);
    row4 = i16x8.shr_s(i16x8.add(i16x8.sub(even0, even1), two), 2);
  } else {
    row0 = i16x8.shl(i16x8.add(even0, even1), 2);
    row4 = i16x8.shl(i16x8.sub(even0, even1), 2);
  }
  const evenLow = pairsLow(even2, even3), evenHigh = pairsHigh(even2, even3);
  row2 = sum2(evenLow, evenHigh, v128.load(FACTORS), half, shift);
  row6 = sum2(evenLow, evenHigh, v128.load(FACTORS, 16), half, shift);

  const o0 = i16x8.sub(r3, r4), o1 = i16x8.sub(r2, r5), o2 = i16x8.sub(r1, r6), o3 = i16x8.sub(r0, r7);
  const aLow = pairsLow(o0, o1), aHigh = pairsHigh(o0, o1);
  const bLow = pairsLow(o2, o3), bHigh = pairsHigh(o2, o3);
  row1 = sum4(aLow, aHigh, bLow, bHigh, v128.load(FACTORS, 32), v128.load(FACTORS, 48), half, shift);
  row3 = sum4(aLow, aHigh, bLow, bHigh, v128.load(FACTORS, 64), v128.load(FACTORS, 80), half, shift);
  row5 = sum4(aLow, aHigh, bLow, bHigh, v128.load(FACTORS, 96), v128.load(FACTORS, 112), half, shift);
  row7 = sum4(aLow, aHigh, bLow, bHigh, v128.load(FACTORS, 128), v128.load(FACTORS, 144), half, shift);
}

/** Transforms a block of 8 x 8 samples of -128 to 127; the result, in the rows, is eight times too large. */
// @ts-ignore: decorator
@inline function transform(block: usize): void {
  row0 = v128.load(block), row1 = v128.load(block, 16), row2 = v128.load(block, 32), row3 = v128.load(block, 48);
  row4 = v128.load(block, 64), row5 = v128.load(block, 80), row6 = v128.load(block, 96), row7 = v128.load(block, 112);
  transpose();
  transformColumns(false);
  transpose();
  transformColumns(true);
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

/** Quantises a row, of that number. */
// @ts-ignore: decorator
@inline function quantizeRow(values: v128, reciprocals: usize, halves: usize, row: usize): v128 {
  return quantize8(values, reciprocals + (row << 5), halves + (row << 4));
}

/** Transforms and quantises a block of samples and brings it into zigzag order, see {@link intoZigzag}. */
// @ts-ignore: decorator
@inline export function accurateTransform(
  block: usize,
  reciprocals: usize,
  halves: usize,
  choices: usize,
  zigzag: usize,
): u64 {
  transform(block);
  return intoZigzag(
    quantizeRow(row0, reciprocals, halves, 0),
    quantizeRow(row1, reciprocals, halves, 1),
    quantizeRow(row2, reciprocals, halves, 2),
    quantizeRow(row3, reciprocals, halves, 3),
    quantizeRow(row4, reciprocals, halves, 4),
    quantizeRow(row5, reciprocals, halves, 5),
    quantizeRow(row6, reciprocals, halves, 6),
    quantizeRow(row7, reciprocals, halves, 7),
    block,
    choices,
    zigzag,
  );
}
