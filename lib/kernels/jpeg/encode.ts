/**
 * Encoding an image as JPEG, around the loops over its pixels, which each form of the kernels has for itself.
 *
 * @module
 */
import { hasRect, requireRoom } from "../bounds.ts";
import { JpegOption, type Kernels, type Subsampling } from "../kernels.ts";
import {
  AC_CHROMINANCE,
  AC_LUMINANCE,
  DC_CHROMINANCE,
  DC_LUMINANCE,
  type HuffmanTable,
  optimalTable,
  SOFT_TABLES,
  STANDARD_TABLES,
  writeCodes,
} from "./huffman.ts";
import { jpegBound, jpegScratchBytes, MCU_SHAPES, type McuShape, Scratch } from "./layout.ts";
import { END_OF_IMAGE, type ImageHeader, imageHeader, writeHuffmanTables } from "./markers.ts";
import { quantizationTables, ZIGZAG } from "./quantization.ts";
import { ACCURATE_QUALITY, fastFactors } from "../plain/jpeg_fast_dct.ts";

/** The loops over pixels and symbols. `scratch` is laid out as {@linkcode Scratch} says; `fast` names the transform. */
export interface JpegCoder {
  /**
   * Writes the data of one scan with the codes in the scratch, which are those of the standard or for soft pictures;
   * returns its bytes.
   */
  scan(
    pixels: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    shape: McuShape,
    fast: boolean,
    soft: boolean,
    scratch: Uint8Array,
    out: Uint8Array,
    outOffset: number,
  ): number;
  /** Writes the symbols of one scan and how frequent they are into the scratch; returns their number. */
  tokenize(
    pixels: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    shape: McuShape,
    fast: boolean,
    scratch: Uint8Array,
  ): number;
  /** Writes the data of the symbols in the scratch with the codes in the scratch; returns its bytes. */
  writeTokens(count: number, scratch: Uint8Array, out: Uint8Array, outOffset: number): number;
}

/** Pure values by quality and by header, made once. */
const quantizers = new Map<number, Uint8Array>();
const headers = new Map<number, ImageHeader>();
const codesOf = new Map<readonly HuffmanTable[], Uint8Array>();

/** The kernel, from its loops. */
export function createEncodeJpeg(coder: JpegCoder): Kernels["encodeJpeg"] {
  return (
    pixels,
    offset,
    stride,
    width,
    height,
    quality,
    subsampling,
    options,
    out,
    outOffset,
    scratch,
  ) => {
    requireJpeg(width, height, quality, subsampling, options);
    hasRect(pixels, offset, stride, width, height);
    requireRoom(out, outOffset, jpegBound(width, height, subsampling));
    requireRoom(scratch, 0, jpegScratchBytes(width, height, subsampling, options));
    if (scratch.byteOffset % 4 !== 0) throw new RangeError("Cannot use scratch that begins between words");
    const shape = MCU_SHAPES[subsampling]!;
    const fast = quality < ACCURATE_QUALITY && (options & JpegOption.Accurate) === 0;
    scratch.set(quantizer(quality, fast));
    let at = outOffset;
    if (options & JpegOption.OptimalTables) {
      const count = coder.tokenize(pixels, offset, stride, width, height, shape, fast, scratch);
      const header = fixedHeader(quality, subsampling, options);
      at = writeHeader(header, width, height, out, at) - (header.bytes.length - header.tablesOffset);
      at = writeHuffmanTables(shape, optimalTables(scratch, shape), out, at);
      const rest = header.bytes.subarray(header.tablesEnd);
      out.set(rest, at);
      at += rest.length;
      at += coder.writeTokens(count, scratch, out, at);
    } else {
      const soft = (options & JpegOption.SoftTables) !== 0;
      scratch.set(fixedCodes(soft ? SOFT_TABLES : STANDARD_TABLES), Scratch.Codes);
      at = writeHeader(fixedHeader(quality, subsampling, options), width, height, out, at);
      at += coder.scan(pixels, offset, stride, width, height, shape, fast, soft, scratch, out, at);
    }
    out.set(END_OF_IMAGE, at);
    return at + END_OF_IMAGE.length - outOffset;
  };
}

/** Checks numbers that no array limits. */
function requireJpeg(
  width: number,
  height: number,
  quality: number,
  subsampling: Subsampling,
  options: number,
): void {
  if (!(width >= 1 && width <= 0xffff && height >= 1 && height <= 0xffff)) {
    throw new RangeError(`Cannot encode JPEG of ${width}x${height}: must be 1x1 to 65535x65535`);
  }
  if (!(Number.isInteger(quality) && quality >= 1 && quality <= 100)) {
    throw new RangeError(`Cannot encode JPEG: quality is ${quality}, must be 1 to 100`);
  }
  if (MCU_SHAPES[subsampling] === undefined) {
    throw new RangeError(`Cannot encode JPEG: subsampling is ${subsampling}`);
  }
  const ownTables = options & (JpegOption.OptimalTables | JpegOption.SoftTables);
  if (ownTables && (options & JpegOption.NoTables)) {
    throw new RangeError("Cannot encode JPEG: tables that are not the standard's must be sent");
  }
  if (ownTables === (JpegOption.OptimalTables | JpegOption.SoftTables)) {
    throw new RangeError("Cannot encode JPEG: tables are either made for it or for soft pictures");
  }
}

/** Copies a header with the size filled in; returns where it ends. */
function writeHeader(
  header: ImageHeader,
  width: number,
  height: number,
  out: Uint8Array,
  at: number,
): number {
  out.set(header.bytes, at);
  const size = at + header.sizeOffset;
  out[size] = height >> 8;
  out[size + 1] = height;
  out[size + 2] = width >> 8;
  out[size + 3] = width;
  return at + header.bytes.length;
}

/** The header with tables that are not made for one image, or with none. */
function fixedHeader(quality: number, subsampling: Subsampling, options: number): ImageHeader {
  const withTables = (options & JpegOption.NoTables) === 0;
  const soft = (options & JpegOption.SoftTables) !== 0;
  const key = ((withTables ? quality : 0) * 8 + subsampling) * 2 + (soft ? 1 : 0);
  let header = headers.get(key);
  if (!header) {
    header = withTables
      ? imageHeader(
        MCU_SHAPES[subsampling]!,
        quantizationTables(quality),
        soft ? SOFT_TABLES : STANDARD_TABLES,
      )
      : imageHeader(MCU_SHAPES[subsampling]!, undefined, undefined);
    headers.set(key, header);
  }
  return header;
}

/** The scratch from its start to the codes. */
function quantizer(quality: number, fast: boolean): Uint8Array {
  const key = quality * 2 + (fast ? 1 : 0);
  let bytes = quantizers.get(key);
  if (!bytes) {
    bytes = new Uint8Array(Scratch.Codes);
    const view = new DataView(bytes.buffer);
    const { luminance, chrominance } = quantizationTables(quality);
    if (fast) {
      [luminance, chrominance].forEach((steps, kind) => {
        const { factors, lastFactors } = fastFactors(steps);
        factors.forEach((factor, i) => view.setInt16(Scratch.Factors + (kind * 64 + i) * 2, factor, true));
        lastFactors.forEach((factor, i) =>
          view.setInt16(Scratch.LastFactors + (kind * 8 + i) * 2, factor, true)
        );
      });
    } else {
      [...luminance, ...chrominance].forEach((step, i) => {
        view.setUint32(Scratch.Reciprocals + i * 4, Math.ceil(2 ** 19 / step), true);
        view.setUint16(Scratch.Halves + i * 2, step * 4, true);
      });
    }
    ZIGZAG.forEach((natural, position) => {
      // The fast transform exchanges rows and columns.
      const index = fast ? (natural & 7) << 3 | natural >> 3 : natural;
      view.setUint8(Scratch.NaturalOf + position, index);
    });
    quantizers.set(key, bytes);
  }
  return bytes;
}

/** Codes of tables that are not made for one image, as bytes of the scratch. */
function fixedCodes(tables: readonly HuffmanTable[]): Uint8Array {
  let bytes = codesOf.get(tables);
  if (!bytes) {
    const codes = new Uint32Array(4 * 256);
    tables.forEach((table, kind) => writeCodes(table, codes, kind * 256));
    bytes = new Uint8Array(codes.buffer);
    codesOf.set(tables, bytes);
  }
  return bytes;
}

/** Makes tables from the frequencies in the scratch, and writes their codes there. */
function optimalTables(scratch: Uint8Array, shape: McuShape): readonly HuffmanTable[] {
  const frequencies = new Uint32Array(4 * 256);
  new Uint8Array(frequencies.buffer).set(scratch.subarray(Scratch.Frequencies, Scratch.Tokens));
  const kinds = shape.colour
    ? [DC_LUMINANCE, DC_CHROMINANCE, AC_LUMINANCE, AC_CHROMINANCE]
    : [DC_LUMINANCE, AC_LUMINANCE];
  const tables = [...STANDARD_TABLES];
  const codes = new Uint32Array(4 * 256);
  for (const kind of kinds) {
    tables[kind] = optimalTable(frequencies, kind * 256);
    writeCodes(tables[kind], codes, kind * 256);
  }
  scratch.set(new Uint8Array(codes.buffer), Scratch.Codes);
  return tables;
}
