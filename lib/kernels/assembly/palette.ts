/** Few colours: finding them, and writing pixels as bits. */

/** Entries of the table, a power of two; `COLOUR_TABLE_LENGTH`. */
const TABLE_BITS = 10;

/** The lowest bytes of four values. */
const LOWEST_BYTES = memory.data<u8>([0, 4, 8, 12, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255, 255], 16);

/** Index of a colour, or -1 less the slot of the table where it belongs. */
// @ts-ignore: decorator
@inline function findColour(value: u32, colours: usize, table: usize): i32 {
  // Open addressing: an entry is the number of a colour plus 1, or 0.
  let slot = (value * 0x9e3779b1) >> (32 - TABLE_BITS);
  let entry: u32 = load<u16>(table + (<usize>slot << 1));
  while (entry && load<u32>(colours + (<usize>(entry - 1) << 2)) != value) {
    slot = (slot + 1) & ((1 << TABLE_BITS) - 1);
    entry = load<u16>(table + (<usize>slot << 1));
  }
  return entry ? <i32>entry - 1 : -1 - <i32>slot;
}

/** Colours found so far by {@link indexColours}; an instance's own, since threads have an instance each. */
let found: i32 = 0;

/** Index of a colour, which becomes the next if it is new; `max` if there is no room for it. */
function indexOf(value: u32, max: i32, colours: usize, table: usize): i32 {
  const index = findColour(value, colours, table);
  if (index >= 0 || found == max) return index >= 0 ? index : max;
  const slot = <usize>(-1 - index);
  store<u32>(colours + (<usize>found << 2), value);
  found++;
  store<u16>(table + (slot << 1), found);
  return found - 1;
}

/** Whether of the first 16 values of a row most are not the one before them. */
function isDense(at: usize, width: i32): bool {
  if (width < 16) return false;
  let changes = 0;
  for (let p = at; p < at + 48; p += 16) changes += popcnt(i32x4.bitmask(i32x4.ne(v128.load(p), v128.load(p, 4))));
  return changes > 9;
}

/**
 * Indexes the colours of some rows. What is on a desktop has few colours in one place: four pixels of the last four
 * colours are one step without a decision, whichever of them has which. Any other colour takes the place of the oldest of
 * the four.
 */
function indexRows(
  at: usize,
  stride: usize,
  width: i32,
  height: i32,
  max: i32,
  colours: usize,
  indices: usize,
  table: usize,
): i32 {
  const lowestBytes = v128.load(LOWEST_BYTES);
  const first = indexOf(load<u32>(at), max, colours, table);
  if (first == max) return max + 1;
  let index0 = i32x4.splat(first);
  let colour0 = i32x4.splat(load<u32>(at));
  let colour1 = colour0, colour2 = colour0, colour3 = colour0;
  let index1 = index0, index2 = index0, index3 = index0;
  for (let y = 0; y < height; y++) {
    let p = at;
    const end = at + (<usize>width << 2);
    while (p + 16 <= end) {
      const values = v128.load(p);
      const is0 = i32x4.eq(values, colour0), is1 = i32x4.eq(values, colour1);
      const is2 = i32x4.eq(values, colour2), is3 = i32x4.eq(values, colour3);
      const known = v128.or(v128.or(is0, is1), v128.or(is2, is3));
      if (i32x4.all_true(known)) {
        const upper = v128.bitselect(index0, index1, is0);
        const lower = v128.bitselect(index2, index3, is2);
        const four = v128.bitselect(upper, lower, v128.or(is0, is1));
        v128.store32_lane(indices, i8x16.relaxed_swizzle(four, lowestBytes), 0);
        indices += 4;
        p += 16;
      } else {
        const value = load<u32>(p + (<usize>ctz(~i32x4.bitmask(known)) << 2));
        const index = indexOf(value, max, colours, table);
        if (index == max) return max + 1;
        colour3 = colour2, colour2 = colour1, colour1 = colour0;
        index3 = index2, index2 = index1, index1 = index0;
        colour0 = i32x4.splat(value);
        index0 = i32x4.splat(index);
      }
    }
    for (; p < end; p += 4) {
      const index = indexOf(load<u32>(p), max, colours, table);
      if (index == max) return max + 1;
      store<u8>(indices++, index);
    }
    at += stride;
  }
  return found;
}

/**
 * In a photograph, to look at four pixels at once would be in vain: rows that begin as in one go pixel by pixel, as long as
 * every other pixel has a new colour.
 */
export function indexColours(
  at: usize,
  stride: usize,
  width: i32,
  height: i32,
  max: i32,
  colours: usize,
  indices: usize,
  table: usize,
): i32 {
  memory.fill(table, 0, 2 << TABLE_BITS);
  found = 0;
  if (!isDense(at, width)) return indexRows(at, stride, width, height, max, colours, indices, table);
  for (let y = 0; y < height;) {
    const before = found;
    const end = at + (<usize>width << 2);
    for (let p = at; p < end; p += 4) {
      const index = indexOf(load<u32>(p), max, colours, table);
      if (index == max) return max + 1;
      store<u8>(indices++, index);
    }
    at += stride;
    y++;
    if (y < height && found - before <= width >> 1) {
      return indexRows(at, stride, width, height - y, max, colours, indices, table);
    }
  }
  return found;
}

/** A bit for each of 16 indices at `p` that is not the one before it: where runs start. */
// @ts-ignore: decorator
@inline function startsAt(p: usize): i32 {
  return i8x16.bitmask(i8x16.ne(v128.load(p), v128.load(p - 1)));
}

/** A run is a single one where another starts right behind its start, so both can be counted sixteen at a time. */
export function countIndexRuns(indices: usize, length: i32, counts: usize): void {
  const end = indices + length;
  let starts = 0;
  let alone = 0;
  let furtherBytes = 0;
  /** Where the last run started; the first one starts at once. */
  let start = indices;
  if (length) {
    starts = 1;
    alone = i32(length == 1 || load<u8>(indices) != load<u8>(indices, 1));
  }
  let p = indices + 1;
  for (; p + 17 <= end; p += 16) {
    const found = startsAt(p);
    if (!found) continue;
    starts += popcnt(found);
    alone += popcnt(found & startsAt(p + 1));
    const before = <i32>(p - start) + ctz(found);
    if (before > 255) furtherBytes += (before - 1) / 255;
    start = p + (31 - clz(found));
  }
  for (; p < end; p++) {
    if (load<u8>(p) == load<u8>(p - 1)) continue;
    starts++;
    alone += i32(p + 1 == end || load<u8>(p, 1) != load<u8>(p));
    furtherBytes += (<i32>(p - start) - 1) / 255;
    start = p;
  }
  if (length) furtherBytes += (<i32>(end - start) - 1) / 255;
  store<u32>(counts, alone);
  store<u32>(counts, starts - alone, 4);
  store<u32>(counts, starts - alone + furtherBytes, 8);
}

/** No more than the number of runs of a rectangle: those that start within a row. */
export function leastRuns(at: usize, stride: usize, width: i32, height: i32): i32 {
  // All ones, less 1, for each value that is not the one before it.
  let sums = i32x4.splat(0);
  for (let y = 0; y < height; y++) {
    const end = at + (<usize>width << 2);
    for (let p = at + 4; p + 16 <= end; p += 16) {
      sums = i32x4.add(sums, i32x4.ne(v128.load(p), v128.load(p - 4)));
    }
    at += stride;
  }
  return -(i32x4.extract_lane(sums, 0) + i32x4.extract_lane(sums, 1) + i32x4.extract_lane(sums, 2) +
    i32x4.extract_lane(sums, 3));
}

/** All ones for each of four values that is not the one before it, which `before` ends with. */
// @ts-ignore: decorator
@inline function changes4(before: v128, values: v128): v128 {
  return i32x4.ne(values, i32x4.shuffle(before, values, 3, 4, 5, 6));
}

/** As {@link countIndexRuns}: sixteen at a time, and the rest of a row one by one. */
export function countRuns(at: usize, stride: usize, width: i32, height: i32, counts: usize): void {
  let starts = 0;
  let alone = 0;
  let furtherBytes = 0;
  /** Where the last run started, and where its row did, as numbers of values. */
  let start = 0;
  let rowStart = 0;
  /** Whether the last value is the start of a run, and the value itself: the first one starts a run. */
  let startedLast: u32 = 0;
  let last = ~load<u32>(at);
  for (let y = 0; y < height; y++) {
    let x = 0;
    let p = at;
    for (; x + 16 <= width; x += 16, p += 64) {
      const a = v128.load(p), b = v128.load(p, 16), c = v128.load(p, 32), d = v128.load(p, 48);
      const found = <u32>i8x16.bitmask(i8x16.narrow_i16x8_s(
        i16x8.narrow_i32x4_s(changes4(i32x4.splat(last), a), changes4(a, b)),
        i16x8.narrow_i32x4_s(changes4(b, c), changes4(c, d)),
      ));
      last = i32x4.extract_lane(d, 3);
      if (found) {
        starts += popcnt(found);
        // A run has one value if another one starts right behind it.
        alone += popcnt(found & ((found << 1) | startedLast));
        const before = rowStart + x + ctz(found) - start;
        if (before > 255) furtherBytes += (before - 1) / 255;
        start = rowStart + x + 31 - clz(found);
      }
      startedLast = found >> 15;
    }
    for (; x < width; x++, p += 4) {
      const value = load<u32>(p);
      const found = <u32>(value != last);
      last = value;
      if (found) {
        starts++;
        alone += startedLast;
        const before = rowStart + x - start;
        if (before > 255) furtherBytes += (before - 1) / 255;
        start = rowStart + x;
      }
      startedLast = found;
    }
    at += stride;
    rowStart += width;
  }
  alone += startedLast;
  furtherBytes += (rowStart - start - 1) / 255;
  store<u32>(counts, alone);
  store<u32>(counts, starts - alone, 4);
  store<u32>(counts, starts - alone + furtherBytes, 8);
}

/** The eight lowest bits the other way round. */
// @ts-ignore: decorator
@inline function reversed(bits: u32): u32 {
  bits = ((bits & 0x55) << 1) | ((bits >> 1) & 0x55);
  bits = ((bits & 0x33) << 2) | ((bits >> 2) & 0x33);
  return (bits << 4) | (bits >> 4);
}

export function packBits(at: usize, stride: usize, width: i32, height: i32, background: u32, out: usize): void {
  const ground = i32x4.splat(background);
  for (let y = 0; y < height; y++) {
    let p = at;
    const end = at + (<usize>width << 2);
    for (; p + 32 <= end; p += 32) {
      const first = i32x4.bitmask(i32x4.ne(v128.load(p), ground));
      const second = i32x4.bitmask(i32x4.ne(v128.load(p, 16), ground));
      store<u8>(out++, reversed(first | (second << 4)));
    }
    if (p < end) {
      let bits: u32 = 0;
      let free = 8;
      for (; p < end; p += 4) {
        bits = (bits << 1) | <u32>(load<u32>(p) != background);
        free--;
      }
      store<u8>(out++, bits << free);
    }
    at += stride;
  }
}

/** Returns where it ends. */
export function packIndices(indices: usize, width: i32, height: i32, bits: i32, out: usize): usize {
  for (let y = 0; y < height; y++) {
    const end = indices + width;
    if (bits == 4) {
      for (; indices + 2 <= end; indices += 2) {
        store<u8>(out++, (<u32>load<u8>(indices) << 4) | load<u8>(indices, 1));
      }
    } else if (bits == 2) {
      for (; indices + 4 <= end; indices += 4) {
        // Bytes a, b, c, d from the lowest up become aabbccdd.
        const four = load<u32>(indices);
        store<u8>(out++, (four << 6) | (four >> 4) | (four >> 14) | (four >> 24));
      }
    } else {
      for (; indices + 16 <= end; indices += 16) {
        const ones = i8x16.bitmask(i8x16.ne(v128.load(indices), i8x16.splat(0)));
        store<u8>(out, reversed(ones & 0xff));
        store<u8>(out, reversed(<u32>ones >> 8), 1);
        out += 2;
      }
    }
    let packed: u32 = 0;
    let filled = 0;
    for (; indices < end; indices++) {
      packed = (packed << bits) | load<u8>(indices);
      filled += bits;
      if (filled == 8) {
        store<u8>(out++, packed);
        packed = 0;
        filled = 0;
      }
    }
    if (filled) store<u8>(out++, packed << (8 - filled));
  }
  return out;
}
