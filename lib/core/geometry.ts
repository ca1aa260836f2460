/**
 * Points, sizes and rectangles on a screen: whole pixels, origin at the top left, y downwards.
 *
 * @module
 */

/** A place on a screen, in pixels. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** An extent in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** The pixels (x … x+width-1, y … y+height-1). Width or height 0 is an empty rectangle. */
export interface Rect extends Point, Size {}

/** Makes a {@linkcode Rect}. */
export function rect(x: number, y: number, width: number, height: number): Rect {
  return { x, y, width, height };
}

/** The rectangle that covers a whole screen of `size`. */
export function rectOf(size: Size): Rect {
  return { x: 0, y: 0, width: size.width, height: size.height };
}

/** Whether there is no pixel in `r`. */
export function isEmpty(r: Rect): boolean {
  return r.width <= 0 || r.height <= 0;
}

/** A rectangle as a key of maps. */
export function rectKey({ x, y, width, height }: Rect): string {
  return `${x},${y},${width},${height}`;
}

/** Number of pixels in `r`. */
export function area(r: Rect): number {
  return isEmpty(r) ? 0 : r.width * r.height;
}

/** The pixels that both have, or `undefined` if there is none. */
export function intersect(a: Rect, b: Rect): Rect | undefined {
  const x = Math.max(a.x, b.x);
  const y = Math.max(a.y, b.y);
  const width = Math.min(a.x + a.width, b.x + b.width) - x;
  const height = Math.min(a.y + a.height, b.y + b.height) - y;
  return width > 0 && height > 0 ? { x, y, width, height } : undefined;
}

/** The smallest rectangle that holds both. An empty one adds nothing. */
export function boundingBox(a: Rect, b: Rect): Rect {
  if (isEmpty(a)) return b;
  if (isEmpty(b)) return a;
  const x = Math.min(a.x, b.x);
  const y = Math.min(a.y, b.y);
  return {
    x,
    y,
    width: Math.max(a.x + a.width, b.x + b.width) - x,
    height: Math.max(a.y + a.height, b.y + b.height) - y,
  };
}

/** Whether every pixel of `inner` is in `outer`. */
export function contains(outer: Rect, inner: Rect): boolean {
  return isEmpty(inner) ||
    (inner.x >= outer.x && inner.y >= outer.y &&
      inner.x + inner.width <= outer.x + outer.width &&
      inner.y + inner.height <= outer.y + outer.height);
}

/** `r` moved by (dx, dy). */
export function translate(r: Rect, dx: number, dy: number): Rect {
  return { x: r.x + dx, y: r.y + dy, width: r.width, height: r.height };
}

/** Whether both hold the same pixels. */
export function sameRect(a: Rect, b: Rect): boolean {
  return a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;
}
