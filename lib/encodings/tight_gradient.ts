/**
 * Tight's gradient filter (rfbproto "Tight Encoding"): each channel is sent as its difference from left + above -
 * above left, which is small where the picture is smooth.
 *
 * @module
 */
import type { PixelFormat } from "../protocol/pixel_format.ts";
import type { PixelLayout } from "./pixel_layout.ts";
import type { PixelBlock } from "./pixel_target.ts";

/** Differences of one row, as values in the client's format. */
let differences = new Uint32Array(0);

/**
 * Writes the differences of all pixels as TPIXELs, row after row.
 *
 * @param layout The target's TPIXEL.
 * @param bytes Receives `width * height * layout.size` bytes.
 */
export function writeGradient(
  block: PixelBlock,
  format: PixelFormat,
  layout: PixelLayout,
  bytes: Uint8Array,
): void {
  const { width, height } = block;
  if (differences.length < width) differences = new Uint32Array(width);
  let at = 0;
  for (let row = 0; row < height; row++) {
    differences.fill(0, 0, width);
    addDifferences(block, row, format.redMax, format.redShift);
    addDifferences(block, row, format.greenMax, format.greenShift);
    addDifferences(block, row, format.blueMax, format.blueShift);
    at = layout.pack(differences, 0, width, bytes, at);
  }
}

/** Adds one channel's differences of a row to `differences`. What lies outside the block counts as 0. */
function addDifferences(block: PixelBlock, row: number, max: number, shift: number): void {
  const { pixels, stride, width } = block;
  const start = block.offset + row * stride;
  let left = 0;
  let aboveLeft = 0;
  for (let x = 0; x < width; x++) {
    const value = pixels[start + x]! >>> shift & max;
    const above = row > 0 ? pixels[start + x - stride]! >>> shift & max : 0;
    const estimate = left + above - aboveLeft;
    const clamped = estimate < 0 ? 0 : estimate > max ? max : estimate;
    differences[x]! |= (value - clamped & max) << shift;
    left = value;
    aboveLeft = above;
  }
}

/** Every so many rows are looked at. */
const ROW_STEP = 4;

/**
 * Whether the filter is likely to help: most pixels differ from their left neighbour (where many repeat, zlib finds
 * them better without the filter), and lie near their estimate.
 */
export function isSmooth(block: PixelBlock, format: PixelFormat): boolean {
  const { pixels, stride, width, height } = block;
  const { greenMax: max, greenShift: shift } = format;
  let repeats = 0;
  let near = 0;
  let looked = 0;
  for (let row = 1; row < height; row += ROW_STEP) {
    const start = block.offset + row * stride;
    for (let x = 1; x < width; x++) {
      const at = start + x;
      if (pixels[at] === pixels[at - 1]) repeats++;
      const estimate = (pixels[at - 1]! >>> shift & max) + (pixels[at - stride]! >>> shift & max) -
        (pixels[at - stride - 1]! >>> shift & max);
      const difference = (pixels[at]! >>> shift & max) - estimate;
      // Within a sixteenth of the channel's range.
      if (Math.abs(difference) * 16 <= max) near++;
      looked++;
    }
  }
  return looked > 0 && repeats * 4 < looked && near * 4 > looked * 3;
}
