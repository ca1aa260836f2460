/**
 * The loops of the JPEG encoder (ITU-T T.81, T.871): plain form.
 *
 * @module
 */
import type { Kernels } from "../kernels.ts";
import { createEncodeJpeg, type JpegCoder } from "../jpeg/encode.ts";
import { AC_LUMINANCE, DC_LUMINANCE } from "../jpeg/huffman.ts";
import { type McuShape, Scratch } from "../jpeg/layout.ts";
import { accurateDct, accurateQuantize } from "./jpeg_dct.ts";
import { fastDct, fastQuantize } from "./jpeg_fast_dct.ts";

/** Takes symbols in the order in which they are coded. */
interface SymbolSink {
  /**
   * @param table `DC_LUMINANCE` or another of the four.
   * @param symbol 0 to 255.
   * @param bits What follows the code: as many bits as the symbol's lower four bits say.
   */
  put(table: number, symbol: number, bits: number): void;
}

/** Writes codes and bits, most significant first, with a 0 behind each 0xff (T.81 F.1.2.3). */
class BitWriter implements SymbolSink {
  readonly #codes: Uint32Array;
  readonly #out: Uint8Array;
  #at: number;
  #bits = 0;
  #filled = 0;

  constructor(codes: Uint32Array, out: Uint8Array, at: number) {
    this.#codes = codes;
    this.#out = out;
    this.#at = at;
  }

  put(table: number, symbol: number, bits: number): void {
    const entry = this.#codes[table * 256 + symbol]!;
    const length = entry & 31;
    const codeAndBits = entry >>> 5 | bits;
    if (length > 16) this.#write(codeAndBits >>> 16, length - 16);
    this.#write(codeAndBits & 0xffff, Math.min(length, 16));
  }

  /** Fills the last byte up with ones; returns where it ends. */
  finish(): number {
    if (this.#filled > 0) this.#write((1 << (8 - this.#filled)) - 1, 8 - this.#filled);
    return this.#at;
  }

  /** At most 16 bits, beside the at most 7 that wait. */
  #write(bits: number, count: number): void {
    this.#bits = this.#bits << count | bits;
    this.#filled += count;
    while (this.#filled >= 8) {
      this.#filled -= 8;
      const byte = this.#bits >>> this.#filled & 0xff;
      this.#out[this.#at++] = byte;
      if (byte === 0xff) this.#out[this.#at++] = 0;
    }
    this.#bits &= (1 << this.#filled) - 1;
  }
}

/** Keeps symbols for a second pass and counts them. */
class TokenWriter implements SymbolSink {
  readonly #tokens: Uint32Array;
  readonly #frequencies: Uint32Array;
  count = 0;

  constructor(tokens: Uint32Array, frequencies: Uint32Array) {
    this.#tokens = tokens;
    this.#frequencies = frequencies.fill(0);
  }

  put(table: number, symbol: number, bits: number): void {
    this.#tokens[this.count++] = bits << 16 | table << 8 | symbol;
    this.#frequencies[table * 256 + symbol]!++;
  }
}

/** Part of the scratch as u32. */
function words(scratch: Uint8Array, from: number, to: number): Uint32Array {
  return new Uint32Array(scratch.buffer, scratch.byteOffset + from, (to - from) >> 2);
}

/** Bits and their number for a difference or coefficient (T.81 F.1.2.1): that of its magnitude; negative ones less 1. */
function putValue(sink: SymbolSink, table: number, run: number, value: number): void {
  const size = 32 - Math.clz32(Math.abs(value));
  const bits = (value < 0 ? value - 1 : value) & ((1 << size) - 1);
  sink.put(table, run << 4 | size, bits);
}

/**
 * Codes one block of quantised coefficients (T.81 F.1.2).
 *
 * @param order Index of each coefficient in zigzag order.
 */
function codeBlock(
  block: Int32Array,
  order: Uint8Array,
  kind: number,
  prediction: number,
  sink: SymbolSink,
): void {
  putValue(sink, DC_LUMINANCE + kind, 0, block[0]! - prediction);
  let run = 0;
  for (let position = 1; position < 64; position++) {
    const value = block[order[position]!]!;
    if (value === 0) {
      run++;
      continue;
    }
    for (; run > 15; run -= 16) sink.put(AC_LUMINANCE + kind, 0xf0, 0);
    putValue(sink, AC_LUMINANCE + kind, run, value);
    run = 0;
  }
  if (run > 0) sink.put(AC_LUMINANCE + kind, 0x00, 0);
}

/** Transforms and quantises a block in place. */
type Transform = (block: Int32Array, kind: number) => void;

/** The transform of an image, with the tables in the scratch. */
function transformOf(scratch: Uint8Array, fast: boolean): Transform {
  const at = (offset: number) => scratch.byteOffset + offset;
  if (fast) {
    const factors = new Int16Array(scratch.buffer, at(Scratch.Factors), 128);
    const lastFactors = new Int16Array(scratch.buffer, at(Scratch.LastFactors), 16);
    return (block, kind) => {
      fastDct(block, kind);
      fastQuantize(block, factors, lastFactors, kind);
    };
  }
  const reciprocals = new Uint32Array(scratch.buffer, at(Scratch.Reciprocals), 128);
  const halves = new Uint16Array(scratch.buffer, at(Scratch.Halves), 128);
  return (block, kind) => {
    accurateDct(block);
    accurateQuantize(block, reciprocals, halves, kind * 64);
  };
}

/** Converts, transforms and codes all blocks of an image. */
function codeImage(
  pixels: Uint32Array,
  offset: number,
  stride: number,
  width: number,
  height: number,
  shape: McuShape,
  fast: boolean,
  scratch: Uint8Array,
  sink: SymbolSink,
): void {
  const order = scratch.subarray(Scratch.NaturalOf, Scratch.Codes);
  const transform = transformOf(scratch, fast);
  const block = new Int32Array(64);
  const predictions = [0, 0, 0];
  const { across, down } = shape;
  const convertLuminance = fast ? fastLuminance : luminance;
  /** The pixel at (x, y), or the nearest one of the image. */
  const pixelAt: PixelAt = (x, y) =>
    pixels[offset + Math.min(y, height - 1) * stride + Math.min(x, width - 1)]!;
  const finish = (component: number) => {
    const kind = component === 0 ? 0 : 1;
    transform(block, kind);
    codeBlock(block, order, kind, predictions[component]!, sink);
    predictions[component] = block[0]!;
  };
  for (let top = 0; top < height; top += 8 * down) {
    for (let left = 0; left < width; left += 8 * across) {
      for (let i = 0; i < across * down; i++) {
        const blockLeft = left + (i % across) * 8;
        const blockTop = top + Math.floor(i / across) * 8;
        if (blockLeft >= width || blockTop >= height) {
          // Outside of the image: nothing but the last block's mean again.
          sink.put(DC_LUMINANCE, 0, 0);
          sink.put(AC_LUMINANCE, 0, 0);
          continue;
        }
        for (let k = 0; k < 64; k++) {
          block[k] = convertLuminance(pixelAt(blockLeft + (k & 7), blockTop + (k >> 3)));
        }
        finish(0);
      }
      if (!shape.colour) continue;
      // Below the image its last row of samples goes on, not the mean of pixels repeated.
      const lastRow = Math.min(8, Math.ceil((height - top) / down)) - 1;
      for (const component of [1, 2]) {
        const convert = component === 1
          ? fast ? fastBlueDifference : blueDifference
          : fast
          ? fastRedDifference
          : redDifference;
        for (let k = 0; k < 64; k++) {
          const x = left + (k & 7) * across;
          const y = top + Math.min(k >> 3, lastRow) * down;
          block[k] = fast
            ? convert(meanPixel(pixelAt, x, y, shape))
            : meanSample(pixelAt, x, y, shape, convert, k & 1);
        }
        finish(component);
      }
    }
  }
}

type PixelAt = (x: number, y: number) => number;
type Convert = (pixel: number) => number;

/** The mean of the pixels that share a sample, in the order in which the SIMD form halves them, each half rounded up. */
function meanPixel(pixelAt: PixelAt, x: number, y: number, { across, down }: McuShape): number {
  const column = (x: number) => down === 1 ? pixelAt(x, y) : meanOfTwo(pixelAt(x, y), pixelAt(x, y + 1));
  if (across === 1) return column(x);
  const pair = (x: number) => meanOfTwo(column(x), column(x + 1));
  return across === 2 ? pair(x) : meanOfTwo(pair(x), pair(x + 2));
}

/** Each byte's mean, rounded up. */
function meanOfTwo(a: number, b: number): number {
  // Half of what they differ in, taken from what either has.
  return (a | b) - ((a ^ b) >>> 1 & 0x7f7f7f7f);
}

/** The mean of the samples of the pixels that share one. */
function meanSample(
  pixelAt: PixelAt,
  x: number,
  y: number,
  { across, down }: McuShape,
  convert: Convert,
  odd: number,
): number {
  let sum = 0;
  for (let j = 0; j < down; j++) for (let i = 0; i < across; i++) sum += convert(pixelAt(x + i, y + j));
  // A half, and where halves are frequent, by turns a little less and more, so that no drift to one side arises.
  const bias = across !== 2 ? (across * down) >> 1 : down === 2 ? 1 + odd : odd;
  return (sum + bias) >> Math.log2(across * down);
}

/** Y less 128 (T.871 §7), with 16 binary digits after the point of factors. */
function luminance(pixel: number): number {
  const red = pixel >>> 16 & 0xff, green = pixel >>> 8 & 0xff, blue = pixel & 0xff;
  return (red * 19595 + green * 38470 + blue * 7471 + 0x8000 - (128 << 16)) >> 16;
}

/** Cb less 128. The half is a little less, so that pure blue is not above 127. */
function blueDifference(pixel: number): number {
  const red = pixel >>> 16 & 0xff, green = pixel >>> 8 & 0xff, blue = pixel & 0xff;
  return (blue * 32768 - red * 11059 - green * 21709 + 0x7fff) >> 16;
}

/** Cr less 128. */
function redDifference(pixel: number): number {
  const red = pixel >>> 16 & 0xff, green = pixel >>> 8 & 0xff, blue = pixel & 0xff;
  return (red * 32768 - green * 27439 - blue * 5329 + 0x7fff) >> 16;
}

/** Y times 16, of the nearest level, for the fast transform, which takes 128 away. */
function fastLuminance(pixel: number): number {
  const red = pixel >>> 16 & 0xff, green = pixel >>> 8 & 0xff, blue = pixel & 0xff;
  return ((red * 19595 + green * 38470 + blue * 7471 >> 12) + 8) & ~15;
}

/** Cb times 16, rounded down. */
function fastBlueDifference(pixel: number): number {
  const red = pixel >>> 16 & 0xff, green = pixel >>> 8 & 0xff, blue = pixel & 0xff;
  return (blue * 32767 - red * 11057 - green * 21710) >> 12;
}

/** Cr times 16, rounded down. */
function fastRedDifference(pixel: number): number {
  const red = pixel >>> 16 & 0xff, green = pixel >>> 8 & 0xff, blue = pixel & 0xff;
  return (red * 32767 - green * 27438 - blue * 5329) >> 12;
}

const coder: JpegCoder = {
  scan(pixels, offset, stride, width, height, shape, fast, _soft, scratch, out, outOffset) {
    const writer = new BitWriter(words(scratch, Scratch.Codes, Scratch.Blocks), out, outOffset);
    codeImage(pixels, offset, stride, width, height, shape, fast, scratch, writer);
    return writer.finish() - outOffset;
  },
  tokenize(pixels, offset, stride, width, height, shape, fast, scratch) {
    const tokens = words(scratch, Scratch.Tokens, scratch.length & ~3);
    const writer = new TokenWriter(tokens, words(scratch, Scratch.Frequencies, Scratch.Tokens));
    codeImage(pixels, offset, stride, width, height, shape, fast, scratch, writer);
    return writer.count;
  },
  writeTokens(count, scratch, out, outOffset) {
    const tokens = words(scratch, Scratch.Tokens, scratch.length & ~3);
    const writer = new BitWriter(words(scratch, Scratch.Codes, Scratch.Blocks), out, outOffset);
    for (let i = 0; i < count; i++) {
      const token = tokens[i]!;
      writer.put(token >>> 8 & 0xff, token & 0xff, token >>> 16);
    }
    return writer.finish() - outOffset;
  },
};

/** See {@linkcode Kernels.encodeJpeg}. */
export const encodeJpeg: Kernels["encodeJpeg"] = createEncodeJpeg(coder);
