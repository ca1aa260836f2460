/**
 * Raw encoding (RFC 6143 §7.7.1): every pixel, row after row.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { EncodingType } from "../protocol/constants.ts";
import type { EncodedRect } from "./encoded_rect.ts";
import { type EncodingDefinition, NO_LIMITS } from "./encoding.ts";
import type { PixelTarget } from "./pixel_target.ts";

/** Raw: what every client can read. */
export const RAW: EncodingDefinition = {
  name: "Raw",
  type: EncodingType.Raw,
  streams: 0,
  limits: NO_LIMITS,
  encode(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
    target.write(frame, rect, target.pixel, out);
  },
};
