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
 * Takes a row in which a tile differs into the tile's box: x0, y0, x1, y1. All 0 says that there is none yet. Only columns
 * outside of the box are looked at. Once the box is as wide as the tile, y1 is 0: all that is left to find is the last row.
 */
function growBox(box: usize, a: usize, b: usize, left: i32, width: i32, y: i32): void {
  let x0 = <i32>load<u16>(box) - left;
  let x1 = <i32>load<u16>(box, 4) - left;
  if (x1 <= 0) {
    store<u16>(box, <u16>y, 2);
    x0 = width;
    x1 = 0;
  }
  if (x0 > 0) x0 = leadingSame(a, b, x0);
  if (x1 < width) {
    const known = <usize>x1 << 2;
    x1 = width - trailingSame(a + known, b + known, width - x1);
  }
  store<u16>(box, <u16>(left + x0));
  store<u16>(box, <u16>(left + x1), 4);
  store<u16>(box, x0 == 0 && x1 == width ? 0 : <u16>(y + 1), 6);
}

/** Whether a box is as wide as its tile. */
// @ts-ignore: decorator
@inline function isWide(box: usize): bool {
  const all = load<u64>(box);
  return all != 0 && all >> 48 == 0;
}

/** Row by row over all tiles of a tile row, since memory is read fastest in its order. */
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
  let tileBottom = top;
  for (let tileTop = top; tileTop < bottom; tileTop = tileBottom) {
    tileBottom = min(((tileTop >> 6) + 1) << 6, bottom);
    const firstTile = <usize>((tileTop >> 6) * columns);
    const tileMarks = marks + firstTile;
    const tileBoxes = boxes + (firstTile << 3);
    for (let column = 0; column < columns; column++) {
      if (load<u8>(tileMarks + column)) store<u64>(tileBoxes + (<usize>column << 3), 0);
    }
    let anyWide = false;
    for (let y = tileTop; y < tileBottom; y++) {
      const row = <usize>y * stride;
      for (let column = 0; column < columns; column++) {
        const box = tileBoxes + (<usize>column << 3);
        if (!load<u8>(tileMarks + column) || (anyWide && isWide(box))) continue;
        const left = column << 6;
        const at = row + (<usize>left << 2);
        const tileWidth = min(64, width - left);
        if (!rowDiffers(capture + at, shadow + at, <usize>tileWidth << 2)) continue;
        growBox(box, capture + at, shadow + at, left, tileWidth, y);
        anyWide = anyWide || isWide(box);
      }
    }
    for (let column = 0; column < columns; column++) {
      const box = tileBoxes + (<usize>column << 3);
      if (!load<u8>(tileMarks + column) || !load<u64>(box)) continue;
      changed++;
      if (!isWide(box)) continue;
      const left = column << 6;
      const bytes = <usize>min(64, width - left) << 2;
      let y = tileBottom;
      let at = <usize>(y - 1) * stride + (<usize>left << 2);
      // At the latest the row that made it wide is met.
      while (y > tileTop + 1 && !rowDiffers(capture + at, shadow + at, bytes)) {
        y--;
        at -= stride;
      }
      store<u16>(box, <u16>y, 6);
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
