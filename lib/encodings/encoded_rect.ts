/**
 * The outcome of an encoding before compression: bytes, and marks that say which of them go through which zlib stream.
 *
 * @module
 */
import { ByteWriter } from "../core/bytes.ts";

/** How the length of compressed data is written before it. */
export const LengthPrefix = {
  /** Four bytes, big-endian (Zlib, ZRLE). */
  U32: 0,
  /** One to three bytes, seven bits each, least significant first (Tight, RFC 6143 has none; rfbproto "Tight Encoding"). */
  Compact: 1,
} as const;
export type LengthPrefix = typeof LengthPrefix[keyof typeof LengthPrefix];

/** Bytes `start … end-1` of the rectangle go through zlib stream `stream`, its length written as `prefix`. */
export interface DeflateMark {
  readonly start: number;
  readonly end: number;
  /** 0 … `EncodingDefinition.streams - 1`. */
  readonly stream: number;
  readonly prefix: LengthPrefix;
  /** Hardly any bytes repeat: a thorough search for such as do is wasted. */
  readonly isRich?: boolean;
}

/** A {@linkcode ByteWriter} that also takes marks. One may be used again and again: `clear()` empties both. */
export class EncodedRect extends ByteWriter {
  #marks: DeflateMark[] = [];

  /** Marks in the order of their bytes; they do not overlap. */
  get marks(): readonly DeflateMark[] {
    return this.#marks;
  }

  /**
   * Marks all bytes from `start` to the end as input of a zlib stream.
   *
   * @param isRich See {@linkcode DeflateMark.isRich}.
   */
  deflate(start: number, stream: number, prefix: LengthPrefix, isRich = false): void {
    const last = this.#marks.at(-1);
    if (start < (last?.end ?? 0) || start > this.length) {
      throw new RangeError(
        `Cannot mark bytes from ${start}: must lie between ${last?.end ?? 0} and ${this.length}`,
      );
    }
    this.#marks.push({ start, end: this.length, stream, prefix, ...(isRich && { isRich }) });
  }

  override clear(): void {
    super.clear();
    this.#marks = [];
  }
}
