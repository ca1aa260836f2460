/** Whether pixels are the same at two places, where a row of pixels is, and moving pixels. */
import { colourMask, rowDiffers } from "./pixels";

export function leadingSameRows(a: usize, aStride: usize, b: usize, bStride: usize, width: i32, height: i32): i32 {
  const bytes = <usize>width << 2;
  let rows = 0;
  for (; rows < height; rows++) {
    if (rowDiffers(a, b, bytes)) break;
    a += aStride;
    b += bStride;
  }
  return rows;
}

/** `most` is how many places fit into `found`. */
export function findSpan(
  at: usize,
  stride: usize,
  width: i32,
  height: i32,
  needle: usize,
  length: i32,
  found: usize,
  most: i32,
): i32 {
  const bytes = <usize>length << 2;
  const first = load<u32>(needle) & 0x00ffffff;
  const wanted = i32x4.splat(first);
  const mask = colourMask();
  const last = width - length;
  let places = 0;
  for (let y = 0; y < height; y++) {
    let x = 0;
    for (; x <= last; x += 4) {
      const p = at + (<usize>x << 2);
      let hits: i32 = 0;
      if (x + 4 <= width) {
        hits = i32x4.bitmask(i32x4.eq(v128.and(v128.load(p), mask), wanted));
      } else {
        for (let i = 0; x + i < width; i++) {
          if ((load<u32>(p + (<usize>i << 2)) & 0x00ffffff) == first) hits |= 1 << i;
        }
      }
      while (hits) {
        const i = ctz(hits);
        hits &= hits - 1;
        if (x + i > last) break;
        if (rowDiffers(p + (<usize>i << 2), needle, bytes)) continue;
        if (places == most) return places;
        const place = found + (<usize>places << 3);
        store<u32>(place, x + i);
        store<u32>(place, y, 4);
        places++;
      }
    }
    at += stride;
  }
  return places;
}

export function moveRect(from: usize, to: usize, stride: usize, width: i32, height: i32): void {
  const bytes = <usize>width << 2;
  if (to > from) {
    const end = stride * <usize>(height - 1);
    from += end;
    to += end;
    for (let y = 0; y < height; y++) {
      memory.copy(to, from, bytes);
      from -= stride;
      to -= stride;
    }
  } else {
    for (let y = 0; y < height; y++) {
      memory.copy(to, from, bytes);
      from += stride;
      to += stride;
    }
  }
}
