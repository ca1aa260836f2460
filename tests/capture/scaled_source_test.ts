import assert from "node:assert/strict";
import fc from "fast-check";
import { ScaledSource } from "../../lib/capture/scaled_source.ts";
import { ResizeResult } from "../../lib/capture/screen_source.ts";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { contains, rect, rectOf } from "../../lib/core/geometry.ts";
import { loadKernels } from "../../lib/kernels/simd.ts";
import { scaleRgb } from "../support/scaled_image.ts";
import { MemoryScreen } from "../support/memory_screen.ts";
import { compareRgb } from "../support/rgb_image.ts";
import { imageOf } from "../support/x11_stage.ts";

/** A scaled source with one picture taken. */
async function scaled(width: number, height: number, factor: number) {
  const screen = new MemoryScreen(width, height);
  screen.draw(rectOf(screen.size), (x, y) => Math.imul(x * 31 + y * 17, 0x9e3779b1) & 0xffffff);
  const memory = new FrameMemory();
  const source = new ScaledSource(screen, memory, loadKernels(memory), factor);
  source.takeDamage();
  return { screen, source, first: imageOf(await source.capture([rectOf(source.size)])) };
}

const changes = fc.array(
  fc.record({
    x: fc.nat({ max: 89 }),
    y: fc.nat({ max: 59 }),
    width: fc.integer({ min: 1, max: 20 }),
    height: fc.integer({ min: 1, max: 20 }),
    colour: fc.nat({ max: 0xffffff }),
  }),
  { minLength: 1, maxLength: 4 },
);

Deno.test("ScaledSource.takeDamage() covers every shown pixel that changed, and capture() makes them right", async () => {
  const factor = fc.oneof(fc.constantFrom(0.1, 0.5, 1.5, 2, 4), fc.double({ min: 0.1, max: 4, noNaN: true }));
  await fc.assert(
    fc.asyncProperty(factor, fc.array(changes, { minLength: 1, maxLength: 4 }), async (by, rounds) => {
      const { screen, source, first } = await scaled(90, 60, by);
      let before = first;
      assert.equal(compareRgb(before, scaleRgb(imageOf(screen.picture), source.size)).wrong, 0);
      for (const round of rounds) {
        for (const { x, y, width, height, colour } of round) {
          const inside = rect(x, y, Math.min(width, 90 - x), Math.min(height, 60 - y));
          screen.draw(inside, colour);
        }
        const damage = source.takeDamage();
        for (const one of damage) assert.ok(contains(rectOf(source.size), one), JSON.stringify(one));
        const now = imageOf(await source.capture(damage));
        assert.equal(compareRgb(now, scaleRgb(imageOf(screen.picture), source.size)).wrong, 0);
        now.pixels.forEach((pixel, i) => {
          if (pixel === before.pixels[i]) return;
          const at = rect(i % now.width, Math.floor(i / now.width), 1, 1);
          assert.ok(damage.some((one) => contains(one, at)), `${JSON.stringify(at)} changed by itself`);
        });
        before = now;
      }
    }),
    { seed: 4, numRuns: 40 },
  );
});

Deno.test("ScaledSource.resize() asks for the size that is shown as wanted, and tells it as it is taken", async () => {
  const { screen, source } = await scaled(90, 60, 0.5);
  const layout = [{ id: 1, x: 0, y: 0, width: 61, height: 40, flags: 0 }];
  assert.equal(await source.resize({ width: 61, height: 40 }, layout), ResizeResult.Done);
  assert.deepEqual(source.size, { width: 45, height: 30 });
  assert.deepEqual(source.takeDamage(), [rect(0, 0, 61, 40)]);
  assert.deepEqual(source.size, { width: 61, height: 40 });
  assert.deepEqual(screen.size, { width: 122, height: 80 });
  assert.deepEqual(source.layout, layout);
  assert.equal(source.layout, source.layout, "one object as long as nothing changes");
  assert.equal((await source.capture([rectOf(source.size)])).width, 61);
});

Deno.test("ScaledSource.cursor() is the pointer's picture at the same scale, its hotspot where it was", async () => {
  const { screen, source } = await scaled(90, 60, 0.5);
  assert.equal(source.cursor(), undefined);
  const pixels = Uint32Array.of(0xff000000, 0xff000000, 0, 0, 0xff000000, 0xff000000, 0x80800000, 0x80008000);
  screen.setCursor({ width: 4, height: 2, serial: 7, hotspot: { x: 2, y: 1 }, pixels });
  const cursor = source.cursor()!;
  assert.deepEqual({ ...cursor, pixels: [...cursor.pixels] }, {
    width: 2,
    height: 1,
    serial: 7,
    hotspot: { x: 1, y: 0 },
    pixels: [0xff000000, 0x40202000],
  });
  assert.equal(source.cursor(), cursor);
  screen.setCursor({ width: 0, height: 0, serial: 8, hotspot: { x: 0, y: 0 }, pixels: new Uint32Array() });
  assert.deepEqual(source.cursor()!.pixels.length, 0);
});

Deno.test("ScaledSource.takeWindowMoves() tells moves at the same scale, both ends of one size", async () => {
  const { screen, source } = await scaled(90, 60, 0.5);
  screen.hint({ from: rect(3, 4, 21, 20), to: rect(24, 8, 21, 20) });
  const [{ from, to }] = source.takeWindowMoves() as [ReturnType<typeof source.takeWindowMoves>[number]];
  assert.deepEqual([from.width, from.height], [to.width, to.height]);
  assert.deepEqual([from.x, from.y, to.x, to.y], [2, 2, 12, 4]);
  assert.ok(contains(rectOf(source.size), to));
});

Deno.test("ScaledSource.smallDamage() is what is small of the source, as it is shown", async () => {
  const { screen, source } = await scaled(90, 60, 0.5);
  assert.equal(source.smallDamage(), undefined, "a source that does not tell");
  screen.smallDamage = () => [rect(10, 20, 4, 4)];
  const [one, ...others] = source.smallDamage()!;
  assert.ok(contains(one!, rect(5, 10, 2, 2)) && contains(rect(4, 9, 4, 4), one!), JSON.stringify(one));
  assert.equal(others.length, 0);
});
