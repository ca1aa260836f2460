/**
 * Pixels brought to scale: a screen's, and a pointer's.
 *
 * @module
 */
import type { FrameMemory } from "../core/frame_memory.ts";
import type { Rect, Size } from "../core/geometry.ts";
import type { CursorImage, Frame } from "../core/pixels.ts";
import { scaledSize, Scaling } from "../core/scaling.ts";
import type { Kernels } from "../kernels/kernels.ts";
import { RESAMPLE_SCRATCH, type Shares, sharesByLength } from "../kernels/shares.ts";

/** Pixels read or written at a stretch: 2 to 4 ms. */
const PIXELS_AT_A_STRETCH = 1 << 19;

/** A screen's picture of one size, shown at another. Owns its frame. */
export class ScaledPicture implements Disposable {
  readonly scaling: Scaling;
  /** What is shown, as far as it was updated. */
  readonly frame: Frame;
  readonly #kernels: Kernels;
  readonly #pieces: DisposableStack;
  readonly #columns: Shares;
  readonly #rows: Shares;
  readonly #scratch: Uint8Array;

  /** @throws {RangeError} There is no memory for it. */
  constructor(real: Size, factor: number, memory: FrameMemory, kernels: Kernels) {
    const shown = scaledSize(real, factor);
    using opening = new DisposableStack();
    const allocate = (bytes: number) =>
      opening.adopt(memory.allocate(bytes), (piece) => memory.release(piece));
    const words = (from: number | Uint32Array) => {
      const length = typeof from === "number" ? from : from.length;
      const piece = allocate(length * 4);
      const array = new Uint32Array(piece.buffer, piece.byteOffset, length);
      if (typeof from !== "number") array.set(from);
      return array;
    };
    const sharesOf = (from: number, to: number): Shares => {
      const { first, start, shares } = sharesByLength(from, to);
      const piece = allocate(shares.byteLength);
      const copy = new Uint16Array(piece.buffer, piece.byteOffset, shares.length);
      copy.set(shares);
      return { first: words(first), start: words(start), shares: copy };
    };
    this.scaling = new Scaling(real, shown);
    this.#columns = sharesOf(real.width, shown.width);
    this.#rows = sharesOf(real.height, shown.height);
    this.#scratch = allocate(scratchBytes(shown.width));
    this.frame = { ...shown, stride: shown.width, pixels: words(shown.width * shown.height) };
    this.#kernels = kernels;
    this.#pieces = opening.move();
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
    const [columns, rows] = [this.#columns, this.#rows];
    const scratch = this.#scratch;
    this.#kernels.resample(
      real.pixels,
      real.stride,
      columns,
      rows,
      pixels,
      stride,
      x,
      y,
      width,
      height,
      scratch,
    );
  }

  [Symbol.dispose](): void {
    this.#pieces.dispose();
  }
}

/** A pointer's picture at another size. What points, points at the same place. */
export function scaledCursor(cursor: CursorImage, factor: number, kernels: Kernels): CursorImage {
  if (cursor.pixels.length === 0) return cursor;
  const shown = scaledSize(cursor, factor);
  const { width, height } = shown;
  const pixels = new Uint32Array(width * height);
  const columns = sharesByLength(cursor.width, width);
  const rows = sharesByLength(cursor.height, height);
  const scratch = new Uint8Array(scratchBytes(width));
  kernels.resample(cursor.pixels, cursor.width, columns, rows, pixels, width, 0, 0, width, height, scratch);
  const hotspot = new Scaling(cursor, shown).toShown(cursor.hotspot);
  return { ...shown, serial: cursor.serial, hotspot, pixels };
}

function scratchBytes(width: number): number {
  return Math.ceil(width / 4) * 4 * RESAMPLE_SCRATCH;
}
