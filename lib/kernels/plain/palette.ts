/**
 * Few colours: finding them, and writing pixels as bits: plain form.
 *
 * @module
 */
import { hasRect, requireRoom } from "../bounds.ts";
import { COLOUR_TABLE_LENGTH, type Kernels, MAX_COLOURS } from "../kernels.ts";

/**
 * Checks the arguments of {@linkcode Kernels.indexColours} other than the rectangle.
 *
 * @throws {RangeError} `max` is out of range or an array too short.
 */
export function requirePalette(
  pixels: number,
  max: number,
  colours: Uint32Array,
  indices: Uint8Array,
  table: Uint16Array,
): void {
  if (!(max >= 1 && max <= MAX_COLOURS)) {
    throw new RangeError(`Cannot tell ${max} colours apart: must be 1 to ${MAX_COLOURS}`);
  }
  requireRoom(colours, 0, max);
  requireRoom(indices, 0, pixels);
  requireRoom(table, 0, COLOUR_TABLE_LENGTH);
}

/** See {@linkcode Kernels.indexColours}. */
export const indexColours: Kernels["indexColours"] = (
  values,
  offset,
  stride,
  width,
  height,
  max,
  colours,
  indices,
  table,
) => {
  if (!hasRect(values, offset, stride, width, height)) return 0;
  requirePalette(width * height, max, colours, indices, table);
  // Open addressing: an entry is the number of a colour plus 1, or 0.
  table.fill(0, 0, COLOUR_TABLE_LENGTH);
  let count = 0;
  let last = 0;
  let lastIndex = -1;
  let at = 0;
  for (let y = 0; y < height; y++) {
    const row = offset + y * stride;
    for (let x = 0; x < width; x++) {
      const value = values[row + x]!;
      if (value !== last || lastIndex < 0) {
        last = value;
        let slot = Math.imul(value, 0x9e3779b1) >>> 22;
        for (;;) {
          const entry = table[slot]!;
          if (entry === 0) {
            if (count === max) return max + 1;
            colours[count] = value;
            lastIndex = count;
            table[slot] = ++count;
            break;
          }
          if (colours[entry - 1] === value) {
            lastIndex = entry - 1;
            break;
          }
          slot = (slot + 1) & (COLOUR_TABLE_LENGTH - 1);
        }
      }
      indices[at++] = lastIndex;
    }
  }
  return count;
};

/** See {@linkcode Kernels.countIndexRuns}. */
export const countIndexRuns: Kernels["countIndexRuns"] = (indices, length, counts) => {
  requireRoom(indices, 0, length);
  requireRoom(counts, 0, 3);
  let singles = 0, runs = 0, lengthBytes = 0;
  for (let at = 0; at < length;) {
    const start = at;
    const index = indices[at]!;
    while (at < length && indices[at] === index) at++;
    if (at - start === 1) {
      singles++;
    } else {
      runs++;
      lengthBytes += 1 + Math.floor((at - start - 1) / 255);
    }
  }
  counts[0] = singles;
  counts[1] = runs;
  counts[2] = lengthBytes;
};

/** See {@linkcode Kernels.countRuns}. */
export const countRuns: Kernels["countRuns"] = (values, offset, stride, width, height, counts) => {
  requireRoom(counts, 0, 3);
  counts[0] = counts[1] = counts[2] = 0;
  if (!hasRect(values, offset, stride, width, height)) return;
  let singles = 0, runs = 0, lengthBytes = 0;
  let run = 0;
  let last = values[offset]!;
  const close = () => {
    if (run === 1) {
      singles++;
    } else {
      runs++;
      lengthBytes += 1 + Math.floor((run - 1) / 255);
    }
  };
  for (let y = 0; y < height; y++) {
    const row = offset + y * stride;
    for (let x = 0; x < width; x++) {
      const value = values[row + x]!;
      if (value === last) {
        run++;
      } else {
        close();
        last = value;
        run = 1;
      }
    }
  }
  close();
  counts[0] = singles;
  counts[1] = runs;
  counts[2] = lengthBytes;
};

/** See {@linkcode Kernels.packBits}. */
export const packBits: Kernels["packBits"] = (
  values,
  offset,
  stride,
  width,
  height,
  background,
  out,
  outOffset,
) => {
  if (!hasRect(values, offset, stride, width, height)) return 0;
  requireRoom(out, outOffset, Math.ceil(width / 8) * height);
  let at = outOffset;
  for (let y = 0; y < height; y++) {
    const row = offset + y * stride;
    for (let x = 0; x < width; x += 8) {
      let bits = 0;
      for (let i = 0; i < 8; i++) {
        bits = bits << 1 | (x + i < width && values[row + x + i] !== background ? 1 : 0);
      }
      out[at++] = bits;
    }
  }
  return at - outOffset;
};

/** See {@linkcode Kernels.packIndices}. */
export const packIndices: Kernels["packIndices"] = (indices, width, height, bits, out, outOffset) => {
  if (width <= 0 || height <= 0) return 0;
  requireRoom(indices, 0, width * height);
  requireRoom(out, outOffset, Math.ceil(width * bits / 8) * height);
  let at = outOffset;
  let from = 0;
  for (let y = 0; y < height; y++) {
    let packed = 0;
    let filled = 0;
    for (let x = 0; x < width; x++) {
      packed = packed << bits | indices[from++]!;
      filled += bits;
      if (filled === 8) {
        out[at++] = packed;
        packed = filled = 0;
      }
    }
    if (filled > 0) out[at++] = packed << (8 - filled);
  }
  return at - outOffset;
};
