/**
 * Bodies of pseudo-encodings: cursors, sizes, names (RFC 6143 §7.8, rfbproto, and the registry).
 *
 * @module
 */
import type { Rect } from "../../../lib/core/geometry.ts";
import { bytesPerPixel, type ClientPixelFormat, type Colour, colourOf, readPixel } from "../pixel_formats.ts";
import {
  type DecoderContext,
  type Decoding,
  type Input,
  must,
  take,
  takeS32,
  takeU16,
  takeU32,
  takeU8,
} from "./decoder.ts";

/** The picture of the pointer as a client has it. */
export interface ClientCursor {
  readonly hotspot: { readonly x: number; readonly y: number };
  readonly width: number;
  readonly height: number;
  /** `0xAARRGGBB`, premultiplied; alpha 0 or 255 unless the cursor came with alpha. */
  readonly pixels: Uint32Array;
}

/** One screen of ExtendedDesktopSize. */
export interface ScreenLayout extends Rect {
  readonly id: number;
  readonly flags: number;
}

/** Bit `x` of row `y` of a bitmap: the highest bit first, rows padded to whole bytes. */
function bitAt(bitmap: Uint8Array, width: number, x: number, y: number): number {
  return (bitmap[y * Math.ceil(width / 8) + (x >> 3)]! >> (7 - (x & 7))) & 1;
}

function checkPadding(
  bitmap: Uint8Array,
  { width, height }: Rect,
  context: DecoderContext,
  where: string,
): void {
  if (width % 8 === 0) return;
  const rowBytes = Math.ceil(width / 8);
  for (let y = 1; y <= height; y++) context.padding(bitmap[y * rowBytes - 1]! & (0xff >> (width % 8)), where);
}

function cursorOf(r: Rect, pixel: (x: number, y: number) => number): ClientCursor {
  must(
    r.width * r.height === 0 || (r.x < r.width && r.y < r.height),
    "Cursor: the hotspot lies outside the picture",
  );
  const pixels = new Uint32Array(r.width * r.height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = pixel(i % r.width, Math.floor(i / r.width));
  return { hotspot: { x: r.x, y: r.y }, width: r.width, height: r.height, pixels };
}

/** Cursor, -239 (RFC 6143 §7.8.1): pixels in the client's format and a bitmask. */
export function* cursor(
  input: Input,
  r: Rect,
  context: DecoderContext,
  map?: readonly Colour[],
): Decoding<ClientCursor> {
  const format: ClientPixelFormat = context.format;
  const size = bytesPerPixel(format);
  const pixels = (yield* take(input, r.width * r.height * size)).slice();
  const mask = (yield* take(input, Math.ceil(r.width / 8) * r.height)).slice();
  checkPadding(mask, r, context, "Cursor: mask");
  return cursorOf(r, (x, y) => {
    if (!bitAt(mask, r.width, x, y)) return 0;
    return (0xff000000 | colourOf(format, readPixel(format, pixels, (y * r.width + x) * size), map)) >>> 0;
  });
}

/** XCursor, -240 (rfbproto "X Cursor"): two colours, a bitmap, a bitmask. */
export function* xCursor(input: Input, r: Rect, context: DecoderContext): Decoding<ClientCursor> {
  if (r.width * r.height === 0) return cursorOf(r, () => 0);
  const colours = (yield* take(input, 6)).slice();
  const bytes = Math.ceil(r.width / 8) * r.height;
  const bitmap = (yield* take(input, bytes)).slice();
  const mask = (yield* take(input, bytes)).slice();
  checkPadding(bitmap, r, context, "XCursor: bitmap");
  checkPadding(mask, r, context, "XCursor: mask");
  const rgb = (at: number) =>
    (0xff000000 | (colours[at]! << 16) | (colours[at + 1]! << 8) | colours[at + 2]!) >>> 0;
  return cursorOf(r, (x, y) => bitAt(mask, r.width, x, y) ? rgb(bitAt(bitmap, r.width, x, y) ? 0 : 3) : 0);
}

/** CursorWithAlpha, -314 (rfbproto "Cursor With Alpha"): red, green, blue, alpha, premultiplied, sent as Raw. */
export function* cursorWithAlpha(input: Input, r: Rect): Decoding<ClientCursor> {
  const encoding = yield* takeS32(input);
  must(encoding === 0, `CursorWithAlpha: encoding ${encoding}; this client reads Raw only`);
  const bytes = (yield* take(input, r.width * r.height * 4)).slice();
  return cursorOf(r, (x, y) => {
    const at = (y * r.width + x) * 4;
    const [red, green, blue, alpha] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!];
    must(Math.max(red, green, blue) <= alpha, "CursorWithAlpha: a colour is greater than its alpha");
    return ((alpha << 24) | (red << 16) | (green << 8) | blue) >>> 0;
  });
}

/** ExtendedDesktopSize, -308 (rfbproto): the screens. */
export function* screenLayout(input: Input, r: Rect, context: DecoderContext): Decoding<ScreenLayout[]> {
  const count = yield* takeU8(input);
  for (const byte of yield* take(input, 3)) context.padding(byte, "ExtendedDesktopSize");
  const screens: ScreenLayout[] = [];
  for (let i = 0; i < count; i++) {
    const id = yield* takeU32(input);
    const x = yield* takeU16(input);
    const y = yield* takeU16(input);
    const width = yield* takeU16(input);
    const height = yield* takeU16(input);
    const flags = yield* takeU32(input);
    must(!screens.some((screen) => screen.id === id), `ExtendedDesktopSize: two screens with id ${id}`);
    must(
      width > 0 && height > 0 && x + width <= r.width && y + height <= r.height,
      `ExtendedDesktopSize: screen ${id} reaches outside ${r.width}x${r.height}`,
    );
    screens.push({ id, x, y, width, height, flags });
  }
  must(count > 0, "ExtendedDesktopSize: no screen");
  return screens;
}

/** DesktopName, -307 (rfbproto): UTF-8. */
export function* desktopName(input: Input): Decoding<string> {
  const length = yield* takeU32(input);
  must(length <= 65536, `DesktopName: length is ${length}`);
  return new TextDecoder("utf-8", { fatal: true }).decode((yield* take(input, length)).slice());
}
