/**
 * The pointer's picture (RFC 6143 §7.8.1 Cursor; rfbproto "X Cursor", "Cursor With Alpha", "VMware Cursor").
 *
 * @module
 */
import type { ByteReader } from "../../core/bytes.ts";
import { RecordingError } from "../../core/errors.ts";
import type { Rect } from "../../core/geometry.ts";
import { EncodingType, PseudoEncoding } from "../../protocol/constants.ts";
import type { PixelForms } from "./pixel_form.ts";

/** Reads the pixels of a picture: `0xAARRGGBB`, premultiplied. */
export type CursorDecoder = (reader: ByteReader, size: Rect, forms: PixelForms) => Uint32Array;

/** Larger pictures are not believed. */
const MOST_SIDE = 1024;

/** How each kind of cursor is read. */
export const CURSOR_DECODERS: ReadonlyMap<number, CursorDecoder> = new Map<number, CursorDecoder>([
  [PseudoEncoding.Cursor, decodeCursor],
  [PseudoEncoding.XCursor, decodeXCursor],
  [PseudoEncoding.CursorWithAlpha, decodeCursorWithAlpha],
  [PseudoEncoding.VMwareCursor, decodeVMwareCursor],
]);

/** Pixels, then a bit mask. */
function decodeCursor(reader: ByteReader, { width, height }: Rect, { pixel }: PixelForms): Uint32Array {
  const pixels = checked(width, height);
  pixel.readAll(reader.bytes(pixels.length * pixel.size), 0, pixels.length, pixels, 0);
  const mask = readBits(reader, width, height);
  return pixels.map((colour, at) => mask[at] ? (colour | 0xff000000) >>> 0 : 0);
}

/** Two colours, a bitmap of which is where, and a bit mask. */
function decodeXCursor(reader: ByteReader, { width, height }: Rect): Uint32Array {
  const pixels = checked(width, height);
  if (pixels.length === 0) return pixels;
  const colour = () => reader.u8() << 16 | reader.u8() << 8 | reader.u8();
  const ones = colour();
  const zeros = colour();
  const bits = readBits(reader, width, height);
  const mask = readBits(reader, width, height);
  return pixels.map((_, at) => mask[at] ? ((bits[at] ? ones : zeros) | 0xff000000) >>> 0 : 0);
}

/** RGBA, premultiplied. */
function decodeCursorWithAlpha(reader: ByteReader, { width, height }: Rect): Uint32Array {
  const encoding = reader.i32();
  if (encoding !== EncodingType.Raw) {
    throw new RecordingError(`Cannot decode a cursor in encoding ${encoding}`);
  }
  return readRgba(reader, checked(width, height));
}

/** RGBA, not premultiplied. */
function decodeVMwareCursor(reader: ByteReader, { width, height }: Rect): Uint32Array {
  const type = reader.u8();
  reader.skip(1);
  if (type !== 1) throw new RecordingError(`Cannot decode a cursor of type ${type}`);
  return readRgba(reader, checked(width, height)).map(premultiplied);
}

function premultiplied(argb: number): number {
  const alpha = argb >>> 24;
  const channel = (shift: number) => Math.round((argb >>> shift & 0xff) * alpha / 255) << shift;
  return (alpha << 24 | channel(16) | channel(8) | channel(0)) >>> 0;
}

function readRgba(reader: ByteReader, pixels: Uint32Array): Uint32Array {
  const bytes = reader.bytes(pixels.length * 4);
  return pixels.map((_, i) => {
    const at = 4 * i;
    return (bytes[at + 3]! << 24 | bytes[at]! << 16 | bytes[at + 1]! << 8 | bytes[at + 2]!) >>> 0;
  });
}

/** One bit per pixel, most significant first, rows padded to bytes. */
function readBits(reader: ByteReader, width: number, height: number): Uint8Array {
  const perRow = Math.ceil(width / 8);
  const bytes = reader.bytes(perRow * height);
  return Uint8Array.from({ length: width * height }, (_, at) => {
    const column = at % width;
    return bytes[Math.floor(at / width) * perRow + (column >> 3)]! >> (7 - (column & 7)) & 1;
  });
}

function checked(width: number, height: number): Uint32Array {
  if (width > MOST_SIDE || height > MOST_SIDE) {
    throw new RecordingError(`Cannot decode a cursor of ${width}x${height}`);
  }
  return new Uint32Array(width * height);
}
