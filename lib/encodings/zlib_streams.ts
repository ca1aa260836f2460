/**
 * The zlib streams of one client: turns an {@linkcode EncodedRect} into the bytes of its wire.
 *
 * Each zlib-based encoding has streams of its own that live as long as the connection (RFC 6143 §7.7.6, rfbproto
 * "Zlib Encoding", "Tight Encoding"): one for Zlib, one for ZRLE, four for Tight.
 *
 * @module
 */
import type { ByteWriter } from "../core/bytes.ts";
import { DeflateStream, levelFor } from "./deflate.ts";
import type { EncodedRect } from "./encoded_rect.ts";
import type { FinishedRect } from "./finished_rect.ts";
import { beginLength, endLength } from "./length_prefix.ts";

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
    for (const { start, end, stream, prefix, isRich } of encoded.marks) {
      if (start > at) out.bytes(bytes.subarray(at, start));
      const lengthAt = beginLength(prefix, out);
      const data = bytes.subarray(start, end);
      this.stream(encoding, stream).compress(data, levelFor(data.length, level, isRich), out);
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
