/**
 * What all cursor pseudo-encodings do with the pointer's picture first.
 *
 * @module
 */
import type { CursorImage } from "../../core/pixels.ts";

/** TigerVNC's viewer takes a larger one for a protocol error. */
const LARGEST_SIDE = 256;

/** A pixel of at least this alpha is there, others are not, where there is only a mask. */
const OPAQUE_FROM = 128;

/** Whether a pixel counts where there is only a mask. */
export function isOpaque(argb: number): boolean {
  return argb >>> 24 >= OPAQUE_FROM;
}

/** The part of a picture that every client can take, around its hotspot. */
export function cropCursor(image: CursorImage): CursorImage {
  if (image.width <= LARGEST_SIDE && image.height <= LARGEST_SIDE) return image;
  const width = Math.min(image.width, LARGEST_SIDE);
  const height = Math.min(image.height, LARGEST_SIDE);
  const left = cut(image.hotspot.x, image.width, width);
  const top = cut(image.hotspot.y, image.height, height);
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    const from = (top + y) * image.width + left;
    pixels.set(image.pixels.subarray(from, from + width), y * width);
  }
  return {
    serial: image.serial,
    width,
    height,
    hotspot: { x: image.hotspot.x - left, y: image.hotspot.y - top },
    pixels,
  };
}

/** Colours as they are without their alpha, top byte 0. */
export function unpremultiplied(pixels: Uint32Array): Uint32Array {
  return pixels.map((argb) => {
    const alpha = argb >>> 24;
    if (alpha === 0) return 0;
    if (alpha === 255) return argb & 0xffffff;
    const channel = (shift: number) =>
      Math.min(255, Math.round((argb >>> shift & 0xff) * 255 / alpha)) << shift;
    return channel(16) | channel(8) | channel(0);
  });
}

/** Where a piece of `kept` of `whole` pixels begins so that `point` is in it, near its middle. */
function cut(point: number, whole: number, kept: number): number {
  return Math.max(0, Math.min(whole - kept, point - (kept >> 1)));
}
