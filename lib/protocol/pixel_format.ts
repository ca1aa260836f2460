/**
 * PIXEL_FORMAT: how a client wants its pixels (RFC 6143 §7.4).
 *
 * @module
 */
import type { ByteWriter } from "../core/bytes.ts";
import { ProtocolError } from "../core/errors.ts";
import { u16At } from "./big_endian.ts";

/** How the colours of a pixel lie in its bits. */
export interface PixelFormat {
  /** Bits that a pixel takes on the wire: 8, 16 or 32. */
  readonly bitsPerPixel: number;
  /** Bits of them that say something: at most `bitsPerPixel`. */
  readonly depth: number;
  /** Byte order of a pixel of more than 8 bits. */
  readonly bigEndian: boolean;
  /** `false`: pixels are indices into a colour map, and on the wire the six fields below mean nothing. */
  readonly trueColour: boolean;
  /** Largest value of red: 2^n - 1, or 0 where there is no red. */
  readonly redMax: number;
  /** Largest value of green, likewise. */
  readonly greenMax: number;
  /** Largest value of blue, likewise. */
  readonly blueMax: number;
  /** Bits to the right of red. */
  readonly redShift: number;
  /** Bits to the right of green. */
  readonly greenShift: number;
  /** Bits to the right of blue. */
  readonly blueShift: number;
}

/** Bytes of a PIXEL_FORMAT on the wire. */
export const PIXEL_FORMAT_LENGTH = 16;

/** The server's own: `0x00RRGGBB` as little-endian `u32`, the form that frames have in memory. */
export const NATIVE_PIXEL_FORMAT: PixelFormat = {
  bitsPerPixel: 32,
  depth: 24,
  bigEndian: false,
  trueColour: true,
  redMax: 255,
  greenMax: 255,
  blueMax: 255,
  redShift: 16,
  greenShift: 8,
  blueShift: 0,
};

/** What the indices of colour-map clients are made as: three bits of red and green, two of blue, red lowest. */
export const BGR233: PixelFormat = {
  bitsPerPixel: 8,
  depth: 8,
  bigEndian: false,
  trueColour: true,
  redMax: 7,
  greenMax: 7,
  blueMax: 3,
  redShift: 0,
  greenShift: 3,
  blueShift: 6,
};

/** Largest channel that is accepted: ten bits, in 32 bits per pixel. */
const MAX_CHANNEL = 1023;

/**
 * Reads 16 bytes from `at`, and judges nothing: {@linkcode checkPixelFormat} does.
 *
 * @param bytes Holds at least 16 bytes from `at`.
 * @throws {RangeError} It does not.
 */
export function parsePixelFormat(bytes: Uint8Array, at = 0): PixelFormat {
  if (at < 0 || at + PIXEL_FORMAT_LENGTH > bytes.length) {
    throw new RangeError(`Cannot read a pixel format at ${at} of ${bytes.length} bytes: it takes 16`);
  }
  return {
    bitsPerPixel: bytes[at]!,
    depth: bytes[at + 1]!,
    // Flags are "non-zero (true)": libvncclient sends 255.
    bigEndian: bytes[at + 2] !== 0,
    trueColour: bytes[at + 3] !== 0,
    redMax: u16At(bytes, at + 4),
    greenMax: u16At(bytes, at + 6),
    blueMax: u16At(bytes, at + 8),
    redShift: bytes[at + 10]!,
    greenShift: bytes[at + 11]!,
    blueShift: bytes[at + 12]!,
  };
}

/** Writes the 16 bytes. */
export function writePixelFormat(out: ByteWriter, format: PixelFormat): void {
  out.u8(format.bitsPerPixel).u8(format.depth).u8(format.bigEndian ? 1 : 0).u8(format.trueColour ? 1 : 0)
    .u16(format.redMax).u16(format.greenMax).u16(format.blueMax)
    .u8(format.redShift).u8(format.greenShift).u8(format.blueShift)
    .zeros(3);
}

/**
 * Says whether the server can make pixels of `format`, and gives it in the form that the server uses: byte order is
 * little-endian where there is none, and a colour map's channel fields are those of {@linkcode BGR233}, so that its
 * indices are made as pixels of that format are. The depth stays as it is, 32 too: clients decide by it whether a TPIXEL
 * has three bytes. A depth of 0 is taken as the sum of the channels' bits.
 *
 * Accepted: 8, 16 and 32 bits per pixel; a colour map with 8 bits and depth 8; true colour whose channels are
 * 2^n - 1 (0 is a channel that is not there; up to 255, with 32 bits per pixel up to 1023), lie inside the pixel and
 * do not overlap.
 *
 * @throws {ProtocolError} It cannot.
 */
export function checkPixelFormat(format: PixelFormat): PixelFormat {
  const { bitsPerPixel, depth } = format;
  if (bitsPerPixel !== 8 && bitsPerPixel !== 16 && bitsPerPixel !== 32) {
    throw refused(`bits-per-pixel is ${bitsPerPixel}, must be 8, 16 or 32`);
  }
  if (depth > bitsPerPixel) throw refused(`depth is ${depth}, must be at most ${bitsPerPixel}`);
  if (!format.trueColour) {
    if (bitsPerPixel !== 8 || depth !== 8) {
      throw refused(`a colour map with ${bitsPerPixel} bits per pixel and depth ${depth}, must be 8 and 8`);
    }
    return { ...BGR233, trueColour: false };
  }
  const limit = bitsPerPixel === 32 ? MAX_CHANNEL : 255;
  let taken = 0;
  let bits = 0;
  for (const colour of ["red", "green", "blue"] as const) {
    const max = format[`${colour}Max`];
    const shift = format[`${colour}Shift`];
    if (max > limit || (max & (max + 1)) !== 0) {
      throw refused(`${colour}-max is ${max}, must be 2^n - 1 and at most ${limit}`);
    }
    const width = Math.log2(max + 1);
    // A channel that is not there lies nowhere: its shift says nothing.
    if (width === 0) continue;
    if (shift + width > bitsPerPixel) {
      throw refused(`${colour}-shift is ${shift}, must be at most ${bitsPerPixel - width}`);
    }
    const mask = max << shift;
    if ((taken & mask) !== 0) throw refused(`${colour} overlaps another channel`);
    taken |= mask;
    bits += width;
  }
  return {
    ...format,
    depth: depth === 0 ? bits : depth,
    bigEndian: bitsPerPixel > 8 && format.bigEndian,
    redShift: format.redMax === 0 ? 0 : format.redShift,
    greenShift: format.greenMax === 0 ? 0 : format.greenShift,
    blueShift: format.blueMax === 0 ? 0 : format.blueShift,
  };
}

/** Whether pixels of both look the same on the wire. Formats are to come from {@linkcode checkPixelFormat}. */
export function samePixelFormat(a: PixelFormat, b: PixelFormat): boolean {
  return a.bitsPerPixel === b.bitsPerPixel && a.depth === b.depth && a.bigEndian === b.bigEndian &&
    a.trueColour === b.trueColour &&
    a.redMax === b.redMax && a.greenMax === b.greenMax && a.blueMax === b.blueMax &&
    a.redShift === b.redShift && a.greenShift === b.greenShift && a.blueShift === b.blueShift;
}

function refused(reason: string): ProtocolError {
  return new ProtocolError(`Cannot use pixel format: ${reason}`, "7.4");
}
