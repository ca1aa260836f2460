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
  if (huffman) {
    const table = (id: number, kind: number) =>
      segment(0xc4, [id, ...huffman[kind]!.lengths, ...huffman[kind]!.symbols]);
    table(0x00, DC_LUMINANCE);
    table(0x10, AC_LUMINANCE);
    if (shape.colour) {
      table(0x01, DC_CHROMINANCE);
      table(0x11, AC_CHROMINANCE);
    }
  }
  const selectors = shape.colour ? [1, 0x00, 2, 0x11, 3, 0x11] : [1, 0x00];
  segment(0xda, [components.length, ...selectors, 0, 63, 0]);
  return { bytes: Uint8Array.from(bytes), sizeOffset };
}
