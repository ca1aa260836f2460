/** Tight's gradient filter; `plain/gradient.ts` says what it gives. */

/** Differences of four pixels, byte by byte, from left + above - above left, clamped to a byte. */
// @ts-ignore: decorator
@inline function differences(pixels: v128, left: v128, above: v128, aboveLeft: v128): v128 {
  const low = i16x8.sub(
    i16x8.add(i16x8.extend_low_i8x16_u(left), i16x8.extend_low_i8x16_u(above)),
    i16x8.extend_low_i8x16_u(aboveLeft),
  );
  const high = i16x8.sub(
    i16x8.add(i16x8.extend_high_i8x16_u(left), i16x8.extend_high_i8x16_u(above)),
    i16x8.extend_high_i8x16_u(aboveLeft),
  );
  return i8x16.sub(pixels, i8x16.narrow_i16x8_u(low, high));
}

/** One row, with `above` pointing to the row before it; rows of zeros are not in memory, hence `hasAbove`. */
// @ts-ignore: decorator
@inline function row(at: usize, above: usize, width: i32, hasAbove: bool, out: usize): void {
  const zero = i32x4.splat(0);
  const end = at + (<usize>width << 2);
  // The first pixel has nothing to its left: its estimate is what is above.
  const first = i32x4.splat(load<u32>(at));
  const firstAbove = hasAbove ? i32x4.splat(load<u32>(above)) : zero;
  store<u32>(out, i32x4.extract_lane(i8x16.sub(first, firstAbove), 0));
  let p = at + 4;
  let a = above + 4;
  let o = out + 4;
  for (; p + 16 <= end; p += 16, a += 16, o += 16) {
    const aboves = hasAbove ? v128.load(a) : zero;
    const aboveLefts = hasAbove ? v128.load(a - 4) : zero;
    v128.store(o, differences(v128.load(p), v128.load(p - 4), aboves, aboveLefts));
  }
  for (; p < end; p += 4, a += 4, o += 4) {
    const aboves = hasAbove ? i32x4.splat(load<u32>(a)) : zero;
    const aboveLefts = hasAbove ? i32x4.splat(load<u32>(a - 4)) : zero;
    const lane = differences(i32x4.splat(load<u32>(p)), i32x4.splat(load<u32>(p - 4)), aboves, aboveLefts);
    store<u32>(o, i32x4.extract_lane(lane, 0));
  }
}

export function subtractGradient(at: usize, stride: usize, width: i32, height: i32, out: usize): void {
  row(at, at, width, false, out);
  for (let y = 1; y < height; y++) {
    const above = at;
    at += stride;
    out += <usize>width << 2;
    row(at, above, width, true, out);
  }
}
