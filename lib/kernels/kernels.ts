/**
 * The hot loops, as functions over typed arrays: the port that has a plain TypeScript form (`plain.ts`, which is also
 * the oracle in tests) and a WebAssembly SIMD form (`simd.ts`).
 *
 * Pixels are `0x00RRGGBB` unless said otherwise. Nothing is allocated and nothing is kept between calls.
 *
 * @module
 */

/** Side of a tile in pixels. */
export const TILE = 64;

/** The hot loops. Arrays that do not lie in the shared memory are served by the plain form. */
export interface Kernels {
  /**
   * Compares marked tiles of a band of a captured frame with the shadow.
   *
   * @param capture Top bytes are ignored.
   * @param shadow What clients know; not modified.
   * @param stride Pixels per row, of both.
   * @param width Pixels of the screen.
   * @param top First row; a multiple of 64.
   * @param bottom Row behind the last; a multiple of 64 or the screen's height.
   * @param marks One byte per tile of the whole screen, `ceil(width / 64)` per tile row: 0 is passed over.
   * @param boxes Four u16 per tile of the whole screen: x0, y0, x1, y1 of the pixels that differ, relative to the
   *   screen's origin, ends exclusive. Written for marked tiles only; x0 = x1 = 0 when nothing differs.
   * @returns Number of tiles that differ.
   */
  diffTiles(
    capture: Uint32Array,
    shadow: Uint32Array,
    stride: number,
    width: number,
    top: number,
    bottom: number,
    marks: Uint8Array,
    boxes: Uint16Array,
  ): number;

  /** Copies a rectangle from capture to shadow, clearing the top bytes. Both have `stride` pixels per row. */
  updateShadow(
    capture: Uint32Array,
    shadow: Uint32Array,
    stride: number,
    x: number,
    y: number,
    width: number,
    height: number,
  ): void;
}
