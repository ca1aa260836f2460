/**
 * How a pixel's value becomes bytes: PIXEL (RFC 6143 §7.4), CPIXEL (§7.7.5) and TPIXEL (rfbproto "Tight Encoding").
 *
 * All three are the same thing: some of the value's bytes in some order. So one class describes all of them, and an
 * encoding differs from another only in which of a target's layouts it takes.
 *
 * @module
 */
import type { ByteWriter } from "../core/bytes.ts";
import { Layout, layoutOf } from "../kernels/kernels.ts";
import type { PixelFormat } from "../protocol/pixel_format.ts";

/** Which bytes of a pixel's value are sent, in the order of the wire. */
export class PixelLayout {
  /** Bytes per pixel: 1, 2, 3 or 4. */
  readonly size: number;
  readonly #shift0: number;
  readonly #shift1: number;
  readonly #shift2: number;
  readonly #shift3: number;
  /** The same for kernels. */
  readonly layout: Layout;
  /** The wire's bytes are those of memory: every machine that Deno runs on is little-endian. */
  readonly isMemory: boolean;

  /** @param shifts For each byte of the wire, the bit of the value at which it starts: one to four of 0, 8, 16, 24. */
  constructor(shifts: readonly number[]) {
    this.size = shifts.length;
    this.layout = layoutOf(shifts);
    this.isMemory = this.layout === Layout.U32Little;
    [this.#shift0 = 0, this.#shift1 = 0, this.#shift2 = 0, this.#shift3 = 0] = shifts;
  }

  /** Appends one pixel. */
  write(value: number, out: ByteWriter): void {
    out.u8(value >>> this.#shift0);
    if (this.size > 1) out.u8(value >>> this.#shift1);
    if (this.size > 2) out.u8(value >>> this.#shift2);
    if (this.size > 3) out.u8(value >>> this.#shift3);
  }

  /** Appends the first `count` of `values`: few, such as a palette. For many there are kernels. */
  writeAll(values: Uint32Array, count: number, out: ByteWriter): void {
    for (let i = 0; i < count; i++) this.write(values[i]!, out);
  }
}

/** PIXEL: all bytes of the value in the client's byte order. */
export function pixelLayout(format: PixelFormat): PixelLayout {
  return ordered(format, format.bitsPerPixel >> 3, 0);
}

/**
 * CPIXEL of ZRLE and TRLE: three bytes where the colour lies in the low or in the high three of four, else PIXEL. Low
 * ones are preferred where both would do. Depth is passed over as real servers and clients do (RFC 6143 §7.7.5 wants
 * at most 24).
 */
export function cpixelLayout(format: PixelFormat): PixelLayout {
  const used = usedBits(format);
  if (!format.trueColour || format.bitsPerPixel !== 32) return pixelLayout(format);
  if (used < 2 ** 24) return ordered(format, 3, 0);
  if ((used & 0xff) === 0) return ordered(format, 3, 8);
  return pixelLayout(format);
}

/** TPIXEL of Tight: red, green, blue, whatever the byte order, for 32 bits with depth 24 and 8-bit channels; else PIXEL. */
export function tpixelLayout(format: PixelFormat): PixelLayout {
  return hasByteChannels(format) && format.depth === 24
    ? new PixelLayout([format.redShift, format.greenShift, format.blueShift])
    : pixelLayout(format);
}

/** Whether each channel is a byte of the value. */
export function hasByteChannels(format: PixelFormat): boolean {
  return format.trueColour && format.bitsPerPixel === 32 && format.redMax === 255 &&
    format.greenMax === 255 && format.blueMax === 255 &&
    (format.redShift | format.greenShift | format.blueShift) % 8 === 0;
}

/** All bits that a colour can set, as an unsigned number: a shift of 24 must not make it negative. */
function usedBits(format: PixelFormat): number {
  return format.redMax * 2 ** format.redShift + format.greenMax * 2 ** format.greenShift +
    format.blueMax * 2 ** format.blueShift;
}

/** `size` bytes of the value from bit `low` on, in the format's byte order. */
function ordered(format: PixelFormat, size: number, low: number): PixelLayout {
  const shifts = Array.from({ length: size }, (_, i) => low + 8 * i);
  return new PixelLayout(format.bigEndian ? shifts.reverse() : shifts);
}
