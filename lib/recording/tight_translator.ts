/**
 * Tight rectangles, compressed anew without decoding their pixels (rfbproto "Tight Encoding").
 *
 * @module
 */
import { type ByteReader, ByteWriter } from "../core/bytes.ts";
import { RecordingError } from "../core/errors.ts";
import type { Rect } from "../core/geometry.ts";
import { DeflateStream } from "../encodings/deflate.ts";
import { beginLength, endLength } from "../encodings/length_prefix.ts";
import { LengthPrefix } from "../encodings/encoded_rect.ts";
import { EncodingType } from "../protocol/constants.ts";
import { InflateStreams } from "./decoders/decoder.ts";
import { compactLength, Control, EXPLICIT_FILTER, Filter, MIN_TO_COMPRESS } from "./decoders/tight.ts";

/** zlib's level. */
const LEVEL = 6;

/** TPIXELs of formats with 8 bits a channel: red, green, blue, whatever their order in the format. */
const TPIXEL = 3;

/** Owns the streams that it writes. */
export class TightTranslator implements Disposable {
  readonly #out = Array.from({ length: 4 }, () => new DeflateStream());
  #in = new InflateStreams();

  /** What is read next are new streams; what is written goes on. */
  restart(): void {
    this.#in = new InflateStreams();
  }

  /** Reads the body of a rectangle, and writes it. @throws {RecordingError} It is damaged. */
  translate(reader: ByteReader, { width, height }: Rect, out: ByteWriter): void {
    const first = reader.u8();
    if (first & 0x0f) throw new RecordingError("Cannot export a rectangle that restarts its streams");
    out.u8(first);
    const control = first >> 4;
    if (control === Control.Fill) return void out.bytes(reader.bytes(TPIXEL));
    if (control === Control.Jpeg) return copyJpeg(reader, out);
    if (control > Control.Jpeg) throw new RecordingError(`Cannot export Tight: first byte is ${first}`);
    const filter = control & EXPLICIT_FILTER ? reader.u8() : Filter.Copy;
    if (control & EXPLICIT_FILTER) out.u8(filter);
    const length = filter === Filter.Palette
      ? copyPalette(reader, width, height, out)
      : width * height * TPIXEL;
    this.#data(reader, control & 3, length, out);
  }

  [Symbol.dispose](): void {
    for (const stream of this.#out) stream[Symbol.dispose]();
  }

  #data(reader: ByteReader, stream: number, length: number, out: ByteWriter): void {
    if (length < MIN_TO_COMPRESS) return void out.bytes(reader.bytes(length));
    const compressed = reader.bytes(compactLength(reader));
    const plain = this.#in.inflateExactly(EncodingType.Tight, stream, compressed, length);
    const deflated = new ByteWriter((length >> 1) + 64);
    this.#out[stream]!.compress(plain, LEVEL, deflated);
    const lengthAt = beginLength(LengthPrefix.Compact, out);
    out.bytes(deflated.view());
    endLength(LengthPrefix.Compact, lengthAt, out);
  }
}

/** @returns Bytes of the indices. */
function copyPalette(reader: ByteReader, width: number, height: number, out: ByteWriter): number {
  const last = reader.u8();
  out.u8(last).bytes(reader.bytes((last + 1) * TPIXEL));
  return last === 1 ? Math.ceil(width / 8) * height : width * height;
}

function copyJpeg(reader: ByteReader, out: ByteWriter): void {
  const image = reader.bytes(compactLength(reader));
  const lengthAt = beginLength(LengthPrefix.Compact, out);
  out.bytes(image);
  endLength(LengthPrefix.Compact, lengthAt, out);
}
