/**
 * One tile of TRLE or ZRLE (RFC 6143 §7.7.5, §7.7.6): the cheapest of raw, solid, packed palette, plain RLE and
 * palette RLE. Both encodings have the same tiles; they differ in the tiles' size and in zlib.
 *
 * TRLE's two subencodings that reuse the palette of the tile before (127, 129) are not used: they would save little,
 * and what is reused after a tile without a palette is told differently by different readers.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { Content, packedSize, packIndices } from "./content.ts";
import type { EncodedRect } from "./encoded_rect.ts";
import type { PixelLayout } from "./pixel_layout.ts";
import { checkInside, type PixelBlock, type PixelTarget } from "./pixel_target.ts";
import { packBlock } from "./raw.ts";

/** A tile's first byte; between them lie 2 … 16, packed palettes of that size. */
const Subencoding = {
  Raw: 0,
  Solid: 1,
  PlainRle: 128,
  /** Plus the size of the palette, 2 … 127. */
  PaletteRle: 128,
} as const;

/** Colours that a packed palette can have. */
const MAX_PACKED = 16;
/** Colours that a palette with runs can have. */
const MAX_PALETTE = 127;

const content = new Content();

/**
 * Appends all tiles of `rect`, row after row.
 *
 * @param side Of a tile, in pixels; those at the right and bottom edge are smaller.
 */
export function writeTiles(
  frame: Frame,
  rect: Rect,
  target: PixelTarget,
  side: number,
  out: EncodedRect,
): void {
  checkInside(frame, rect);
  for (let y = 0; y < rect.height; y += side) {
    const height = Math.min(side, rect.height - y);
    for (let x = 0; x < rect.width; x += side) {
      const width = Math.min(side, rect.width - x);
      writeTile(target.translate(frame, { x: rect.x + x, y: rect.y + y, width, height }), target.cpixel, out);
    }
  }
}

/** Appends one tile in its cheapest form. */
function writeTile(tile: PixelBlock, cpixel: PixelLayout, out: EncodedRect): void {
  const { width, height } = tile;
  const pixelCount = width * height;
  const rawSize = pixelCount * cpixel.size;
  const hasPalette = content.analyse(tile, MAX_PALETTE);
  if (!hasPalette) content.countRuns(tile);
  const { colourCount, runs, singles, runCarries } = content;
  const plainSize = runs * (cpixel.size + 1) + runCarries;
  // Worst case of everything below, even when the pixels change while they are read.
  const bytes = out.reserve(1 + pixelCount * (cpixel.size + 1));
  if (!hasPalette) {
    out.commit(plainSize < rawSize ? plainRle(tile, cpixel, bytes) : raw(tile, cpixel, bytes));
    return;
  }
  if (colourCount === 1) {
    bytes[0] = Subencoding.Solid;
    out.commit(cpixel.pack(content.colours, 0, 1, bytes, 1));
    return;
  }
  const paletteSize = colourCount * cpixel.size;
  const paletteRleSize = paletteSize + singles + 2 * (runs - singles) + runCarries;
  const bits = colourCount === 2 ? 1 : colourCount <= 4 ? 2 : 4;
  const packed = colourCount <= MAX_PACKED ? paletteSize + packedSize(width, height, bits) : Infinity;
  const least = Math.min(rawSize, plainSize, paletteRleSize, packed);
  if (least === packed) {
    bytes[0] = colourCount;
    out.commit(packIndices(content.indices, width, height, bits, bytes, writePalette(cpixel, bytes)));
  } else if (least === paletteRleSize) out.commit(paletteRle(pixelCount, cpixel, bytes));
  else if (least === plainSize) out.commit(plainRle(tile, cpixel, bytes));
  else out.commit(raw(tile, cpixel, bytes));
}

/** All of the following write a tile from `bytes[0]` on and return its length. */
function raw(tile: PixelBlock, cpixel: PixelLayout, bytes: Uint8Array): number {
  bytes[0] = Subencoding.Raw;
  return packBlock(tile, cpixel, bytes, 1);
}

function plainRle(tile: PixelBlock, cpixel: PixelLayout, bytes: Uint8Array): number {
  const { pixels, stride, width, height } = tile;
  bytes[0] = Subencoding.PlainRle;
  let to = 1;
  let first = tile.offset;
  let length = 0;
  let colour = pixels[first]!;
  for (let row = 0; row < height; row++) {
    let at = tile.offset + row * stride;
    for (const end = at + width; at < end; at++) {
      const pixel = pixels[at]!;
      if (pixel === colour) {
        length++;
        continue;
      }
      to = writeRunLength(length, bytes, cpixel.pack(pixels, first, 1, bytes, to));
      first = at;
      colour = pixel;
      length = 1;
    }
  }
  return writeRunLength(length, bytes, cpixel.pack(pixels, first, 1, bytes, to));
}

function paletteRle(pixelCount: number, cpixel: PixelLayout, bytes: Uint8Array): number {
  const { indices, colourCount } = content;
  bytes[0] = Subencoding.PaletteRle + colourCount;
  let to = writePalette(cpixel, bytes);
  for (let at = 0; at < pixelCount;) {
    const index = indices[at]!;
    const start = at++;
    while (at < pixelCount && indices[at] === index) at++;
    if (at - start === 1) bytes[to++] = index;
    else {
      // The top bit says that a length follows.
      bytes[to++] = 0x80 | index;
      to = writeRunLength(at - start, bytes, to);
    }
  }
  return to;
}

function writePalette(cpixel: PixelLayout, bytes: Uint8Array): number {
  return cpixel.pack(content.colours, 0, content.colourCount, bytes, 1);
}

/** One more than the sum of the bytes, of which all but the last are 255. */
function writeRunLength(length: number, bytes: Uint8Array, at: number): number {
  let rest = length - 1;
  for (; rest >= 255; rest -= 255) bytes[at++] = 255;
  bytes[at++] = rest;
  return at;
}
