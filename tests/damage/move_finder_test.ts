/**
 * What moved is found, and nothing that did not (DESIGN §3.4).
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { intersect, type Rect, rect, rectOf } from "../../lib/core/geometry.ts";
import { createFrame, type Frame } from "../../lib/core/pixels.ts";
import { ChangeDetector } from "../../lib/damage/change_detector.ts";
import type { Changes, MoveHint } from "../../lib/damage/changes.ts";
import type { Kernels } from "../../lib/kernels/kernels.ts";
import { plainKernels } from "../../lib/kernels/plain.ts";
import { loadKernels } from "../../lib/kernels/simd.ts";

const WIDTH = 512;
const HEIGHT = 384;

/** A desktop: text-like lines, each different, on a white page, with a photo-like window. */
function desktop(): Frame {
  const frame = createFrame(WIDTH, HEIGHT);
  frame.pixels.fill(0xffffff);
  for (let y = 0; y < HEIGHT; y++) {
    if (y % 16 > 11) continue;
    for (let x = 8; x < WIDTH - 8; x++) {
      if ((hash(x >> 1, y) & 7) < 3) frame.pixels[y * WIDTH + x] = 0x202020;
    }
  }
  return frame;
}

function hash(x: number, y: number): number {
  let h = Math.imul(x, 0x9e3779b1) ^ Math.imul(y, 0x85ebca77);
  h = Math.imul(h ^ h >>> 15, 0xc2b2ae3d);
  return (h ^ h >>> 13) >>> 0;
}

function paint(frame: Frame, { x, y, width, height }: Rect, colour: (x: number, y: number) => number): void {
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) {
      frame.pixels[row * frame.stride + column] = colour(column, row);
    }
  }
}

function moved(frame: Frame, from: Rect, dx: number, dy: number): Frame {
  const result = { ...frame, pixels: frame.pixels.slice() };
  paint(
    result,
    { ...from, x: from.x + dx, y: from.y + dy },
    (x, y) => frame.pixels[(y - dy) * WIDTH + x - dx]!,
  );
  return result;
}

const photo = (seed: number) => (x: number, y: number) => hash(x + seed, y) & 0xffffff;

/** Shows one picture after the other. @returns What the detector says, and what clients make of it. */
function show(before: Frame, after: Frame, hints: readonly MoveHint[] = []): Changes {
  const memory = new FrameMemory();
  using detector = new ChangeDetector({ width: WIDTH, height: HEIGHT }, WIDTH, loadKernels(memory), memory);
  detector.accept(before, [rectOf(before)]);
  const client = before.pixels.map((pixel) => pixel & 0xffffff);
  const changes = detector.detect(after, [rectOf(after)], hints);
  follow(client, changes, detector.shadow);
  assert.deepEqual(detector.shadow.pixels, after.pixels.map((pixel) => pixel & 0xffffff));
  assert.deepEqual(client, Uint32Array.from(detector.shadow.pixels), "clients have what the screen has");
  return changes;
}

/** Does what a client does. */
function follow(client: Uint32Array, { moves, changed }: Changes, shadow: Frame): void {
  for (const { to, dx, dy } of moves) {
    const before = client.slice();
    for (let y = to.y; y < to.y + to.height; y++) {
      for (let x = to.x; x < to.x + to.width; x++) {
        client[y * WIDTH + x] = before[(y - dy) * WIDTH + x - dx]!;
      }
    }
  }
  for (const { x, y, width, height } of changed.rects()) {
    for (let row = y; row < y + height; row++) {
      client.set(shadow.pixels.subarray(row * WIDTH + x, row * WIDTH + x + width), row * WIDTH + x);
    }
  }
}

const SCROLLED = rect(40, 48, 400, 288);

for (const [name, dx, dy] of [["up", 0, -16], ["down", 0, 16], ["left", -24, 0], ["right", 24, 0]] as const) {
  Deno.test(`a text that scrolls ${name} in part of the screen is a move`, () => {
    const before = desktop();
    const to = intersect(SCROLLED, { ...SCROLLED, x: SCROLLED.x + dx, y: SCROLLED.y + dy })!;
    const after = moved(before, { ...to, x: to.x - dx, y: to.y - dy }, dx, dy);
    const { moves, changed } = show(before, after);
    assert.ok(moves.length >= 1);
    assert.deepEqual([moves[0]!.dx, moves[0]!.dy], [dx, dy]);
    assert.ok(changed.area <= 0.05 * to.width * to.height, `${changed.area} pixels are left`);
  });
}

Deno.test("a page that scrolls below a fixed header is a move, and new lines are pixels", () => {
  const before = desktop();
  const to = rect(0, 64, WIDTH, HEIGHT - 64 - 32);
  const after = moved(before, { ...to, y: to.y + 32 }, 0, -32);
  paint(after, rect(0, HEIGHT - 32, WIDTH, 32), photo(3));
  const { moves, changed } = show(before, after);
  assert.equal(moves[0]!.dy, -32);
  assert.ok(changed.area < WIDTH * 40);
});

Deno.test("a window dragged in two dimensions is a move, with and without a hint from X", () => {
  const window = rect(60, 70, 200, 150);
  const before = desktop();
  const background = before.pixels.slice();
  paint(before, window, photo(1));
  const after = { ...before, pixels: background };
  paint(after, { ...window, x: 83, y: 59 }, (x, y) => before.pixels[(y + 11) * WIDTH + x - 23]!);
  for (const hints of [[], [{ from: window, to: { ...window, x: 83, y: 59 } }]]) {
    const { moves, changed } = show(before, after, hints);
    assert.deepEqual(moves, [{ to: { ...window, x: 83, y: 59 }, dx: 23, dy: -11 }]);
    // What the window has left bare is sent; of what it covers nothing.
    assert.ok(changed.area < 200 * 64 + 64 * 150);
  }
});

Deno.test("two windows that move at once are two moves", () => {
  const before = desktop();
  const after = desktop();
  paint(before, rect(10, 10, 120, 120), photo(1));
  paint(after, rect(30, 10, 120, 120), (x, y) => photo(1)(x - 20, y));
  paint(before, rect(300, 200, 130, 120), photo(9));
  paint(after, rect(300, 180, 130, 120), (x, y) => photo(9)(x, y + 20));
  const { moves } = show(before, after);
  assert.deepEqual(moves.map(({ dx, dy }) => [dx, dy]).sort(), [[0, -20], [20, 0]]);
});

Deno.test("a hint that is wrong is no move", () => {
  const before = desktop();
  const after = moved(before, rect(0, 0, 8, 8), 200, 100);
  const hints = [{ from: rect(0, 0, 300, 300), to: rect(100, 50, 300, 300) }];
  assert.deepEqual(show(before, after, hints).moves, []);
});

Deno.test("new content is no move", () => {
  const before = desktop();
  const after = desktop();
  paint(after, rect(0, 0, WIDTH, HEIGHT), photo(5));
  assert.deepEqual(show(before, after).moves, []);
});

Deno.test("ChangeDetector keeps clients equal to the screen through any moves and draws", () => {
  const anyRect = fc.record({
    x: fc.integer({ min: 0, max: WIDTH - 80 }),
    y: fc.integer({ min: 0, max: HEIGHT - 80 }),
    width: fc.integer({ min: 1, max: 300 }),
    height: fc.integer({ min: 1, max: 300 }),
  }).map((r) => intersect(r, rect(0, 0, WIDTH, HEIGHT))!);
  const shift = fc.integer({ min: -90, max: 90 });
  const steps = fc.array(
    fc.record({
      kind: fc.constantFrom("move", "move", "draw"),
      area: anyRect,
      dx: shift,
      dy: shift,
      hinted: fc.boolean(),
    }),
    { minLength: 1, maxLength: 6 },
  );
  fc.assert(
    fc.property(steps, (steps) => {
      const memory = new FrameMemory();
      using detector = new ChangeDetector({ width: WIDTH, height: HEIGHT }, WIDTH, plainKernels, memory);
      let screen = desktop();
      detector.accept(screen, [rectOf(screen)]);
      const client = screen.pixels.slice();
      for (const { kind, area, dx, dy, hinted } of steps) {
        const before = screen;
        let hints: MoveHint[] = [];
        if (kind === "draw") {
          screen = { ...screen, pixels: screen.pixels.slice() };
          paint(screen, area, photo(dx));
        } else {
          const to = intersect(rect(0, 0, WIDTH, HEIGHT), { ...area, x: area.x + dx, y: area.y + dy });
          if (!to) continue;
          screen = moved(before, { ...to, x: to.x - dx, y: to.y - dy }, dx, dy);
          if (hinted) hints = [{ from: { ...to, x: to.x - dx, y: to.y - dy }, to }];
        }
        follow(client, detector.detect(screen, [rectOf(screen)], hints), detector.shadow);
        assert.deepEqual(client, screen.pixels);
      }
    }),
    { seed: 7, numRuns: 60 },
  );
});

Deno.test("a page of white paper that scrolls by another distance each time is one move each time", () => {
  const page = (y: number, x: number) => {
    const line = Math.floor(y / 16);
    // Words of different lengths on every second line or so, paper between.
    const isText = hash(line, 7) % 3 > 0 && x < 40 + hash(line, 1) % 300 && y % 16 > 4;
    return isText && hash(Math.floor(x / 2), y) % 3 === 0 ? 0x202020 : 0xffffff;
  };
  const at = (top: number): Frame => {
    const frame = desktop();
    paint(frame, SCROLLED, (x, y) => page(y + top, x));
    return frame;
  };
  const memory = new FrameMemory();
  using detector = new ChangeDetector({ width: WIDTH, height: HEIGHT }, WIDTH, loadKernels(memory), memory);
  const first = at(0);
  detector.accept(first, [rectOf(first)]);
  const client = Uint32Array.from(detector.shadow.pixels);
  let top = 0;
  for (const distance of [40, 31, 52, 38, 61, 27, 45, 35, 49]) {
    const frame = at(top += distance);
    const changes = detector.detect(frame, [rectOf(frame)]);
    follow(client, changes, detector.shadow);
    assert.deepEqual(client, Uint32Array.from(frame.pixels, (pixel) => pixel & 0xffffff));
    assert.ok(changes.moves.length >= 1, `nothing found for ${distance}`);
    for (const { dx, dy } of changes.moves) assert.deepEqual([dx, dy], [0, -distance]);
    const { width, height } = SCROLLED;
    assert.ok(changes.changed.area < width * (distance + 64), `${changes.changed.area} of ${width * height}`);
  }
});

Deno.test("a search of a large area goes on at the next look, and begins there with what it found last", () => {
  const [width, height] = [1600, 1000];
  const at = (x: number, y: number): Frame => {
    const frame = createFrame(width, height);
    for (let row = 0; row < 800; row++) {
      for (let column = 0; column < 1300; column++) {
        frame.pixels[(y + row) * width + x + column] = photo(1)(column, row);
      }
    }
    return frame;
  };
  const memory = new FrameMemory();
  using detector = new ChangeDetector({ width, height }, width, loadKernels(memory), memory);
  const places = [[10, 20], [47, 43], [95, 60], [112, 91]] as const;
  const found = places.map(([x, y], i) => {
    const frame = at(x, y);
    if (i === 0) detector.accept(frame, [rectOf(frame)]);
    const { moves } = i === 0 ? { moves: [] } : detector.detect(frame, [rectOf(frame)]);
    assert.deepEqual(Uint32Array.from(detector.shadow.pixels), frame.pixels);
    return moves.map(({ dx, dy }) => [dx, dy]);
  });
  assert.deepEqual(found, [[], [], [[48, 17]], [[17, 31]]]);
});

Deno.test("where searches were in vain a glance has to do, and finds what moves in a part all the same", () => {
  const memory = new FrameMemory();
  const kernels = loadKernels(memory);
  let hashed = 0;
  const counting: Kernels = {
    ...kernels,
    spanHashes(pixels, offset, stride, width, height, span, hashes) {
      hashed += width * height;
      kernels.spanHashes(pixels, offset, stride, width, height, span, hashes);
    },
    columnHashes(pixels, offset, stride, width, height, hashes) {
      hashed += width * height;
      kernels.columnHashes(pixels, offset, stride, width, height, hashes);
    },
  };
  using detector = new ChangeDetector({ width: WIDTH, height: HEIGHT }, WIDTH, counting, memory);
  const screen = { width: WIDTH, height: HEIGHT, stride: WIDTH, pixels: desktop().pixels };
  const searches: number[] = [];
  const look = () => {
    hashed = 0;
    const { moves } = detector.detect(screen, [rectOf(screen)]);
    if (hashed > 0) searches.push(hashed);
    return moves;
  };
  detector.accept(screen, [rectOf(screen)]);
  for (let seed = 1; searches.length < 6; seed++) {
    paint(screen, rectOf(screen), photo(1000 * seed));
    assert.deepEqual(look(), []);
  }
  const [full, again, ...glances] = searches;
  assert.equal(full, again);
  assert.ok(glances.every((cost) => cost > 0 && cost <= full! * 0.3), `${searches}`);
  // The right quarter scrolls, what is beside it is something else each time.
  for (let seed = 100; searches.length < 10; seed++) {
    paint(screen, rect(0, 0, WIDTH * 3 / 4, HEIGHT), photo(1000 * seed));
    paint(screen, rect(WIDTH * 3 / 4, 0, WIDTH / 4, HEIGHT), (x, y) => photo(7)(x, y + 7 * seed));
    const moves = look();
    if (moves.length === 0) continue;
    assert.deepEqual([moves[0]!.dx, moves[0]!.dy], [0, -7]);
    return;
  }
  assert.fail("The scroll was not found within four searches");
});
