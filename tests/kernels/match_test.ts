import assert from "node:assert/strict";
import fc from "fast-check";
import { image } from "../support/images.ts";
import { KERNEL_FORMS } from "../support/kernel_forms.ts";

const WIDTH = 90;
const HEIGHT = 30;
const NOISE = image("noise").make(WIDTH, HEIGHT).pixels;

for (const form of KERNEL_FORMS) {
  const { kernels } = form;

  Deno.test(`leadingSameRows() and sameRect() [${form.name}] end at the first row with another colour`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 70 }),
        fc.integer({ min: 1, max: 20 }),
        fc.option(fc.tuple(fc.nat(), fc.nat(), fc.nat({ max: 31 }))),
        (width, height, change) => {
          const a = form.u32(NOISE), b = form.u32(WIDTH * HEIGHT);
          const [from, to, toStride] = [3 * WIDTH + 7, 11, 77];
          for (let y = 0; y < height; y++) {
            const start = from + y * WIDTH;
            b.set(a.subarray(start, start + width), to + y * toStride);
          }
          let wanted = height;
          if (change) {
            const [x, y, bit] = [change[0] % width, change[1] % height, change[2]];
            b[to + y * toStride + x]! ^= 1 << bit;
            if (bit < 24) wanted = y;
          }
          const rows = kernels.leadingSameRows(a, from, WIDTH, b, to, toStride, width, height);
          assert.equal(rows, wanted);
          assert.equal(
            kernels.sameRect(a, from, WIDTH, b, to, toStride, width, height),
            wanted === height,
          );
        },
      ),
      { seed: 6, numRuns: 300 },
    );
    const small = form.u32(8);
    assert.throws(() => kernels.sameRect(small, 0, 4, form.u32(NOISE), 0, 4, 4, 3), RangeError);
    assert.throws(() => kernels.sameRect(form.u32(NOISE), 0, 4, small, 0, 4, 4, 3), RangeError);
    assert.equal(kernels.sameRect(small, 0, 4, small, 0, 4, 0, 3), true);
  });

  Deno.test(`findSpan() [${form.name}] finds all places of a row of pixels, and no more than fit`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 80 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 6 }),
        fc.array(fc.boolean(), { minLength: 6, maxLength: 6 }),
        fc.integer({ min: 0, max: 40 }),
        (width, height, length, bits, most) => {
          const random = image("two colours").make(WIDTH, HEIGHT, length).pixels;
          const [low, high] = [Math.min(...random), Math.max(...random)];
          const pixels = form.u32(random.map((pixel) => pixel | 0x77000000));
          const needle = form.u32([0, ...bits.map((bit) => bit ? high : low)]);
          const found = form.u32(most * 2 + 1);
          const wanted: number[] = [];
          for (let y = 0; y < height; y++) {
            for (let x = 0; x + length <= width; x++) {
              const at = 5 + y * WIDTH + x;
              const same = Array.from({ length }, (_, i) => random[at + i] === needle[1 + i]);
              if (same.every(Boolean)) wanted.push(x, y);
            }
          }
          const count = kernels.findSpan(pixels, 5, WIDTH, width, height, needle, 1, length, found);
          assert.deepEqual([...found.subarray(0, count * 2)], wanted.slice(0, most * 2));
        },
      ),
      { seed: 7, numRuns: 200 },
    );
    const pixels = form.u32(NOISE);
    assert.throws(() => kernels.findSpan(pixels, 0, 9, 9, 9, pixels, 0, 0, pixels), RangeError);
  });

  Deno.test(`moveRect() [${form.name}] moves as if the rectangle were taken out whole first`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 50 }),
        fc.integer({ min: 1, max: 15 }),
        fc.tuple(fc.nat({ max: 40 }), fc.nat({ max: 15 }), fc.nat({ max: 40 }), fc.nat({ max: 15 })),
        (width, height, [fromX, fromY, toX, toY]) => {
          const pixels = form.u32(NOISE);
          const wanted = NOISE.slice();
          for (let y = 0; y < height; y++) {
            const start = (fromY + y) * WIDTH + fromX;
            wanted.set(NOISE.subarray(start, start + width), (toY + y) * WIDTH + toX);
          }
          kernels.moveRect(pixels, fromY * WIDTH + fromX, toY * WIDTH + toX, WIDTH, width, height);
          assert.deepEqual([...pixels], [...wanted]);
        },
      ),
      { seed: 8, numRuns: 150 },
    );
    assert.throws(() => kernels.moveRect(form.u32(NOISE), 0, WIDTH * (HEIGHT - 1), WIDTH, 4, 2), RangeError);
  });
}
