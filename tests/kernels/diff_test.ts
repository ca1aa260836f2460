import assert from "node:assert/strict";
import fc from "fast-check";
import { plainKernels } from "../../lib/kernels/plain.ts";
import { type Kernels, TILE } from "../../lib/kernels/kernels.ts";

const FORMS: [string, Kernels][] = [["plain", plainKernels]];

/** Two screens that are alike but for the top byte, with `changes` pixels that differ in colour. */
function screens(width: number, height: number, stride: number, changes: [number, number][]) {
  const capture = new Uint32Array(stride * height);
  const shadow = new Uint32Array(stride * height);
  for (let i = 0; i < capture.length; i++) {
    // Behind the right edge everything differs: a kernel must not look there.
    shadow[i] = i % stride < width ? (i * 0x9e3779b1) & 0xffffff : 1;
    capture[i] = i % stride < width ? (shadow[i]! | (i * 0x35000000)) >>> 0 : 2;
  }
  for (const [x, y] of changes) capture[y * stride + x]! ^= 1 << ((x + 3 * y) % 24);
  return { capture, shadow };
}

/** Bounding boxes pixel by pixel, from the definition. */
function naiveBoxes(
  capture: Uint32Array,
  shadow: Uint32Array,
  stride: number,
  width: number,
  height: number,
) {
  const columns = Math.ceil(width / TILE);
  const boxes = new Uint16Array(columns * Math.ceil(height / TILE) * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      if (capture[y * stride + x]! % 2 ** 24 === shadow[y * stride + x]! % 2 ** 24) continue;
      const at = (Math.floor(y / TILE) * columns + Math.floor(x / TILE)) * 4;
      const [x0, y0, x1, y1] = boxes.subarray(at, at + 4) as unknown as [number, number, number, number];
      const fresh = x1 === 0;
      boxes[at] = fresh ? x : Math.min(x0, x);
      boxes[at + 1] = fresh ? y : Math.min(y0, y);
      boxes[at + 2] = fresh ? x + 1 : Math.max(x1, x + 1);
      boxes[at + 3] = fresh ? y + 1 : Math.max(y1, y + 1);
    }
  }
  return boxes;
}

for (const [form, kernels] of FORMS) {
  Deno.test(`diffTiles() [${form}] gives the exact box of the pixels that differ`, () => {
    const { capture, shadow } = screens(130, 70, 133, [[3, 5], [60, 2], [63, 9], [64, 63], [129, 69]]);
    const boxes = new Uint16Array(3 * 2 * 4).fill(9);
    const marks = new Uint8Array(6).fill(1);
    assert.equal(kernels.diffTiles(capture, shadow, 133, 130, 0, 70, marks, boxes), 3);
    assert.deepEqual([...boxes.subarray(0, 8)], [3, 2, 64, 10, 64, 63, 65, 64]);
    assert.deepEqual([...boxes.subarray(8, 12)], [0, 0, 0, 0]);
    assert.deepEqual([...boxes.subarray(20)], [129, 69, 130, 70]);
  });

  Deno.test(`diffTiles() [${form}] leaves boxes of tiles that are not marked or not in the band alone`, () => {
    const { capture, shadow } = screens(128, 192, 128, [[1, 1], [1, 65], [65, 65], [1, 129]]);
    const boxes = new Uint16Array(2 * 3 * 4).fill(7);
    const marks = Uint8Array.of(1, 1, 1, 0, 1, 1);
    assert.equal(kernels.diffTiles(capture, shadow, 128, 128, 64, 128, marks, boxes), 1);
    assert.deepEqual([...boxes.subarray(0, 8)], Array(8).fill(7));
    assert.deepEqual([...boxes.subarray(8, 12)], [1, 65, 2, 66]);
    assert.deepEqual([...boxes.subarray(12)], Array(12).fill(7));
  });

  Deno.test(`diffTiles() [${form}] agrees with the definition on screens of any size`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 140 }),
        fc.integer({ min: 0, max: 9 }),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 12 }),
        (width, height, padding, points) => {
          const stride = width + padding;
          const changes = points.map(([x, y]): [number, number] => [x % width, y % height]);
          const { capture, shadow } = screens(width, height, stride, changes);
          const wanted = naiveBoxes(capture, shadow, stride, width, height);
          const marks = new Uint8Array(wanted.length / 4).fill(255);
          const boxes = new Uint16Array(wanted.length).fill(3);
          const count = kernels.diffTiles(capture, shadow, stride, width, 0, height, marks, boxes);
          assert.deepEqual(boxes, wanted);
          assert.equal(count, [...wanted].filter((value, i) => i % 4 === 2 && value > 0).length);
        },
      ),
      { seed: 1, numRuns: 150 },
    );
  });

  Deno.test(`updateShadow() [${form}] copies the rectangle alone and clears top bytes`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 10 }),
        (x, y, width, height) => {
          const stride = 83;
          const capture = Uint32Array.from({ length: stride * 32 }, (_, i) => (i * 0x9e3779b1) >>> 0);
          const shadow = new Uint32Array(capture.length).fill(0xff0000ff);
          kernels.updateShadow(capture, shadow, stride, x, y, width, height);
          for (let i = 0; i < shadow.length; i++) {
            const px = i % stride, py = Math.floor(i / stride);
            const inside = px >= x && px < x + width && py >= y && py < y + height;
            assert.equal(shadow[i], inside ? capture[i]! % 2 ** 24 : 0xff0000ff, `pixel ${px}, ${py}`);
          }
        },
      ),
      { seed: 2, numRuns: 60 },
    );
  });
}
