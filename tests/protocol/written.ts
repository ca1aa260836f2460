/**
 * What writers write, seen through memory that was not clean.
 *
 * @module
 */
import { ByteWriter } from "../../lib/core/bytes.ts";
import { toHex } from "../support/hex.ts";

/**
 * The hexadecimal bytes that `write` appends. Its memory is full of 0xee before, so that padding which is not written
 * shows.
 */
export function written(write: (out: ByteWriter) => void): string {
  const out = new ByteWriter(64);
  const start = toHex(Uint8Array.of(0xca, 0xfe));
  out.u16(0xcafe);
  out.reserve(8192).fill(0xee);
  write(out);
  const text = toHex(out.view());
  if (!text.startsWith(start)) throw new Error("A writer overwrote what was there");
  return text.slice(4);
}

/** Hexadecimal digits without the spaces that make them readable. */
export function digits(text: string): string {
  return text.replace(/\s+/g, "");
}
