/**
 * Tight and TightPNG (rfbproto "Tight Encoding", "Tight PNG Encoding").
 *
 * @module
 */
import type { ByteReader } from "../../core/bytes.ts";
import { RecordingError } from "../../core/errors.ts";
import type { Rect } from "../../core/geometry.ts";
import { EncodingType } from "../../protocol/constants.ts";
import { type DecodeContext, fill } from "./decoder.ts";
import { drawJpeg } from "./jpeg.ts";
import { drawPng } from "./png.ts";

/** High nibble of the first byte; below these, the stream and whether a filter is named. */
export const Control = { Fill: 8, Jpeg: 9, Png: 10 } as const;
/** Bit of the high nibble: the next byte names a filter. */
export const EXPLICIT_FILTER = 4;
/** What was done to pixels before compression. */
export const Filter = { Copy: 0, Palette: 1, Gradient: 2 } as const;

/** Shorter data is not compressed. */
export const MIN_TO_COMPRESS = 12;

/** Tight. */
export function decodeTight(reader: ByteReader, rect: Rect, context: DecodeContext): void {
  const first = reader.u8();
  for (let stream = 0; stream < 4; stream++) {
    if (first >> stream & 1) context.streams.restart(EncodingType.Tight, stream);
  }
  const control = first >> 4;
  if (control === Control.Fill || control === Control.Jpeg) return simple(control, reader, rect, context);
  if (control > Control.Jpeg) throw new RecordingError(`Cannot decode Tight: first byte is ${first}`);
  const stream = control & 3;
  const filter = control & EXPLICIT_FILTER ? reader.u8() : Filter.Copy;
  const data = (length: number) => readData(reader, stream, length, context);
  if (filter === Filter.Copy) return copy(data, rect, context);
  if (filter === Filter.Palette) return indexed(reader, data, rect, context);
  if (filter === Filter.Gradient) return gradient(data, rect, context);
  throw new RecordingError(`Cannot decode Tight: filter is ${filter}`);
}

/** TightPNG. */
export function decodeTightPng(reader: ByteReader, rect: Rect, context: DecodeContext): void {
  const control = reader.u8() >> 4;
  if (control === Control.Png) drawPng(reader.bytes(compactLength(reader)), rect, context.frame);
  else if (control === Control.Fill || control === Control.Jpeg) simple(control, reader, rect, context);
  else throw new RecordingError(`Cannot decode TightPNG: first byte is ${control} times 16`);
}

function simple(control: number, reader: ByteReader, rect: Rect, { frame, forms }: DecodeContext): void {
  if (control === Control.Fill) fill(frame, rect, rect, forms.tpixel.read(reader));
  else drawJpeg(reader.bytes(compactLength(reader)), rect, frame);
}

type ReadData = (length: number) => Uint8Array;

function readData(
  reader: ByteReader,
  stream: number,
  length: number,
  { streams }: DecodeContext,
): Uint8Array {
  if (length < MIN_TO_COMPRESS) return reader.bytes(length);
  return streams.inflateExactly(EncodingType.Tight, stream, reader.bytes(compactLength(reader)), length);
}

/** Seven bits, seven bits, eight bits, least significant first; each but the last says whether more follows. */
export function compactLength(reader: ByteReader): number {
  let length = 0;
  for (let shift = 0;; shift += 7) {
    const byte = reader.u8();
    if (shift === 14) return length | byte << 14;
    length |= (byte & 0x7f) << shift;
    if (byte < 0x80) return length;
  }
}

function copy(
  data: ReadData,
  { x, y, width, height }: Rect,
  { frame, forms: { tpixel } }: DecodeContext,
): void {
  const bytes = data(width * height * tpixel.size);
  for (let row = 0; row < height; row++) {
    tpixel.readAll(bytes, row * width * tpixel.size, width, frame.pixels, (y + row) * frame.stride + x);
  }
}

function indexed(
  reader: ByteReader,
  data: ReadData,
  { x, y, width, height }: Rect,
  { frame, forms: { tpixel } }: DecodeContext,
): void {
  const count = reader.u8() + 1;
  const palette = new Uint32Array(256);
  tpixel.readAll(reader.bytes(count * tpixel.size), 0, count, palette, 0);
  const isMono = count === 2;
  const perRow = isMono ? Math.ceil(width / 8) : width;
  const bytes = data(perRow * height);
  for (let row = 0; row < height; row++) {
    const from = row * perRow;
    const to = (y + row) * frame.stride + x;
    for (let column = 0; column < width; column++) {
      const index = isMono ? bytes[from + (column >> 3)]! >> (7 - (column & 7)) & 1 : bytes[from + column]!;
      if (index >= count) throw new RecordingError(`Cannot decode Tight: colour ${index} of ${count}`);
      frame.pixels[to + column] = palette[index]!;
    }
  }
}

/** Each channel is its difference from left + above - above left, where that lies outside of its range from the end of that. */
function gradient(data: ReadData, rect: Rect, { frame, forms: { tpixel, format } }: DecodeContext): void {
  const { x, y, width, height } = rect;
  const bytes = data(width * height * tpixel.size);
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format;
  const channels = [[redMax, redShift], [greenMax, greenShift], [blueMax, blueShift]] as const;
  let above = new Uint32Array(width);
  let values = new Uint32Array(width);
  for (let row = 0, at = 0; row < height; row++) {
    for (let column = 0; column < width; column++, at += tpixel.size) {
      const difference = tpixel.value(bytes, at);
      let value = 0;
      for (const [max, shift] of channels) {
        const left = column > 0 ? values[column - 1]! >>> shift & max : 0;
        const up = above[column]! >>> shift & max;
        const upLeft = column > 0 ? above[column - 1]! >>> shift & max : 0;
        const estimate = Math.min(max, Math.max(0, left + up - upLeft));
        value |= ((difference >>> shift & max) + estimate & max) << shift;
      }
      values[column] = value;
      frame.pixels[(y + row) * frame.stride + x + column] = tpixel.colour(value >>> 0);
    }
    [above, values] = [values, above];
  }
}
