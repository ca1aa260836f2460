/**
 * Raw and Zlib (RFC 6143 §7.7.1; rfbproto "Zlib Encoding"), CopyRect (§7.7.2), RRE (§7.7.3) and CoRRE (rfbproto "CoRRE
 * Encoding").
 *
 * @module
 */
import type { ByteReader } from "../../core/bytes.ts";
import { RecordingError } from "../../core/errors.ts";
import { contains, type Rect, rectOf } from "../../core/geometry.ts";
import { EncodingType } from "../../protocol/constants.ts";
import { type DecodeContext, fill } from "./decoder.ts";

/** Raw. */
export function decodeRaw(reader: ByteReader, rect: Rect, context: DecodeContext): void {
  paint(reader.bytes(rect.width * rect.height * context.forms.pixel.size), rect, context);
}

/** Zlib: Raw's bytes through a stream. */
export function decodeZlib(reader: ByteReader, rect: Rect, context: DecodeContext): void {
  const length = rect.width * rect.height * context.forms.pixel.size;
  const compressed = reader.bytes(reader.u32());
  paint(context.streams.inflateExactly(EncodingType.Zlib, 0, compressed, length), rect, context);
}

function paint(bytes: Uint8Array, { x, y, width, height }: Rect, { frame, forms }: DecodeContext): void {
  for (let row = 0; row < height; row++) {
    const at = row * width * forms.pixel.size;
    forms.pixel.readAll(bytes, at, width, frame.pixels, (y + row) * frame.stride + x);
  }
}

/** CopyRect. */
export function decodeCopyRect(reader: ByteReader, rect: Rect, { frame }: DecodeContext): void {
  const source = { ...rect, x: reader.u16(), y: reader.u16() };
  if (!contains(rectOf(frame), source)) {
    throw new RecordingError("Cannot decode a CopyRect: its source lies outside of the screen");
  }
  const { pixels, stride } = frame;
  // Rows must be read before they are overwritten.
  for (let i = 0; i < rect.height; i++) {
    const row = source.y < rect.y ? rect.height - 1 - i : i;
    const from = (source.y + row) * stride + source.x;
    pixels.copyWithin((rect.y + row) * stride + rect.x, from, from + rect.width);
  }
}

/** RRE. */
export function decodeRre(reader: ByteReader, rect: Rect, context: DecodeContext): void {
  decodeSubrects(reader, rect, context, () => reader.u16());
}

/** CoRRE. */
export function decodeCorre(reader: ByteReader, rect: Rect, context: DecodeContext): void {
  decodeSubrects(reader, rect, context, () => reader.u8());
}

function decodeSubrects(
  reader: ByteReader,
  rect: Rect,
  { frame, forms: { pixel } }: DecodeContext,
  coordinate: () => number,
): void {
  const count = reader.u32();
  fill(frame, rect, rect, pixel.read(reader));
  for (let i = 0; i < count; i++) {
    const colour = pixel.read(reader);
    const x = rect.x + coordinate();
    const y = rect.y + coordinate();
    fill(frame, { x, y, width: coordinate(), height: coordinate() }, rect, colour);
  }
}
