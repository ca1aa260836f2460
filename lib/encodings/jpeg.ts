/**
 * JPEG encoding (rfbproto "JPEG Encoding"): a rectangle is one JFIF image. Loses what the eye hardly sees.
 *
 * @module
 */
import type { ByteWriter } from "../core/bytes.ts";
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { jpegBound, jpegScratchBytes } from "../kernels/jpeg/layout.ts";
import { JpegOption, Subsampling } from "../kernels/kernels.ts";
import { EncodingType } from "../protocol/constants.ts";
import type { EncodedRect } from "./encoded_rect.ts";
import type { EncodingDefinition } from "./encoding.ts";
import { type JpegSettings, OwnTables } from "./jpeg_settings.ts";
import { checkInside, type PixelTarget } from "./pixel_target.ts";

/** For clients that list JPEG and name no quality. */
const UNASKED: JpegSettings = { quality: 92, subsampling: Subsampling.None, ownTables: OwnTables.Always };

/** What libjpeg can read, within an area that bounds memory. */
export const JPEG_LIMITS = { width: 65_500, height: 65_500, area: 1 << 19 } as const;

/** JPEG. The image's own end marker ends it; all tables are in each image. */
export const JPEG: EncodingDefinition = {
  name: "JPEG",
  type: EncodingType.Jpeg,
  streams: 0,
  limits: JPEG_LIMITS,
  isLossy: true,
  encode(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
    writeJpeg(frame, rect, target, out);
  },
};

/**
 * Appends a rectangle as one JFIF image.
 *
 * @throws {RangeError} The rectangle is empty or reaches outside the frame.
 */
export function writeJpeg(frame: Frame, rect: Rect, { jpeg, workbench }: PixelTarget, out: ByteWriter): void {
  checkInside(frame, rect);
  const { quality, subsampling, ownTables } = jpeg ?? UNASKED;
  const { x, y, width, height } = rect;
  const bytes = workbench.bytes(jpegBound(width, height, subsampling));
  const options = tablesFor(frame, rect, ownTables);
  const scratch = workbench.kernelScratch(jpegScratchBytes(width, height, subsampling, options));
  const length = workbench.kernels.encodeJpeg(
    frame.pixels,
    y * frame.stride + x,
    frame.stride,
    width,
    height,
    quality,
    subsampling,
    options,
    bytes,
    0,
    scratch,
  );
  out.bytes(bytes.subarray(0, length));
}

/** Which Huffman tables are worth their time. Those for soft pictures need no second pass. */
function tablesFor(frame: Frame, rect: Rect, ownTables: OwnTables): number {
  if (ownTables === OwnTables.Never) return JpegOption.None;
  if (ownTables === OwnTables.Always || rect.width * rect.height <= SMALL) return JpegOption.OptimalTables;
  return isSoft(frame, rect) ? JpegOption.SoftTables : JpegOption.None;
}

/** Pictures of so many pixels are as large as the standard's tables by themselves. */
const SMALL = 16 * 1024;

/** One row of so many is looked at. */
const ROW_STEP = 16;

/** Pixels of a row that are looked at before what has been seen may be enough. */
const PIECE = 256;

/** Whether neighbours differ by less than one level of green on the average. */
function isSoft({ pixels, stride }: Frame, { x, y, width, height }: Rect): boolean {
  let sum = 0;
  let looked = 0;
  for (let row = y + (ROW_STEP >> 1); row < y + height; row += ROW_STEP) {
    for (let column = 0; column < width; column += PIECE) {
      const piece = Math.min(PIECE, width - column);
      sum += stepsOf(pixels, row * stride + x + column, piece);
      looked += piece - 1;
      // A photograph shows at once.
      if (sum > 2 * looked) return false;
    }
  }
  return sum < looked;
}

/** By how much neighbours differ in green, all together. A function of its own so that it, called often, is compiled. */
function stepsOf(pixels: Uint32Array, start: number, width: number): number {
  let sum = 0;
  let left = pixels[start]! >> 8 & 0xff;
  for (let at = start + 1; at < start + width; at++) {
    const green = pixels[at]! >> 8 & 0xff;
    sum += Math.abs(green - left);
    left = green;
  }
  return sum;
}
