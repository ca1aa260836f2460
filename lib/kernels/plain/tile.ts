/**
 * One tile of TRLE and ZRLE (RFC 6143 §7.7.5): plain form.
 *
 * @module
 */
import { hasRect, requireRoom } from "../bounds.ts";
import {
  COLOUR_TABLE_LENGTH,
  type Kernels,
  type Layout,
  layoutBytes,
  TILE,
  TILE_SCRATCH_BYTES,
} from "../kernels.ts";
import { packValues } from "./convert.ts";
import { countIndexRuns, countRuns, indexColours, packIndices } from "./palette.ts";

/** A palette RLE's index has seven bits, and 0 and 1 colours are other subencodings. */
const MAX_PALETTE = 127;
/** A packed palette's index has up to four bits. */
const MAX_PACKED_PALETTE = 16;

const indices = new Uint8Array(TILE * TILE);
const colours = new Uint32Array(MAX_PALETTE);
const table = new Uint16Array(COLOUR_TABLE_LENGTH);
const counts = new Uint32Array(3);

/**
 * Checks the arguments of {@linkcode Kernels.encodeTile} other than the rectangle.
 *
 * @throws {RangeError} The tile is too large or an array too short.
 */
export function requireTile(
  width: number,
  height: number,
  layout: Layout,
  scratch: Uint8Array,
  out: Uint8Array,
  outOffset: number,
): void {
  if (!(width >= 1 && width <= TILE && height >= 1 && height <= TILE)) {
    throw new RangeError(`Cannot encode tile of ${width}x${height}: must be 1x1 to ${TILE}x${TILE}`);
  }
  requireRoom(scratch, 0, TILE_SCRATCH_BYTES);
  requireRoom(out, outOffset, 1 + width * height * (layoutBytes(layout) + 1));
}

/** See {@linkcode Kernels.encodeTile}. */
export const encodeTile: Kernels["encodeTile"] = (
  values,
  offset,
  stride,
  width,
  height,
  layout,
  scratch,
  out,
  outOffset,
) => {
  requireTile(width, height, layout, scratch, out, outOffset);
  hasRect(values, offset, stride, width, height);
  const bytes = layoutBytes(layout);
  const count = indexColours(values, offset, stride, width, height, MAX_PALETTE, colours, indices, table);
  if (count === 1) {
    out[outOffset] = 1;
    return 1 + packValues(values, offset, stride, 1, 1, layout, out, outOffset + 1);
  }

  let best = width * height * bytes;
  let subencoding = 0;
  const bits = count === 2 ? 1 : count <= 4 ? 2 : 4;
  if (count <= MAX_PACKED_PALETTE) {
    const size = count * bytes + Math.ceil(width * bits / 8) * height;
    if (size < best) [best, subencoding] = [size, count];
  }
  if (count <= MAX_PALETTE) {
    countIndexRuns(indices, width * height, counts);
    const size = count * bytes + counts[0]! + counts[1]! + counts[2]!;
    if (size < best) [best, subencoding] = [size, 128 + count];
  } else {
    countRuns(values, offset, stride, width, height, counts);
  }
  const plainRle = (counts[0]! + counts[1]!) * bytes + counts[0]! + counts[2]!;
  if (plainRle < best) [best, subencoding] = [plainRle, 128];

  let at = outOffset;
  out[at++] = subencoding;
  if (subencoding === 0) {
    at += packValues(values, offset, stride, width, height, layout, out, at);
  } else if (subencoding === 128) {
    at = writeRuns(values, offset, stride, width, height, layout, out, at);
  } else {
    at += packValues(colours, 0, count, count, 1, layout, out, at);
    if (subencoding < 128) {
      at += packIndices(indices, width, height, bits, out, at);
    } else {
      at = writeIndexRuns(width * height, out, at);
    }
  }
  return at - outOffset;
};

/** Writes the length of a run: 255 for each 255 pixels, then the rest less one. */
function writeLength(length: number, out: Uint8Array, at: number): number {
  let rest = length - 1;
  for (; rest >= 255; rest -= 255) out[at++] = 255;
  out[at++] = rest;
  return at;
}

/** Writes `indices` as palette RLE; returns where it ends. */
function writeIndexRuns(length: number, out: Uint8Array, at: number): number {
  for (let from = 0; from < length;) {
    const start = from;
    const index = indices[from]!;
    while (from < length && indices[from] === index) from++;
    if (from - start === 1) {
      out[at++] = index;
    } else {
      out[at++] = index | 128;
      at = writeLength(from - start, out, at);
    }
  }
  return at;
}

/** Writes values as plain RLE; returns where it ends. */
function writeRuns(
  values: Uint32Array,
  offset: number,
  stride: number,
  width: number,
  height: number,
  layout: Layout,
  out: Uint8Array,
  at: number,
): number {
  let start = offset;
  let run = 0;
  for (let y = 0; y < height; y++) {
    for (let i = offset + y * stride; i < offset + y * stride + width; i++) {
      if (values[i] !== values[start]) {
        at += packValues(values, start, stride, 1, 1, layout, out, at);
        at = writeLength(run, out, at);
        run = 0;
      }
      start = i;
      run++;
    }
  }
  at += packValues(values, start, stride, 1, 1, layout, out, at);
  return writeLength(run, out, at);
}
