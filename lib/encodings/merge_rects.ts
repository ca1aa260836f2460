/**
 * Few rectangles out of many: change detection finds the changed part of each tile of 64x64 pixels, and a rectangle on
 * the wire costs more than some pixels that have not changed.
 *
 * @module
 */
import { area, boundingBox, intersect, type Rect } from "../core/geometry.ts";
import { TILE } from "../kernels/kernels.ts";

/** Unchanged pixels that a merged rectangle may have in any case: what a rectangle more would cost. */
const FREE_WASTE = 768;

/** And as part of the changed ones. */
const WASTE_SHARE = 0.25;

/** A rectangle that has grown out of others. */
interface Merged {
  rect: Rect;
  /** Changed pixels in it. */
  changed: number;
}

/**
 * Rectangles that hold all pixels of `rects`, and few others; none over another.
 *
 * What changed in neighbouring tiles becomes one rectangle where it fits together: a line of text, a window. What is
 * scattered stays scattered.
 *
 * @param rects None over another, inside the picture, so that all that is merged is there too; empty ones are passed
 *   over.
 */
export function mergeRects(rects: readonly Rect[]): Rect[] {
  if (rects.length <= 1) return rects.filter((rect) => area(rect) > 0);
  const merged: Merged[] = [];
  let above: Merged[] = [];
  for (const row of tileRows(rects)) {
    const here = mergeAcross(row);
    const open: Merged[] = [];
    for (const piece of here) {
      const upper = above.find((upper) => fits(upper, piece) && isFree(upper, piece, merged, here));
      if (upper) join(upper, piece);
      else merged.push(piece);
      open.push(upper ?? piece);
    }
    above = open;
  }
  return merged.map(({ rect }) => rect);
}

/** The changed part of each tile that has one: tile row after tile row, from left to right. */
function tileRows(rects: readonly Rect[]): Merged[][] {
  const rows = new Map<number, Map<number, Merged>>();
  for (const rect of rects) {
    for (let top = rect.y - rect.y % TILE; top < rect.y + rect.height; top += TILE) {
      for (let left = rect.x - rect.x % TILE; left < rect.x + rect.width; left += TILE) {
        const part = intersect(rect, { x: left, y: top, width: TILE, height: TILE });
        if (!part) continue;
        let row = rows.get(top);
        if (!row) rows.set(top, row = new Map());
        const piece = { rect: part, changed: area(part) };
        const known = row.get(left);
        if (known) join(known, piece);
        else row.set(left, piece);
      }
    }
  }
  return [...rows].sort(([a], [b]) => a - b).map(([, row]) =>
    [...row].sort(([a], [b]) => a - b).map(([, piece]) => piece)
  );
}

/** Joins pieces of one tile row where that wastes little. */
function mergeAcross(pieces: readonly Merged[]): Merged[] {
  const joined: Merged[] = [];
  for (const piece of pieces) {
    const last = joined.at(-1);
    if (last && fits(last, piece)) join(last, piece);
    else joined.push(piece);
  }
  return joined;
}

/** Whether both together waste little. */
function fits(a: Merged, b: Merged): boolean {
  const changed = a.changed + b.changed;
  return area(boundingBox(a.rect, b.rect)) - changed <= FREE_WASTE + changed * WASTE_SHARE;
}

/** Whether nothing else lies where both together would. */
function isFree(a: Merged, b: Merged, ...others: readonly Merged[][]): boolean {
  const box = boundingBox(a.rect, b.rect);
  return others.every((others) =>
    others.every((other) => other === a || other === b || !intersect(other.rect, box))
  );
}

function join(into: Merged, from: Merged): void {
  into.rect = boundingBox(into.rect, from.rect);
  into.changed += from.changed;
}
