/**
 * What changed on the screen, and taking note of it: plain form.
 *
 * @module
 */
import { hasRect, requireRoom } from "../bounds.ts";
import { type Kernels, TILE } from "../kernels.ts";

/** See {@linkcode Kernels.diffTiles}. */
export const diffTiles: Kernels["diffTiles"] = (
  capture,
  shadow,
  stride,
  width,
  top,
  bottom,
  marks,
  boxes,
) => {
  const start = top * stride;
  if (!hasRect(capture, start, stride, width, bottom - top)) return 0;
  hasRect(shadow, start, stride, width, bottom - top);
  const columns = Math.ceil(width / TILE);
  const tiles = columns * Math.ceil(bottom / TILE);
  requireRoom(marks, 0, tiles);
  requireRoom(boxes, 0, tiles * 4);
  let changed = 0;
  let tileBottom = top;
  for (let tileTop = top; tileTop < bottom; tileTop = tileBottom) {
    const tileRow = Math.floor(tileTop / TILE);
    tileBottom = Math.min((tileRow + 1) * TILE, bottom);
    const firstTile = tileRow * columns;
    for (let column = 0; column < columns; column++) {
      const tile = firstTile + column;
      if (marks[tile] === 0) continue;
      const left = column * TILE;
      const right = Math.min(left + TILE, width);
      let x0 = right, x1 = left, y0 = -1, y1 = -1;
      for (let y = tileTop; y < tileBottom; y++) {
        const row = y * stride;
        let first = row + left;
        const end = row + right;
        while (first < end && ((capture[first]! ^ shadow[first]!) & 0xffffff) === 0) first++;
        if (first === end) continue;
        let last = end - 1;
        while (((capture[last]! ^ shadow[last]!) & 0xffffff) === 0) last--;
        if (y0 < 0) y0 = y;
        y1 = y + 1;
        x0 = Math.min(x0, first - row);
        x1 = Math.max(x1, last + 1 - row);
      }
      const box = tile * 4;
      if (y0 < 0) {
        boxes[box] =
          boxes[box + 1] =
          boxes[box + 2] =
          boxes[box + 3] =
            0;
      } else {
        boxes[box] = x0;
        boxes[box + 1] = y0;
        boxes[box + 2] = x1;
        boxes[box + 3] = y1;
        changed++;
      }
    }
  }
  return changed;
};

/** See {@linkcode Kernels.updateShadow}. */
export const updateShadow: Kernels["updateShadow"] = (capture, shadow, stride, x, y, width, height) => {
  const start = y * stride + x;
  if (!hasRect(capture, start, stride, width, height)) return;
  hasRect(shadow, start, stride, width, height);
  for (let row = 0; row < height; row++) {
    const from = start + row * stride;
    for (let i = from; i < from + width; i++) shadow[i] = capture[i]! & 0xffffff;
  }
};
