/**
 * Regions against the simplest thing that can hold a set of pixels: one flag for each.
 *
 * @module
 */
import assert from "node:assert/strict";
import process from "node:process";
import fc from "fast-check";
import { type Rect, rect } from "../../lib/core/geometry.ts";
import { Region } from "../../lib/core/region.ts";

const SIDE = 24;
const ORIGIN = -4;

/** The pixels ORIGIN … ORIGIN+SIDE-1 in both directions. */
type Bitmap = Uint8Array;

function bitmapOf(rects: Iterable<Rect>): Bitmap {
  const bits = new Uint8Array(SIDE * SIDE);
  for (const { x, y, width, height } of rects) {
    for (let row = y; row < y + height; row++) {
      for (let column = x; column < x + width; column++) bits[at(column, row)]! |= 1;
    }
  }
  return bits;
}

function at(x: number, y: number): number {
  return (y - ORIGIN) * SIDE + x - ORIGIN;
}

/** The canonical rectangles of a bitmap: runs of each row, joined downwards where two rows have the same runs. */
function rectsOf(bits: Bitmap): Rect[] {
  const rects: Rect[] = [];
  let above: Rect[] = [];
  for (let y = ORIGIN; y < ORIGIN + SIDE; y++) {
    const row: Rect[] = [];
    for (let x = ORIGIN; x < ORIGIN + SIDE; x++) {
      if (!bits[at(x, y)]) continue;
      const start = x;
      while (x < ORIGIN + SIDE && bits[at(x, y)]) x++;
      row.push(rect(start, y, x - start, 1));
    }
    const continues = row.length > 0 && row.length === above.length &&
      row.every((run, i) => run.x === above[i]!.x && run.width === above[i]!.width);
    if (continues) {
      above = above.map((run) => ({ ...run, height: run.height + 1 }));
      rects.splice(rects.length - above.length, above.length, ...above);
    } else {
      rects.push(...row);
      above = row;
    }
  }
  return rects;
}

function both(a: Bitmap, b: Bitmap, keep: (a: number, b: number) => boolean): Bitmap {
  return a.map((bit, i) => keep(bit, b[i]!) ? 1 : 0);
}

const coordinate = fc.integer({ min: ORIGIN, max: ORIGIN + SIDE - 8 });
const anyRect: fc.Arbitrary<Rect> = fc.record({
  x: coordinate,
  y: coordinate,
  width: fc.integer({ min: 0, max: 8 }),
  height: fc.integer({ min: 0, max: 8 }),
});
const rects = fc.array(anyRect, { maxLength: 10 });

function check<T extends unknown[]>(property: fc.IPropertyWithHooks<T>): void {
  fc.assert(property, { seed: 0x0ff5e7, numRuns: 1000 });
}

Deno.test("Region.of() holds the pixels of its rectangles, in canonical form", () => {
  check(fc.property(rects, (list) => {
    assert.deepEqual(Region.of(...list).rects(), rectsOf(bitmapOf(list)));
  }));
});

Deno.test("Region union, subtract and intersect do to regions what they do to bitmaps", () => {
  check(fc.property(rects, rects, (listA, listB) => {
    const a = Region.of(...listA);
    const b = Region.of(...listB);
    const bitsA = bitmapOf(listA);
    const bitsB = bitmapOf(listB);
    assert.deepEqual(a.union(b).rects(), rectsOf(both(bitsA, bitsB, (a, b) => (a | b) === 1)));
    assert.deepEqual(a.subtract(b).rects(), rectsOf(both(bitsA, bitsB, (a, b) => a === 1 && b === 0)));
    assert.deepEqual(a.intersect(b).rects(), rectsOf(both(bitsA, bitsB, (a, b) => (a & b) === 1)));
  }));
});

/** A rectangle of any size, so that it often holds a whole region, or all there is. */
const largeRect: fc.Arbitrary<Rect> = fc.record({
  x: fc.integer({ min: ORIGIN, max: ORIGIN + SIDE }),
  y: fc.integer({ min: ORIGIN, max: ORIGIN + SIDE }),
  right: fc.integer({ min: ORIGIN, max: ORIGIN + SIDE }),
  bottom: fc.integer({ min: ORIGIN, max: ORIGIN + SIDE }),
}).map(({ x, y, right, bottom }) => rect(x, y, Math.max(0, right - x), Math.max(0, bottom - y)));

Deno.test("Region operations with one rectangle, of any size and as either operand, do the same", () => {
  check(fc.property(fc.array(anyRect, { maxLength: 3 }), largeRect, (list, one) => {
    const a = Region.of(...list);
    const single = Region.of(one);
    const bitsA = bitmapOf(list);
    const bitsB = bitmapOf([one]);
    const union = rectsOf(both(bitsA, bitsB, (a, b) => (a | b) === 1));
    const common = rectsOf(both(bitsA, bitsB, (a, b) => (a & b) === 1));
    for (const other of [one, single]) {
      assert.deepEqual(a.union(other).rects(), union);
      assert.deepEqual(a.intersect(other).rects(), common);
      assert.deepEqual(
        a.subtract(other).rects(),
        rectsOf(both(bitsA, bitsB, (a, b) => a === 1 && b === 0)),
      );
    }
    assert.deepEqual(single.union(a).rects(), union);
    assert.deepEqual(single.intersect(a).rects(), common);
    assert.deepEqual(
      single.subtract(a).rects(),
      rectsOf(both(bitsA, bitsB, (a, b) => a === 0 && b === 1)),
    );
  }));
});

Deno.test("Region operations take a rectangle for a region", () => {
  check(fc.property(rects, anyRect, (list, one) => {
    const region = Region.of(...list);
    assert.ok(region.union(one).equals(region.union(Region.of(one))));
    assert.ok(region.subtract(one).equals(region.subtract(Region.of(one))));
    assert.ok(region.intersect(one).equals(region.intersect(Region.of(one))));
  }));
});

Deno.test("Region says of each pixel, rectangle and number what a bitmap says", () => {
  check(fc.property(rects, anyRect, (list, probe) => {
    const region = Region.of(...list);
    const bits = bitmapOf(list);
    for (let y = ORIGIN; y < ORIGIN + SIDE; y++) {
      for (let x = ORIGIN; x < ORIGIN + SIDE; x++) {
        assert.equal(region.contains(x, y), bits[at(x, y)] === 1, `(${x}, ${y})`);
      }
    }
    const probed = both(bits, bitmapOf([probe]), (a, b) => (a & b) === 1);
    const seen = probed.reduce((sum, bit) => sum + bit, 0);
    assert.equal(region.covers(probe), seen === probe.width * probe.height);
    assert.equal(region.intersects(probe), seen > 0);
    assert.equal(region.area, bits.reduce((sum, bit) => sum + bit, 0));
    assert.equal(region.isEmpty, region.area === 0);
    assert.equal(region.rectCount, region.rects().length);
  }));
});

Deno.test("Region.bounds is the smallest rectangle around all pixels", () => {
  check(fc.property(rects, (list) => {
    const pieces = rectsOf(bitmapOf(list));
    const left = Math.min(...pieces.map((r) => r.x));
    const top = Math.min(...pieces.map((r) => r.y));
    const right = Math.max(...pieces.map((r) => r.x + r.width));
    const bottom = Math.max(...pieces.map((r) => r.y + r.height));
    const expected = pieces.length === 0 ? rect(0, 0, 0, 0) : rect(left, top, right - left, bottom - top);
    assert.deepEqual(Region.of(...list).bounds, expected);
  }));
});

Deno.test("Region.translate() moves all pixels, there and back", () => {
  const distance = fc.integer({ min: -50, max: 50 });
  check(fc.property(rects, distance, distance, (list, dx, dy) => {
    const region = Region.of(...list);
    const moved = region.translate(dx, dy);
    assert.deepEqual(moved.rects(), region.rects().map((r) => ({ ...r, x: r.x + dx, y: r.y + dy })));
    assert.ok(moved.translate(-dx, -dy).equals(region));
  }));
});

Deno.test("Region.equals() compares pixels, however they were put together", () => {
  check(fc.property(rects, rects, (listA, listB) => {
    const a = Region.of(...listA);
    const b = Region.of(...listB);
    assert.equal(a.equals(b), bitmapOf(listA).every((bit, i) => bit === bitmapOf(listB)[i]));
    assert.ok(a.subtract(b).union(a.intersect(b)).equals(a));
    assert.ok(a.union(b).equals(b.union(a)));
    assert.ok(Region.unionOf([a, b, a]).equals(Region.of(...listB, ...listA)));
  }));
});

Deno.test("Region.unionOf() of nothing is empty", () => {
  assert.ok(Region.unionOf([]).isEmpty);
  assert.ok(Region.from([]).equals(Region.EMPTY));
  assert.deepEqual(Region.EMPTY.bounds, rect(0, 0, 0, 0));
  assert.deepEqual(Region.EMPTY.rects(), []);
});

Deno.test("Region.of() refuses fractions", () => {
  assert.throws(() => Region.of(rect(0, 0.5, 1, 1)), RangeError);
  assert.throws(() => Region.of(rect(NaN, 0, 1, 1)), RangeError);
  assert.throws(() => Region.of(rect(0, 0, Infinity, 1)), RangeError);
});

Deno.test("Region.from() merges a thousand tiles of a full screen into one rectangle", () => {
  const tiles: Rect[] = [];
  for (let y = 0; y < 2048; y += 64) for (let x = 0; x < 2048; x += 64) tiles.push(rect(x, y, 64, 64));
  assert.deepEqual(Region.from(tiles.reverse()).rects(), [rect(0, 0, 2048, 2048)]);
});

Deno.test("Region.from() is far from quadratic in rectangles that do not touch", () => {
  // A staircase: as many bands as rectangles.
  const count = 8000;
  const stairs = Array.from(
    { length: count },
    (_, i) => rect((i * 7 % 128) * 16, (i * 2357 % count) * 16, 8, 8),
  );
  const times = Array.from({ length: 3 }, () => {
    // Processor time, which a busy machine does not stretch; it comes in ticks of some milliseconds.
    const start = process.cpuUsage();
    assert.equal(Region.from(stairs).rectCount, count);
    return process.cpuUsage(start).user / 1000;
  });
  // It takes about 20 ms. Merged one by one, they take seconds.
  assert.ok(Math.min(...times) < 300, `${times} ms`);
});
