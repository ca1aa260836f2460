/**
 * The port of capture backends: a screen that can be looked at.
 *
 * One reader at a time: the desktop. A source never calls back; the desktop waits with `changed()` and then pulls.
 *
 * @module
 */
import type { Point, Rect, Size } from "../core/geometry.ts";
import type { CursorImage, Frame } from "../core/pixels.ts";

/** What a source can tell about itself once it is open. */
export interface ScreenCapabilities {
  /** The source reports damage; without it everything has to be compared. */
  readonly damage: boolean;
  /** The source knows the pointer's picture and place. */
  readonly cursor: boolean;
  /** `resize()` can work. */
  readonly resize: boolean;
  /**
   * A captured frame stays as it is until the next `capture()`. Without it, it is worked on before anybody else gets a
   * turn, however long that takes.
   */
  readonly still?: boolean;
}

/** One monitor of a screen (rfbproto "ExtendedDesktopSize Pseudo-encoding"). */
export interface ScreenLayout extends Rect {
  /** Unique on this screen, stable as long as the monitor is there. u32. */
  readonly id: number;
  /** Reserved by rfbproto; kept as given. u32. */
  readonly flags: number;
}

/** What came of asking for another size; the numbers are those of rfbproto "ExtendedDesktopSize" (y position). */
export const ResizeResult = {
  Done: 0,
  Prohibited: 1,
  OutOfResources: 2,
  InvalidLayout: 3,
} as const;
export type ResizeResult = typeof ResizeResult[keyof typeof ResizeResult];

/** A screen. Owns what it opened: disposing it gives all of that back, after which every other call throws. */
export interface ScreenSource extends AsyncDisposable {
  /** How it looks at the screen now, for logs: "MIT-SHM", "XGetImage", "pattern". */
  readonly name: string;
  readonly capabilities: ScreenCapabilities;
  /** The size now. Changes only inside `takeDamage()`, never behind the reader's back. */
  readonly size: Size;
  /** The monitors now; at least one. */
  readonly layout: readonly ScreenLayout[];

  /**
   * Waits until something may have changed: pixels, size, pointer picture or place. Costs no CPU meanwhile.
   * May resolve without need; resolves at once when there is something that was not taken yet.
   *
   * @throws The signal's reason when it aborts; `DisplayLostError` when the screen has gone.
   */
  changed(signal: AbortSignal): Promise<void>;

  /**
   * Waits until the other calls do not block, where they could: calls before a look. Costs next to nothing mostly.
   *
   * @throws `DisplayLostError` when the screen has gone.
   */
  ready?(): Promise<void>;

  /**
   * Takes what was reported since the last call: rectangles that hold every pixel that changed (maybe more), inside
   * the screen. After a change of size it is the whole new screen. A source without damage reports the whole screen.
   * Takes effect here: a new `size`, `layout`.
   */
  takeDamage(): readonly Rect[];

  /**
   * What is small of that, such as a letter beside a video, and was not given here before: to be looked at ahead of the
   * rest. All remains to be taken. Absent where sources do not tell.
   *
   * @returns `undefined` when nothing else was reported either.
   */
  smallDamage?(): readonly Rect[] | undefined;

  /**
   * Reads `rects` of the screen. Pixels outside of them are as they were after an earlier call.
   *
   * @returns The whole screen as a frame of the present size, the same memory every time until the size or `name`
   *   changes: a source whose way to look fails may go over to another one, and has read the whole screen then. Valid until the next call. Its top bytes may hold anything: mask with `0x00ffffff`.
   * @throws `DisplayLostError` when the screen has gone.
   */
  capture(rects: readonly Rect[]): Promise<Frame>;

  /** The pointer's picture, or `undefined` when the source does not know it. Cheap when it has not changed. */
  cursor(): CursorImage | undefined;

  /** Where the pointer is on the screen, or `undefined` when the source does not know it. */
  pointer(): Point | undefined;

  /**
   * Windows that moved without changing size since the last call, where the source knows of them: hints for the
   * search for moves, never trusted. `from` and `to` have the same size.
   */
  takeWindowMoves(): readonly WindowMove[];

  /** Asks for another size and layout. The result is told here; the change itself comes by `changed()`. */
  resize(size: Size, layout: readonly ScreenLayout[]): Promise<ResizeResult>;
}

/** A window went from one place to another. */
export interface WindowMove {
  readonly from: Rect;
  readonly to: Rect;
}
