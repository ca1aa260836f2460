/**
 * The pointer's picture, drawn by the client (RFC 6143 §7.8.1 Cursor; rfbproto "X Cursor", "Cursor With Alpha",
 * "VMware Cursor").
 *
 * @module
 */
import type { ByteWriter } from "../../core/bytes.ts";
import type { CursorImage } from "../../core/pixels.ts";
import { EncodingType, PseudoEncoding } from "../../protocol/constants.ts";
import { writeRectHeader } from "../../protocol/server_messages.ts";
import type { PixelTarget } from "../pixel_target.ts";
import { cropCursor, isOpaque, unpremultiplied } from "./cursor_image.ts";
import type { PseudoEncodingDefinition } from "./pseudo_encoding.ts";

type WriteBody = (cursor: CursorImage, target: PixelTarget, out: ByteWriter) => void;

function cursor(name: string, type: number, writeBody: WriteBody): PseudoEncodingDefinition {
  return {
    name,
    type,
    group: "cursor",
    open() {
      let told: number | undefined;
      return {
        hasNews: ({ cursor }) => cursor !== undefined && cursor.serial !== told,
        write(facts, target, out) {
          const image = cropCursor(facts.cursor!);
          const { hotspot, width, height } = image;
          writeRectHeader(out, { x: hotspot.x, y: hotspot.y, width, height }, type);
          writeBody(image, target, out);
          told = image.serial;
        },
        repeat() {
          told = undefined;
        },
      };
    },
  };
}

/** Pixels in the client's format, then a bit mask whose rows are padded to bytes. */
export const CURSOR = cursor("Cursor", PseudoEncoding.Cursor, (image, target, out) => {
  const { width, height } = image;
  if (width === 0 || height === 0) return;
  const picture = { width, height, stride: width, pixels: unpremultiplied(image.pixels) };
  target.write(picture, { x: 0, y: 0, width, height }, target.pixel, out);
  writeBits(image, out, isOpaque);
});

/** Two colours and two bit maps; nothing at all for an empty picture. */
export const X_CURSOR = cursor("X Cursor", PseudoEncoding.XCursor, (image, _target, out) => {
  if (image.width === 0 || image.height === 0) return;
  out.u8(0).u8(0).u8(0); // what the bitmap's ones stand for: black
  out.u8(255).u8(255).u8(255); // and its zeros: white
  writeBits(image, out, isDark);
  writeBits(image, out, isOpaque);
});

/** Raw RGBA, colours premultiplied. */
export const CURSOR_WITH_ALPHA = cursor(
  "Cursor With Alpha",
  PseudoEncoding.CursorWithAlpha,
  (image, _target, out) => {
    out.i32(EncodingType.Raw);
    writeRgba(image.pixels, out);
  },
);

/** Type 1 (alpha), RGBA with colours as they are. */
export const VMWARE_CURSOR = cursor("VMware Cursor", PseudoEncoding.VMwareCursor, (image, _target, out) => {
  out.u8(1).u8(0);
  const colours = unpremultiplied(image.pixels);
  writeRgba(colours.map((colour, at) => colour | (image.pixels[at]! & 0xff000000)), out);
});

function writeRgba(pixels: Uint32Array, out: ByteWriter): void {
  for (const pixel of pixels) {
    out.u8(pixel >>> 16 & 0xff).u8(pixel >>> 8 & 0xff).u8(pixel & 0xff).u8(pixel >>> 24);
  }
}

/** One bit per pixel, most significant first, each row padded with zeros to whole bytes. */
function writeBits(image: CursorImage, out: ByteWriter, isSet: (argb: number) => boolean): void {
  for (let y = 0; y < image.height; y++) {
    for (let x = 0; x < image.width; x += 8) {
      let byte = 0;
      for (let bit = 0; bit < 8 && x + bit < image.width; bit++) {
        if (isSet(image.pixels[y * image.width + x + bit]!)) byte |= 0x80 >> bit;
      }
      out.u8(byte);
    }
  }
}

/** Whether black comes nearer to a premultiplied pixel than white does. */
function isDark(argb: number): boolean {
  const alpha = argb >>> 24;
  const luma = 77 * (argb >>> 16 & 0xff) + 150 * (argb >>> 8 & 0xff) + 29 * (argb & 0xff);
  return luma < 128 * alpha;
}
