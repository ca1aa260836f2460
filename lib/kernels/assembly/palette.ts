/** Few colours: finding them, and writing pixels as bits. */

/** Entries of the table, a power of two; `COLOUR_TABLE_LENGTH`. */
const TABLE_BITS = 10;

/**
 * Number of values that follow at `p` and are `value`, counted in fours: for jumping over runs.
 */
// @ts-ignore: decorator
@inline function fours(p: usize, end: usize, value: u32): usize {
  const wanted = i32x4.splat(value);
  const start = p;
  while (p + 16 <= end && i32x4.all_true(i32x4.eq(v128.load(p), wanted))) p += 16;
  return p - start;
}

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
  // Open addressing: an entry is the number of a colour plus 1, or 0.
  memory.fill(table, 0, 2 << TABLE_BITS);
  let count = 0;
  let last = ~load<u32>(at);
  let lastIndex: u32 = 0;
  for (let y = 0; y < height; y++) {
    let p = at;
    const end = at + (<usize>width << 2);
    while (p < end) {
      const value = load<u32>(p);
      if (value != last) {
        last = value;
        let slot = (value * 0x9e3779b1) >> (32 - TABLE_BITS);
        for (;;) {
          const entry: u32 = load<u16>(table + (<usize>slot << 1));
          if (entry == 0) {
            if (count == max) return max + 1;
            store<u32>(colours + (<usize>count << 2), value);
            lastIndex = count;
            count++;
            store<u16>(table + (<usize>slot << 1), count);
            break;
          }
          if (load<u32>(colours + (<usize>(entry - 1) << 2)) == value) {
            lastIndex = entry - 1;
            break;
          }
          slot = (slot + 1) & ((1 << TABLE_BITS) - 1);
        }
        store<u8>(indices++, lastIndex);
        p += 4;
      } else {
        const run = fours(p, end, value);
        if (run) {
          const four = lastIndex * 0x01010101;
          const runEnd = p + run;
          for (; p < runEnd; p += 16) {
            store<u32>(indices, four);
            indices += 4;
          }
        } else {
          store<u8>(indices++, lastIndex);
          p += 4;
        }
      }
    }
    at += stride;
  }
  return count;
}

/** Runs counted so far; an instance's own, since threads have an instance each. */
let singles: u32 = 0;
let runs: u32 = 0;
let lengthBytes: u32 = 0;

// @ts-ignore: decorator
@inline function countRun(length: u32): void {
  if (length == 1) {
    singles++;
  } else {
    runs++;
    lengthBytes += 1 + (length - 1) / 255;
  }
}

// @ts-ignore: decorator
@inline function storeCounts(counts: usize): void {
  store<u32>(counts, singles);
  store<u32>(counts, runs, 4);
  store<u32>(counts, lengthBytes, 8);
}

export function countIndexRuns(indices: usize, length: i32, counts: usize): void {
  singles = runs = lengthBytes = 0;
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
    }
    countRun(<u32>(p - start));
  }
  storeCounts(counts);
}

export function countRuns(at: usize, stride: usize, width: i32, height: i32, counts: usize): void {
  singles = runs = lengthBytes = 0;
  let last = load<u32>(at);
  let run: u32 = 0;
  for (let y = 0; y < height; y++) {
    let p = at;
    const end = at + (<usize>width << 2);
    while (p < end) {
      const value = load<u32>(p);
      if (value != last) {
        countRun(run);
        last = value;
        run = 1;
        p += 4;
      } else {
        const jump = fours(p, end, value);
        run += jump ? <u32>(jump >> 2) : 1;
        p += jump ? jump : 4;
      }
    }
    at += stride;
  }
  countRun(run);
  storeCounts(counts);
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
