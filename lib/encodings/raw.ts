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
import { checkInside, type PixelBlock, type PixelTarget } from "./pixel_target.ts";
import type { PixelLayout } from "./pixel_layout.ts";

/** Pixels that are translated at a time: bounds a target's memory whatever the rectangle. */
const BAND = 1 << 16;

/** Raw: what every client can read. */
export const RAW: EncodingDefinition = {
  name: "Raw",
  type: EncodingType.Raw,
  streams: 0,
  limits: NO_LIMITS,
  encode: writeRaw,
};

/** Appends the pixels of `rect` as PIXELs, row after row. See {@linkcode EncodingDefinition.encode}. */
export function writeRaw(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
  checkInside(frame, rect);
  const { x, y, width, height } = rect;
  const bytes = out.reserve(width * height * target.bytesPerPixel);
  const rows = Math.max(1, Math.floor(BAND / width));
  let at = 0;
  for (let row = 0; row < height; row += rows) {
    const band = target.translate(frame, { x, y: y + row, width, height: Math.min(rows, height - row) });
    at = packBlock(band, target.pixel, bytes, at);
  }
  out.commit(at);
}

/**
 * Writes the pixels of a block row after row.
 *
 * @param bytes Receives `width * height * layout.size` bytes.
 * @param at Where in it.
 * @returns Index behind the last byte.
 */
export function packBlock(block: PixelBlock, layout: PixelLayout, bytes: Uint8Array, at: number): number {
  const { pixels, offset, stride, width, height } = block;
  if (stride === width) return layout.pack(pixels, offset, width * height, bytes, at);
  for (let row = 0; row < height; row++) at = layout.pack(pixels, offset + row * stride, width, bytes, at);
  return at;
}
