/** What changed on the screen, and taking note of it. */
import { colourMask, difference1, difference4, rowDiffers } from "./pixels";

/** Number of pixels, from the left, before the first of `count` that differs; `count` if none does. */
function leadingSame(a: usize, b: usize, count: i32): i32 {
  const mask = colourMask();
  let x = 0;
  for (; x + 4 <= count; x += 4) {
    const at = <usize>x << 2;
    const differing = i32x4.bitmask(i32x4.ne(v128.and(difference4(a + at, b + at), mask), i32x4.splat(0)));
    if (differing) return x + ctz(differing);
  }
  for (; x < count; x++) {
    const at = <usize>x << 2;
    if (difference1(a + at, b + at)) return x;
  }
  return count;
}

/** Number of pixels, from the right, behind the last of `count` that differs; `count` if none does. */
function trailingSame(a: usize, b: usize, count: i32): i32 {
  const mask = colourMask();
  let left = count;
  for (; left >= 4; left -= 4) {
    const at = <usize>(left - 4) << 2;
    const differing = i32x4.bitmask(i32x4.ne(v128.and(difference4(a + at, b + at), mask), i32x4.splat(0)));
    if (differing) return count - left + (clz(differing) - 28);
  }
  for (; left > 0; left--) {
    const at = <usize>(left - 1) << 2;
    if (difference1(a + at, b + at)) return count - left;
  }
  return count;
}

/**
 * Writes the box of what differs in one tile. Rows are first compared from the top down to the first that differs, then
 * from the bottom up; between them only the columns outside of what is known to differ are looked at.
 */
function diffTile(
  capture: usize,
  shadow: usize,
  stride: usize,
  left: i32,
  top: i32,
  width: i32,
  height: i32,
  box: usize,
): bool {
  const bytes = <usize>width << 2;
  const start = <usize>top * stride + (<usize>left << 2);
  let a = capture + start;
  let b = shadow + start;
  let first = 0;
  while (first < height && !rowDiffers(a, b, bytes)) {
    first++;
    a += stride;
    b += stride;
  }
  if (first == height) {
    store<u64>(box, 0);
    return false;
  }
  let last = height - 1;
  let c = capture + start + <usize>last * stride;
  let d = shadow + start + <usize>last * stride;
  while (last > first && !rowDiffers(c, d, bytes)) {
    last--;
    c -= stride;
    d -= stride;
  }
  let x0 = width;
  let x1 = 0;
  for (let y = first; y <= last; y++) {
    x0 = leadingSame(a, b, x0);
    const known = <usize>x1 << 2;
    x1 = width - trailingSame(a + known, b + known, width - x1);
    if (x0 == 0 && x1 == width) break;
    a += stride;
    b += stride;
  }
  store<u16>(box, <u16>(left + x0));
  store<u16>(box, <u16>(top + first), 2);
  store<u16>(box, <u16>(left + x1), 4);
  store<u16>(box, <u16>(top + last + 1), 6);
  return true;
}

export function diffTiles(
  capture: usize,
  shadow: usize,
  stride: usize,
  width: i32,
  top: i32,
  bottom: i32,
  marks: usize,
  boxes: usize,
): i32 {
  const columns = (width + 63) >> 6;
  let changed = 0;
  for (let tileTop = top; tileTop < bottom; tileTop += 64) {
    const height = min(64, bottom - tileTop);
    for (let column = 0; column < columns; column++) {
      const tile = <usize>((tileTop >> 6) * columns + column);
      if (!load<u8>(marks + tile)) continue;
      const left = column << 6;
      const tileWidth = min(64, width - left);
      const box = boxes + (tile << 3);
      if (diffTile(capture, shadow, stride, left, tileTop, tileWidth, height, box)) changed++;
    }
  }
  return changed;
}

/** Both pointers are at the first pixel of the rectangle. */
export function updateShadow(capture: usize, shadow: usize, stride: usize, width: i32, height: i32): void {
  const mask = colourMask();
  const bytes = <usize>width << 2;
  for (let y = 0; y < height; y++) {
    let at: usize = 0;
    for (; at + 32 <= bytes; at += 32) {
      v128.store(shadow + at, v128.and(v128.load(capture + at), mask));
      v128.store(shadow + at, v128.and(v128.load(capture + at, 16), mask), 16);
    }
    for (; at < bytes; at += 4) store<u32>(shadow + at, load<u32>(capture + at) & 0x00ffffff);
    capture += stride;
    shadow += stride;
  }
}
