/**
 * The loops of the JPEG encoder (ITU-T T.81, T.871): plain form.
 *
 * @module
 */
import type { Kernels } from "../kernels.ts";
import { createEncodeJpeg, type JpegCoder } from "../jpeg/encode.ts";
import { AC_LUMINANCE, DC_LUMINANCE } from "../jpeg/huffman.ts";
import { type McuShape, Scratch } from "../jpeg/layout.ts";
import { ZIGZAG } from "../jpeg/quantization.ts";
import { forwardDct, quantize } from "./jpeg_dct.ts";

/** Takes symbols in the order in which they are coded. */
interface SymbolSink {
  /**
   * @param table `DC_LUMINANCE` or another of the four.
   * @param symbol 0 to 255.
   * @param bits What follows the code.
   * @param count Number of bits that follow, at most 11.
   */
  put(table: number, symbol: number, bits: number, count: number): void;
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

  put(table: number, symbol: number, bits: number, count: number): void {
    const code = this.#codes[table * 256 + symbol]!;
    this.#write(code >>> 8, code & 0xff);
    if (count > 0) this.#write(bits, count);
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

  put(table: number, symbol: number, bits: number, _count: number): void {
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
  sink.put(table, run << 4 | size, bits, size);
}

/** Codes one block of quantised coefficients in natural order (T.81 F.1.2). */
function codeBlock(block: Int32Array, kind: number, prediction: number, sink: SymbolSink): void {
  putValue(sink, DC_LUMINANCE + kind, 0, block[0]! - prediction);
  let run = 0;
  for (let position = 1; position < 64; position++) {
    const value = block[ZIGZAG[position]!]!;
    if (value === 0) {
      run++;
      continue;
    }
    for (; run > 15; run -= 16) sink.put(AC_LUMINANCE + kind, 0xf0, 0, 0);
    putValue(sink, AC_LUMINANCE + kind, run, value);
    run = 0;
  }
  if (run > 0) sink.put(AC_LUMINANCE + kind, 0x00, 0, 0);
}

/** Converts, transforms and codes all blocks of an image. */
function codeImage(
  pixels: Uint32Array,
  offset: number,
  stride: number,
  width: number,
  height: number,
  shape: McuShape,
  scratch: Uint8Array,
  sink: SymbolSink,
): void {
  const reciprocals = words(scratch, Scratch.Reciprocals, Scratch.Halves);
  const halves = new Uint16Array(scratch.buffer, scratch.byteOffset + Scratch.Halves, 128);
  const block = new Int32Array(64);
  const sums = new Int32Array(64);
  const predictions = [0, 0, 0];
  const { across, down } = shape;
  /** The pixel at (x, y), or the nearest one of the image. */
  const pixelAt = (x: number, y: number) =>
    pixels[offset + Math.min(y, height - 1) * stride + Math.min(x, width - 1)]!;
  const finish = (component: number) => {
    const kind = component === 0 ? 0 : 1;
    forwardDct(block);
    quantize(block, reciprocals, halves, kind * 64);
    codeBlock(block, kind, predictions[component]!, sink);
    predictions[component] = block[0]!;
  };
  for (let top = 0; top < height; top += 8 * down) {
    for (let left = 0; left < width; left += 8 * across) {
      for (let i = 0; i < across * down; i++) {
        const blockLeft = left + (i % across) * 8;
        const blockTop = top + Math.floor(i / across) * 8;
        if (blockLeft >= width || blockTop >= height) {
          // Outside of the image: nothing but the last block's mean again.
          sink.put(DC_LUMINANCE, 0, 0, 0);
          sink.put(AC_LUMINANCE, 0, 0, 0);
          continue;
        }
        for (let k = 0; k < 64; k++) block[k] = luminance(pixelAt(blockLeft + (k & 7), blockTop + (k >> 3)));
        finish(0);
      }
      if (!shape.colour) continue;
      for (const component of [1, 2]) {
        const convert = component === 1 ? blueDifference : redDifference;
        sums.fill(0);
        for (let y = 0; y < 8 * down; y++) {
          for (let x = 0; x < 8 * across; x++) {
            sums[Math.floor(y / down) * 8 + Math.floor(x / across)]! += convert(pixelAt(left + x, top + y));
          }
        }
        const shift = Math.log2(across * down);
        // Below the image its last row of samples goes on, not the mean of pixels repeated.
        const lastRow = Math.min(8, Math.ceil((height - top) / down)) - 1;
        for (let k = 0; k < 64; k++) {
          const from = Math.min(k >> 3, lastRow) * 8 + (k & 7);
          block[k] = (sums[from]! + sampleBias(shape, k)) >> shift;
        }
        finish(component);
      }
    }
  }
}

/**
 * What is added to a sum of samples before it is divided: a half, and where two halves meet, alternately a little less
 * and more, so that no drift to one side arises.
 */
function sampleBias(shape: McuShape, index: number): number {
  const odd = index & 1;
  if (shape.across === 2) return shape.down === 2 ? 1 + odd : odd;
  return (shape.across * shape.down) >> 1;
}

/** Y less 128 (T.871 7), of 16 binary digits after the point. */
function luminance(pixel: number): number {
  const red = pixel >>> 16 & 0xff, green = pixel >>> 8 & 0xff, blue = pixel & 0xff;
  return (red * 19595 + green * 38470 + blue * 7471 + 0x8000 - (128 << 16)) >> 16;
}

/** Cb less 128. */
function blueDifference(pixel: number): number {
  const red = pixel >>> 16 & 0xff, green = pixel >>> 8 & 0xff, blue = pixel & 0xff;
  return (blue * 32768 - red * 11059 - green * 21709 + 0x7fff) >> 16;
}

/** Cr less 128. */
function redDifference(pixel: number): number {
  const red = pixel >>> 16 & 0xff, green = pixel >>> 8 & 0xff, blue = pixel & 0xff;
  return (red * 32768 - green * 27439 - blue * 5329 + 0x7fff) >> 16;
}

const coder: JpegCoder = {
  scan(pixels, offset, stride, width, height, shape, scratch, out, outOffset) {
    const writer = new BitWriter(words(scratch, Scratch.Codes, Scratch.Blocks), out, outOffset);
    codeImage(pixels, offset, stride, width, height, shape, scratch, writer);
    return writer.finish() - outOffset;
  },
  tokenize(pixels, offset, stride, width, height, shape, scratch) {
    const tokens = words(scratch, Scratch.Tokens, scratch.length & ~3);
    const writer = new TokenWriter(tokens, words(scratch, Scratch.Frequencies, Scratch.Tokens));
    codeImage(pixels, offset, stride, width, height, shape, scratch, writer);
    return writer.count;
  },
  writeTokens(count, scratch, out, outOffset) {
    const tokens = words(scratch, Scratch.Tokens, scratch.length & ~3);
    const writer = new BitWriter(words(scratch, Scratch.Codes, Scratch.Blocks), out, outOffset);
    for (let i = 0; i < count; i++) {
      const token = tokens[i]!;
      writer.put(token >>> 8 & 0xff, token & 0xff, token >>> 16, token & 0x0f);
    }
    return writer.finish() - outOffset;
  },
};

/** See {@linkcode Kernels.encodeJpeg}. */
export const encodeJpeg: Kernels["encodeJpeg"] = createEncodeJpeg(coder);
