/**
 * Messages to the client, values to bytes (RFC 6143 §7.3, §7.6; rfbproto "Server to Client Messages"). Those of
 * extensions stand in `extensions/`.
 *
 * Every padding byte that is written is 0.
 *
 * @module
 */
import { type ByteWriter, latin1, utf8 } from "../core/bytes.ts";
import type { Rect, Size } from "../core/geometry.ts";
import { ServerMessageType } from "./constants.ts";
import { type PixelFormat, writePixelFormat } from "./pixel_format.ts";

/** Number of rectangles that stands for "until LastRect" (rfbproto "LastRect Pseudo-encoding"). */
export const UNTIL_LAST_RECT = 0xffff;

/** A rectangle of 0 pixels at 0, 0: that of most pseudo-encodings. */
const NOWHERE: Rect = { x: 0, y: 0, width: 0, height: 0 };

/** Longest name that is sent, in bytes: some clients close when it is longer. */
export const MAX_NAME_LENGTH = 0xffff;

/** What a desktop without a name is called; some clients cannot take an empty one. */
const NAMELESS = "Porthole";

/** A name as it goes out: UTF-8, 1 to 65535 bytes, cut between characters where it is longer. */
export function desktopNameBytes(name: string): Uint8Array {
  const bytes = utf8(name === "" ? NAMELESS : name);
  if (bytes.length <= MAX_NAME_LENGTH) return bytes;
  let end = MAX_NAME_LENGTH;
  // Bytes 10xxxxxx continue a character: it must not be cut in front of one.
  while ((bytes[end]! & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

/** Writes a ServerInit (§7.3.2): the size, the server's own pixel format, the desktop's name. */
export function writeServerInit(out: ByteWriter, size: Size, format: PixelFormat, name: string): void {
  const nameBytes = desktopNameBytes(name);
  out.u16(size.width).u16(size.height);
  writePixelFormat(out, format);
  out.u32(nameBytes.length).bytes(nameBytes);
}

/**
 * Writes the start of a FramebufferUpdate (§7.6.1); rectangles follow.
 *
 * @param count Of rectangles, 0 to 65534, or {@linkcode UNTIL_LAST_RECT} for clients that know LastRect.
 * @return Where the count stands in `out`, to patch it when it is known.
 */
export function writeFramebufferUpdateHeader(out: ByteWriter, count: number): number {
  out.u8(ServerMessageType.FramebufferUpdate).zeros(1);
  const at = out.length;
  out.u16(count);
  return at;
}

/** Writes the start of a rectangle (§7.6.1); what its encoding says follows. */
export function writeRectHeader(out: ByteWriter, rect: Rect, encoding: number): void {
  out.u16(rect.x).u16(rect.y).u16(rect.width).u16(rect.height).i32(encoding);
}

/**
 * Writes a rectangle of 0 pixels at 0, 0. By such a one the server announces extensions (QemuExtendedKeyEvent,
 * ExtendedMouseButtons), and says LastRect.
 */
export function writePseudoRect(out: ByteWriter, encoding: number): void {
  writeRectHeader(out, NOWHERE, encoding);
}

/**
 * Writes a SetColourMapEntries (§7.6.2).
 *
 * @param first Index of the first colour.
 * @param colours u16 red, green, blue of each in turn: 65535 is full.
 * @throws {RangeError} Colours are incomplete, or beyond index 65535.
 */
export function writeSetColourMapEntries(out: ByteWriter, first: number, colours: Uint16Array): void {
  const count = colours.length / 3;
  if (!Number.isInteger(count) || first + count > 0x10000) {
    throw new RangeError(`Cannot write ${count} colours from index ${first}`);
  }
  out.u8(ServerMessageType.SetColourMapEntries).zeros(1).u16(first).u16(count);
  for (const value of colours) out.u16(value);
}

/**
 * The colours of the map whose index is a pixel of `format`: for {@linkcode writeSetColourMapEntries}.
 *
 * @param format 8 bits per pixel, channels as `checkPixelFormat` gives them.
 */
export function colourMapOf(format: PixelFormat): Uint16Array {
  const colours = new Uint16Array(3 * 256);
  const channel = (index: number, max: number, shift: number) =>
    max === 0 ? 0 : Math.round((index >> shift & max) * 0xffff / max);
  for (let index = 0; index < 256; index++) {
    colours[3 * index] = channel(index, format.redMax, format.redShift);
    colours[3 * index + 1] = channel(index, format.greenMax, format.greenShift);
    colours[3 * index + 2] = channel(index, format.blueMax, format.blueShift);
  }
  return colours;
}

/** Writes a Bell (§7.6.3). */
export function writeBell(out: ByteWriter): void {
  out.u8(ServerMessageType.Bell);
}

/**
 * Writes a ServerCutText (§7.6.4): Latin-1, what that lacks as "?".
 *
 * @param text Line ends are LF, as the RFC wants them.
 */
export function writeServerCutText(out: ByteWriter, text: string): void {
  const bytes = latin1(text);
  out.u8(ServerMessageType.ServerCutText).zeros(3).u32(bytes.length).bytes(bytes);
}
