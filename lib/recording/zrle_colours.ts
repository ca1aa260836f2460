/**
 * Swaps red and blue in ZRLE's tiles (RFC 6143 §7.7.6), without decoding them.
 *
 * @module
 */
import { RecordingError } from "../core/errors.ts";
import type { Rect } from "../core/geometry.ts";

const TILE = 64;

/** Bytes of a CPIXEL of 24 bits of colour. */
const CPIXEL = 3;

/**
 * Swaps the first and the third byte of every CPIXEL.
 *
 * @param tiles The tiles of a rectangle, inflated; changed in place.
 * @throws {RecordingError} They are damaged.
 */
export function swapRedAndBlue(tiles: Uint8Array, rect: Rect): void {
  let at = 0;
  for (let y = 0; y < rect.height; y += TILE) {
    const height = Math.min(TILE, rect.height - y);
    for (let x = 0; x < rect.width; x += TILE) {
      at = swapTile(tiles, at, Math.min(TILE, rect.width - x), height);
      if (at > tiles.length) throw new RecordingError("Cannot read a tile: it is cut off");
    }
  }
}

/** @returns Where the next tile begins. */
function swapTile(tiles: Uint8Array, at: number, width: number, height: number): number {
  const subencoding = tiles[at++]!;
  if (subencoding === 0) return swapPixels(tiles, at, width * height);
  if (subencoding === 1) return swapPixels(tiles, at, 1);
  if (subencoding <= 16) {
    const bits = subencoding === 2 ? 1 : subencoding <= 4 ? 2 : 4;
    return swapPixels(tiles, at, subencoding) + Math.ceil(width * bits / 8) * height;
  }
  if (subencoding === 128) return skipRuns(tiles, at, width * height, (at) => swapPixels(tiles, at, 1), true);
  if (subencoding < 130) throw new RecordingError(`Cannot read a tile: subencoding is ${subencoding}`);
  at = swapPixels(tiles, at, subencoding - 128);
  return skipRuns(tiles, at, width * height, (at) => at + 1, false);
}

function swapPixels(tiles: Uint8Array, at: number, count: number): number {
  const end = at + count * CPIXEL;
  if (end > tiles.length) throw new RecordingError("Cannot read a tile: it is cut off");
  for (; at < end; at += CPIXEL) {
    const first = tiles[at]!;
    tiles[at] = tiles[at + 2]!;
    tiles[at + 2] = first;
  }
  return end;
}

/** @param always Every run has a length; else only those whose index has the top bit. */
function skipRuns(
  tiles: Uint8Array,
  at: number,
  count: number,
  colour: (at: number) => number,
  always: boolean,
): number {
  for (let pixels = 0; pixels < count;) {
    if (at >= tiles.length) throw new RecordingError("Cannot read a tile: it is cut off");
    const hasLength = always || tiles[at]! >= 128;
    at = colour(at);
    pixels++;
    if (!hasLength) continue;
    let byte;
    do pixels += byte = tiles[at++] ?? 0; while (byte === 255);
  }
  return at;
}
