/**
 * Reading at a known place, without a cursor or a view: for parsers that look at the same few bytes again and again
 * until a message is complete (RFC 6143 §7).
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";

/** The u16 at `at`; both bytes must be there. */
export function u16At(bytes: Uint8Array, at: number): number {
  return bytes[at]! << 8 | bytes[at + 1]!;
}

/** The s32 at `at`; all four bytes must be there. */
export function i32At(bytes: Uint8Array, at: number): number {
  return bytes[at]! << 24 | bytes[at + 1]! << 16 | bytes[at + 2]! << 8 | bytes[at + 3]!;
}

/** The u32 at `at`; all four bytes must be there. */
export function u32At(bytes: Uint8Array, at: number): number {
  return i32At(bytes, at) >>> 0;
}

/** The u16 x, y, width and height at `at`; all eight bytes must be there. */
export function rectAt(bytes: Uint8Array, at: number): Rect {
  return {
    x: u16At(bytes, at),
    y: u16At(bytes, at + 2),
    width: u16At(bytes, at + 4),
    height: u16At(bytes, at + 6),
  };
}
