/**
 * Pixel formats as a client sees them (RFC 6143 §7.4), and the named set that tests go through.
 *
 * Written for tests: reads and converts pixels by the RFC's own words, one channel at a time.
 *
 * @module
 */

/** A PIXEL_FORMAT (RFC 6143 §7.4), with the RFC's names. */
export interface ClientPixelFormat {
  readonly bitsPerPixel: 8 | 16 | 32;
  readonly depth: number;
  readonly bigEndian: boolean;
  /** `false`: pixel values are indices into the client's colour map. */
  readonly trueColour: boolean;
  readonly redMax: number;
  readonly greenMax: number;
  readonly blueMax: number;
  readonly redShift: number;
  readonly greenShift: number;
  readonly blueShift: number;
}

/** Makes a true-colour format. */
export function trueColour(
  bitsPerPixel: 8 | 16 | 32,
  depth: number,
  bigEndian: boolean,
  maxima: readonly [red: number, green: number, blue: number],
  shifts: readonly [red: number, green: number, blue: number],
): ClientPixelFormat {
  return {
    bitsPerPixel,
    depth,
    bigEndian,
    trueColour: true,
    redMax: maxima[0],
    greenMax: maxima[1],
    blueMax: maxima[2],
    redShift: shifts[0],
    greenShift: shifts[1],
    blueShift: shifts[2],
  };
}

const M888 = [255, 255, 255] as const;
const M565 = [31, 63, 31] as const;
const M555 = [31, 31, 31] as const;

/**
 * The formats that every encoder and decoder is tried with, by name: `le`/`be` for the byte order, the shifts behind
 * it where the channels are eight bits.
 */
export const PIXEL_FORMATS: Readonly<Record<string, ClientPixelFormat>> = {
  "32 le 16-8-0": trueColour(32, 24, false, M888, [16, 8, 0]),
  "32 le 0-8-16": trueColour(32, 24, false, M888, [0, 8, 16]),
  "32 le 24-16-8": trueColour(32, 24, false, M888, [24, 16, 8]),
  "32 le 8-16-24": trueColour(32, 24, false, M888, [8, 16, 24]),
  "32 le 24-8-0 (spread)": trueColour(32, 24, false, M888, [24, 8, 0]),
  "32 be 16-8-0": trueColour(32, 24, true, M888, [16, 8, 0]),
  "32 be 0-8-16": trueColour(32, 24, true, M888, [0, 8, 16]),
  "32 be 24-16-8": trueColour(32, 24, true, M888, [24, 16, 8]),
  "32 be 8-16-24": trueColour(32, 24, true, M888, [8, 16, 24]),
  "32 be 24-8-0 (spread)": trueColour(32, 24, true, M888, [24, 8, 0]),
  "32 le 30 bit": trueColour(32, 30, false, [1023, 1023, 1023], [20, 10, 0]),
  "32 be 30 bit": trueColour(32, 30, true, [1023, 1023, 1023], [20, 10, 0]),
  "32 le odd maxima": trueColour(32, 18, false, [63, 127, 31], [13, 5, 0]),
  "32 le odd maxima, high": trueColour(32, 18, false, [63, 127, 31], [26, 19, 14]),
  "32 le shift 31": trueColour(32, 17, false, [1, 255, 255], [31, 8, 0]),
  "16 le 565": trueColour(16, 16, false, M565, [11, 5, 0]),
  "16 be 565": trueColour(16, 16, true, M565, [11, 5, 0]),
  "16 le 565 bgr": trueColour(16, 16, false, M565, [0, 5, 11]),
  "16 le 555": trueColour(16, 15, false, M555, [10, 5, 0]),
  "16 be 555": trueColour(16, 15, true, M555, [10, 5, 0]),
  "16 le 444": trueColour(16, 12, false, [15, 15, 15], [8, 4, 0]),
  "16 be odd maxima": trueColour(16, 12, true, [7, 127, 3], [12, 4, 0]),
  "8 332": trueColour(8, 8, false, [7, 7, 3], [5, 2, 0]),
  "8 bgr233": trueColour(8, 8, false, [7, 7, 3], [0, 3, 6]),
  "8 be 222": trueColour(8, 6, true, [3, 3, 3], [4, 2, 0]),
  "8 gray of one bit each": trueColour(8, 3, false, [1, 1, 1], [2, 1, 0]),
  "8 colour map": {
    ...trueColour(8, 8, false, [0, 0, 0], [0, 0, 0]),
    trueColour: false,
  },
};

/** Of the named set. @throws {RangeError} There is none of this name. */
export function pixelFormat(name: string): ClientPixelFormat {
  const format = PIXEL_FORMATS[name];
  if (!format) {
    throw new RangeError(`No pixel format is named "${name}": ${Object.keys(PIXEL_FORMATS).join(", ")}`);
  }
  return format;
}

/** One entry of a colour map: 16 bits a channel, as SetColourMapEntries carries them (RFC 6143 §7.6.2). */
export interface Colour {
  readonly red: number;
  readonly green: number;
  readonly blue: number;
}

/** The map of a server that has no palette of its own: red in bits 0 to 2, green in 3 to 5, blue in 6 and 7. */
export const BGR233_MAP: readonly Colour[] = Array.from({ length: 256 }, (_, i) => ({
  red: Math.round((i & 7) * 65535 / 7),
  green: Math.round(((i >> 3) & 7) * 65535 / 7),
  blue: Math.round((i >> 6) * 65535 / 3),
}));

/** Bytes of a PIXEL. */
export function bytesPerPixel(format: ClientPixelFormat): 1 | 2 | 4 {
  return format.bitsPerPixel / 8 as 1 | 2 | 4;
}

/** A PIXEL at `at`: an integer in the format's byte order (RFC 6143 §7.4). */
export function readPixel(format: ClientPixelFormat, bytes: Uint8Array, at: number): number {
  const count = bytesPerPixel(format);
  if (at + count > bytes.length) throw new RangeError("A pixel lies behind the end");
  if (count === 1) return bytes[at]!;
  const [a, b] = [bytes[at]!, bytes[at + 1]!];
  if (count === 2) return format.bigEndian ? (a << 8) | b : (b << 8) | a;
  const [c, d] = [bytes[at + 2]!, bytes[at + 3]!];
  const value = format.bigEndian
    ? (a << 24) | (b << 16) | (c << 8) | d
    : (d << 24) | (c << 16) | (b << 8) | a;
  return value >>> 0;
}

/** The bytes of a PIXEL. */
export function writePixel(format: ClientPixelFormat, value: number): number[] {
  const count = bytesPerPixel(format);
  const bytes = Array.from({ length: count }, (_, i) => Math.floor(value / 256 ** i) % 256);
  return format.bigEndian ? bytes.reverse() : bytes;
}

/** How bytes of a CPIXEL are found (RFC 6143 §7.7.5). */
export interface CompressedPixel {
  readonly bytes: 1 | 2 | 3 | 4;
  /** With three bytes: whether those are the upper ones of the pixel. */
  readonly high: boolean;
}

/**
 * The CPIXEL of a format: three bytes where true colour, 32 bits per pixel and a depth of 24 or less leave the lowest or
 * the highest byte without colour. If both are free, the lower three.
 */
export function compressedPixel(format: ClientPixelFormat): CompressedPixel {
  const whole = { bytes: bytesPerPixel(format), high: false } as const;
  if (!format.trueColour || format.bitsPerPixel !== 32 || format.depth > 24) return whole;
  const channels = [
    format.redMax * 2 ** format.redShift,
    format.greenMax * 2 ** format.greenShift,
    format.blueMax * 2 ** format.blueShift,
  ];
  if (channels.every((mask) => mask < 2 ** 24)) return { bytes: 3, high: false };
  if ([format.redShift, format.greenShift, format.blueShift].every((shift) => shift >= 8)) {
    return { bytes: 3, high: true };
  }
  return whole;
}

/** A CPIXEL at `at`. */
export function readCompressedPixel(format: ClientPixelFormat, bytes: Uint8Array, at: number): number {
  const { bytes: count, high } = compressedPixel(format);
  if (count !== 3) return readPixel(format, bytes, at);
  if (at + 3 > bytes.length) throw new RangeError("A compressed pixel lies behind the end");
  const [a, b, c] = [bytes[at]!, bytes[at + 1]!, bytes[at + 2]!];
  const value = format.bigEndian ? (a << 16) | (b << 8) | c : (c << 16) | (b << 8) | a;
  return high ? value * 256 : value;
}

/** Whether Tight's TPIXEL has three bytes, red, green, blue (rfbproto "Tight Encoding"). */
export function tightPixelIsRgb(format: ClientPixelFormat): boolean {
  return format.trueColour && format.bitsPerPixel === 32 && format.depth === 24 &&
    format.redMax === 255 && format.greenMax === 255 && format.blueMax === 255;
}

/** The pixel value with these channel values. */
export function packChannels(format: ClientPixelFormat, red: number, green: number, blue: number): number {
  return red * 2 ** format.redShift + green * 2 ** format.greenShift + blue * 2 ** format.blueShift;
}

/** The channel values of a true-colour pixel value, each 0 … max. */
export function channelsOf(
  format: ClientPixelFormat,
  value: number,
): [red: number, green: number, blue: number] {
  return [
    Math.floor(value / 2 ** format.redShift) % (format.redMax + 1),
    Math.floor(value / 2 ** format.greenShift) % (format.greenMax + 1),
    Math.floor(value / 2 ** format.blueShift) % (format.blueMax + 1),
  ];
}

/** Rounds `value`, 0 … `from`, to the nearest of 0 … `to`. */
function rescale(value: number, from: number, to: number): number {
  return from === 0 ? 0 : Math.floor((value * to + Math.floor(from / 2)) / from);
}

/**
 * What a colour `0x00RRGGBB` must become in a client's format: each channel to the nearest value; in a colour map, the
 * BGR233 index.
 */
export function translateColour(format: ClientPixelFormat, rgb: number): number {
  const target = format.trueColour ? format : PIXEL_FORMATS["8 bgr233"]!;
  return packChannels(
    target,
    rescale((rgb >>> 16) & 255, 255, target.redMax),
    rescale((rgb >>> 8) & 255, 255, target.greenMax),
    rescale(rgb & 255, 255, target.blueMax),
  );
}

/** The colour `0x00RRGGBB` that a client shows for a pixel value. */
export function colourOf(
  format: ClientPixelFormat,
  value: number,
  map: readonly Colour[] = BGR233_MAP,
): number {
  if (!format.trueColour) {
    const { red, green, blue } = map[value] ?? { red: 0, green: 0, blue: 0 };
    return ((red >> 8) << 16) | ((green >> 8) << 8) | (blue >> 8);
  }
  const [red, green, blue] = channelsOf(format, value);
  return (rescale(red, format.redMax, 255) << 16) | (rescale(green, format.greenMax, 255) << 8) |
    rescale(blue, format.blueMax, 255);
}

/** Like {@linkcode translateColour} for whole pictures, remembering what it has worked out. */
export function translator(format: ClientPixelFormat): (rgb: number) => number {
  const known = new Map<number, number>();
  return (rgb) => {
    let value = known.get(rgb);
    if (value === undefined) known.set(rgb, value = translateColour(format, rgb));
    return value;
  };
}

/** The 16 bytes of a PIXEL_FORMAT. */
export function formatBytes(format: ClientPixelFormat, trueColourFlag = 1): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  bytes[0] = format.bitsPerPixel;
  bytes[1] = format.depth;
  bytes[2] = format.bigEndian ? 1 : 0;
  bytes[3] = format.trueColour ? trueColourFlag : 0;
  view.setUint16(4, format.redMax);
  view.setUint16(6, format.greenMax);
  view.setUint16(8, format.blueMax);
  bytes[10] = format.redShift;
  bytes[11] = format.greenShift;
  bytes[12] = format.blueShift;
  return bytes;
}

/** The format in 16 bytes of a PIXEL_FORMAT. @throws {Error} Its pixels have another size than 8, 16 or 32 bits. */
export function parseFormat(bytes: Uint8Array): ClientPixelFormat {
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const bitsPerPixel = bytes[0];
  if (bitsPerPixel !== 8 && bitsPerPixel !== 16 && bitsPerPixel !== 32) {
    throw new Error(`Pixel format with ${bitsPerPixel} bits per pixel (§7.4)`);
  }
  return {
    bitsPerPixel,
    depth: bytes[1]!,
    bigEndian: bytes[2] !== 0,
    trueColour: bytes[3] !== 0,
    redMax: view.getUint16(4),
    greenMax: view.getUint16(6),
    blueMax: view.getUint16(8),
    redShift: bytes[10]!,
    greenShift: bytes[11]!,
    blueShift: bytes[12]!,
  };
}
