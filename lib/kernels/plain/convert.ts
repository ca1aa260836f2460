/**
 * Pixels and values into the bytes of a client's pixel format: plain form.
 *
 * @module
 */
import { hasRect, requireRoom } from "../bounds.ts";
import { type ColourFields, type Kernels, type Layout, layoutBytes } from "../kernels.ts";

/** Converted values on their way into a layout. */
const chunk = new Uint32Array(256);

/** Writes `count` values as `layout` says. */
function packRow(
  values: Uint32Array,
  start: number,
  count: number,
  layout: Layout,
  out: Uint8Array,
  at: number,
): void {
  const end = start + count;
  const shift0 = (layout & 0xf) * 8;
  const shift1 = (layout >> 4 & 0xf) * 8;
  const shift2 = (layout >> 8 & 0xf) * 8;
  const shift3 = (layout >> 12 & 0xf) * 8;
  switch (layoutBytes(layout)) {
    case 1:
      for (let i = start; i < end; i++) out[at++] = values[i]! >>> shift0;
      break;
    case 2:
      for (let i = start; i < end; i++) {
        const value = values[i]!;
        out[at++] = value >>> shift0;
        out[at++] = value >>> shift1;
      }
      break;
    case 3:
      for (let i = start; i < end; i++) {
        const value = values[i]!;
        out[at++] = value >>> shift0;
        out[at++] = value >>> shift1;
        out[at++] = value >>> shift2;
      }
      break;
    default:
      for (let i = start; i < end; i++) {
        const value = values[i]!;
        out[at++] = value >>> shift0;
        out[at++] = value >>> shift1;
        out[at++] = value >>> shift2;
        out[at++] = value >>> shift3;
      }
  }
}

/** Turns `count` pixels into `chunk`. */
type ConvertRow = (pixels: Uint32Array, start: number, count: number) => void;

/** Goes through a rectangle in pieces that fit the chunk. */
function packConverted(
  pixels: Uint32Array,
  offset: number,
  stride: number,
  width: number,
  height: number,
  layout: Layout,
  out: Uint8Array,
  outOffset: number,
  convert: ConvertRow,
): number {
  if (!hasRect(pixels, offset, stride, width, height)) return 0;
  const bytes = layoutBytes(layout);
  requireRoom(out, outOffset, width * height * bytes);
  let at = outOffset;
  for (let y = 0; y < height; y++) {
    const row = offset + y * stride;
    for (let x = 0; x < width; x += chunk.length) {
      const count = Math.min(chunk.length, width - x);
      convert(pixels, row + x, count);
      packRow(chunk, 0, count, layout, out, at);
      at += count * bytes;
    }
  }
  return at - outOffset;
}

/** See {@linkcode Kernels.packValues}. */
export const packValues: Kernels["packValues"] = (
  values,
  offset,
  stride,
  width,
  height,
  layout,
  out,
  outOffset,
) => {
  if (!hasRect(values, offset, stride, width, height)) return 0;
  const rowBytes = width * layoutBytes(layout);
  requireRoom(out, outOffset, rowBytes * height);
  for (let y = 0; y < height; y++) {
    packRow(values, offset + y * stride, width, layout, out, outOffset + y * rowBytes);
  }
  return rowBytes * height;
};

/** `round(colour * max / 255)` without a division; right for all colours and maxima up to 255. */
export function scaleColour(colour: number, max: number): number {
  const product = colour * max + 127;
  return (product + 1 + (product >> 8)) >> 8;
}

/**
 * Checks maxima and shifts.
 *
 * @throws {RangeError} A maximum is above 255 or a shift above 31.
 */
export function requireFields(fields: ColourFields): void {
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = fields;
  const inRange = redMax <= 255 && greenMax <= 255 && blueMax <= 255 &&
    redShift < 32 && greenShift < 32 && blueShift < 32 &&
    Math.min(redMax, greenMax, blueMax, redShift, greenShift, blueShift) >= 0;
  if (!inRange) {
    throw new RangeError(`Cannot convert pixels: maxima must be at most 255 and shifts at most 31`);
  }
}

/** See {@linkcode Kernels.packTrueColour}. */
export const packTrueColour: Kernels["packTrueColour"] = (
  pixels,
  offset,
  stride,
  width,
  height,
  fields,
  layout,
  out,
  outOffset,
) => {
  requireFields(fields);
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = fields;
  return packConverted(
    pixels,
    offset,
    stride,
    width,
    height,
    layout,
    out,
    outOffset,
    (pixels, start, count) => {
      for (let i = 0; i < count; i++) {
        const pixel = pixels[start + i]!;
        chunk[i] = scaleColour((pixel >>> 16) & 0xff, redMax) << redShift |
          scaleColour((pixel >>> 8) & 0xff, greenMax) << greenShift |
          scaleColour(pixel & 0xff, blueMax) << blueShift;
      }
    },
  );
};

/** See {@linkcode Kernels.packByTable}. */
export const packByTable: Kernels["packByTable"] = (
  pixels,
  offset,
  stride,
  width,
  height,
  table,
  layout,
  out,
  outOffset,
) => {
  requireRoom(table, 0, 768);
  return packConverted(
    pixels,
    offset,
    stride,
    width,
    height,
    layout,
    out,
    outOffset,
    (pixels, start, count) => {
      for (let i = 0; i < count; i++) {
        const pixel = pixels[start + i]!;
        chunk[i] = table[(pixel >>> 16) & 0xff]! | table[0x100 + ((pixel >>> 8) & 0xff)]! |
          table[0x200 + (pixel & 0xff)]!;
      }
    },
  );
};
