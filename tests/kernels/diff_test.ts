import assert from "node:assert/strict";
import fc from "fast-check";
import { TILE } from "../../lib/kernels/kernels.ts";
import { KERNEL_FORMS, type KernelForm } from "../support/kernel_forms.ts";

/** Two screens that are alike but for the top byte, with `changes` pixels that differ in colour. */
function screens(
  form: KernelForm,
  width: number,
  height: number,
  stride: number,
  changes: [number, number][],
) {
  const capture = form.u32(stride * height);
  const shadow = form.u32(stride * height);
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

for (const form of KERNEL_FORMS) {
  const kernels = form.kernels;

  Deno.test(`diffTiles() [${form.name}] gives the exact box of the pixels that differ`, () => {
    const { capture, shadow } = screens(form, 130, 70, 133, [[3, 5], [60, 2], [63, 9], [64, 63], [129, 69]]);
    const boxes = form.u16(3 * 2 * 4).fill(9);
    const marks = form.u8(6).fill(1);
    assert.equal(kernels.diffTiles(capture, shadow, 133, 130, 0, 70, marks, boxes), 3);
    assert.deepEqual([...boxes.subarray(0, 8)], [3, 2, 64, 10, 64, 63, 65, 64]);
    assert.deepEqual([...boxes.subarray(8, 12)], [0, 0, 0, 0]);
    assert.deepEqual([...boxes.subarray(20)], [129, 69, 130, 70]);
  });

  Deno.test(`diffTiles() [${form.name}] leaves boxes of tiles that are not marked or not in the band alone`, () => {
    const { capture, shadow } = screens(form, 128, 192, 128, [[1, 1], [1, 65], [65, 65], [1, 129]]);
    const boxes = form.u16(2 * 3 * 4).fill(7);
    const marks = form.u8([1, 1, 1, 0, 1, 1]);
    assert.equal(kernels.diffTiles(capture, shadow, 128, 128, 64, 128, marks, boxes), 1);
    assert.deepEqual([...boxes.subarray(0, 8)], Array(8).fill(7));
    assert.deepEqual([...boxes.subarray(8, 12)], [1, 65, 2, 66]);
    assert.deepEqual([...boxes.subarray(12)], Array(12).fill(7));
  });

  Deno.test(`diffTiles() [${form.name}] looks at the rows of the band only, wherever in a tile it begins and ends`, () => {
    const { capture, shadow } = screens(form, 64, 192, 64, [[1, 9], [2, 10], [3, 63], [4, 64], [5, 129], [
      6,
      130,
    ]]);
    const boxes = form.u16(3 * 4).fill(7);
    assert.equal(kernels.diffTiles(capture, shadow, 64, 64, 10, 130, form.u8([1, 1, 1]), boxes), 3);
    assert.deepEqual([...boxes], [2, 10, 4, 64, 4, 64, 5, 65, 5, 129, 6, 130]);
    assert.equal(kernels.diffTiles(capture, shadow, 64, 64, 11, 63, form.u8([1, 1, 1]), boxes), 0);
    assert.deepEqual([...boxes.subarray(0, 5)], [0, 0, 0, 0, 4]);
  });

  Deno.test(`diffTiles() [${form.name}] agrees with the definition on screens of any size`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 200 }),
        fc.integer({ min: 1, max: 140 }),
        fc.integer({ min: 0, max: 9 }),
        fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 12 }),
        (width, height, padding, points) => {
          const stride = width + padding;
          const changes = points.map(([x, y]): [number, number] => [x % width, y % height]);
          const { capture, shadow } = screens(form, width, height, stride, changes);
          const wanted = naiveBoxes(capture, shadow, stride, width, height);
          const marks = form.u8(wanted.length / 4).fill(255);
          const boxes = form.u16(wanted.length).fill(3);
          const count = kernels.diffTiles(capture, shadow, stride, width, 0, height, marks, boxes);
          assert.deepEqual([...boxes], [...wanted]);
          assert.equal(count, [...wanted].filter((value, i) => i % 4 === 2 && value > 0).length);
        },
      ),
      { seed: 1, numRuns: 150 },
    );
  });

  Deno.test(`updateShadow() [${form.name}] copies the rectangle alone and clears top bytes`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 20 }),
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 10 }),
        (x, y, width, height) => {
          const stride = 83;
          const capture = form.u32(Array.from({ length: stride * 32 }, (_, i) => (i * 0x9e3779b1) >>> 0));
          const shadow = form.u32(capture.length).fill(0xff0000ff);
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

  Deno.test(`diffTiles() and updateShadow() [${form.name}] refuse what reaches outside an array`, () => {
    const pixels = form.u32(64 * 64), boxes = form.u16(4), marks = form.u8([1]);
    const diff = (height: number, boxLength: number) =>
      kernels.diffTiles(pixels, pixels, 64, 64, 0, height, marks, boxes.subarray(0, boxLength));
    assert.equal(diff(64, 4), 0);
    assert.throws(() => diff(65, 4), RangeError);
    assert.throws(() => diff(64, 3), RangeError);
    assert.throws(() => kernels.updateShadow(pixels, pixels, 64, 1, 0, 64, 64), RangeError);
    assert.throws(() => kernels.updateShadow(pixels, pixels, 64, -1, 0, 4, 4), RangeError);
  });
}
