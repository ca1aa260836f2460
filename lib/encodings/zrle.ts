/**
 * ZRLE encoding (RFC 6143 §7.7.6): tiles of 64x64 pixels with palettes and runs, through one zlib stream.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { EncodingType } from "../protocol/constants.ts";
import { type EncodedRect, LengthPrefix } from "./encoded_rect.ts";
import { type EncodingDefinition, NO_LIMITS } from "./encoding.ts";
import type { PixelTarget } from "./pixel_target.ts";
import { writeTiles } from "./run_length_tile.ts";

/** ZRLE. */
export const ZRLE: EncodingDefinition = {
  name: "ZRLE",
  type: EncodingType.ZRLE,
  streams: 1,
  limits: NO_LIMITS,
  encode(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
    const start = out.length;
    writeTiles(frame, rect, target, 64, out);
    const rawSize = rect.width * rect.height * target.cpixel.size;
    out.deflate(start, 0, LengthPrefix.U32, (out.length - start) * 2 > rawSize);
  },
};
