/**
 * A screen that is shown smaller or larger than it is: another source, with all that it tells brought to scale.
 *
 * Behind it everything has one size, the shown one: changes and moves are found in the scaled picture.
 *
 * @module
 */
import type { FrameMemory } from "../core/frame_memory.ts";
import { intersect, isEmpty, type Point, type Rect, rectOf, type Size } from "../core/geometry.ts";
import { endOfTurn } from "../core/next_turn.ts";
import type { CursorImage, Frame } from "../core/pixels.ts";
import { Scaling, unscaledSize } from "../core/scaling.ts";
import type { Kernels } from "../kernels/kernels.ts";
import { scaledCursor, ScaledPicture } from "./scaled_picture.ts";
import type {
  ResizeResult,
  ScreenCapabilities,
  ScreenLayout,
  ScreenSource,
  WindowMove,
} from "./screen_source.ts";

/** Owns the source that it scales, and the frame. */
export class ScaledSource implements ScreenSource {
  readonly #source: ScreenSource;
  readonly #memory: FrameMemory;
  readonly #kernels: Kernels;
  readonly #factor: number;
  #picture: ScaledPicture;
  #layout: readonly ScreenLayout[];
  #layoutBefore: readonly ScreenLayout[];
  #cursor: CursorImage | undefined;
  #disposed = false;

  /**
   * @param source Passes to this object.
   * @param memory Where the frame is to lie.
   * @param factor Pixels shown for one pixel, in each direction.
   * @throws {RangeError} There is no memory for a picture of that size.
   */
  constructor(source: ScreenSource, memory: FrameMemory, kernels: Kernels, factor: number) {
    this.#source = source;
    this.#memory = memory;
    this.#kernels = kernels;
    this.#factor = factor;
    this.#picture = new ScaledPicture(source.size, factor, memory, kernels);
    this.#layoutBefore = source.layout;
    this.#layout = this.#scaledLayout();
  }

  get name(): string {
    return this.#source.name;
  }

  get capabilities(): ScreenCapabilities {
    return this.#source.capabilities;
  }

  get size(): Size {
    return this.#picture.scaling.shown;
  }

  get layout(): readonly ScreenLayout[] {
    return this.#layout;
  }

  /** Where things are, with the present size. */
  get scaling(): Scaling {
    return this.#picture.scaling;
  }

  changed(signal: AbortSignal): Promise<void> {
    return this.#source.changed(signal);
  }

  async ready(): Promise<void> {
    await this.#source.ready?.();
  }

  takeDamage(): readonly Rect[] {
    const damage = this.#source.takeDamage();
    const { real } = this.scaling;
    const { size } = this.#source;
    const isResized = size.width !== real.width || size.height !== real.height;
    if (isResized) {
      this.#picture[Symbol.dispose]();
      this.#picture = new ScaledPicture(size, this.#factor, this.#memory, this.#kernels);
    }
    if (isResized || this.#layoutBefore !== this.#source.layout) {
      this.#layoutBefore = this.#source.layout;
      this.#layout = this.#scaledLayout();
    }
    return this.#onShown(damage);
  }

  smallDamage(): readonly Rect[] | undefined {
    const small = this.#source.smallDamage?.();
    return small && this.#onShown(small);
  }

  async capture(rects: readonly Rect[]): Promise<Frame> {
    const picture = this.#picture;
    const wanted = rects.map((rect) => intersect(rect, rectOf(this.size))).filter((rect) =>
      rect !== undefined
    );
    const real = await this.#source.capture(wanted.map((rect) => picture.scaling.partsOf(rect)));
    let started = false;
    for (const { x, y, width, height } of wanted) {
      const step = picture.rowsAtAStretch(width);
      for (let top = y, left = height; left > 0; top += step, left -= step) {
        if (started) {
          await endOfTurn();
          if (this.#disposed) throw new TypeError("Cannot use the screen as it is disposed");
        }
        started = true;
        picture.update(real, { x, y: top, width, height: Math.min(step, left) });
      }
    }
    return picture.frame;
  }

  cursor(): CursorImage | undefined {
    const cursor = this.#source.cursor();
    if (cursor?.serial !== this.#cursor?.serial) {
      this.#cursor = cursor && scaledCursor(cursor, this.#factor, this.#kernels);
    }
    return this.#cursor;
  }

  pointer(): Point | undefined {
    const at = this.#source.pointer();
    return at && this.scaling.toShown(at);
  }

  takeWindowMoves(): readonly WindowMove[] {
    const moves: WindowMove[] = [];
    for (const { from, to } of this.#source.takeWindowMoves()) {
      const [shownFrom, shownTo] = [this.scaling.nearest(from), this.scaling.nearest(to)];
      const width = Math.min(shownFrom.width, shownTo.width);
      const height = Math.min(shownFrom.height, shownTo.height);
      if (width > 0 && height > 0) {
        moves.push({ from: { ...shownFrom, width, height }, to: { ...shownTo, width, height } });
      }
    }
    return moves;
  }

  resize(size: Size, layout: readonly ScreenLayout[]): Promise<ResizeResult> {
    const scaling = new Scaling(unscaledSize(size, this.#factor), size);
    const screens = layout.map((screen) => ({ ...screen, ...scaling.nearestReal(screen) }));
    return this.#source.resize(scaling.real, screens);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#disposed) {
      this.#disposed = true;
      this.#picture[Symbol.dispose]();
    }
    await this.#source[Symbol.asyncDispose]();
  }

  #onShown(rects: readonly Rect[]): readonly Rect[] {
    return rects.map((rect) => this.scaling.cover(rect)).filter((rect) => !isEmpty(rect));
  }

  #scaledLayout(): readonly ScreenLayout[] {
    return this.#source.layout.map((screen) => ({ ...screen, ...this.scaling.nearest(screen) }));
  }
}
