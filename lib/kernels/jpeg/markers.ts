/**
 * The marker segments around the data of a JFIF image (ITU-T T.81 Annex B, T.871).
 *
 * @module
 */
import { AC_CHROMINANCE, AC_LUMINANCE, DC_CHROMINANCE, DC_LUMINANCE, type HuffmanTable } from "./huffman.ts";
import type { McuShape } from "./layout.ts";
import { type QuantizationTables, ZIGZAG } from "./quantization.ts";

/** The marker that ends an image. */
export const END_OF_IMAGE: Uint8Array = Uint8Array.of(0xff, 0xd9);

/** Everything up to the first byte of data. */
export interface ImageHeader {
  readonly bytes: Uint8Array;
  /** Where height and width are, big-endian u16 each. */
  readonly sizeOffset: number;
  /** Where the Huffman tables begin and end. */
  readonly tablesOffset: number;
  readonly tablesEnd: number;
}

/**
 * Makes the segments SOI, APP0, DQT, SOF0, DHT and SOS.
 *
 * @param quantization Left out of the header, together with APP0, if `undefined`.
 * @param huffman Four tables, left out if `undefined`.
 */
export function imageHeader(
  shape: McuShape,
  quantization: QuantizationTables | undefined,
  huffman: readonly HuffmanTable[] | undefined,
): ImageHeader {
  const bytes: number[] = [0xff, 0xd8];
  const segment = (marker: number, content: readonly number[]) => {
    bytes.push(0xff, marker, (content.length + 2) >> 8, (content.length + 2) & 0xff, ...content);
  };
  if (quantization) {
    // "JFIF", version 1.1, no unit, density 1 by 1, no thumbnail.
    segment(0xe0, [0x4a, 0x46, 0x49, 0x46, 0, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
    segment(0xdb, [0, ...ZIGZAG].map((at, i) => i === 0 ? 0 : quantization.luminance[at]!));
    if (shape.colour) {
      segment(
        0xdb,
        [0, ...ZIGZAG].map((at, i) => i === 0 ? 1 : quantization.chrominance[at]!),
      );
    }
  }
  const luminance = [1, shape.across << 4 | shape.down, 0];
  const components = shape.colour ? [luminance, [2, 0x11, 1], [3, 0x11, 1]] : [[1, 0x11, 0]];
  // Behind marker, length and precision comes the size, to be filled in.
  const sizeOffset = bytes.length + 5;
  segment(0xc0, [8, 0, 0, 0, 0, components.length, ...components.flat()]);
  const tablesOffset = bytes.length;
  if (huffman) {
    const tables = new Uint8Array(MOST_TABLE_BYTES);
    bytes.push(...tables.subarray(0, writeHuffmanTables(shape, huffman, tables, 0)));
  }
  const tablesEnd = bytes.length;
  const selectors = shape.colour ? [1, 0x00, 2, 0x11, 3, 0x11] : [1, 0x00];
  segment(0xda, [components.length, ...selectors, 0, 63, 0]);
  return { bytes: Uint8Array.from(bytes), sizeOffset, tablesOffset, tablesEnd };
}

/** Four tables of 256 symbols. */
const MOST_TABLE_BYTES = 4 * (2 + 2 + 1 + 16 + 256);

/** Identifiers of the tables in their segments (T.81 B.2.4.2), in the order in which they are written. */
const TABLES_OF_GRAY = [[0x00, DC_LUMINANCE], [0x10, AC_LUMINANCE]] as const;
const TABLES_OF_COLOUR = [...TABLES_OF_GRAY, [0x01, DC_CHROMINANCE], [0x11, AC_CHROMINANCE]] as const;

/**
 * Writes the DHT segments of an image.
 *
 * @param huffman Four tables.
 * @param at Where in `out` to begin.
 * @returns Where they end.
 */
export function writeHuffmanTables(
  shape: McuShape,
  huffman: readonly HuffmanTable[],
  out: Uint8Array,
  at: number,
): number {
  for (const [id, kind] of shape.colour ? TABLES_OF_COLOUR : TABLES_OF_GRAY) {
    const { lengths, symbols } = huffman[kind]!;
    const length = 2 + 1 + lengths.length + symbols.length;
    out[at++] = 0xff;
    out[at++] = 0xc4;
    out[at++] = length >> 8;
    out[at++] = length & 0xff;
    out[at++] = id;
    out.set(lengths, at);
    out.set(symbols, at + lengths.length);
    at += lengths.length + symbols.length;
  }
  return at;
}
