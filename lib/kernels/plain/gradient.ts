/**
 * Tight's gradient filter (rfbproto "Tight Encoding"): plain form.
 *
 * @module
 */
import { hasRect, requireRoom } from "../bounds.ts";
import type { Kernels } from "../kernels.ts";

/** See {@linkcode Kernels.subtractGradient}. */
export const subtractGradient: Kernels["subtractGradient"] = (values, offset, stride, width, height, out) => {
  if (!hasRect(values, offset, stride, width, height)) return;
  requireRoom(out, 0, width * height);
  for (let y = 0, to = 0; y < height; y++) {
    let left = 0;
    let aboveLeft = 0;
    for (let at = offset + y * stride, end = at + width; at < end; at++) {
      const value = values[at]!;
      const above = y > 0 ? values[at - stride]! : 0;
      out[to++] = difference(value, left, above, aboveLeft, 24) |
        difference(value, left, above, aboveLeft, 16) |
        difference(value, left, above, aboveLeft, 8) | difference(value, left, above, aboveLeft, 0);
      left = value;
      aboveLeft = above;
    }
  }
};

/** That of one byte, in its place. */
function difference(value: number, left: number, above: number, aboveLeft: number, shift: number): number {
  const estimate = (left >>> shift & 0xff) + (above >>> shift & 0xff) - (aboveLeft >>> shift & 0xff);
  const clamped = estimate < 0 ? 0 : estimate > 255 ? 255 : estimate;
  return ((value >>> shift) - clamped & 0xff) << shift;
}
