import assert from "node:assert/strict";
import fc from "fast-check";
import { contains, type Rect, rect } from "../../lib/core/geometry.ts";
import { scaledSize, Scaling, unscaledSize } from "../../lib/core/scaling.ts";

const side = fc.integer({ min: 1, max: 3000 });
const size = fc.record({ width: side, height: side });
const factor = fc.double({ min: 0.1, max: 4, noNaN: true });
/** Every size, shown at every factor. */
const scaling = fc.tuple(size, factor).map(([real, by]) => new Scaling(real, scaledSize(real, by)));

/** A rectangle of at least a pixel in a screen. */
const parts = (screen: { width: number; height: number }) =>
  fc.tuple(fc.nat({ max: screen.width - 1 }), fc.nat({ max: screen.height - 1 })).chain(([x, y]) =>
    fc.record({
      x: fc.constant(x),
      y: fc.constant(y),
      width: fc.integer({ min: 1, max: screen.width - x }),
      height: fc.integer({ min: 1, max: screen.height - y }),
    })
  );

Deno.test("scaledSize() is the size times the factor, in whole pixels, of which there is at least one", () => {
  assert.deepEqual(scaledSize({ width: 1920, height: 1081 }, 0.5), { width: 960, height: 541 });
  assert.deepEqual(scaledSize({ width: 3, height: 2 }, 0.1), { width: 1, height: 1 });
  assert.deepEqual(scaledSize({ width: 32767, height: 10 }, 4), { width: 65535, height: 40 });
});

Deno.test("unscaledSize() is shown as wanted, or as a little less where there is no such size", () => {
  assert.deepEqual(unscaledSize({ width: 801, height: 600 }, 0.5), { width: 1602, height: 1200 });
  assert.deepEqual(unscaledSize({ width: 801, height: 802 }, 1.5), { width: 534, height: 534 });
  fc.assert(
    fc.property(size, factor, (wanted, by) => {
      const shown = scaledSize(unscaledSize(wanted, by), by);
      for (const [got, asked] of [[shown.width, wanted.width], [shown.height, wanted.height]] as const) {
        if (asked >= by) {
          assert.ok(got <= asked && got > asked - by - 1, `${asked} by ${by} is shown as ${got}`);
        }
        if (asked >= by && by <= 1) assert.equal(got, asked);
      }
    }),
    { seed: 4, numRuns: 500 },
  );
});

Deno.test("Scaling.cover() and Scaling.partsOf() are the pixels that lie over and under each other", () => {
  const half = new Scaling({ width: 10, height: 10 }, { width: 5, height: 5 });
  assert.deepEqual(half.cover(rect(3, 4, 2, 1)), rect(1, 2, 2, 1));
  assert.deepEqual(half.partsOf(rect(1, 2, 2, 1)), rect(2, 4, 4, 2));
  const larger = new Scaling({ width: 4, height: 4 }, { width: 6, height: 6 });
  assert.deepEqual(larger.cover(rect(1, 1, 1, 1)), rect(1, 1, 2, 2));
  assert.deepEqual(larger.partsOf(rect(1, 1, 1, 1)), rect(0, 0, 2, 2));
});

Deno.test("Scaling.cover() holds exactly the shown pixels that have one of the real ones under them", () => {
  const overlaps = (at: number, from: number, to: number, [begin, end]: readonly [number, number]) =>
    at * from < end * to && (at + 1) * from > begin * to;
  fc.assert(
    fc.property(scaling.chain((one) => fc.tuple(fc.constant(one), parts(one.real))), ([one, real]) => {
      const { x, y, width, height } = one.cover(real);
      const columns = (at: number) =>
        overlaps(at, one.real.width, one.shown.width, [real.x, real.x + real.width]);
      const rows = (at: number) =>
        overlaps(at, one.real.height, one.shown.height, [real.y, real.y + real.height]);
      assert.ok(columns(x) && columns(x + width - 1) && !columns(x - 1) && !columns(x + width));
      assert.ok(rows(y) && rows(y + height - 1) && !rows(y - 1) && !rows(y + height));
      assert.ok(contains(one.partsOf({ x, y, width, height }), real));
    }),
    { seed: 4, numRuns: 500 },
  );
});

Deno.test("Scaling.toReal() points at a pixel under the shown one, and at the outermost ones from the edges", () => {
  fc.assert(
    fc.property(scaling.chain((one) => fc.tuple(fc.constant(one), parts(one.shown))), ([one, { x, y }]) => {
      const at = one.toReal({ x, y });
      const under: Rect = one.partsOf(rect(x, y, 1, 1));
      assert.ok(contains(under, rect(at.x, at.y, 1, 1)), JSON.stringify({ at, under }));
      assert.deepEqual(one.toReal({ x: 0, y: 0 }), {
        x: one.shown.width === 1 ? Math.floor(one.real.width / 2) : 0,
        y: one.shown.height === 1 ? Math.floor(one.real.height / 2) : 0,
      });
      const { width, height } = one.shown;
      const last = one.toReal({ x: width - 1, y: height - 1 });
      if (width > 1) assert.equal(last.x, one.real.width - 1);
      if (height > 1) assert.equal(last.y, one.real.height - 1);
    }),
    { seed: 4, numRuns: 500 },
  );
});

Deno.test("Scaling.nearest() leaves no gap between monitors, and covers the screen", () => {
  const one = new Scaling({ width: 1921, height: 1080 }, { width: 961, height: 540 });
  const [left, right] = [one.nearest(rect(0, 0, 1001, 1080)), one.nearest(rect(1001, 0, 920, 1080))];
  assert.equal(left.x + left.width, right.x);
  assert.equal(right.x + right.width, 961);
  assert.equal(left.height, 540);
});
