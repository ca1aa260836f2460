/**
 * The tiles of TRLE and ZRLE (RFC 6143 §7.7.5, §7.7.6). Both encodings have the same tiles; they differ in the tiles'
 * size and in zlib. A kernel writes each tile in its cheapest form.
 *
 * TRLE's two subencodings that reuse the palette of the tile before (127, 129) are not used: they would save little,
 * and what is reused after a tile without a palette is told differently by different readers.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { TILE_SCRATCH_BYTES } from "../kernels/kernels.ts";
import type { EncodedRect } from "./encoded_rect.ts";
import { checkInside, type PixelTarget } from "./pixel_target.ts";

/**
 * Appends all tiles of `rect`, row after row.
 *
 * @param side Of a tile, in pixels, at most 64; those at the right and bottom edge are smaller.
 */
export function writeTiles(
  frame: Frame,
  rect: Rect,
  target: PixelTarget,
  side: number,
  out: EncodedRect,
): void {
  checkInside(frame, rect);
  const { kernels } = target.workbench;
  const { layout, size } = target.cpixel;
  const scratch = target.workbench.kernelScratch(TILE_SCRATCH_BYTES);
  for (let y = 0; y < rect.height; y += side) {
    const height = Math.min(side, rect.height - y);
    const row = target.translate(frame, { x: rect.x, y: rect.y + y, width: rect.width, height });
    // What the kernel may write even when the pixels change while it reads them: a tile's first byte, and runs of one.
    const bytes = target.workbench.bytes(Math.ceil(rect.width / side) + rect.width * height * (size + 1));
    let at = 0;
    for (let x = 0; x < rect.width; x += side) {
      const width = Math.min(side, rect.width - x);
      at += kernels.encodeTile(
        row.pixels,
        row.offset + x,
        row.stride,
        width,
        height,
        layout,
        scratch,
        bytes,
        at,
      );
    }
    out.bytes(bytes.subarray(0, at));
  }
}
