/**
 * What Tight and TightPNG have in common (rfbproto "Tight Encoding", "Tight PNG Encoding"): first bytes, fills, JPEG, and
 * lengths.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { type EncodedRect, LengthPrefix } from "./encoded_rect.ts";
import type { EncodingDefinition } from "./encoding.ts";
import { JPEG_LIMITS, writeJpeg } from "./jpeg.ts";
import { beginLength, endLength } from "./length_prefix.ts";
import type { PixelTarget } from "./pixel_target.ts";

/** High nibble of the first byte, but for basic compression: there it is the stream and this bit for a filter. */
export const Control = { ExplicitFilter: 0x40, Fill: 0x80, Jpeg: 0x90, Png: 0xa0 } as const;

/** Clients have room for 2048 pixels of width. Of the area, every compact length can say what it takes at worst. */
export const TIGHT_LIMITS = { width: 2048, height: 0xffff, area: 1 << 19 } as const;

/** Appends a rectangle of one colour. @param value In the client's format. */
export function writeFill(value: number, { tpixel }: PixelTarget, out: EncodedRect): void {
  out.u8(Control.Fill);
  tpixel.write(value, out);
}

/** The lossy form of an encoding: JPEG, with its length. */
export function jpegForm(name: string, type: number, streams: number): EncodingDefinition {
  return {
    name,
    type,
    streams,
    limits: { ...TIGHT_LIMITS, height: JPEG_LIMITS.height },
    isLossy: true,
    encode(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
      out.u8(Control.Jpeg);
      const lengthAt = beginLength(LengthPrefix.Compact, out);
      writeJpeg(frame, rect, target, out);
      endLength(LengthPrefix.Compact, lengthAt, out);
    },
  };
}
