/**
 * Zlib encoding (rfbproto "Zlib Encoding"): Raw, through one zlib stream.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { EncodingType } from "../protocol/constants.ts";
import { type EncodedRect, LengthPrefix } from "./encoded_rect.ts";
import { type EncodingDefinition, NO_LIMITS } from "./encoding.ts";
import type { PixelTarget } from "./pixel_target.ts";
import type { Workbench } from "./workbench.ts";

/** Zlib: Raw's bytes, compressed. */
export const ZLIB: EncodingDefinition = {
  name: "Zlib",
  type: EncodingType.Zlib,
  streams: 1,
  limits: NO_LIMITS,
  encode(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
    const start = out.length;
    target.write(frame, rect, target.pixel, out);
    out.deflate(start, 0, LengthPrefix.U32, isRich(frame, rect, target.workbench));
  },
};

/** One row of so many is looked at. */
const ROW_STEP = 8;

/** Whether most pixels differ from their left neighbour. */
function isRich(
  { pixels, stride }: Frame,
  { x, y, width, height }: Rect,
  workbench: Workbench,
): boolean {
  const { runs } = workbench.palette();
  const rows = Math.ceil(height / ROW_STEP);
  workbench.kernels.countRuns(pixels, y * stride + x, stride * ROW_STEP, width, rows, runs);
  return (runs[0]! + runs[1]!) * 2 > width * rows;
}
