/** What both transforms do with a block of 8 x 8 i16. */

/** The greatest and the least byte, and 0. */
// prettier-ignore
const LIMITS = memory.data<i8>([
  127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127, 127,
  -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128, -128,
  0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
], 16);

/** Eight and eight i16 as pairs, of the first four and of the last four. */
// @ts-ignore: decorator
@inline export function pairsLow(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
// @ts-ignore: decorator
@inline export function pairsHigh(a: v128, b: v128): v128 {
  return i16x8.shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/** Sixteen bytes of one place in zigzag order, of those that are in one of the four parts of a block. */
// @ts-ignore: decorator
@inline function chosen(part: v128, choices: usize): v128 {
  // Each index is below 16 or 255, for which this is the same everywhere.
  return i8x16.relaxed_swizzle(part, v128.load(choices));
}

/** A bit for each of 16 and 16 bytes that is 0. */
// @ts-ignore: decorator
@inline function zeros(first: v128, second: v128): u32 {
  const zero = v128.load(LIMITS, 32);
  return i8x16.bitmask(i8x16.eq(first, zero)) | (i8x16.bitmask(i8x16.eq(second, zero)) << 16);
}

/** The mean of the block that {@link intoZigzag} saw last; an instance's own. */
export let mean: i32 = 0;

/**
 * Brings the rows of a quantised block into zigzag order, as bytes, the mean as 0. If coefficients do not fit, their bytes
 * are -128 or 127, and the rows go to `block` as well.
 *
 * @param choices A constant, see `CHOICES` in jpeg_tables.ts.
 * @param out 64 i8.
 * @returns A bit for each coefficient in that order that is not 0, but for the mean.
 */
// @ts-ignore: decorator
@inline export function intoZigzag(
  r0: v128,
  r1: v128,
  r2: v128,
  r3: v128,
  r4: v128,
  r5: v128,
  r6: v128,
  r7: v128,
  block: usize,
  choices: usize,
  out: usize,
): u64 {
  mean = <i32>i16x8.extract_lane_s(r0, 0);
  const others = i16x8.replace_lane(r0, 0, 0);
  const a = i8x16.narrow_i16x8_s(others, r1), b = i8x16.narrow_i16x8_s(r2, r3);
  const c = i8x16.narrow_i16x8_s(r4, r5), d = i8x16.narrow_i16x8_s(r6, r7);
  const most = i8x16.max_s(i8x16.max_s(a, b), i8x16.max_s(c, d));
  const least = i8x16.min_s(i8x16.min_s(a, b), i8x16.min_s(c, d));
  const large = v128.or(
    i8x16.eq(most, v128.load(LIMITS)),
    i8x16.eq(least, v128.load(LIMITS, 16)),
  );
  if (v128.any_true(large)) {
    v128.store(block, r0);
    v128.store(block, r1, 16);
    v128.store(block, r2, 32);
    v128.store(block, r3, 48);
    v128.store(block, r4, 64);
    v128.store(block, r5, 80);
    v128.store(block, r6, 96);
    v128.store(block, r7, 112);
  }
  // The first sixteen are all in the first six rows, the last sixteen in the last six.
  const z0 = v128.or(v128.or(chosen(a, choices), chosen(b, choices + 16)), chosen(c, choices + 32));
  const z1 = v128.or(
    v128.or(chosen(a, choices + 64), chosen(b, choices + 80)),
    v128.or(chosen(c, choices + 96), chosen(d, choices + 112)),
  );
  const z2 = v128.or(
    v128.or(chosen(a, choices + 128), chosen(b, choices + 144)),
    v128.or(chosen(c, choices + 160), chosen(d, choices + 176)),
  );
  const z3 = v128.or(v128.or(chosen(b, choices + 208), chosen(c, choices + 224)), chosen(d, choices + 240));
  const absent = <u64>zeros(z0, z1) | (<u64>zeros(z2, z3) << 32);
  v128.store(out, z0);
  v128.store(out, z1, 16);
  v128.store(out, z2, 32);
  v128.store(out, z3, 48);
  return ~absent;
}
