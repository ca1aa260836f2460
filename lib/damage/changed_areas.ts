/**
 * Changed tiles, put together to areas: each is one window, one text, one picture, as far as that can be seen.
 *
 * @module
 */
import { area, boundingBox, type Rect } from "../core/geometry.ts";

/** Tiles that touch each other, at corners too. */
export interface ChangedArea {
  /** Holds all that changed in them. */
  readonly bounds: Rect;
  /** Pixels in the boxes of what changed. */
  readonly changed: number;
}

/**
 * Puts changed tiles together.
 *
 * @param boxOf What changed in tile `row * columns + column`, or `undefined`.
 * @returns The largest first.
 */
export function changedAreas(
  columns: number,
  rows: number,
  boxOf: (tile: number) => Rect | undefined,
): ChangedArea[] {
  const boxes: (Rect | undefined)[] = [];
  const seen = new Uint8Array(columns * rows);
  for (let tile = 0; tile < seen.length; tile++) {
    const box = boxOf(tile);
    boxes.push(box);
    if (!box) seen[tile] = 1;
  }
  const areas: ChangedArea[] = [];
  const open: number[] = [];
  for (let start = 0; start < seen.length; start++) {
    if (seen[start]) continue;
    let bounds: Rect = { x: 0, y: 0, width: 0, height: 0 };
    let changed = 0;
    seen[start] = 1;
    open.push(start);
    for (let tile = open.pop(); tile !== undefined; tile = open.pop()) {
      const box = boxes[tile]!;
      bounds = boundingBox(bounds, box);
      changed += area(box);
      const column = tile % columns;
      const row = (tile - column) / columns;
      for (let y = Math.max(0, row - 1); y <= Math.min(rows - 1, row + 1); y++) {
        for (let x = Math.max(0, column - 1); x <= Math.min(columns - 1, column + 1); x++) {
          const next = y * columns + x;
          if (seen[next]) continue;
          seen[next] = 1;
          open.push(next);
        }
      }
    }
    areas.push({ bounds, changed });
  }
  return areas.sort((a, b) => b.changed - a.changed);
}
