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
import type { JpegSettings } from "./jpeg_settings.ts";
import { checkInside, type PixelTarget } from "./pixel_target.ts";

/** For clients that list JPEG and name no quality. */
const UNASKED: JpegSettings = { quality: 92, subsampling: Subsampling.None, optimalTables: true };

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
  const { quality, subsampling, optimalTables } = jpeg ?? UNASKED;
  const { x, y, width, height } = rect;
  const bytes = workbench.bytes(jpegBound(width, height, subsampling));
  const options = optimalTables ? JpegOption.OptimalTables : JpegOption.None;
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
