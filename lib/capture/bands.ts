/**
 * Joining rectangles to few bands, none beside another, where each read of the screen costs a round trip.
 *
 * @module
 */
import { boundingBox, intersect, type Rect, rectOf, type Size } from "../core/geometry.ts";

/** A read of the screen by shared memory costs 50 µs and the bytes: more bands cost more than the rows between them. */
export const MOST_BANDS = 4;

/** Rows between two rectangles that are cheaper read than skipped. */
const NEAR = 16;

/**
 * At most `most` rectangles that together hold all of `rects`, no two of them with a row in common, from top to bottom.
 * Those that are nearest to each other are joined first.
 *
 * @param rects What reaches outside of `screen` is cut off.
 * @param most At least 1.
 */
export function bandsOf(rects: readonly Rect[], screen: Size, most: number): Rect[] {
  const whole = rectOf(screen);
  const inside: Rect[] = [];
  for (const one of rects) {
    const part = intersect(one, whole);
    if (part) inside.push(part);
  }
  inside.sort((a, b) => a.y - b.y);
  const bands: Rect[] = [];
  for (const one of inside) {
    const last = bands.at(-1);
    if (last && one.y < last.y + last.height + NEAR) bands[bands.length - 1] = boundingBox(last, one);
    else bands.push(one);
  }
  while (bands.length > most) {
    const at = nearestPair(bands);
    bands.splice(at, 2, boundingBox(bands[at]!, bands[at + 1]!));
  }
  return bands;
}

function nearestPair(bands: readonly Rect[]): number {
  let nearest = 0;
  let least = Infinity;
  for (let at = 0; at + 1 < bands.length; at++) {
    const gap = bands[at + 1]!.y - bands[at]!.y - bands[at]!.height;
    if (gap < least) [nearest, least] = [at, gap];
  }
  return nearest;
}
