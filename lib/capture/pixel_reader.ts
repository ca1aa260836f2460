/**
 * The ways to read pixels from an X screen, as the X11 source sees them.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";

/** Reads pixels of a screen of one size. Owns the frame. */
export interface PixelReader extends Disposable {
  /** For logs: "MIT-SHM", "XGetImage". */
  readonly name: string;
  /** The whole screen, as far as it was read. The same memory until this is disposed. */
  readonly frame: Frame;

  /**
   * Reads `rects`, or more, to the frame.
   *
   * @returns Whether pixels outside of `rects` have another meaning now: the colour map has changed.
   * @throws {XError} BadMatch: the screen is smaller now.
   * @throws {DisplayLostError} The display has gone.
   */
  read(rects: readonly Rect[]): Promise<boolean>;
}
