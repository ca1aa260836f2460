/** One tile of TRLE and ZRLE (RFC 6143 §7.7.5). */
import { layoutBytes, layoutMask, packValues, storeValue } from "./convert";
import { countIndexRuns, countRuns, indexColours, leastRuns, packIndices } from "./palette";

/** A palette RLE's index has seven bits, a packed palette's up to four. */
const MAX_PALETTE = 127;
const MAX_PACKED_PALETTE = 16;

/** What lies where in the scratch; `TILE_SCRATCH_BYTES` is the sum. */
const COUNTS: usize = 64 * 64;
const COLOURS: usize = COUNTS + 16;
const TABLE: usize = COLOURS + 1024;

/** Writes the length of a run: 255 for each 255 pixels, then the rest less one. */
// @ts-ignore: decorator
@inline function storeLength(out: usize, length: u32): usize {
  let rest = length - 1;
  for (; rest >= 255; rest -= 255) store<u8>(out++, 255);
  store<u8>(out++, rest);
  return out;
}

/** Palette RLE of `length` indices. */
function storeIndexRuns(indices: usize, length: i32, out: usize): usize {
  const end = indices + length;
  let p = indices;
  while (p < end) {
    const index = load<u8>(p);
    const start = p++;
    if (p < end && load<u8>(p) == index) {
      const wanted = i8x16.splat(index);
      while (p + 16 <= end) {
        const differing = i8x16.bitmask(i8x16.ne(v128.load(p), wanted));
        if (differing) {
          p += ctz(differing);
          break;
        }
        p += 16;
      }
      while (p < end && load<u8>(p) == index) p++;
      store<u8>(out++, index | 128);
      out = storeLength(out, <u32>(p - start));
    } else {
      store<u8>(out++, index);
    }
  }
  return out;
}

/** Plain RLE of a rectangle. */
function storeRuns(at: usize, stride: usize, width: i32, height: i32, layout: i32, out: usize): usize {
  const bytes = layoutBytes(layout);
  const mask = layoutMask(layout);
  let last = load<u32>(at);
  let run: u32 = 0;
  for (let y = 0; y < height; y++) {
    const end = at + (<usize>width << 2);
    for (let p = at; p < end; p += 4) {
      const value = load<u32>(p);
      if (value != last) {
        storeValue(out, last, mask, bytes);
        out = storeLength(out + bytes, run);
        last = value;
        run = 0;
      }
      run++;
    }
    at += stride;
  }
  storeValue(out, last, mask, bytes);
  return storeLength(out + bytes, run);
}

export function encodeTile(
  at: usize,
  stride: usize,
  width: i32,
  height: i32,
  layout: i32,
  scratch: usize,
  out: usize,
): i32 {
  const bytes = layoutBytes(layout);
  const counts = scratch + COUNTS;
  const colours = scratch + COLOURS;
  const start = out;
  const count = indexColours(at, stride, width, height, MAX_PALETTE, colours, scratch, scratch + TABLE);
  if (count == 1) {
    store<u8>(out++, 1);
    packValues(at, stride, 1, 1, layout, out);
    return 1 + bytes;
  }

  let best: u32 = width * height * bytes;
  let subencoding: u32 = 0;
  const bits = count == 2 ? 1 : count <= 4 ? 2 : 4;
  if (count <= MAX_PACKED_PALETTE) {
    const size: u32 = count * bytes + ((width * bits + 7) >> 3) * height;
    if (size < best) {
      best = size;
      subencoding = count;
    }
  }
  if (count <= MAX_PALETTE) {
    countIndexRuns(scratch, width * height, counts);
    const size: u32 = count * bytes + load<u32>(counts) + load<u32>(counts, 4) + load<u32>(counts, 8);
    if (size < best) {
      best = size;
      subencoding = 128 + count;
    }
  }
  // Each run takes a pixel and a byte at least: of a photograph it need not be known exactly.
  if (count <= MAX_PALETTE || <u32>leastRuns(at, stride, width, height) * (bytes + 1) < best) {
    if (count > MAX_PALETTE) countRuns(at, stride, width, height, counts);
    const singles = load<u32>(counts);
    const plainRle: u32 = (singles + load<u32>(counts, 4)) * bytes + singles + load<u32>(counts, 8);
    if (plainRle < best) subencoding = 128;
  }

  store<u8>(out++, subencoding);
  if (subencoding == 0) {
    packValues(at, stride, width, height, layout, out);
    return 1 + width * height * bytes;
  }
  if (subencoding == 128) return <i32>(storeRuns(at, stride, width, height, layout, out) - start);
  packValues(colours, 0, count, 1, layout, out);
  out += count * bytes;
  if (subencoding < 128) return <i32>(packIndices(scratch, width, height, bits, out) - start);
  return <i32>(storeIndexRuns(scratch, width * height, out) - start);
}
