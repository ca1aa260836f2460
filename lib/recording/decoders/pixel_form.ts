/**
 * How the pixels of a recording become colours: PIXEL (RFC 6143 §7.4), CPIXEL (§7.7.5) and TPIXEL (rfbproto "Tight
 * Encoding") to `0x00RRGGBB`.
 *
 * @module
 */
import type { ByteReader } from "../../core/bytes.ts";
import { ProtocolError, RecordingError } from "../../core/errors.ts";
import { checkPixelFormat, parsePixelFormat, type PixelFormat } from "../../protocol/pixel_format.ts";

/** Which bytes of a value are there, and what colours values have. */
export class PixelForm {
  /** Bytes of a pixel: 1 to 4. */
  readonly size: number;
  /** For each byte in turn, the bit of the value at which it starts. */
  readonly shifts: readonly number[];
  readonly #colours: ColourTable;
  /** The bytes are blue, green, red of a colour, and maybe a fourth that means nothing. */
  readonly #isNative: boolean;

  constructor(shifts: readonly number[], colours: ColourTable) {
    this.size = shifts.length;
    this.shifts = shifts;
    this.#colours = colours;
    this.#isNative = colours.isNative && shifts.length >= 3 && shifts.every((shift, i) => shift === 8 * i);
  }

  /** The value of the pixel at `at`. */
  value(bytes: Uint8Array, at: number): number {
    let value = 0;
    for (let i = 0; i < this.size; i++) value |= bytes[at + i]! << this.shifts[i]!;
    return value >>> 0;
  }

  /** The colour of a value. */
  colour(value: number): number {
    return this.#colours.colour(value);
  }

  /** Reads one pixel. */
  read(reader: ByteReader): number {
    const bytes = reader.bytes(this.size);
    return this.#isNative ? bytes[0]! | bytes[1]! << 8 | bytes[2]! << 16 : this.colour(this.value(bytes, 0));
  }

  /** Turns `count` pixels from `at` into colours, the first one to `out[to]`. */
  readAll(bytes: Uint8Array, at: number, count: number, out: Uint32Array, to: number): void {
    const { size } = this;
    if (this.#isNative) {
      for (let i = 0; i < count; i++, at += size) {
        out[to + i] = bytes[at]! | bytes[at + 1]! << 8 | bytes[at + 2]! << 16;
      }
      return;
    }
    for (let i = 0; i < count; i++, at += size) out[to + i] = this.colour(this.value(bytes, at));
  }
}

/** The three forms of a pixel format. */
export class PixelForms {
  readonly format: PixelFormat;
  readonly pixel: PixelForm;
  readonly cpixel: PixelForm;
  readonly tpixel: PixelForm;
  readonly colours: ColourTable;

  /** @param bytes PIXEL_FORMAT. @throws {RecordingError} There are no such pixels. */
  constructor(bytes: Uint8Array) {
    try {
      this.format = checkPixelFormat(parsePixelFormat(bytes));
    } catch (cause) {
      if (!(cause instanceof ProtocolError || cause instanceof RangeError)) throw cause;
      throw new RecordingError(`Cannot read the recording's pixels: ${cause.message}`, { cause });
    }
    const { format } = this;
    this.colours = new ColourTable(format);
    const form = (size: number, low: number) => {
      const shifts = Array.from({ length: size }, (_, i) => low + 8 * i);
      return new PixelForm(format.bigEndian ? shifts.reverse() : shifts, this.colours);
    };
    this.pixel = form(format.bitsPerPixel >> 3, 0);
    this.cpixel = cpixelSize(format) === 3 ? form(3, usedBits(format) < 2 ** 24 ? 0 : 8) : this.pixel;
    const { redShift, greenShift, blueShift } = format;
    this.tpixel = isTpixel(format)
      ? new PixelForm([redShift, greenShift, blueShift], this.colours)
      : this.pixel;
  }
}

/** What values of a format look like. */
export class ColourTable {
  /** Values are colours as they are, but for their top byte. */
  readonly isNative: boolean;
  readonly #format: PixelFormat;
  readonly #red: Uint8Array;
  readonly #green: Uint8Array;
  readonly #blue: Uint8Array;
  /** Of formats without true colour. */
  readonly #map = new Uint32Array(256);

  constructor(format: PixelFormat) {
    const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format;
    this.#format = format;
    this.isNative = format.trueColour && redMax === 255 && greenMax === 255 && blueMax === 255 &&
      redShift === 16 && greenShift === 8 && blueShift === 0;
    [this.#red, this.#green, this.#blue] = [levels(redMax), levels(greenMax), levels(blueMax)];
  }

  colour(value: number): number {
    if (this.isNative) return value & 0xffffff;
    const { trueColour, redMax, greenMax, blueMax, redShift, greenShift, blueShift } = this.#format;
    if (!trueColour) return this.#map[value & 0xff]!;
    return this.#red[value >>> redShift & redMax]! << 16 |
      this.#green[value >>> greenShift & greenMax]! << 8 |
      this.#blue[value >>> blueShift & blueMax]!;
  }

  /** Sets a colour of the map (RFC 6143 §7.6.2); channels are u16. */
  set(index: number, red: number, green: number, blue: number): void {
    if (index < 256) this.#map[index] = red >>> 8 << 16 | green >>> 8 << 8 | blue >>> 8;
  }
}

/** For each value of a channel, 0 … 255. */
function levels(max: number): Uint8Array {
  return Uint8Array.from({ length: max + 1 }, (_, value) => max === 0 ? 0 : Math.round(value * 255 / max));
}

/** All bits that a colour has. */
function usedBits(format: PixelFormat): number {
  return format.redMax * 2 ** format.redShift + format.greenMax * 2 ** format.greenShift +
    format.blueMax * 2 ** format.blueShift;
}

function cpixelSize(format: PixelFormat): number {
  const used = usedBits(format);
  const isShort = format.trueColour && format.bitsPerPixel === 32 && (used < 2 ** 24 || used % 256 === 0);
  return isShort ? 3 : format.bitsPerPixel >> 3;
}

function isTpixel(format: PixelFormat): boolean {
  return format.trueColour && format.bitsPerPixel === 32 && format.depth === 24 && format.redMax === 255 &&
    format.greenMax === 255 && format.blueMax === 255 &&
    (format.redShift | format.greenShift | format.blueShift) % 8 === 0;
}
