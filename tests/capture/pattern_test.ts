/**
 * @module
 */
import assert from "node:assert/strict";
import { openPattern, parsePatternAddress } from "../../lib/capture/pattern.ts";
import type { ScreenSource } from "../../lib/capture/screen_source.ts";
import type { Clock } from "../../lib/core/clock.ts";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { area, rectOf } from "../../lib/core/geometry.ts";

/** A clock that stands still until it is slept on. */
class SleptClock implements Clock {
  time = 1000;
  slept: number[] = [];

  now(): number {
    return this.time;
  }

  sleep(ms: number): Promise<void> {
    this.slept.push(ms);
    this.time += ms;
    return Promise.resolve();
  }
}

async function picture(source: ScreenSource): Promise<Uint32Array> {
  return (await source.capture([rectOf(source.size)])).pixels.slice();
}

Deno.test("parsePatternAddress() reads size and pace", () => {
  assert.equal(parsePatternAddress(":0"), undefined);
  assert.deepEqual(parsePatternAddress("pattern:"), {});
  assert.deepEqual(parsePatternAddress("pattern:800x600"), { width: 800, height: 600 });
  assert.deepEqual(parsePatternAddress("pattern:16x8192@0"), { width: 16, height: 8192, framesPerSecond: 0 });
  assert.deepEqual(parsePatternAddress("pattern:@60"), { framesPerSecond: 60 });
});

Deno.test("parsePatternAddress() refuses what cannot be", () => {
  for (const address of ["pattern:x", "pattern:800", "pattern:15x16", "pattern:16x8193", "pattern:@1001"]) {
    assert.throws(() => parsePatternAddress(address), RangeError, address);
  }
});

Deno.test("openPattern() is 1280x720 and moves 30 times a second unless it is told otherwise", async () => {
  const clock = new SleptClock();
  await using source = openPattern(new FrameMemory(), { clock });
  assert.deepEqual(source.size, { width: 1280, height: 720 });
  source.takeDamage();
  await source.changed(new AbortController().signal);
  assert.deepEqual(clock.slept, [34]);
  assert.ok(source.takeDamage().length > 0);
  await source.changed(new AbortController().signal);
  assert.deepEqual(clock.slept, [34, 33]);
});

Deno.test("openPattern() shows the same picture at the same time, and another one later", async () => {
  const pictures = [];
  for (const time of [500, 500, 700]) {
    const clock = new SleptClock();
    await using source = openPattern(new FrameMemory(), { width: 320, height: 200, clock });
    clock.time += time;
    source.takeDamage();
    pictures.push(await picture(source));
  }
  assert.deepEqual(pictures[0], pictures[1]);
  assert.notDeepEqual(pictures[0], pictures[2]);
});

Deno.test("openPattern() reports the parts that move, and no more", async () => {
  const clock = new SleptClock();
  await using source = openPattern(new FrameMemory(), { clock });
  source.takeDamage();
  for (let round = 0; round < 100; round++) {
    clock.time += 33.4 * (1 + round % 5);
    const damage = source.takeDamage();
    assert.ok(damage.reduce((sum, one) => sum + area(one), 0) < area(rectOf(source.size)) / 5);
  }
  assert.deepEqual(source.takeDamage(), []);
});

Deno.test("openPattern() tells how its window moved, to the pixel", async () => {
  const clock = new SleptClock();
  await using source = openPattern(new FrameMemory(), { width: 400, height: 300, clock });
  source.takeDamage();
  const before = await picture(source);
  clock.time += 70;
  source.takeDamage();
  clock.time += 70;
  source.takeDamage();
  const after = await picture(source);
  const [move, ...others] = source.takeWindowMoves();
  assert.deepEqual(others, []);
  const { from, to } = move!;
  assert.notDeepEqual(from, to);
  for (let y = 0; y < from.height; y++) {
    for (let x = 0; x < from.width; x++) {
      assert.equal(after[(to.y + y) * 400 + to.x + x], before[(from.y + y) * 400 + from.x + x]);
    }
  }
  assert.deepEqual(source.takeWindowMoves(), []);
});

Deno.test("openPattern() stands still at 0 frames per second until it is resized", async () => {
  await using source = openPattern(new FrameMemory(), { width: 64, height: 64, framesPerSecond: 0 });
  source.takeDamage();
  const layout = [{ id: 5, x: 0, y: 0, width: 32, height: 48, flags: 0 }];
  const waiting = source.changed(new AbortController().signal);
  assert.equal(await source.resize({ width: 32, height: 48 }, layout), 0);
  await waiting;
  assert.deepEqual(source.takeDamage(), [{ x: 0, y: 0, width: 32, height: 48 }]);
  assert.deepEqual(source.layout, layout);
  assert.deepEqual(source.takeDamage(), []);
});

Deno.test("openPattern() draws cards of all sizes inside their frame", async () => {
  for (const [width, height] of [[16, 16], [17, 400], [400, 17], [1000, 33]] as const) {
    const clock = new SleptClock();
    await using source = openPattern(new FrameMemory(), { width, height, clock });
    for (let round = 0; round < 50; round++) {
      clock.time += 111;
      await source.capture(source.takeDamage());
    }
    const pixels = await picture(source);
    assert.equal(pixels.length, width * height);
    assert.ok(new Set(pixels).size >= 3);
  }
});
