/**
 * CoRRE encoding (rfbproto "CoRRE Encoding"): RRE with coordinates of one byte.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { EncodingType } from "../protocol/constants.ts";
import type { EncodedRect } from "./encoded_rect.ts";
import type { EncodingDefinition } from "./encoding.ts";
import type { PixelTarget } from "./pixel_target.ts";
import { RAW } from "./raw.ts";
import { writeRisingRectangles } from "./rre.ts";

/** CoRRE: rectangles of at most 255x255. */
export const CORRE: EncodingDefinition = {
  name: "CoRRE",
  type: EncodingType.CoRRE,
  streams: 0,
  limits: { width: 255, height: 255, area: 255 * 255 },
  forPhotos: RAW,
  encode(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
    writeRisingRectangles(frame, rect, target, out, 1);
  },
};
