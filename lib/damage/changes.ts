/**
 * What happened to the screen between two looks at it.
 *
 * @module
 */
import type { Region } from "../core/region.ts";
import type { Rect } from "../core/geometry.ts";

/** Pixels that went from one place to another: the pixel now at (x, y) of `to` was at (x - dx, y - dy). */
export interface Move {
  readonly to: Rect;
  readonly dx: number;
  readonly dy: number;
}

/** First the moves, in their order, then everything in `changed` is new. */
export interface Changes {
  readonly moves: readonly Move[];
  readonly changed: Region;
}

/** A window that is said to have gone from one place to another, both of one size: a hint, never trusted. */
export interface MoveHint {
  readonly from: Rect;
  readonly to: Rect;
}
