/**
 * The zlib streams of one client: turns an {@linkcode EncodedRect} into the bytes of its wire.
 *
 * Each zlib-based encoding has streams of its own that live as long as the connection (RFC 6143 §7.7.6, rfbproto
 * "Zlib Encoding", "Tight Encoding"): one for Zlib, one for ZRLE, four for Tight.
 *
 * @module
 */
import type { ByteWriter } from "../core/bytes.ts";
import { DeflateStream } from "./deflate.ts";
import { type EncodedRect, LengthPrefix } from "./encoded_rect.ts";
import type { FinishedRect } from "./finished_rect.ts";

/** What a compact length can say at most: 22 bits. */
export const MAX_COMPACT_LENGTH = 0x3f_ff_ff;

/** Deflate streams per encoding and index, each made when it is first needed. Owns them. */
export class ZlibStreams implements Disposable {
  readonly #streams = new Map<number, DeflateStream[]>();

  /**
   * Appends the bytes of `encoded` to `out`; marked ones go through the client's streams.
   *
   * @param encoded Not modified.
   * @param encoding `EncodingDefinition.type`: whose streams they are.
   * @param level zlib's, 0 … 9; may differ from call to call.
   */
  write(encoded: EncodedRect, encoding: number, level: number, out: ByteWriter): void {
    const bytes = encoded.view();
    let at = 0;
    for (const { start, end, stream, prefix } of encoded.marks) {
      if (start > at) out.bytes(bytes.subarray(at, start));
      const lengthAt = beginLength(prefix, out);
      this.stream(encoding, stream).compress(bytes.subarray(start, end), level, out);
      endLength(prefix, lengthAt, out);
      at = end;
    }
    if (at < bytes.length) out.bytes(bytes.subarray(at));
  }

  /** Appends the bytes of a rectangle whose deflated parts may follow anything. */
  writeFinished({ bytes, blocks }: FinishedRect, encoding: number, out: ByteWriter): void {
    let at = 0;
    for (const { start, end, stream, prefix } of blocks) {
      if (start > at) out.bytes(bytes.subarray(at, start));
      const lengthAt = beginLength(prefix, out);
      this.stream(encoding, stream).splice(bytes.subarray(start, end), out);
      endLength(prefix, lengthAt, out);
      at = end;
    }
    if (at < bytes.length) out.bytes(bytes.subarray(at));
  }

  /** Stream `index` of an encoding; the same for the life of the connection. */
  stream(encoding: number, index: number): DeflateStream {
    let streams = this.#streams.get(encoding);
    if (!streams) this.#streams.set(encoding, streams = []);
    return streams[index] ??= new DeflateStream();
  }

  [Symbol.dispose](): void {
    for (const streams of this.#streams.values()) {
      for (const stream of streams) stream?.[Symbol.dispose]();
    }
    this.#streams.clear();
  }
}

/**
 * Leaves room for a length that is known only later.
 *
 * @returns Where it is to be, for {@linkcode endLength}.
 */
function beginLength(prefix: LengthPrefix, out: ByteWriter): number {
  out.zeros(prefix === LengthPrefix.U32 ? 4 : 3);
  return out.length - (prefix === LengthPrefix.U32 ? 4 : 3);
}

/** Writes the length of all that follows the room left at `at`; moves it up where a compact length is shorter. */
function endLength(prefix: LengthPrefix, at: number, out: ByteWriter): void {
  if (prefix === LengthPrefix.U32) {
    out.patchU32(at, out.length - at - 4);
    return;
  }
  const length = out.length - at - 3;
  const unused = 3 - compactLengthSize(length);
  if (unused > 0) {
    out.view().copyWithin(at + 3 - unused, at + 3);
    out.truncate(out.length - unused);
  }
  patchCompactLength(out, at, length);
}

/** Bytes that the compact form of `length` takes (rfbproto "Tight Encoding"). */
export function compactLengthSize(length: number): 1 | 2 | 3 {
  return length < 0x80 ? 1 : length < 0x4000 ? 2 : 3;
}

/**
 * Overwrites {@linkcode compactLengthSize} bytes from `at`: seven bits, seven bits, eight bits, lowest first, the
 * top bit of the first two saying that more follows.
 *
 * @throws {RangeError} `length` has more than 22 bits.
 */
export function patchCompactLength(out: ByteWriter, at: number, length: number): void {
  if (length > MAX_COMPACT_LENGTH) {
    throw new RangeError(`Cannot write a compact length of ${length}: must be at most ${MAX_COMPACT_LENGTH}`);
  }
  const size = compactLengthSize(length);
  out.patchU8(at, size > 1 ? length & 0x7f | 0x80 : length);
  if (size > 1) out.patchU8(at + 1, size > 2 ? length >> 7 & 0x7f | 0x80 : length >> 7);
  if (size > 2) out.patchU8(at + 2, length >> 14);
}
