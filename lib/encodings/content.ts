/**
 * Which colours a block of pixels has, and which pixel has which: for all encodings that send palettes or a
 * background.
 *
 * @module
 */
import type { PixelBlock } from "./pixel_target.ts";
import type { Workbench } from "./workbench.ts";

/** The colours of a block. All of it is the workbench's memory: valid until the next block is looked at. */
export interface Palette {
  /** How many there are. */
  readonly count: number;
  /** In the order of their first pixel; `count` of them, then whatever was there. */
  readonly colours: Uint32Array;
  /** For each pixel, row after row without gaps, the index of its colour. */
  readonly indices: Uint8Array;
}

/**
 * Finds the colours of `block`.
 *
 * Each pixel is read once, so that who writes from `indices` and `colours` stays consistent even when the frame changes
 * under it.
 *
 * @param limit Most colours that are of use, 1 … 256.
 * @returns `undefined` when there are more; that is often known after a few pixels.
 */
export function findColours(block: PixelBlock, limit: number, workbench: Workbench): Palette | undefined {
  const { pixels, offset, stride, width, height } = block;
  const { colours, table } = workbench.palette();
  const indices = workbench.indices(width * height);
  const count = workbench.kernels.indexColours(
    pixels,
    offset,
    stride,
    width,
    height,
    limit,
    colours,
    indices,
    table,
  );
  return count <= limit ? { count, colours, indices } : undefined;
}

/** Bytes of `width * height` indices of `bits` each, as `Kernels.packIndices` writes them. */
export function packedSize(width: number, height: number, bits: number): number {
  return Math.ceil(width * bits / 8) * height;
}
