/**
 * Pixels as the server keeps them: one `u32` each, `0x00RRGGBB`, the top byte always 0.
 *
 * Whatever visual the X server has, capture turns it into this form once, so that everything behind it
 * (change detection, encodings) knows one form only.
 *
 * @module
 */
import type { Point, Size } from "./geometry.ts";

/** A picture in memory. Rows may be longer than the picture is wide. */
export interface Frame extends Size {
  /** `0x00RRGGBB`, row after row; at least `stride * height` long. */
  readonly pixels: Uint32Array;
  /** Pixels from one row to the next; at least `width`. */
  readonly stride: number;
}

/** The picture of the mouse pointer. */
export interface CursorImage extends Size {
  /** Changes whenever the picture does. */
  readonly serial: number;
  /** The pixel of the picture that points. Lies inside it, or is (0, 0) for an empty one. */
  readonly hotspot: Point;
  /** `0xAARRGGBB`, colour premultiplied with alpha, `width * height` of them, no padding. */
  readonly pixels: Uint32Array;
}

/** Makes a black frame in memory of its own. */
export function createFrame(width: number, height: number): Frame {
  return { width, height, stride: width, pixels: new Uint32Array(width * height) };
}
