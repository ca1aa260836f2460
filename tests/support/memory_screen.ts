/**
 * A screen in memory that a test draws on: every change is where and when the test wants it.
 *
 * @module
 */
import {
  ResizeResult,
  type ScreenLayout,
  type ScreenSource,
  type WindowMove,
} from "../../lib/capture/screen_source.ts";
import { DisplayLostError } from "../../lib/core/errors.ts";
import { type Point, type Rect, rectOf, type Size } from "../../lib/core/geometry.ts";
import { Latch } from "../../lib/core/latch.ts";
import { createFrame, type CursorImage, type Frame } from "../../lib/core/pixels.ts";

/** Draw, then `changed()` resolves for whoever waits. */
export class MemoryScreen implements ScreenSource {
  readonly name = "memory";
  readonly capabilities = { damage: true, cursor: true, resize: true };
  readonly #news = new Latch();
  #size: Size;
  #layout: readonly ScreenLayout[];
  #drawn: Frame;
  #captured: Frame;
  #damage: Rect[] = [];
  #moves: WindowMove[] = [];
  #cursor: CursorImage | undefined;
  #seenCursor: number | undefined;
  #lost = false;
  #pendingSize: Size | undefined;
  /** What a test has it tell. */
  smallDamage?: () => readonly Rect[] | undefined;
  /** How often `capture()` was called. */
  captures = 0;

  constructor(width: number, height: number) {
    this.#size = { width, height };
    this.#layout = [{ id: 1, x: 0, y: 0, width, height, flags: 0 }];
    this.#drawn = createFrame(width, height);
    this.#captured = createFrame(width, height);
  }

  /** What is on it, to compare with. */
  get picture(): Frame {
    return this.#drawn;
  }

  get size(): Size {
    return this.#size;
  }

  get layout(): readonly ScreenLayout[] {
    return this.#layout;
  }

  /** Fills a rectangle with `colour(x, y)`. */
  draw({ x, y, width, height }: Rect, colour: number | ((x: number, y: number) => number)): void {
    const paint = typeof colour === "number" ? () => colour : colour;
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++) {
        this.#drawn.pixels[row * this.#drawn.stride + column] = paint(column, row);
      }
    }
    this.report({ x, y, width, height });
  }

  /** Moves the pixels of `from` by (dx, dy), as a scroll or a dragged window does. */
  move(from: Rect, dx: number, dy: number): void {
    const before = this.#drawn.pixels.slice();
    const { stride } = this.#drawn;
    for (let y = from.y; y < from.y + from.height; y++) {
      for (let x = from.x; x < from.x + from.width; x++) {
        this.#drawn.pixels[(y + dy) * stride + x + dx] = before[y * stride + x]!;
      }
    }
    this.report({ ...from, x: from.x + dx, y: from.y + dy });
  }

  /** Says that `rect` may have changed, whether it did or not. */
  report(rect: Rect): void {
    this.#damage.push(rect);
    this.#news.set();
  }

  hint(move: WindowMove): void {
    this.#moves.push(move);
  }

  setCursor(cursor: CursorImage): void {
    this.#cursor = cursor;
    this.#news.set();
  }

  /** The display goes away. */
  lose(): void {
    this.#lost = true;
    this.#news.set();
  }

  async changed(signal: AbortSignal): Promise<void> {
    while (!this.#lost && !this.#hasNews) await this.#news.wait(signal);
    this.#check();
  }

  get #hasNews(): boolean {
    return this.#damage.length > 0 || this.#pendingSize !== undefined ||
      this.#cursor?.serial !== this.#seenCursor;
  }

  takeDamage(): readonly Rect[] {
    this.#seenCursor = this.#cursor?.serial;
    if (this.#pendingSize) {
      const { width, height } = this.#size = this.#pendingSize;
      this.#pendingSize = undefined;
      this.#layout = [{ id: 1, x: 0, y: 0, width, height, flags: 0 }];
      this.#captured = createFrame(width, height);
      return [rectOf(this.#size)];
    }
    const damage = this.#damage;
    this.#damage = [];
    return damage;
  }

  capture(rects: readonly Rect[]): Promise<Frame> {
    this.#check();
    this.captures++;
    for (const { x, y, width, height } of rects) {
      for (let row = y; row < y + height; row++) {
        const at = row * this.#captured.stride + x;
        this.#captured.pixels.set(this.#drawn.pixels.subarray(at, at + width), at);
      }
    }
    return Promise.resolve(this.#captured);
  }

  cursor(): CursorImage | undefined {
    return this.#cursor;
  }

  pointer(): Point | undefined {
    return undefined;
  }

  takeWindowMoves(): readonly WindowMove[] {
    const moves = this.#moves;
    this.#moves = [];
    return moves;
  }

  resize(size: Size): Promise<ResizeResult> {
    this.become(size);
    return Promise.resolve(ResizeResult.Done);
  }

  /** Changes size by itself; black at first. */
  become(size: Size): void {
    this.#pendingSize = size;
    this.#drawn = createFrame(size.width, size.height);
    this.#damage = [];
    this.#news.set();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #check(): void {
    if (this.#lost) throw new DisplayLostError("Screen was taken away", "MemoryScreen");
  }
}
