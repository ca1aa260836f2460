import assert from "node:assert/strict";
import * as fc from "fast-check";
import { area, contains, intersect, type Rect, rect } from "../../lib/core/geometry.ts";
import { Region } from "../../lib/core/region.ts";
import { mergeRects } from "../../lib/encodings/merge_rects.ts";

/** In the order of their place. */
function sorted(rects: readonly Rect[]): Rect[] {
  return rects.toSorted((a, b) => a.y - b.y || a.x - b.x);
}

Deno.test("mergeRects() makes one rectangle of a line of text that lies over tiles", () => {
  // Boxes of three tiles beside each other, ragged as letters are.
  assert.deepEqual(
    mergeRects([rect(40, 100, 24, 12), rect(64, 102, 64, 11), rect(128, 100, 30, 12)]),
    [rect(40, 100, 118, 13)],
  );
});

Deno.test("mergeRects() makes one rectangle of a window that lies over many tiles", () => {
  const boxes: Rect[] = [];
  const window = rect(100, 70, 700, 500);
  for (let y = 64; y < 576; y += 64) {
    for (let x = 64; x < 832; x += 64) {
      const box = intersect(window, rect(x, y, 64, 64));
      // Each tile's box is a little smaller here and there.
      if (box) boxes.push({ ...box, height: box.height - (x / 64) % 3 });
    }
  }
  // The last row of tiles has its own ragged end.
  assert.deepEqual(mergeRects(boxes), [rect(100, 70, 700, 500)]);
});

Deno.test("mergeRects() leaves apart what is scattered", () => {
  const scattered = [rect(10, 60, 8, 4), rect(120, 2, 8, 12), rect(300, 300, 20, 20), rect(330, 380, 4, 4)];
  assert.deepEqual(sorted(mergeRects(scattered)), sorted(scattered));
});

Deno.test("mergeRects() merges across a gap that is small", () => {
  assert.deepEqual(mergeRects([rect(0, 0, 60, 12), rect(80, 0, 60, 12)]), [rect(0, 0, 140, 12)]);
});

Deno.test("mergeRects() passes over empty rectangles and gives a single one back", () => {
  assert.deepEqual(mergeRects([]), []);
  assert.deepEqual(mergeRects([rect(3, 3, 0, 9)]), []);
  assert.deepEqual(mergeRects([rect(3, 3, 1000, 9)]), [rect(3, 3, 1000, 9)]);
});

Deno.test("mergeRects() holds all pixels, few others, none twice, inside of the bounds", () => {
  const rects = fc.array(
    fc.record({
      x: fc.nat(900),
      y: fc.nat(700),
      width: fc.integer({ min: 1, max: 200 }),
      height: fc.integer({ min: 1, max: 150 }),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(rects, (rects) => {
      const region = Region.from(rects);
      const merged = mergeRects(region.rects());
      assert.ok(region.subtract(Region.from(merged)).isEmpty);
      for (const [i, one] of merged.entries()) {
        assert.ok(contains(region.bounds, one));
        for (const other of merged.slice(i + 1)) assert.equal(intersect(one, other), undefined);
        const changed = region.intersect(one).area;
        assert.ok(area(one) <= changed * 1.25 * 64, "a rectangle with hardly anything in it");
      }
    }),
    { seed: 12, numRuns: 300 },
  );
});
