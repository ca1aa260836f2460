/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { bandsOf } from "../../lib/capture/bands.ts";
import { contains, intersect, rect, rectOf } from "../../lib/core/geometry.ts";

const SCREEN = { width: 300, height: 200 };

Deno.test("bandsOf() keeps what is far apart apart, and joins what is near", () => {
  const far = [rect(10, 0, 5, 5), rect(200, 100, 50, 10)];
  assert.deepEqual(bandsOf(far, SCREEN, 4), far);
  assert.deepEqual(bandsOf([rect(200, 12, 50, 10), rect(10, 0, 5, 5)], SCREEN, 4), [rect(10, 0, 240, 22)]);
});

Deno.test("bandsOf() joins the nearest first when there are too many", () => {
  const rects = [rect(0, 0, 1, 10), rect(0, 60, 1, 10), rect(0, 100, 1, 10), rect(0, 190, 1, 10)];
  assert.deepEqual(bandsOf(rects, SCREEN, 3), [rects[0], rect(0, 60, 1, 50), rects[3]]);
  assert.deepEqual(bandsOf(rects, SCREEN, 1), [rect(0, 0, 1, 200)]);
});

Deno.test("bandsOf() makes nothing of nothing, and of what is not on the screen", () => {
  assert.deepEqual(bandsOf([], SCREEN, 4), []);
  assert.deepEqual(bandsOf([rect(400, 0, 10, 10), rect(5, 5, 0, 9), rect(-20, 3, 20, 9)], SCREEN, 4), []);
});

Deno.test("bandsOf() holds every pixel, on the screen, in few bands without a common row", () => {
  const anyRect = fc.record({
    x: fc.integer({ min: -50, max: 350 }),
    y: fc.integer({ min: -50, max: 250 }),
    width: fc.integer({ min: 0, max: 120 }),
    height: fc.integer({ min: 0, max: 60 }),
  });
  fc.assert(
    fc.property(fc.array(anyRect, { maxLength: 40 }), fc.integer({ min: 1, max: 6 }), (rects, most) => {
      const bands = bandsOf(rects, SCREEN, most);
      assert.ok(bands.length <= most);
      for (const one of rects) {
        const seen = intersect(one, rectOf(SCREEN));
        assert.ok(!seen || bands.some((band) => contains(band, seen)));
      }
      for (const [i, band] of bands.entries()) {
        assert.ok(contains(rectOf(SCREEN), band));
        if (i > 0) assert.ok(band.y >= bands[i - 1]!.y + bands[i - 1]!.height);
      }
    }),
    { seed: 1, numRuns: 300 },
  );
});
