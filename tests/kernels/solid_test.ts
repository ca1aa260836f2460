import assert from "node:assert/strict";
import fc from "fast-check";
import type { Kernels } from "../../lib/kernels/kernels.ts";
import { findSolidArea, growSolid } from "../../lib/kernels/solid_area.ts";
import { KERNEL_FORMS } from "../support/kernel_forms.ts";

const VALUE = 0xff00_1234;

/** A picture of one value with some spots, and a rectangle in it. */
const spotted = fc.record({
  x: fc.integer({ min: 0, max: 9 }),
  y: fc.integer({ min: 0, max: 3 }),
  width: fc.integer({ min: 1, max: 70 }),
  height: fc.integer({ min: 1, max: 12 }),
  spots: fc.array(fc.tuple(fc.nat({ max: 79 }), fc.nat({ max: 15 })), { maxLength: 6 }),
});
const STRIDE = 80;
const ROWS = 16;

function picture(spots: readonly [number, number][]): number[] {
  const pixels = Array<number>(STRIDE * ROWS).fill(VALUE);
  // Only the top bit differs: all 32 bits count.
  for (const [x, y] of spots) pixels[y * STRIDE + x] = VALUE & 0x7fff_ffff;
  return pixels;
}

type Measure = "leadingSolidRows" | "trailingSolidRows" | "leadingSolidColumns" | "trailingSolidColumns";

/** From the definition: how many rows or columns at one end have no spot. */
function naive(name: Measure, spots: readonly [number, number][], area: Area): number {
  const inside = spots.map(([x, y]): [number, number] => [x - area.x, y - area.y])
    .filter(([x, y]) => x >= 0 && x < area.width && y >= 0 && y < area.height);
  switch (name) {
    case "leadingSolidRows":
      return Math.min(area.height, ...inside.map(([, y]) => y));
    case "trailingSolidRows":
      return Math.min(area.height, ...inside.map(([, y]) => area.height - 1 - y));
    case "leadingSolidColumns":
      return Math.min(area.width, ...inside.map(([x]) => x));
    case "trailingSolidColumns":
      return Math.min(area.width, ...inside.map(([x]) => area.width - 1 - x));
  }
}

interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

for (const form of KERNEL_FORMS) {
  const kernels: Kernels = form.kernels;

  for (
    const name of [
      "leadingSolidRows",
      "trailingSolidRows",
      "leadingSolidColumns",
      "trailingSolidColumns",
    ] as const
  ) {
    Deno.test(`${name}() [${form.name}] counts up to the first pixel that differs`, () => {
      fc.assert(
        fc.property(spotted, ({ spots, ...area }) => {
          const pixels = form.u32(picture(spots));
          const offset = area.y * STRIDE + area.x;
          const count = kernels[name](pixels, offset, STRIDE, area.width, area.height, VALUE);
          assert.equal(count, naive(name, spots, area));
        }),
        { seed: 3, numRuns: 300 },
      );
    });
  }

  Deno.test(`isSolid() [${form.name}] is true exactly when all pixels are the same`, () => {
    for (const width of [1, 2, 3, 4, 5, 15, 16, 17, 63, 64, 65]) {
      for (const height of [1, 2, 64]) {
        const pixels = form.u32(Array(height * 70).fill(7));
        assert.equal(kernels.isSolid(pixels, 2, 70, width, height), true);
        for (const at of [2, 2 + width - 1, 2 + (height - 1) * 70 + width - 1]) {
          pixels[at] = 8;
          assert.equal(kernels.isSolid(pixels, 2, 70, width, height), width * height === 1, `${at}`);
          pixels[at] = 7;
        }
        pixels[1] = pixels[2 + width] = 8;
        assert.equal(kernels.isSolid(pixels, 2, 70, width, height), true);
      }
    }
    assert.throws(() => kernels.isSolid(form.u32(10), 1, 5, 5, 2), RangeError);
  });

  Deno.test(`findSolidArea() [${form.name}] finds a window's ground from its corner and from inside`, () => {
    const pixels = form.u32(100 * 80).fill(1);
    for (let y = 10; y < 70; y++) pixels.fill(2, y * 100 + 20, y * 100 + 90);
    const bounds = { x: 5, y: 0, width: 90, height: 80 };
    const ground = { x: 20, y: 10, width: 70, height: 60 };
    assert.deepEqual(findSolidArea(kernels, pixels, 100, bounds, 20, 10), ground);
    assert.deepEqual(findSolidArea(kernels, pixels, 100, bounds, 33, 41), ground);
    assert.deepEqual(findSolidArea(kernels, pixels, 100, { ...bounds, width: 60, height: 50 }, 20, 10), {
      ...ground,
      width: 45,
      height: 40,
    });
    assert.throws(() => findSolidArea(kernels, pixels, 100, bounds, 4, 0), RangeError);
  });

  Deno.test(`findSolidArea() [${form.name}] gives an area of one value with the place in it`, () => {
    fc.assert(
      fc.property(spotted, fc.nat({ max: 79 }), fc.nat({ max: 15 }), ({ spots, ...bounds }, px, py) => {
        const pixels = form.u32(picture(spots));
        const x = bounds.x + px % bounds.width;
        const y = bounds.y + py % bounds.height;
        const found = findSolidArea(kernels, pixels, STRIDE, bounds, x, y);
        const { x: left, y: top, width, height } = found;
        assert.ok(left <= x && top <= y && left + width > x && top + height > y);
        assert.ok(left >= bounds.x && left + width <= bounds.x + bounds.width);
        assert.ok(top >= bounds.y && top + height <= bounds.y + bounds.height);
        assert.ok(kernels.isSolid(pixels, top * STRIDE + left, STRIDE, width, height));
        // As large as it can be: nothing is gained by growing it again.
        assert.deepEqual(growSolid(kernels, pixels, STRIDE, bounds, found), found);
      }),
      { seed: 4, numRuns: 300 },
    );
  });
}
