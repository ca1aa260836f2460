/**
 * Tight's gradient filter (rfbproto "Tight Encoding"): each channel is sent as its difference from left + above -
 * above left, which is small where the picture is smooth.
 *
 * @module
 */
import type { PixelFormat } from "../protocol/pixel_format.ts";
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
  const differences = new Uint32Array(buffer, byteOffset, width * height).fill(0);
  addDifferences(block, format.redMax, format.redShift, differences);
  addDifferences(block, format.greenMax, format.greenShift, differences);
  addDifferences(block, format.blueMax, format.blueShift, differences);
  const bytes = workbench.bytes(width * height * tpixel.size);
  workbench.kernels.packValues(differences, 0, width, width, height, tpixel.layout, bytes, 0);
  out.bytes(bytes);
}

/** Adds one channel's differences. What lies outside the block counts as 0. */
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
