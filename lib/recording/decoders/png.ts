/**
 * PNG images as TightPNG has them (ISO/IEC 15948; rfbproto "Tight PNG Encoding"): true colour or a palette, 8 bits, no
 * interlace.
 *
 * @module
 */
import { ByteReader, fromLatin1 } from "../../core/bytes.ts";
import { RecordingError } from "../../core/errors.ts";
import type { Rect } from "../../core/geometry.ts";
import type { Frame } from "../../core/pixels.ts";
import { Inflater } from "../inflater.ts";

const SIGNATURE_BYTES = 8;

/** Colour types (§11.2.2). */
const ColourType = { TrueColour: 2, Indexed: 3 } as const;

/** What the header says (§11.2.2): width, height, depth, colour type, compression, filters, interlace. */
interface Header {
  readonly width: number;
  readonly height: number;
  readonly isIndexed: boolean;
}

/** Draws a PNG image. @throws {RecordingError} It is damaged, or not as large as `rect`. */
export function drawPng(bytes: Uint8Array, rect: Rect, frame: Frame): void {
  const reader = new ByteReader(bytes);
  reader.skip(SIGNATURE_BYTES);
  let header: Header | undefined;
  let palette: Uint8Array = new Uint8Array();
  const data: Uint8Array[] = [];
  while (reader.remaining > 0) {
    const length = reader.u32();
    const name = fromLatin1(reader.bytes(4));
    const content = reader.bytes(length);
    reader.skip(4); // checksum
    if (name === "IHDR") header = headerOf(content);
    else if (name === "PLTE") palette = content;
    else if (name === "IDAT") data.push(content);
    else if (name === "IEND") break;
  }
  if (!header || header.width !== rect.width || header.height !== rect.height) {
    throw new RecordingError("Cannot decode a PNG image: it has another size than its rectangle");
  }
  const pixelBytes = header.isIndexed ? 1 : 3;
  const rowBytes = rect.width * pixelBytes;
  const rows = inflate(data, rect.height * (1 + rowBytes));
  unfilter(rows, rect.height, rowBytes, pixelBytes);
  for (let row = 0; row < rect.height; row++) {
    const from = row * (1 + rowBytes) + 1;
    const to = (rect.y + row) * frame.stride + rect.x;
    for (let column = 0; column < rect.width; column++) {
      const at = header.isIndexed ? 3 * rows[from + column]! : from + 3 * column;
      const samples = header.isIndexed ? palette : rows;
      if (at + 2 >= samples.length) throw new RecordingError("Cannot decode a PNG image: no such colour");
      frame.pixels[to + column] = samples[at]! << 16 | samples[at + 1]! << 8 | samples[at + 2]!;
    }
  }
}

function headerOf(content: Uint8Array): Header {
  const reader = new ByteReader(content);
  const width = reader.u32();
  const height = reader.u32();
  const depth = reader.u8();
  const type = reader.u8();
  reader.skip(2);
  const isKnown = depth === 8 && (type === ColourType.TrueColour || type === ColourType.Indexed) &&
    reader.u8() === 0;
  if (!isKnown) throw new RecordingError(`Cannot decode a PNG image: ${depth} bits of colour type ${type}`);
  return { width, height, isIndexed: type === ColourType.Indexed };
}

function inflate(data: readonly Uint8Array[], length: number): Uint8Array {
  const inflater = new Inflater("zlib");
  const rows = new Uint8Array(length);
  let at = 0;
  for (const piece of data) {
    const plain = inflater.inflate(piece, length - at);
    rows.set(plain, at);
    at += plain.length;
  }
  if (at < length) throw new RecordingError(`Cannot decode a PNG image: ${at} of ${length} bytes are there`);
  return rows;
}

/** Undoes the filters (§9.2), each row's number before it. */
function unfilter(rows: Uint8Array, height: number, rowBytes: number, pixelBytes: number): void {
  for (let row = 0; row < height; row++) {
    const start = row * (1 + rowBytes) + 1;
    const filter = rows[start - 1]!;
    if (filter > 4) throw new RecordingError(`Cannot decode a PNG image: filter ${filter}`);
    for (let i = 0; i < rowBytes; i++) {
      const left = i < pixelBytes ? 0 : rows[start + i - pixelBytes]!;
      const above = row === 0 ? 0 : rows[start + i - rowBytes - 1]!;
      const aboveLeft = row === 0 || i < pixelBytes ? 0 : rows[start + i - rowBytes - 1 - pixelBytes]!;
      rows[start + i]! += predicted(filter, left, above, aboveLeft);
    }
  }
}

function predicted(filter: number, left: number, above: number, aboveLeft: number): number {
  switch (filter) {
    case 1:
      return left;
    case 2:
      return above;
    case 3:
      return (left + above) >> 1;
    case 4:
      return paeth(left, above, aboveLeft);
    default:
      return 0;
  }
}

/** Of the three, the one nearest to left + above - aboveLeft (§9.4). */
function paeth(left: number, above: number, aboveLeft: number): number {
  const estimate = left + above - aboveLeft;
  const toLeft = Math.abs(estimate - left);
  const toAbove = Math.abs(estimate - above);
  const toAboveLeft = Math.abs(estimate - aboveLeft);
  if (toLeft <= toAbove && toLeft <= toAboveLeft) return left;
  return toAbove <= toAboveLeft ? above : aboveLeft;
}
