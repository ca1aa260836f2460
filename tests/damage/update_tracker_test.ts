/**
 * Whatever happens to the screen and whenever the client asks, it ends up with the screen's pixels.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { intersect, type Rect, rect } from "../../lib/core/geometry.ts";
import { Region } from "../../lib/core/region.ts";
import type { Changes, Move } from "../../lib/damage/changes.ts";
import { type PendingUpdate, UpdateTracker } from "../../lib/damage/update_tracker.ts";

const SIDE = 12;
const SCREEN = rect(0, 0, SIDE, SIDE);

/** A picture of numbers; each new pixel gets a number of its own, so that no two are equal by chance. */
class Picture {
  readonly pixels = new Int32Array(SIDE * SIDE);

  copy({ to, dx, dy }: Move): void {
    const before = this.pixels.slice();
    forEach(to, (x, y) => this.pixels[y * SIDE + x] = before[(y - dy) * SIDE + x - dx]!);
  }

  fetch(area: Rect, from: Picture): void {
    forEach(area, (x, y) => this.pixels[y * SIDE + x] = from.pixels[y * SIDE + x]!);
  }
}

function forEach({ x, y, width, height }: Rect, visit: (x: number, y: number) => void): void {
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) visit(column, row);
  }
}

function apply(client: Picture, screen: Picture, { moves, changed }: PendingUpdate): void {
  for (const move of moves) client.copy(move);
  for (const area of changed.rects()) client.fetch(area, screen);
}

const anyRect = fc.tuple(
  fc.integer({ min: 0, max: SIDE - 1 }),
  fc.integer({ min: 0, max: SIDE - 1 }),
  fc.integer({ min: 1, max: SIDE }),
  fc.integer({ min: 1, max: SIDE }),
).map(([x, y, width, height]) => intersect(SCREEN, rect(x, y, width, height))!);

const anyStep = fc.oneof(
  { weight: 3, arbitrary: anyRect.map((area) => ({ kind: "draw" as const, area })) },
  {
    weight: 3,
    arbitrary: fc.tuple(anyRect, fc.integer({ min: -4, max: 4 }), fc.integer({ min: -4, max: 4 }))
      .map(([area, dx, dy]) => ({ kind: "move" as const, area, dx, dy })),
  },
  { weight: 2, arbitrary: anyRect.map((area) => ({ kind: "take" as const, area })) },
  { weight: 1, arbitrary: fc.constant({ kind: "takeAll" as const }) },
  { weight: 1, arbitrary: anyRect.map((area) => ({ kind: "invalidate" as const, area })) },
);

/** The part of a move whose source and target are on the screen. */
function onScreen(area: Rect, dx: number, dy: number): Move | undefined {
  const to = intersect(area, rect(dx, dy, SIDE, SIDE));
  return to && (dx !== 0 || dy !== 0) ? { to, dx, dy } : undefined;
}

Deno.test("UpdateTracker leads a client to the screen's pixels through any changes, moves and partial updates", () => {
  fc.assert(
    fc.property(fc.array(anyStep, { maxLength: 40 }), (steps) => {
      const screen = new Picture();
      const client = new Picture();
      const tracker = new UpdateTracker();
      tracker.acceptsMoves = true;
      let next = 1;
      for (const step of steps) {
        if (step.kind === "draw") {
          forEach(step.area, (x, y) => screen.pixels[y * SIDE + x] = next++);
          tracker.add({ moves: [], changed: Region.of(step.area) });
        } else if (step.kind === "move") {
          const move = onScreen(step.area, step.dx, step.dy);
          if (!move) continue;
          screen.copy(move);
          tracker.add({ moves: [move], changed: Region.EMPTY });
        } else if (step.kind === "invalidate") {
          tracker.invalidate(Region.of(step.area));
        } else {
          apply(client, screen, tracker.take(Region.of(step.kind === "takeAll" ? SCREEN : step.area)));
          tracker.composed();
        }
      }
      apply(client, screen, tracker.take(Region.of(SCREEN)));
      assert.deepEqual(client.pixels, screen.pixels);
      assert.ok(tracker.isEmpty);
    }),
    { seed: 1, numRuns: 3000 },
  );
});

const scroll: Changes = {
  moves: [{ to: rect(0, 0, SIDE, SIDE - 2), dx: 0, dy: -2 }],
  changed: Region.of(rect(0, SIDE - 2, SIDE, 2)),
};

Deno.test("UpdateTracker passes a move on to a client that has its source", () => {
  const tracker = new UpdateTracker();
  tracker.acceptsMoves = true;
  tracker.add(scroll);
  assert.deepEqual(tracker.take(Region.of(SCREEN)).moves, scroll.moves);
});

Deno.test("UpdateTracker gives pixels in place of moves to a client without CopyRect", () => {
  const tracker = new UpdateTracker();
  tracker.add(scroll);
  const { moves, changed } = tracker.take(Region.of(SCREEN));
  assert.deepEqual(moves, []);
  assert.ok(changed.equals(Region.of(SCREEN)));
});

Deno.test("UpdateTracker sends pixels for what a move took from where the client was not up to date", () => {
  const tracker = new UpdateTracker();
  tracker.acceptsMoves = true;
  tracker.add({ moves: [], changed: Region.of(rect(4, 6, 2, 1)) });
  tracker.add(scroll);
  const { moves, changed } = tracker.take(Region.of(SCREEN));
  assert.ok(changed.covers(rect(4, 4, 2, 1)));
  assert.ok(moves.every(({ to }) => !intersect(to, rect(4, 4, 2, 1))));
});

Deno.test("UpdateTracker takes moves as pixels while an update is being encoded", () => {
  const tracker = new UpdateTracker();
  tracker.acceptsMoves = true;
  tracker.add({ moves: [], changed: Region.of(SCREEN) });
  tracker.take(Region.of(SCREEN));
  tracker.add(scroll);
  tracker.composed();
  assert.deepEqual(tracker.take(Region.of(SCREEN)).moves, []);
});

Deno.test("UpdateTracker forgets everything but the whole screen at reset()", () => {
  const tracker = new UpdateTracker();
  tracker.acceptsMoves = true;
  tracker.add(scroll);
  tracker.reset();
  const { moves, changed } = tracker.take(Region.of(SCREEN));
  assert.deepEqual(moves, []);
  assert.ok(changed.equals(Region.of(SCREEN)));
});
