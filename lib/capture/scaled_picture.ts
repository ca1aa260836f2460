/**
 * Pixels brought to scale: a screen's, and a pointer's.
 *
 * @module
 */
import type { FrameMemory } from "../core/frame_memory.ts";
import type { Rect, Size } from "../core/geometry.ts";
import type { CursorImage, Frame } from "../core/pixels.ts";
import { scaledSize, Scaling } from "../core/scaling.ts";
import { resample } from "../kernels/plain/resample.ts";
import { type Shares, sharesByLength } from "../kernels/shares.ts";

/** Pixels read or written at a stretch: 2 to 4 ms. */
const PIXELS_AT_A_STRETCH = 1 << 18;

/** A screen's picture of one size, shown at another. Owns its frame. */
export class ScaledPicture implements Disposable {
  readonly scaling: Scaling;
  /** What is shown, as far as it was updated. */
  readonly frame: Frame;
  readonly #memory: FrameMemory;
  readonly #piece: Uint8Array<ArrayBufferLike>;
  readonly #columns: Shares;
  readonly #rows: Shares;

  /** @throws {RangeError} There is no memory for it. */
  constructor(real: Size, factor: number, memory: FrameMemory) {
    const shown = scaledSize(real, factor);
    const pixels = shown.width * shown.height;
    this.scaling = new Scaling(real, shown);
    this.#columns = sharesByLength(real.width, shown.width);
    this.#rows = sharesByLength(real.height, shown.height);
    this.#memory = memory;
    this.#piece = memory.allocate(pixels * 4);
    this.frame = {
      ...shown,
      stride: shown.width,
      pixels: new Uint32Array(this.#piece.buffer, this.#piece.byteOffset, pixels),
    };
  }

  /** Rows of `width` shown pixels that can be updated without keeping others waiting. */
  rowsAtAStretch(width: number): number {
    const { real, shown } = this.scaling;
    const pixelsPerPixel = Math.max(1, real.width * real.height / (shown.width * shown.height));
    return Math.max(1, Math.floor(PIXELS_AT_A_STRETCH / (width * pixelsPerPixel)));
  }

  /** @param rect Of what is shown, inside of it. */
  update(real: Frame, { x, y, width, height }: Rect): void {
    const { pixels, stride } = this.frame;
    resample(real.pixels, real.stride, this.#columns, this.#rows, pixels, stride, x, y, width, height);
  }

  [Symbol.dispose](): void {
    this.#memory.release(this.#piece);
  }
}

/** A pointer's picture at another size. What points, points at the same place. */
export function scaledCursor(cursor: CursorImage, factor: number): CursorImage {
  if (cursor.pixels.length === 0) return cursor;
  const shown = scaledSize(cursor, factor);
  const { width, height } = shown;
  const pixels = new Uint32Array(width * height);
  const columns = sharesByLength(cursor.width, width);
  const rows = sharesByLength(cursor.height, height);
  resample(cursor.pixels, cursor.width, columns, rows, pixels, width, 0, 0, width, height);
  const hotspot = new Scaling(cursor, shown).toShown(cursor.hotspot);
  return { ...shown, serial: cursor.serial, hotspot, pixels };
}
