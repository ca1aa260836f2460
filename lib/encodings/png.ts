/**
 * PNG images (ISO/IEC 15948), as TightPNG has them: true colour or a palette, 8 bits, no interlace.
 *
 * @module
 */
import * as zlib from "node:zlib";
import type { ByteWriter } from "../core/bytes.ts";
import { latin1 } from "../core/bytes.ts";

const SIGNATURE = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);

/** Colour types (§11.2.2). */
const ColourType = { TrueColour: 2, Indexed: 3 } as const;

/** What becomes of each row before it is compressed (§9.2). */
export const RowFilter = { None: 0, Paeth: 4 } as const;
export type RowFilter = typeof RowFilter[keyof typeof RowFilter];

/** An image before it is written. */
export interface PngImage {
  readonly width: number;
  readonly height: number;
  /** Three bytes a colour, 1 … 256 colours; absent for true colour. */
  readonly palette?: Uint8Array;
  /** Rows without gaps: red, green, blue of each pixel, or with a palette its index. */
  readonly samples: Uint8Array;
  readonly filter: RowFilter;
}

/** Appends a whole PNG file. @param level zlib's, 0 … 9. */
export function writePng(image: PngImage, level: number, out: ByteWriter): void {
  out.bytes(SIGNATURE);
  writeChunk("IHDR", out, () => {
    const { width, height, palette } = image;
    out.u32(width).u32(height).u8(8).u8(palette ? ColourType.Indexed : ColourType.TrueColour);
    out.u8(0).u8(0).u8(0); // deflate, the five filters, no interlace
  });
  const { palette } = image;
  if (palette) writeChunk("PLTE", out, () => out.bytes(palette));
  writeChunk("IDAT", out, () => out.bytes(zlib.deflateSync(filtered(image), { level })));
  writeChunk("IEND", out, () => {});
}

/** Length, name, data, checksum (§5.3). */
function writeChunk(name: string, out: ByteWriter, write: () => void): void {
  const start = out.length;
  out.u32(0).bytes(latin1(name));
  write();
  out.patchU32(start, out.length - start - 8);
  out.u32(crc32(out.view().subarray(start + 4)));
}

/** Each row with the number of its filter before it. */
function filtered({ width, height, palette, samples, filter }: PngImage): Uint8Array {
  const pixelBytes = palette ? 1 : 3;
  const rowBytes = width * pixelBytes;
  const rows = new Uint8Array((1 + rowBytes) * height);
  for (let row = 0; row < height; row++) {
    const from = row * rowBytes;
    const to = row * (1 + rowBytes);
    rows[to] = filter;
    if (filter === RowFilter.None) rows.set(samples.subarray(from, from + rowBytes), to + 1);
    else writePaeth(samples, from, row > 0 ? from - rowBytes : -1, rowBytes, pixelBytes, rows, to + 1);
  }
  return rows;
}

/** Differences from whichever of left, above and above left is nearest to left + above - above left (§9.4). */
function writePaeth(
  samples: Uint8Array,
  from: number,
  aboveFrom: number,
  length: number,
  pixelBytes: number,
  out: Uint8Array,
  at: number,
): void {
  for (let i = 0; i < length; i++) {
    const left = i < pixelBytes ? 0 : samples[from + i - pixelBytes]!;
    const above = aboveFrom < 0 ? 0 : samples[aboveFrom + i]!;
    const aboveLeft = i < pixelBytes || aboveFrom < 0 ? 0 : samples[aboveFrom + i - pixelBytes]!;
    const toLeft = Math.abs(above - aboveLeft);
    const toAbove = Math.abs(left - aboveLeft);
    const toAboveLeft = Math.abs(left + above - 2 * aboveLeft);
    const nearest = toLeft <= toAbove && toLeft <= toAboveLeft
      ? left
      : toAbove <= toAboveLeft
      ? above
      : aboveLeft;
    out[at + i] = samples[from + i]! - nearest;
  }
}

let crcTable: Uint32Array | undefined;

/** The checksum of chunks (Annex D). */
function crc32(bytes: Uint8Array): number {
  crcTable ??= Uint32Array.from({ length: 256 }, (_, value) => {
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb8_8320 ^ value >>> 1 : value >>> 1;
    return value;
  });
  let crc = 0xffff_ffff;
  for (let i = 0; i < bytes.length; i++) crc = crcTable[(crc ^ bytes[i]!) & 0xff]! ^ crc >>> 8;
  return ~crc >>> 0;
}
