/**
 * Pixels of any X visual to `0x00RRGGBB` (X Window System Protocol, "Visual types" and "image format").
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import type { PixelLayout } from "../ffi/x_image.ts";

/** A block of pixels in the layout of a display. */
export interface PixelBlock {
  readonly bytes: Uint8Array;
  /** Where the first pixel is in `bytes`; a multiple of the pixel's size. */
  readonly at: number;
  readonly bytesPerRow: number;
}

/** A place for pixels in a frame. */
export interface PixelPlace {
  readonly pixels: Uint32Array;
  /** Where the first pixel goes in `pixels`. */
  readonly at: number;
  readonly stride: number;
}

/** Converts blocks of `width` x `height` pixels. About 1 ns per pixel where a table or no work is needed, else 3. */
export type PixelConverter = (from: PixelBlock, to: PixelPlace, width: number, height: number) => void;

/** Whether pixels in memory are `0x??RRGGBB` as they are. */
export function isDirect(layout: PixelLayout): boolean {
  return layout.bitsPerPixel === 32 && !layout.bigEndian && !layout.indexed &&
    layout.redMask === 0xff0000 && layout.greenMask === 0xff00 && layout.blueMask === 0xff;
}

/**
 * Makes a converter.
 *
 * @param colours The colour map as `0x00RRGGBB`, for indexed layouts.
 * @throws {NativeError} The display has pixels of a size that is not supported.
 */
export function pixelConverter(
  layout: PixelLayout,
  colours: Uint32Array = new Uint32Array(),
): PixelConverter {
  if (isDirect(layout)) return copyDirect;
  switch (layout.bitsPerPixel) {
    case 8:
      return throughTable8(colourTable(layout, colours, 256));
    case 16:
      return throughTable16(colourTable(layout, colours, 65536));
    case 24:
    case 32:
      if (!layout.indexed) return throughMasks(layout);
  }
  throw new NativeError(
    `Cannot share a screen with ${layout.bitsPerPixel} bits per pixel${
      layout.indexed ? " and a colour map" : ""
    }`,
    "XGetImage",
  );
}

/** The value of a colour whose bits are those of `mask` in `pixel`, stretched to 0 … 255. */
function component(pixel: number, mask: number): number {
  if (mask === 0) return 0;
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  return Math.round(((pixel & mask) >>> shift) * 255 / most);
}

/** What each value of a pixel of 8 or 16 bits means. */
function colourTable(layout: PixelLayout, colours: Uint32Array, length: number): Uint32Array {
  const table = new Uint32Array(length);
  const mask = layout.depth >= 16 ? 0xffff : (1 << layout.depth) - 1;
  for (let i = 0; i < length; i++) {
    const pixel = length === 65536 && layout.bigEndian ? (i & 0xff) << 8 | i >> 8 : i;
    table[i] = layout.indexed ? colours[pixel & mask] ?? 0 : colourOf(pixel, layout);
  }
  return table;
}

function colourOf(pixel: number, { redMask, greenMask, blueMask }: PixelLayout): number {
  return component(pixel, redMask) << 16 | component(pixel, greenMask) << 8 | component(pixel, blueMask);
}

function copyDirect(from: PixelBlock, to: PixelPlace, width: number, height: number): void {
  const source = new Uint32Array(from.bytes.buffer, from.bytes.byteOffset, from.bytes.byteLength >> 2);
  const stride = from.bytesPerRow >> 2;
  for (let row = 0, start = from.at >> 2, target = to.at; row < height; row++) {
    to.pixels.set(source.subarray(start, start + width), target);
    start += stride;
    target += to.stride;
  }
}

function throughTable8(table: Uint32Array): PixelConverter {
  return (from, to, width, height) => {
    const { bytes } = from;
    const { pixels } = to;
    for (let row = 0; row < height; row++) {
      const source = from.at + row * from.bytesPerRow;
      const target = to.at + row * to.stride;
      for (let x = 0; x < width; x++) pixels[target + x] = table[bytes[source + x]!]!;
    }
  };
}

function throughTable16(table: Uint32Array): PixelConverter {
  return (from, to, width, height) => {
    const source = new Uint16Array(from.bytes.buffer, from.bytes.byteOffset, from.bytes.byteLength >> 1);
    const { pixels } = to;
    for (let row = 0; row < height; row++) {
      const start = (from.at + row * from.bytesPerRow) >> 1;
      const target = to.at + row * to.stride;
      for (let x = 0; x < width; x++) pixels[target + x] = table[source[start + x]!]!;
    }
  };
}

function throughMasks(layout: PixelLayout): PixelConverter {
  const { bytes: size, order } = byteOrder(layout);
  const red = componentTable(layout.redMask, 16);
  const green = componentTable(layout.greenMask, 8);
  const blue = componentTable(layout.blueMask, 0);
  return (from, to, width, height) => {
    const { bytes } = from;
    const { pixels } = to;
    for (let row = 0; row < height; row++) {
      let source = from.at + row * from.bytesPerRow;
      const target = to.at + row * to.stride;
      for (let x = 0; x < width; x++, source += size) {
        let pixel = 0;
        for (let i = 0; i < size; i++) pixel = pixel << 8 | bytes[source + order[i]!]!;
        pixels[target + x] = red.table[pixel >>> red.shift & red.most]! |
          green.table[pixel >>> green.shift & green.most]! | blue.table[pixel >>> blue.shift & blue.most]!;
      }
    }
  };
}

/** Where a pixel's bytes lie, the most significant one first. */
function byteOrder({ bitsPerPixel, bigEndian }: PixelLayout): { bytes: number; order: readonly number[] } {
  const bytes = bitsPerPixel >> 3;
  const order = Array.from({ length: bytes }, (_, i) => bigEndian ? i : bytes - 1 - i);
  return { bytes, order };
}

interface ComponentTable {
  readonly shift: number;
  readonly most: number;
  /** By value of the component; at its place in `0x00RRGGBB`. */
  readonly table: Uint32Array;
}

function componentTable(mask: number, place: number): ComponentTable {
  if (mask === 0) return { shift: 0, most: 0, table: new Uint32Array(1) };
  const shift = 31 - Math.clz32(mask & -mask);
  const most = mask >>> shift;
  const table = Uint32Array.from({ length: most + 1 }, (_, value) => Math.round(value * 255 / most) << place);
  return { shift, most, table };
}
