/**
 * PNG for the decoders (ISO/IEC 15948): without interlacing, up to eight bits a channel. Strict: chunks in order, their
 * checksums right, nothing left over.
 *
 * @module
 */
import { crc32, inflateSync } from "node:zlib";
import { must } from "./decoder.ts";

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
/** Channels by colour type (§11.2.2): gray, RGB, palette, gray and alpha, RGB and alpha. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** Decodes a PNG image to `0x00RRGGBB`, for `DecoderOptions.png`. @throws {DecodeError} It is no right PNG image. */
export function decodePng(data: Uint8Array, width: number, height: number): Uint32Array<ArrayBuffer> {
  must(SIGNATURE.every((byte, i) => data[i] === byte), "PNG: the signature is wrong");
  const chunks = readChunks(data);
  const header = chunks[0]!;
  must(header.type === "IHDR" && header.body.length === 13, "PNG: IHDR is not the first chunk");
  must(chunks.at(-1)!.type === "IEND", "PNG: IEND is not the last chunk");
  const view = new DataView(header.body.buffer, header.body.byteOffset);
  must(
    view.getUint32(0) === width && view.getUint32(4) === height,
    `PNG: the picture has ${view.getUint32(0)}x${view.getUint32(4)} pixels, the rectangle ${width}x${height}`,
  );
  const [depth, colourType, compression, filter, interlace] = header.body.subarray(8);
  must(compression === 0 && filter === 0 && interlace === 0, "PNG: compression, filter or interlace method");
  const channels = CHANNELS[colourType!];
  must(channels !== undefined, `PNG: colour type ${colourType}`);
  must(
    depth === 8 || ((depth === 1 || depth === 2 || depth === 4) && channels === 1),
    `PNG: ${depth} bits a channel`,
  );
  const palette = chunks.find(({ type }) => type === "PLTE")?.body;
  must(colourType !== 3 || (palette !== undefined && palette.length % 3 === 0), "PNG: no palette");
  must(
    chunks.every(({ type }) => ["IHDR", "PLTE", "IDAT", "IEND"].includes(type)),
    "PNG: a chunk that is of no use",
  );
  const packed = concat(chunks.filter(({ type }) => type === "IDAT").map(({ body }) => body));
  const rowBytes = Math.ceil(width * channels * depth! / 8);
  const rows = new Uint8Array(inflateSync(packed));
  must(
    rows.length === (rowBytes + 1) * height,
    `PNG: ${rows.length} bytes, must be ${(rowBytes + 1) * height}`,
  );
  unfilter(rows, rowBytes, height, Math.max(1, channels * depth! / 8));
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < pixels.length; i++) {
    const start = Math.floor(i / width) * (rowBytes + 1) + 1;
    const x = i % width;
    if (colourType === 3) {
      const index = sampleAt(rows, start, x, depth!);
      must(
        index * 3 + 2 < palette!.length,
        `PNG: index ${index} into a palette of ${palette!.length / 3} colours`,
      );
      pixels[i] = (palette![index * 3]! << 16) | (palette![index * 3 + 1]! << 8) | palette![index * 3 + 2]!;
    } else if (channels < 3) {
      const gray = channels === 1
        ? Math.round(sampleAt(rows, start, x, depth!) * 255 / (2 ** depth! - 1))
        : rows[start + 2 * x]!;
      pixels[i] = gray * 0x010101;
    } else {
      const at = start + x * channels;
      pixels[i] = (rows[at]! << 16) | (rows[at + 1]! << 8) | rows[at + 2]!;
    }
  }
  return pixels;
}

function readChunks(data: Uint8Array): { type: string; body: Uint8Array }[] {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const chunks: { type: string; body: Uint8Array }[] = [];
  for (let at = 8; at < data.length;) {
    must(at + 12 <= data.length, "PNG: a chunk is cut off");
    const length = view.getUint32(at);
    must(at + 12 + length <= data.length, "PNG: a chunk is cut off");
    const type = new TextDecoder("latin1").decode(data.subarray(at + 4, at + 8));
    const checked = data.subarray(at + 4, at + 8 + length);
    must(view.getUint32(at + 8 + length) === crc32(checked), `PNG: the checksum of ${type} is wrong`);
    chunks.push({ type, body: data.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  must(chunks.length >= 3, "PNG: chunks are missing");
  return chunks;
}

/** §9.2: each row says how it differs from what is left of it and above it. */
function unfilter(rows: Uint8Array, rowBytes: number, height: number, pixelBytes: number): void {
  for (let y = 0; y < height; y++) {
    const start = y * (rowBytes + 1) + 1;
    const filter = rows[start - 1]!;
    must(filter <= 4, `PNG: filter ${filter}`);
    for (let i = 0; i < rowBytes; i++) {
      const left = i >= pixelBytes ? rows[start + i - pixelBytes]! : 0;
      const above = y > 0 ? rows[start + i - rowBytes - 1]! : 0;
      const corner = y > 0 && i >= pixelBytes ? rows[start + i - rowBytes - 1 - pixelBytes]! : 0;
      const predicted = [0, left, above, (left + above) >> 1, paeth(left, above, corner)][filter]!;
      rows[start + i] = rows[start + i]! + predicted;
    }
  }
}

function paeth(left: number, above: number, corner: number): number {
  const estimate = left + above - corner;
  const [a, b, c] = [Math.abs(estimate - left), Math.abs(estimate - above), Math.abs(estimate - corner)];
  return a <= b && a <= c ? left : b <= c ? above : corner;
}

function sampleAt(rows: Uint8Array, start: number, x: number, depth: number): number {
  const bit = x * depth;
  return (rows[start + (bit >> 3)]! >> (8 - depth - (bit & 7))) & ((1 << depth) - 1);
}

function concat(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
