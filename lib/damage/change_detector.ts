/**
 * Finds out what really changed: compares what was captured with the shadow, the picture that clients know.
 *
 * @module
 */
import type { FrameMemory } from "../core/frame_memory.ts";
import { area, type Rect, rectOf, type Size } from "../core/geometry.ts";
import { atOnce } from "../core/in_turns.ts";
import type { Frame } from "../core/pixels.ts";
import { Region } from "../core/region.ts";
import { type Kernels, TILE } from "../kernels/kernels.ts";
import type { Changes, Move, MoveHint } from "./changes.ts";
import { changedAreas } from "./changed_areas.ts";
import { LEAST_AREA, MoveFinder } from "./move_finder.ts";
import { TileGrid } from "./tile_grid.ts";

const NOTHING: Changes = { moves: [], changed: Region.EMPTY };

/** Rows of tiles that are compared in one step: 0.5 ms on a full HD screen. */
const TILES_IN_A_STEP = 4;

/** Owns the shadow of one screen of one size. One writer: the desktop. */
export class ChangeDetector implements Disposable {
  /** What clients know of the screen, or are about to be told. Top bytes are 0. Changes only inside `detect()`. */
  readonly shadow: Frame;
  readonly #kernels: Kernels;
  readonly #memory: FrameMemory;
  readonly #pieces: readonly Uint8Array[];
  readonly #grid: TileGrid;
  readonly #boxes: Uint16Array;
  readonly #moves: MoveFinder;

  /**
   * @param stride Pixels per row of the frames that will be compared; the shadow gets the same.
   */
  constructor(size: Size, stride: number, kernels: Kernels, memory: FrameMemory) {
    const tiles = Math.ceil(size.width / TILE) * Math.ceil(size.height / TILE);
    const pixels = memory.allocate(stride * size.height * 4);
    const marks = memory.allocate(tiles);
    const boxes = memory.allocate(tiles * 8);
    this.shadow = {
      ...size,
      stride,
      pixels: new Uint32Array(pixels.buffer, pixels.byteOffset, stride * size.height),
    };
    this.#kernels = kernels;
    this.#moves = new MoveFinder(size, kernels, memory);
    this.#memory = memory;
    this.#pieces = [pixels, marks, boxes];
    this.#grid = new TileGrid(size, marks);
    this.#boxes = new Uint16Array(boxes.buffer, boxes.byteOffset, tiles * 4);
  }

  /**
   * Compares the tiles that `damage` touches and makes the shadow equal to what was captured there.
   *
   * @param frame As captured, same size and stride as the shadow; up to date at least where `damage` is, and
   *   elsewhere as it was captured before.
   * @param hints Windows that are said to have moved.
   */
  detect(frame: Frame, damage: readonly Rect[], hints: readonly MoveHint[] = []): Changes {
    return atOnce(this.detecting(frame, damage, hints));
  }

  /** As {@linkcode detect}, in steps. The shadow changes in the last one only; `frame` is to stay as it is until then. */
  *detecting(
    frame: Frame,
    damage: readonly Rect[],
    hints: readonly MoveHint[] = [],
  ): Generator<void, Changes> {
    const { shadow } = this;
    if (frame.stride !== shadow.stride || frame.width !== shadow.width || frame.height !== shadow.height) {
      throw new RangeError(
        `Cannot compare a ${frame.width}x${frame.height} frame with a ${shadow.width}x${shadow.height} shadow`,
      );
    }
    this.#grid.clear();
    this.#grid.mark(damage);
    if ((yield* this.#comparing(frame)) === 0) return NOTHING;
    const boxes = this.#changedBoxes();
    const changedArea = boxes.reduce((sum, box) => sum + area(box), 0);
    const moves = changedArea < LEAST_AREA ? [] : this.#findMoves(frame, hints);
    return {
      moves,
      changed: this.#takeIn(frame, Region.from(moves.length > 0 ? this.#changedBoxes() : boxes)),
    };
  }

  /**
   * Looks for changes that were not reported.
   *
   * @param frame As captured, same size and stride as the shadow; at least `part` of it is up to date.
   * @param part In whole tiles.
   * @param damage What was reported up to a moment behind the capture: the tiles that it touches are left out.
   * @returns What is new, and how many tiles were compared, and were different.
   */
  audit(
    frame: Frame,
    part: Rect,
    damage: readonly Rect[],
  ): { readonly changes: Changes; readonly tiles: number; readonly missed: number } {
    this.#grid.clear();
    this.#grid.mark([part]);
    this.#grid.unmark(damage);
    const tiles = this.#grid.count();
    const missed = tiles > 0 ? atOnce(this.#comparing(frame)) : 0;
    const changes = missed > 0
      ? { moves: [], changed: this.#takeIn(frame, Region.from(this.#changedBoxes())) }
      : NOTHING;
    return { changes, tiles, missed };
  }

  /** Takes `damage` as changed without comparing. */
  accept(frame: Frame, damage: readonly Rect[]): Changes {
    return atOnce(this.accepting(frame, damage));
  }

  /** As {@linkcode accept}, in steps. */
  *accepting(frame: Frame, damage: readonly Rect[]): Generator<void, Changes> {
    const changed = Region.from(damage).intersect(rectOf(this.shadow));
    yield;
    return { moves: [], changed: this.#takeIn(frame, changed) };
  }

  [Symbol.dispose](): void {
    this.#moves[Symbol.dispose]();
    for (const piece of this.#pieces) this.#memory.release(piece);
  }

  #findMoves(frame: Frame, hints: readonly MoveHint[]): readonly Move[] {
    const areas = changedAreas(this.#grid.columns, this.#grid.rows, (tile) => this.#boxOf(tile));
    const differIn = (rect: Rect) => this.#differIn(rect);
    const moves = this.#moves.find({ now: frame, before: this.shadow, differIn }, areas, hints);
    if (moves.length > 0) {
      // Where a move went both pictures are equal now, to the pixel; what it did not cover has to be looked at again.
      for (const { to } of moves) this.#grid.unmarkInside(to);
      atOnce(this.#comparing(frame));
    }
    return moves;
  }

  /** Makes the shadow equal to what was found different. @returns The same region. */
  #takeIn(frame: Frame, changed: Region): Region {
    const { shadow } = this;
    // In the region's rectangles, not tile by tile: memory is read and written in long rows.
    for (const { x, y, width, height } of changed.rects()) {
      this.#kernels.updateShadow(frame.pixels, shadow.pixels, shadow.stride, x, y, width, height);
    }
    return changed;
  }

  /** Looks at the marked tiles. @returns How many differ. */
  *#comparing(frame: Frame): Generator<void, number> {
    const { shadow } = this;
    let different = 0;
    for (const { top, bottom } of this.#grid.bands()) {
      let end = top;
      for (let row = top; row < bottom; row = end) {
        end = Math.min(bottom, (Math.floor(row / TILE) + TILES_IN_A_STEP) * TILE);
        different += this.#kernels.diffTiles(
          frame.pixels,
          shadow.pixels,
          shadow.stride,
          shadow.width,
          row,
          end,
          this.#grid.marks,
          this.#boxes,
        );
        yield;
      }
    }
    return different;
  }

  /** Whether a rectangle touches the box of what differs in one of its tiles. */
  #differIn({ x, y, width, height }: Rect): boolean {
    const right = x + width;
    const bottom = y + height;
    for (let row = Math.floor(y / TILE); row * TILE < bottom; row++) {
      for (let column = Math.floor(x / TILE); column * TILE < right; column++) {
        const tile = row * this.#grid.columns + column;
        if (this.#grid.marks[tile] === 0) continue;
        const at = tile * 4;
        const boxes = this.#boxes;
        if (
          boxes[at + 2]! > boxes[at]! && boxes[at]! < right && boxes[at + 2]! > x &&
          boxes[at + 1]! < bottom && boxes[at + 3]! > y
        ) return true;
      }
    }
    return false;
  }

  /** The boxes of all tiles; those beside each other are one, if they are equally high: they often are all of a row. */
  #changedBoxes(): Rect[] {
    const rects: Rect[] = [];
    const { marks } = this.#grid;
    for (let tile = marks.indexOf(1); tile >= 0; tile = marks.indexOf(1, tile + 1)) {
      const box = this.#boxOf(tile);
      const last = rects.at(-1);
      if (!box) continue;
      if (last && last.x + last.width === box.x && last.y === box.y && last.height === box.height) {
        rects[rects.length - 1] = { ...last, width: last.width + box.width };
      } else rects.push(box);
    }
    return rects;
  }

  /** What differs in a tile, if it was looked at and something does. */
  #boxOf(tile: number): Rect | undefined {
    if (this.#grid.marks[tile] === 0) return undefined;
    const x = this.#boxes[tile * 4]!;
    const y = this.#boxes[tile * 4 + 1]!;
    const right = this.#boxes[tile * 4 + 2]!;
    const bottom = this.#boxes[tile * 4 + 3]!;
    return right > x ? { x, y, width: right - x, height: bottom - y } : undefined;
  }
}
