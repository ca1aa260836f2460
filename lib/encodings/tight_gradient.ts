/**
 * Tight's gradient filter (rfbproto "Tight Encoding"): each channel is sent as its difference from left + above -
 * above left, which is small where the picture is smooth.
 *
 * @module
 */
import type { PixelFormat } from "../protocol/pixel_format.ts";
import { hasByteChannels } from "./pixel_layout.ts";
import type { EncodedRect } from "./encoded_rect.ts";
import type { PixelBlock, PixelTarget } from "./pixel_target.ts";

/**
 * Appends the differences of all pixels as TPIXELs, row after row.
 *
 * @param target Its TPIXEL has at least two bytes.
 */
export function writeGradient(
  block: PixelBlock,
  { format, tpixel, workbench }: PixelTarget,
  out: EncodedRect,
): void {
  const { width, height } = block;
  const { buffer, byteOffset } = workbench.kernelScratch(width * height * 4);
  const differences = new Uint32Array(buffer, byteOffset, width * height);
  if (hasByteChannels(format)) {
    workbench.kernels.subtractGradient(block.pixels, block.offset, block.stride, width, height, differences);
  } else {
    differences.fill(0);
    addDifferences(block, format.redMax, format.redShift, differences);
    addDifferences(block, format.greenMax, format.greenShift, differences);
    addDifferences(block, format.blueMax, format.blueShift, differences);
  }
  const bytes = workbench.bytes(width * height * tpixel.size);
  workbench.kernels.packValues(differences, 0, width, width, height, tpixel.layout, bytes, 0);
  out.bytes(bytes);
}

/** Adds one channel's differences, which lie anywhere in the value. What lies outside the block counts as 0. */
function addDifferences(block: PixelBlock, max: number, shift: number, differences: Uint32Array): void {
  const { pixels, stride, width, height } = block;
  for (let row = 0, to = 0; row < height; row++) {
    const start = block.offset + row * stride;
    let left = 0;
    let aboveLeft = 0;
    for (let x = 0; x < width; x++) {
      const value = pixels[start + x]! >>> shift & max;
      const above = row > 0 ? pixels[start + x - stride]! >>> shift & max : 0;
      const estimate = left + above - aboveLeft;
      const clamped = estimate < 0 ? 0 : estimate > max ? max : estimate;
      differences[to++]! |= (value - clamped & max) << shift;
      left = value;
      aboveLeft = above;
    }
  }
}

/** Every so many rows are looked at. */
const ROW_STEP = 8;

/** About what zlib needs for a pixel's byte that is new, and for one that the row above has too, in bits. */
const NEW_BITS = 7;
const REPEATED_BITS = 2;

/**
 * Whether the filter makes the data smaller, by an estimate from a channel of some of the rows: without the filter,
 * pixels cost that differ from their neighbours, the more if from both; with it, differences cost by their size.
 */
export function prefersGradient(block: PixelBlock, format: PixelFormat): boolean {
  const { pixels, stride, width, height } = block;
  const { greenMax, greenShift } = format;
  let spared = 0;
  for (let row = 1; row < height; row += ROW_STEP) {
    spared += sparedBits(pixels, block.offset + row * stride, width, stride, greenMax, greenShift);
  }
  return spared > 0;
}

/**
 * Bits that the filter spares in a row which is not the first. A function of its own so that it, called often, is
 * compiled: of a loop in a loop the engine compiles the inner one, and falls back at the end of each row.
 */
function sparedBits(
  pixels: Uint32Array,
  start: number,
  width: number,
  stride: number,
  max: number,
  shift: number,
): number {
  let spared = 0;
  for (let at = start + 1; at < start + width; at++) {
    const pixel = pixels[at]!;
    const left = pixels[at - 1]!;
    const above = pixels[at - stride]!;
    if (pixel !== left) spared += pixel !== above ? NEW_BITS : REPEATED_BITS;
    const estimate = (left >>> shift & max) + (above >>> shift & max) -
      (pixels[at - stride - 1]! >>> shift & max);
    const clamped = estimate < 0 ? 0 : estimate > max ? max : estimate;
    const difference = Math.abs((pixel >>> shift & max) - clamped);
    if (difference > 0) spared -= 33 - Math.clz32(difference);
  }
  return spared;
}
