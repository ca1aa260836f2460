/** Pictures made smaller or larger; `plain/resample.ts` says what it gives. */

/** Two shares, each for the four bytes of one of two pixels. */
const SPREAD = memory.data<u8>([0, 1, 0, 1, 0, 1, 0, 1, 2, 3, 2, 3, 2, 3, 2, 3], 16);
/** Half of a whole share, for four bytes and for eight. */
const HALF_LOW = memory.data<u16>([128, 128, 128, 128, 0, 0, 0, 0], 16);
const HALF = memory.data<u16>([128, 128, 128, 128, 128, 128, 128, 128], 16);

/** The bytes of what `count` pixels make, each in 16 bits, in the lower half. */
// @ts-ignore: decorator
@inline function average(at: usize, shares: usize, count: i32, half: v128, spread: v128): v128 {
  // Sums of even pixels in the lower half, of odd ones in the upper.
  let sum = half;
  for (; count > 1; count -= 2, at += 8, shares += 4) {
    const parts = i8x16.relaxed_swizzle(v128.load32_zero(shares), spread);
    sum = i16x8.add(sum, i16x8.mul(i16x8.extend_low_i8x16_u(v128.load64_zero(at)), parts));
  }
  if (count > 0) {
    const parts = v128.load16_splat(shares);
    sum = i16x8.add(sum, i16x8.mul(i16x8.extend_low_i8x16_u(v128.load32_zero(at)), parts));
  }
  return i16x8.shr_u(i16x8.add(sum, v128.shuffle<u64>(sum, sum, 1, 1)), 8);
}

/** One row, made of one row. */
// @ts-ignore: decorator
@inline function alongRow(row: usize, firstColumn: usize, start: usize, shares: usize, width: i32, out: usize): void {
  const half = v128.load(HALF_LOW);
  const spread = v128.load(SPREAD);
  const end = firstColumn + (<usize>width << 2);
  let from = load<u32>(start);
  for (let column = firstColumn; column < end; column += 4, out += 4) {
    start += 4;
    const to = load<u32>(start);
    const at = row + (<usize>load<u32>(column) << 2);
    if (to - from == 1) {
      store<u32>(out, load<u32>(at));
    } else {
      const sum = average(at, shares + (<usize>from << 1), to - from, half, spread);
      store<u32>(out, i32x4.extract_lane(i8x16.narrow_i16x8_u(sum, sum), 0));
    }
    from = to;
  }
}

/**
 * Adds a row's share to `sums`, which begins with it, or ends with it and is written to `out`. Reads and writes rows of
 * scratch in pieces of four pixels.
 */
// @ts-ignore: decorator
@inline function addRow(row: usize, share: usize, sums: usize, out: usize, width: i32, isFirst: bool, isLast: bool): void {
  const half = v128.load(HALF);
  const part = v128.load16_splat(share);
  for (; width > 0; width -= 4, row += 16, sums += 32, out += 16) {
    const pixels = v128.load(row);
    let low = i16x8.mul(i16x8.extend_low_i8x16_u(pixels), part);
    let high = i16x8.mul(i16x8.extend_high_i8x16_u(pixels), part);
    low = i16x8.add(low, isFirst ? half : v128.load(sums));
    high = i16x8.add(high, isFirst ? half : v128.load(sums, 16));
    if (!isLast) {
      v128.store(sums, low);
      v128.store(sums, high, 16);
      continue;
    }
    const made = i8x16.narrow_i16x8_u(i16x8.shr_u(low, 8), i16x8.shr_u(high, 8));
    if (width >= 4) {
      v128.store(out, made);
    } else {
      v128.store32_lane(out, made, 0);
      if (width > 1) v128.store32_lane(out, made, 1, 4);
      if (width > 2) v128.store32_lane(out, made, 2, 8);
    }
  }
}

/**
 * @param firstColumn Of the part's first pixel; its neighbours' follow. So do `columnStart`, `firstRow` and `rowStart`.
 * @param columnShares Of the whole picture; so is `rowShares`.
 * @param scratch 12 bytes for each pixel of a row, in whole fours of them.
 */
export function resample(
  source: usize,
  sourceStride: usize,
  firstColumn: usize,
  columnStart: usize,
  columnShares: usize,
  firstRow: usize,
  rowStart: usize,
  rowShares: usize,
  target: usize,
  targetStride: usize,
  width: i32,
  height: i32,
  scratch: usize,
): void {
  const sums = scratch;
  const row = scratch + (<usize>((width + 3) & ~3) << 3);
  let inRow: u32 = u32.MAX_VALUE; // which of the old rows is there, at its new length
  let above: u32 = u32.MAX_VALUE; // and which is in the target, above
  for (; height > 0; height--, firstRow += 4, rowStart += 4, target += targetStride) {
    const first = load<u32>(firstRow);
    const shares = rowShares + (<usize>load<u32>(rowStart) << 1);
    const count = load<u32>(rowStart, 4) - load<u32>(rowStart);
    if (count == 1) {
      if (first == above) memory.copy(target, target - targetStride, <usize>width << 2);
      else if (first == inRow) memory.copy(target, row, <usize>width << 2);
      else alongRow(source + <usize>first * sourceStride, firstColumn, columnStart, columnShares, width, target);
      above = first;
      continue;
    }
    above = u32.MAX_VALUE;
    for (let i: u32 = 0; i < count; i++) {
      if (first + i != inRow) {
        inRow = first + i;
        alongRow(source + <usize>inRow * sourceStride, firstColumn, columnStart, columnShares, width, row);
      }
      const share = shares + (<usize>i << 1);
      if (i == 0) addRow(row, share, sums, target, width, true, false);
      else if (i + 1 == count) addRow(row, share, sums, target, width, false, true);
      else addRow(row, share, sums, target, width, false, false);
    }
  }
}
