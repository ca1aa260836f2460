import assert from "node:assert/strict";
import fc from "fast-check";
import { type Rect, rect } from "../../lib/core/geometry.ts";
import { Region } from "../../lib/core/region.ts";
import { LossyAreas, STILL_MS } from "../../lib/session/lossy_areas.ts";

const SIZE = 12;
const ALL = Region.of(rect(0, 0, SIZE, SIZE));

const rects = fc.tuple(fc.nat(SIZE - 1), fc.nat(SIZE - 1), fc.nat(SIZE - 1), fc.nat(SIZE - 1)).map(
  ([x, y, right, bottom]): Rect =>
    rect(Math.min(x, right), Math.min(y, bottom), Math.abs(right - x) + 1, Math.abs(bottom - y) + 1),
);

/** What can happen to a client's picture. */
const events = fc.oneof(
  fc.record({ kind: fc.constant("sent" as const), rect: rects, isLossy: fc.boolean() }),
  fc.record({
    kind: fc.constant("moved" as const),
    rect: rects,
    dx: fc.integer({ min: -6, max: 6 }),
    dy: fc.integer({ min: -6, max: 6 }),
  }),
  fc.record({ kind: fc.constant("waited" as const), ms: fc.integer({ min: 1, max: 900 }) }),
  fc.record({ kind: fc.constant("clipped" as const), rect: rects }),
);

Deno.test("LossyAreas says of each pixel what a list of pixels says, within a step of time", () => {
  fc.assert(
    fc.property(fc.array(events, { maxLength: 40 }), (events) => {
      const areas = new LossyAreas();
      /** When each pixel became lossy, or was moved as such. */
      let since = new Map<string, number>();
      let now = 0;
      for (const event of events) {
        const next = new Map(since);
        if (event.kind === "waited") now += event.ms;
        else if (event.kind === "clipped") {
          areas.clip(event.rect);
          for (const pixel of since.keys()) {
            if (!Region.of(event.rect).contains(...at(pixel))) next.delete(pixel);
          }
        } else if (event.kind === "sent") {
          areas.sent(event.rect, event.isLossy, now);
          for (const pixel of pixelsOf(event.rect)) {
            if (event.isLossy) next.set(pixel, now);
            else next.delete(pixel);
          }
        } else {
          const { rect: to, dx, dy } = event;
          areas.moved({ to, dx, dy }, now);
          for (const pixel of pixelsOf(to)) {
            const [x, y] = at(pixel);
            if (since.has(`${x - dx},${y - dy}`)) next.set(pixel, now);
            else next.delete(pixel);
          }
        }
        since = next;
        assert.equal(areas.isEmpty, since.size === 0);
        const still = areas.still(ALL, now);
        const soonest = Math.min(...since.values()) + STILL_MS;
        for (const pixel of pixelsOf(rect(0, 0, SIZE, SIZE))) {
          const age = now - (since.get(pixel) ?? Infinity);
          const isStill = still.contains(...at(pixel));
          if (age >= STILL_MS) assert.ok(isStill, `${pixel} is still for ${age} ms`);
          // Some areas of about the same age count as one.
          if (age < STILL_MS - 100) assert.ok(!isStill, `${pixel} is still for ${age} ms only`);
        }
        const nextAt = areas.nextStillAt(ALL);
        assert.equal(nextAt === undefined, since.size === 0);
        if (nextAt !== undefined && soonest > now) assert.ok(nextAt <= soonest && nextAt > soonest - 1200);
      }
    }),
    { seed: 44, numRuns: 400 },
  );
});

Deno.test("LossyAreas counts a part of its own from when it became lossy, and others from before", () => {
  const areas = new LossyAreas();
  areas.sent(rect(0, 0, 10, 10), true, 1000);
  areas.sent(rect(5, 0, 5, 10), true, 1500);
  assert.deepEqual(areas.still(ALL, 1000 + STILL_MS).rects(), [rect(0, 0, 5, 10)]);
  assert.ok(areas.still(ALL, 999 + STILL_MS).isEmpty);
  assert.deepEqual(areas.still(ALL, 1500 + STILL_MS).rects(), [rect(0, 0, 10, 10)]);
  assert.deepEqual(areas.still(ALL, 1500 + STILL_MS, 300).rects(), [rect(0, 0, 5, 10)]);
  assert.equal(areas.nextStillAt(Region.of(rect(6, 0, 1, 1))), 1500 + STILL_MS);
  assert.equal(areas.nextStillAt(Region.of(rect(11, 11, 1, 1))), undefined);
});

Deno.test("LossyAreas stays small, however often something changes", () => {
  const areas = new LossyAreas();
  for (let now = 0; now < 100_000; now += 130) areas.sent(rect(now % 1900, now % 1000, 8, 8), true, now);
  // All that was sent long ago is one area by now.
  assert.ok(areas.still(Region.of(rect(0, 0, 2000, 2000)), 200_000).area > 10_000);
  const start = performance.now();
  for (let i = 0; i < 100; i++) areas.sent(rect(i, i, 300, 300), true, 100_000 + i);
  assert.ok(performance.now() - start < 500);
});

function pixelsOf({ x, y, width, height }: Rect): string[] {
  return Array.from({ length: width * height }, (_, i) => `${x + i % width},${y + Math.floor(i / width)}`);
}

function at(pixel: string): [number, number] {
  const [x, y] = pixel.split(",").map(Number);
  return [x!, y!];
}
