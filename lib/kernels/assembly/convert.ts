/**
 * Pixels and values into the bytes of a client's pixel format.
 *
 * Every layout is a choice of bytes: four values in, and their bytes brought together at the front of a vector, which is
 * stored whole as long as that stays inside of what is to be written. Choices are of bytes 0 to 15, or have their highest
 * bit set for 0, which is where the relaxed choice, one instruction, is the same on all machines.
 */

/** Bytes per value of a layout. */
// @ts-ignore: decorator
@inline export function layoutBytes(layout: i32): i32 {
  return layout >> 16;
}

/** Which bytes of four lanes of four bytes are kept, by their number per lane. */
function keptBytes(count: i32): v128 {
  switch (count) {
    case 1:
      return i8x16(0, 4, 8, 12, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1, -1);
    case 2:
      return i8x16(0, 1, 4, 5, 8, 9, 12, 13, -1, -1, -1, -1, -1, -1, -1, -1);
    case 3:
      return i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 12, 13, 14, -1, -1, -1, -1);
    default:
      return i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  }
}

/** Which bytes of four values come first. What is behind those of four values is of no meaning. */
export function layoutMask(layout: i32): v128 {
  const first = (layout & 3) | ((layout & 0x30) << 4) | ((layout & 0x300) << 8) | ((layout & 0x3000) << 12);
  const all = i32x4.add(i32x4.splat(first), i32x4(0, 0x04040404, 0x08080808, 0x0c0c0c0c));
  return i8x16.relaxed_swizzle(all, keptBytes(layoutBytes(layout)));
}

/** Writes one value. */
// @ts-ignore: decorator
@inline export function storeValue(out: usize, value: u32, mask: v128, bytes: i32): void {
  const packed = i8x16.relaxed_swizzle(i32x4.splat(value), mask);
  // The first value's bytes are those of the first lane in every mask.
  const first = i32x4.extract_lane(packed, 0);
  store<u8>(out, first);
  if (bytes > 1) store<u8>(out, first >> 8, 1);
  if (bytes > 2) store<u8>(out, first >> 16, 2);
  if (bytes > 3) store<u8>(out, first >> 24, 3);
}

/** Packs with a mask that may do more than a layout does; writes `width * height * bytes`. */
function packByMask(
  at: usize,
  stride: usize,
  width: i32,
  height: i32,
  mask: v128,
  bytes: i32,
  out: usize,
): void {
  const end = out + <usize>(width * height * bytes);
  const step = <usize>(bytes << 2);
  for (let y = 0; y < height; y++) {
    let p = at;
    const rowEnd = at + (<usize>width << 2);
    for (; p + 16 <= rowEnd && out + 16 <= end; p += 16) {
      v128.store(out, i8x16.relaxed_swizzle(v128.load(p), mask));
      out += step;
    }
    for (; p < rowEnd; p += 4) {
      storeValue(out, load<u32>(p), mask, bytes);
      out += bytes;
    }
    at += stride;
  }
}

export function packValues(at: usize, stride: usize, width: i32, height: i32, layout: i32, out: usize): void {
  packByMask(at, stride, width, height, layoutMask(layout), layoutBytes(layout), out);
}

/** The lowest byte of each value, and a rounding half of 255, four times each. */
const BYTES = memory.data<u32>([0xff, 0xff, 0xff, 0xff, 127, 127, 127, 127], 16);

/**
 * `round(colour * max / 255) << shift` for the colours in the lowest bytes of four values. With p the product and the
 * half, p / 255 is (p + p / 256 + 1) / 256 without remainders.
 */
// @ts-ignore: decorator
@inline function field(colours: v128, max: v128, half: v128, shift: i32): v128 {
  const product = i32x4.add(i16x8.mul(colours, max), half);
  // Less all ones is plus 1, and all ones are quickly made.
  const sum = i32x4.sub(i32x4.add(product, i32x4.shr_u(product, 8)), i32x4.eq(product, product));
  return i32x4.shl(i32x4.shr_u(sum, 8), shift);
}

/** Whether a field is a whole byte. */
// @ts-ignore: decorator
@inline function isByte(max: i32, shift: i32): bool {
  return max == 255 && (shift & 7) == 0;
}

export function packTrueColour(
  at: usize,
  stride: usize,
  width: i32,
  height: i32,
  redMax: i32,
  greenMax: i32,
  blueMax: i32,
  redShift: i32,
  greenShift: i32,
  blueShift: i32,
  layout: i32,
  out: usize,
): void {
  const bytes = layoutBytes(layout);
  const mask = layoutMask(layout);
  if (
    isByte(redMax, redShift) && isByte(greenMax, greenShift) && isByte(blueMax, blueShift) &&
    redShift != greenShift && greenShift != blueShift && blueShift != redShift
  ) {
    // Colours stay bytes: one choice of bytes on top of the other.
    const absent: u32 = 0x80808080;
    const one = (absent & ~((<u32>0xff << redShift) | (<u32>0xff << greenShift) | (<u32>0xff << blueShift))) |
      (<u32>2 << redShift) | (<u32>1 << greenShift);
    // The bytes of the second value come from four further on, and so on; absent ones stay absent.
    const value = i32x4.add(i32x4.splat(one), i32x4(0, 0x04040404, 0x08080808, 0x0c0c0c0c));
    packByMask(at, stride, width, height, i8x16.relaxed_swizzle(value, mask), bytes, out);
    return;
  }
  const red = i32x4.splat(redMax);
  const green = i32x4.splat(greenMax);
  const blue = i32x4.splat(blueMax);
  const low = v128.load(BYTES), half = v128.load(BYTES, 16);
  const end = out + <usize>(width * height * bytes);
  const step = <usize>(bytes << 2);
  for (let y = 0; y < height; y++) {
    let p = at;
    const rowEnd = at + (<usize>width << 2);
    for (; p + 16 <= rowEnd && out + 16 <= end; p += 16) {
      const pixels = v128.load(p);
      const values = v128.or(
        v128.or(
          field(v128.and(i32x4.shr_u(pixels, 16), low), red, half, redShift),
          field(v128.and(i32x4.shr_u(pixels, 8), low), green, half, greenShift),
        ),
        field(v128.and(pixels, low), blue, half, blueShift),
      );
      v128.store(out, i8x16.relaxed_swizzle(values, mask));
      out += step;
    }
    for (; p < rowEnd; p += 4) {
      const pixels = i32x4.splat(load<u32>(p));
      const values = v128.or(
        v128.or(
          field(v128.and(i32x4.shr_u(pixels, 16), low), red, half, redShift),
          field(v128.and(i32x4.shr_u(pixels, 8), low), green, half, greenShift),
        ),
        field(v128.and(pixels, low), blue, half, blueShift),
      );
      storeValue(out, i32x4.extract_lane(values, 0), mask, bytes);
      out += bytes;
    }
    at += stride;
  }
}

// @ts-ignore: decorator
@inline function lookUp(pixel: u32, table: usize): u32 {
  return load<u32>(table + (<usize>((pixel >> 16) & 0xff) << 2)) |
    load<u32>(table + (<usize>((pixel >> 8) & 0xff) << 2), 1024) |
    load<u32>(table + (<usize>(pixel & 0xff) << 2), 2048);
}

export function packByTable(
  at: usize,
  stride: usize,
  width: i32,
  height: i32,
  table: usize,
  layout: i32,
  out: usize,
): void {
  const bytes = layoutBytes(layout);
  const mask = layoutMask(layout);
  const end = out + <usize>(width * height * bytes);
  const step = <usize>(bytes << 2);
  for (let y = 0; y < height; y++) {
    let p = at;
    const rowEnd = at + (<usize>width << 2);
    for (; p + 16 <= rowEnd && out + 16 <= end; p += 16) {
      let values = i32x4.splat(lookUp(load<u32>(p), table));
      values = i32x4.replace_lane(values, 1, lookUp(load<u32>(p, 4), table));
      values = i32x4.replace_lane(values, 2, lookUp(load<u32>(p, 8), table));
      values = i32x4.replace_lane(values, 3, lookUp(load<u32>(p, 12), table));
      v128.store(out, i8x16.relaxed_swizzle(values, mask));
      out += step;
    }
    for (; p < rowEnd; p += 4) {
      storeValue(out, lookUp(load<u32>(p), table), mask, bytes);
      out += bytes;
    }
    at += stride;
  }
}
