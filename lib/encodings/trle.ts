/**
 * TRLE encoding (RFC 6143 §7.7.5): tiles of 16x16 pixels with palettes and runs.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { EncodingType } from "../protocol/constants.ts";
import type { EncodedRect } from "./encoded_rect.ts";
import { type EncodingDefinition, NO_LIMITS } from "./encoding.ts";
import type { PixelTarget } from "./pixel_target.ts";
import { writeTiles } from "./run_length_tile.ts";

/** TRLE. */
export const TRLE: EncodingDefinition = {
  name: "TRLE",
  type: EncodingType.TRLE,
  streams: 0,
  limits: NO_LIMITS,
  encode(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
    writeTiles(frame, rect, target, 16, out);
  },
};
