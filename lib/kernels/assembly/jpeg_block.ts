/** What both transforms do with a block of 8 x 8 i16. */

/** Eight and eight i16 as pairs, of the first four and of the last four. */
// @ts-ignore: decorator
@inline export function pairsLow(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
// @ts-ignore: decorator
@inline export function pairsHigh(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** Makes rows columns. */
// @ts-ignore: decorator
@inline export function transpose(block: usize): void {
  const r0 = v128.load(block), r1 = v128.load(block, 16), r2 = v128.load(block, 32), r3 = v128.load(block, 48);
  const r4 = v128.load(block, 64), r5 = v128.load(block, 80), r6 = v128.load(block, 96), r7 = v128.load(block, 112);
  const a0 = pairsLow(r0, r1), a1 = pairsHigh(r0, r1), a2 = pairsLow(r2, r3), a3 = pairsHigh(r2, r3);
  const a4 = pairsLow(r4, r5), a5 = pairsHigh(r4, r5), a6 = pairsLow(r6, r7), a7 = pairsHigh(r6, r7);
  const b0 = i32x4.shuffle(a0, a2, 0, 4, 1, 5), b1 = i32x4.shuffle(a0, a2, 2, 6, 3, 7);
  const b2 = i32x4.shuffle(a1, a3, 0, 4, 1, 5), b3 = i32x4.shuffle(a1, a3, 2, 6, 3, 7);
  const b4 = i32x4.shuffle(a4, a6, 0, 4, 1, 5), b5 = i32x4.shuffle(a4, a6, 2, 6, 3, 7);
  const b6 = i32x4.shuffle(a5, a7, 0, 4, 1, 5), b7 = i32x4.shuffle(a5, a7, 2, 6, 3, 7);
  v128.store(block, i64x2.shuffle(b0, b4, 0, 2));
  v128.store(block, i64x2.shuffle(b0, b4, 1, 3), 16);
  v128.store(block, i64x2.shuffle(b1, b5, 0, 2), 32);
  v128.store(block, i64x2.shuffle(b1, b5, 1, 3), 48);
  v128.store(block, i64x2.shuffle(b2, b6, 0, 2), 64);
  v128.store(block, i64x2.shuffle(b2, b6, 1, 3), 80);
  v128.store(block, i64x2.shuffle(b3, b7, 0, 2), 96);
  v128.store(block, i64x2.shuffle(b3, b7, 1, 3), 112);
}

/** A bit for each of eight and eight i16 that is not 0. */
// @ts-ignore: decorator
@inline export function presentIn16(first: v128, second: v128): u64 {
  const present = i8x16.ne(i8x16.narrow_i16x8_s(first, second), i8x16.splat(0));
  return <u64>(<u32>i8x16.bitmask(present));
}
