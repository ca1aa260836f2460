/**
 * Lengths that are written before data and known only behind it.
 *
 * @module
 */
import type { ByteWriter } from "../core/bytes.ts";
import { LengthPrefix } from "./encoded_rect.ts";

/** What a compact length can say at most: 22 bits. */
export const MAX_COMPACT_LENGTH = 0x3f_ff_ff;

/**
 * Leaves room for a length that is known only later.
 *
 * @returns Where it is to be, for {@linkcode endLength}.
 */
export function beginLength(prefix: LengthPrefix, out: ByteWriter): number {
  out.zeros(prefix === LengthPrefix.U32 ? 4 : 3);
  return out.length - (prefix === LengthPrefix.U32 ? 4 : 3);
}

/** Writes the length of all that follows the room left at `at`; moves it up where a compact length is shorter. */
export function endLength(prefix: LengthPrefix, at: number, out: ByteWriter): void {
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
