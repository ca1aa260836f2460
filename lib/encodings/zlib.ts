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

/** Zlib: Raw's bytes, compressed. */
export const ZLIB: EncodingDefinition = {
  name: "Zlib",
  type: EncodingType.Zlib,
  streams: 1,
  limits: NO_LIMITS,
  encode(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
    const start = out.length;
    target.write(frame, rect, target.pixel, out);
    out.deflate(start, 0, LengthPrefix.U32);
  },
};
