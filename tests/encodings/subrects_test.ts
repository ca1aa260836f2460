import assert from "node:assert/strict";
import * as fc from "fast-check";
import { cutSubrects } from "../../lib/encodings/subrects.ts";

function cut(pixels: readonly number[], width: number, background: number): number[][] {
  const rects: number[][] = [];
  const count = cutSubrects(Uint32Array.from(pixels), width, pixels.length / width, background, {
    subrect: (...parameters) => void rects.push(parameters),
  });
  assert.equal(count, rects.length);
  return rects;
}

Deno.test("cutSubrects() takes the larger of the widest and the tallest rectangle", () => {
  // deno-fmt-ignore
  const wide = [
    1, 1, 1, 1,
    1, 1, 1, 1,
    1, 0, 0, 0,
  ];
  assert.deepEqual(cut(wide, 4, 0), [[1, 0, 0, 4, 2], [1, 0, 2, 1, 1]]);
  // deno-fmt-ignore
  const tall = [
    1, 1, 1,
    1, 1, 0,
    1, 1, 0,
    1, 1, 0,
  ];
  assert.deepEqual(cut(tall, 3, 0), [[1, 0, 0, 2, 4], [1, 2, 0, 1, 1]]);
});

Deno.test("cutSubrects() finds nothing in plain background", () => {
  assert.deepEqual(cut([7, 7, 7, 7], 2, 7), []);
});

Deno.test("cutSubrects() paints the picture again, each pixel once", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 4 }),
      fc.infiniteStream(fc.nat(1000)),
      (width, height, colours, stream) => {
        const pixels = Array.from({ length: width * height }, () => stream.next().value! % colours);
        const painted = new Array<number>(width * height).fill(0);
        for (
          const [colour, x, y, w, h] of cut(pixels, width, 0) as [number, number, number, number, number][]
        ) {
          assert.ok(w >= 1 && h >= 1 && x + w <= width && y + h <= height);
          for (let row = y; row < y + h; row++) {
            for (let column = x; column < x + w; column++) {
              assert.equal(painted[row * width + column], 0, "painted twice");
              painted[row * width + column] = colour;
            }
          }
        }
        assert.deepEqual(painted, pixels);
      },
    ),
    { seed: 3, numRuns: 200 },
  );
});
