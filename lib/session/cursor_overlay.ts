/**
 * The pointer, drawn into the picture for clients that cannot draw it themselves.
 *
 * Such a client's picture differs from the screen in one rectangle. It is kept here where that is, so that the old
 * place is repaired when the pointer moves on.
 *
 * @module
 */
import { boundingBox, intersect, type Point, type Rect } from "../core/geometry.ts";
import type { CursorImage, Frame } from "../core/pixels.ts";

/** The pointer as one client has it in its picture. Used by that client's update loop only. */
export class CursorOverlay {
  #cursor: CursorImage | undefined;
  #place: Rect | undefined;

  /**
   * The pointer is elsewhere, or looks different; without a picture or a place there is none.
   *
   * @returns What the client has to be sent again, or `undefined` when nothing changed.
   */
  update(cursor: CursorImage | undefined, at: Point | undefined): Rect | undefined {
    const place = cursor && at && {
      x: at.x - cursor.hotspot.x,
      y: at.y - cursor.hotspot.y,
      width: cursor.width,
      height: cursor.height,
    };
    const before = this.#place;
    const same = before?.x === place?.x && before?.y === place?.y && this.#cursor?.serial === cursor?.serial;
    if (same) return undefined;
    this.#cursor = cursor;
    this.#place = place;
    return before && place ? boundingBox(before, place) : before ?? place;
  }

  /** A copy of `rect` of the frame with the pointer in it, or `undefined` where it does not reach into it. */
  paint(frame: Frame, rect: Rect): Frame | undefined {
    const visible = this.#place && intersect(this.#place, rect);
    if (!visible) return undefined;
    const { x, y, width, height } = rect;
    const pixels = new Uint32Array(width * height);
    for (let row = 0; row < height; row++) {
      const from = (y + row) * frame.stride + x;
      pixels.set(frame.pixels.subarray(from, from + width), row * width);
    }
    const cursor = this.#cursor!;
    for (let row = visible.y; row < visible.y + visible.height; row++) {
      for (let column = visible.x; column < visible.x + visible.width; column++) {
        const over = cursor.pixels[(row - this.#place!.y) * cursor.width + column - this.#place!.x]!;
        const at = (row - y) * width + column - x;
        pixels[at] = blend(over, pixels[at]!);
      }
    }
    return { width, height, stride: width, pixels };
  }
}

/** A premultiplied `0xAARRGGBB` over an opaque `0x00RRGGBB`. */
function blend(over: number, under: number): number {
  const rest = 255 - (over >>> 24);
  const channel = (shift: number) =>
    Math.min(255, (over >>> shift & 0xff) + Math.round((under >>> shift & 0xff) * rest / 255)) << shift;
  return channel(16) | channel(8) | channel(0);
}
