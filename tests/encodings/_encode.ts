/**
 * What the tests of this folder have in common: frames from literal pixels, bytes as hex.
 *
 * @module
 */
import { rectOf } from "../../lib/core/geometry.ts";
import type { Rect } from "../../lib/core/geometry.ts";
import type { Frame } from "../../lib/core/pixels.ts";
import { EncodedRect } from "../../lib/encodings/encoded_rect.ts";
import type { EncodingDefinition } from "../../lib/encodings/encoding.ts";
import { DEFAULT_LEVELS, type Levels, PixelTarget } from "../../lib/encodings/pixel_target.ts";
import { NATIVE_PIXEL_FORMAT, type PixelFormat } from "../../lib/protocol/pixel_format.ts";

/** A true-colour format: bits and maxima as in "32 888", shifts in the order red, green, blue. */
export function format(
  bitsPerPixel: 8 | 16 | 32,
  [redMax, greenMax, blueMax]: readonly [number, number, number],
  [redShift, greenShift, blueShift]: readonly [number, number, number],
  bigEndian = false,
): PixelFormat {
  const depth = Math.log2((redMax + 1) * (greenMax + 1) * (blueMax + 1));
  return {
    bitsPerPixel,
    depth,
    bigEndian,
    trueColour: true,
    redMax,
    greenMax,
    blueMax,
    redShift,
    greenShift,
    blueShift,
  };
}

export const RGB565 = format(16, [31, 63, 31], [11, 5, 0]);
export const RGB565_BE = format(16, [31, 63, 31], [11, 5, 0], true);
export const RGB332 = format(8, [7, 7, 3], [5, 2, 0]);
export const NATIVE_BE = format(32, [255, 255, 255], [16, 8, 0], true);

/** A frame whose pixels are given as a picture: a character per pixel, rows apart, `palette` saying what each is. */
export function picture(rows: readonly string[], palette: Readonly<Record<string, number>>): Frame {
  const width = rows[0]!.length;
  const pixels = Uint32Array.from(rows.join(""), (character) => palette[character]!);
  return { width, height: rows.length, stride: width, pixels };
}

/** "01 ff" of bytes. */
export function hex(bytes: Iterable<number>): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** Bytes of "01 ff", whatever the white space. */
export function unhex(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(text.match(/[0-9a-f]{2}/g) ?? [], (pair) => parseInt(pair, 16));
}

/** Calls an encoding for the whole frame, or `rect` of it. */
export function encode(
  encoding: EncodingDefinition,
  frame: Frame,
  pixelFormat: PixelFormat = NATIVE_PIXEL_FORMAT,
  levels: Partial<Levels> = {},
  rect: Rect = rectOf(frame),
): EncodedRect {
  const out = new EncodedRect();
  encoding.encode(frame, rect, new PixelTarget(pixelFormat, { ...DEFAULT_LEVELS, ...levels }), out);
  return out;
}

/** The bytes of {@linkcode encode}, as hex. */
export function encodeHex(...parameters: Parameters<typeof encode>): string {
  return hex(encode(...parameters).view());
}
