/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { DamageCollector } from "../../lib/capture/damage_collector.ts";
import { contains, intersect, type Rect, rect, rectOf } from "../../lib/core/geometry.ts";

const SCREEN = { width: 300, height: 200 };

function collect(rects: readonly Rect[]): DamageCollector {
  const collector = new DamageCollector(SCREEN);
  for (const { x, y, width, height } of rects) collector.add(x, y, width, height);
  return collector;
}

Deno.test("DamageCollector keeps few rectangles as they are, without those inside others", () => {
  const collector = collect([rect(5, 5, 10, 10), rect(50, 50, 20, 20), rect(6, 6, 2, 2), rect(0, 0, 30, 30)]);
  assert.deepEqual(collector.take(), [rect(0, 0, 30, 30), rect(50, 50, 20, 20)]);
  assert.ok(collector.empty);
  assert.deepEqual(collector.take(), []);
});

Deno.test("DamageCollector cuts off what is not on the screen", () => {
  const collector = collect([
    rect(-5, -5, 10, 10),
    rect(290, 190, 100, 100),
    rect(400, 0, 10, 10),
    rect(0, 0, 0, 5),
  ]);
  assert.deepEqual(collector.take(), [rect(0, 0, 5, 5), rect(290, 190, 10, 10)]);
});

Deno.test("DamageCollector knows the whole screen when it sees it", () => {
  const collector = collect([rect(7, 7, 1, 1), rect(-1, -1, 400, 400), rect(3, 3, 3, 3)]);
  assert.deepEqual(collector.take(), [rectOf(SCREEN)]);
  collector.addAll();
  assert.ok(!collector.empty);
  assert.deepEqual(collector.take(), [rectOf(SCREEN)]);
});

Deno.test("DamageCollector makes tiles of many rectangles, joined to the right and downwards", () => {
  const points = Array.from({ length: 17 }, (_, i) => rect(70 + i * 3, 70 + i * 5, 1, 1));
  const collector = collect([...points, rect(250, 0, 1, 1)]);
  assert.deepEqual(collector.take(), [rect(192, 0, 64, 64), rect(64, 64, 64, 128)]);
  collector.add(1, 2, 3, 4);
  assert.deepEqual(collector.take(), [rect(1, 2, 3, 4)]);
});

Deno.test("DamageCollector holds every pixel that was added, on the screen, in few rectangles", () => {
  const anyRect = fc.record({
    x: fc.integer({ min: -50, max: 350 }),
    y: fc.integer({ min: -50, max: 250 }),
    width: fc.integer({ min: 0, max: 90 }),
    height: fc.integer({ min: 0, max: 90 }),
  });
  fc.assert(
    fc.property(fc.array(anyRect, { maxLength: 60 }), (rects) => {
      const taken = collect(rects).take();
      assert.ok(taken.length <= 20);
      const marks = new Uint8Array(SCREEN.width * SCREEN.height);
      for (const one of taken) {
        assert.ok(contains(rectOf(SCREEN), one));
        for (let y = one.y; y < one.y + one.height; y++) {
          marks.fill(1, y * SCREEN.width + one.x, y * SCREEN.width + one.x + one.width);
        }
      }
      for (const one of rects) {
        const seen = intersect(one, rectOf(SCREEN));
        for (let y = seen?.y ?? 0; seen && y < seen.y + seen.height; y++) {
          const row = marks.subarray(y * SCREEN.width + seen.x, y * SCREEN.width + seen.x + seen.width);
          assert.ok(!row.includes(0));
        }
      }
    }),
    { seed: 2, numRuns: 200 },
  );
});

Deno.test("DamageCollector.small() gives what is small beside what is large, once, and leaves it to take()", () => {
  const screen = { width: 800, height: 600 };
  const collector = new DamageCollector(screen);
  const [video, letter, other] = [rect(0, 0, 800, 500), rect(40, 20, 9, 16), rect(40, 550, 9, 16)];
  const add = ({ x, y, width, height }: Rect) => collector.add(x, y, width, height);
  add(letter);
  assert.equal(collector.small(), undefined, "all of it is small");
  add(video);
  add(other);
  assert.deepEqual(collector.small(), [letter, other]);
  assert.deepEqual(collector.small(), []);
  add(letter); // inside of what is known already
  assert.deepEqual(collector.small(), [letter]);
  assert.deepEqual(collector.take(), [video, other]);
  collector.addAll();
  add(letter);
  assert.deepEqual(collector.small(), [letter]);
  add(other);
  assert.deepEqual(collector.take(), [rectOf(screen)]);
  assert.equal(collector.small(), undefined, "nothing is left");
});

Deno.test("DamageCollector.small() gives nothing where much is small", () => {
  const collector = new DamageCollector(SCREEN);
  collector.addAll();
  for (let i = 0; i < 17; i++) collector.add(i, i, 5, 5);
  assert.deepEqual(collector.small(), []);
  collector.add(1, 1, 5, 5);
  assert.deepEqual(collector.small(), [rect(1, 1, 5, 5)]);
});
