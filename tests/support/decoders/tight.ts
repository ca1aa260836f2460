/**
 * Tight (rfbproto "Tight Encoding"): fill, JPEG, or one of three filters through one of four zlib streams.
 *
 * @module
 */
import type { Rect } from "../../../lib/core/geometry.ts";
import {
  bytesPerPixel,
  channelsOf,
  type ClientPixelFormat,
  packChannels,
  readPixel,
  tightPixelIsRgb,
  translator,
} from "../pixel_formats.ts";
import {
  type Decoder,
  type DecoderContext,
  type Decoding,
  type Input,
  must,
  take,
  takeU8,
} from "./decoder.ts";

/** Data of fewer bytes than this is neither compressed nor has it a length. */
const MIN_TO_COMPRESS = 12;
const MAX_WIDTH = 2048;

const FILL = 8;
const JPEG = 9;
/** Basic compression whose data is sent as it is; with bit 6 there is a filter byte. */
const NO_ZLIB = 10;
const NO_ZLIB_EXPLICIT = 14;
const EXPLICIT_FILTER = 4;

const Filter = { Copy: 0, Palette: 1, Gradient: 2 } as const;

/** Bytes of a TPIXEL. */
function tightPixelSize(format: ClientPixelFormat): number {
  return tightPixelIsRgb(format) ? 3 : bytesPerPixel(format);
}

function readTightPixel(format: ClientPixelFormat, bytes: Uint8Array, at: number): number {
  if (!tightPixelIsRgb(format)) return readPixel(format, bytes, at);
  must(at + 3 <= bytes.length, "Tight: a pixel lies behind the end");
  return packChannels(format, bytes[at]!, bytes[at + 1]!, bytes[at + 2]!);
}

/** One to three bytes, seven bits each and eight in the third, the lowest first. */
export function* takeCompactLength(input: Input): Decoding<number> {
  let length = 0;
  for (let shift = 0; shift <= 14; shift += 7) {
    const byte = yield* takeU8(input);
    if (shift === 14) return length | (byte << 14);
    length |= (byte & 127) << shift;
    if (byte < 128) break;
  }
  return length;
}

/** The decoder of Tight or TightPNG; the latter has PNG in the place of basic compression. */
function decoder(name: string, type: number, basicAllowed: boolean): Decoder {
  return {
    name,
    type,
    *decode(input, r, context) {
      must(r.width <= MAX_WIDTH, `${name}: width is ${r.width}, at most ${MAX_WIDTH}`);
      const control = yield* takeU8(input);
      for (let i = 0; i < 4; i++) if (control & (1 << i)) context.resetStream(`tight ${i}`);
      const kind = control >> 4;
      if (kind === FILL) {
        const colour = yield* take(input, tightPixelSize(context.format));
        return context.framebuffer.fill(r, readTightPixel(context.format, colour, 0));
      }
      if (kind === JPEG) return yield* picture(name, "jpeg", input, r, context);
      if (kind === NO_ZLIB && !basicAllowed) return yield* picture(name, "png", input, r, context);
      must(
        basicAllowed && (kind < 8 || kind === NO_ZLIB || kind === NO_ZLIB_EXPLICIT),
        `${name}: compression ${kind}`,
      );
      const stream = kind < 8 ? kind & 3 : undefined;
      const filter = kind & EXPLICIT_FILTER ? yield* takeU8(input) : Filter.Copy;
      yield* basic(input, r, context, filter, stream);
    },
  };
}

/** A JPEG or PNG with its length before it. */
function* picture(
  name: string,
  kind: "jpeg" | "png",
  input: Input,
  r: Rect,
  { format, framebuffer, options }: DecoderContext,
): Decoding {
  must(kind === "png" || format.bitsPerPixel !== 8, `${name}: JPEG with 8 bits per pixel`);
  const data = yield* take(input, yield* takeCompactLength(input));
  const read = options[kind];
  if (!read) throw new Error(`${name}: no decoder for ${kind} is given`);
  const translate = translator(format);
  read(data, r.width, r.height).forEach((rgb, i) => {
    framebuffer.set(r.x + i % r.width, r.y + Math.floor(i / r.width), translate(rgb));
  });
}

/** @param stream The zlib stream, or `undefined` when nothing is compressed. */
function* basic(
  input: Input,
  r: Rect,
  context: DecoderContext,
  filter: number,
  stream: number | undefined,
): Decoding {
  const { format } = context;
  const size = tightPixelSize(format);
  switch (filter) {
    case Filter.Copy: {
      const data = yield* filtered(input, r.width * r.height * size, context, stream);
      return paint(r, context, (i) => readTightPixel(format, data, i * size));
    }
    case Filter.Palette: {
      const count = (yield* takeU8(input)) + 1;
      must(count >= 2, "Tight: palette of one colour");
      const bytes = (yield* take(input, count * size)).slice();
      const palette = Array.from({ length: count }, (_, i) => readTightPixel(format, bytes, i * size));
      return yield* indexed(input, r, context, palette, stream);
    }
    case Filter.Gradient: {
      must(format.bitsPerPixel !== 8, "Tight: gradient filter with 8 bits per pixel");
      must(format.trueColour, "Tight: gradient filter with a colour map");
      const data = yield* filtered(input, r.width * r.height * size, context, stream);
      return gradient(r, context, (i) => channelsOf(format, readTightPixel(format, data, i * size)));
    }
    default:
      must(false, `Tight: filter ${filter}`);
  }
}

/** The output of a filter: compressed if it is long enough. */
function* filtered(
  input: Input,
  length: number,
  context: DecoderContext,
  stream: number | undefined,
): Decoding<Uint8Array> {
  if (length < MIN_TO_COMPRESS) return (yield* take(input, length)).slice();
  const sent = yield* takeCompactLength(input);
  const data = yield* take(input, sent);
  if (stream === undefined) {
    must(sent === length, `Tight: ${sent} bytes without zlib, must be ${length}`);
    return data.slice();
  }
  return context.inflate(`tight ${stream}`, data, length);
}

function paint(
  { x, y, width, height }: Rect,
  { framebuffer }: DecoderContext,
  pixel: (i: number) => number,
): void {
  for (let i = 0; i < width * height; i++) {
    framebuffer.set(x + i % width, y + Math.floor(i / width), pixel(i));
  }
}

/** Two colours: one bit per pixel, the highest first, rows padded to whole bytes. More: one byte per pixel. */
function* indexed(
  input: Input,
  r: Rect,
  context: DecoderContext,
  palette: readonly number[],
  stream: number | undefined,
): Decoding {
  if (palette.length > 2) {
    const data = yield* filtered(input, r.width * r.height, context, stream);
    return paint(r, context, (i) => {
      const colour = palette[data[i]!];
      must(colour !== undefined, `Tight: index ${data[i]} into a palette of ${palette.length} colours`);
      return colour;
    });
  }
  const rowBytes = Math.ceil(r.width / 8);
  const data = yield* filtered(input, rowBytes * r.height, context, stream);
  paint(r, context, (i) => {
    const x = i % r.width;
    return palette[(data[Math.floor(i / r.width) * rowBytes + (x >> 3)]! >> (7 - (x & 7))) & 1]!;
  });
  if (r.width % 8 > 0) {
    for (let y = 1; y <= r.height; y++) {
      context.padding(data[y * rowBytes - 1]! & (0xff >> (r.width % 8)), "Tight: mono row");
    }
  }
}

/**
 * Each channel is the difference, modulo the channel's range, from left + above - above left, clamped to that range.
 * Pixels outside the rectangle count as 0.
 */
function gradient(
  r: Rect,
  { format, framebuffer }: DecoderContext,
  difference: (i: number) => [number, number, number],
): void {
  const maxima = [format.redMax, format.greenMax, format.blueMax];
  const none = [0, 0, 0];
  let above: number[][] = [];
  for (let y = 0; y < r.height; y++) {
    const row: number[][] = [];
    for (let x = 0; x < r.width; x++) {
      const sent = difference(y * r.width + x);
      const left = row[x - 1] ?? none;
      const up = above[x] ?? none;
      const upLeft = above[x - 1] ?? none;
      const channels = maxima.map((max, c) => {
        const predicted = Math.min(max, Math.max(0, left[c]! + up[c]! - upLeft[c]!));
        return (predicted + sent[c]!) & max;
      });
      row.push(channels);
      framebuffer.set(r.x + x, r.y + y, packChannels(format, channels[0]!, channels[1]!, channels[2]!));
    }
    above = row;
  }
}

/** Tight. */
export const tight: Decoder = decoder("Tight", 7, true);
/** TightPNG (rfbproto "Tight PNG Encoding"). */
export const tightPng: Decoder = decoder("TightPNG", -260, false);
