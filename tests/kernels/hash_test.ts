import assert from "node:assert/strict";
import fc from "fast-check";
import { KERNEL_FORMS } from "../support/kernel_forms.ts";
import { image } from "../support/images.ts";

const [plain, simd] = KERNEL_FORMS;
const WIDTH = 150;
const HEIGHT = 40;
const NOISE = image("noise").make(WIDTH, HEIGHT).pixels;

const area = fc.tuple(
  fc.integer({ min: 0, max: 20 }),
  fc.integer({ min: 0, max: 10 }),
  fc.integer({ min: 1, max: 130 }),
  fc.integer({ min: 1, max: 30 }),
);

Deno.test("rowHashes(), spanHashes() and columnHashes() are the same in both forms", () => {
  fc.assert(
    fc.property(area, fc.integer({ min: 1, max: 70 }), ([x, y, width, height], span) => {
      const hashes = KERNEL_FORMS.map((form) => {
        const pixels = form.u32(NOISE);
        const offset = y * WIDTH + x;
        const rows = form.u32(height + 1);
        const columns = form.u32(width + 1);
        const spans = form.u32(Math.floor(width / span) * height + 1);
        form.kernels.rowHashes(pixels, offset, WIDTH, width, height, rows);
        form.kernels.columnHashes(pixels, offset, WIDTH, width, height, columns);
        form.kernels.spanHashes(pixels, offset, WIDTH, width, height, span, spans);
        return [...rows, ...columns, ...spans];
      });
      assert.deepEqual(hashes[1], hashes[0]);
    }),
    { seed: 5, numRuns: 150 },
  );
});

for (const form of KERNEL_FORMS) {
  Deno.test(`rowHashes() [${form.name}] depends on each pixel and its place, not on top bytes`, () => {
    const { kernels } = form;
    for (const width of [1, 3, 15, 16, 17, 64, 65]) {
      const hash = (pixels: ArrayLike<number>) => {
        const hashes = form.u32(1);
        kernels.rowHashes(form.u32(pixels), 0, width, width, 1, hashes);
        return hashes[0];
      };
      const row = [...NOISE.subarray(0, width)];
      const seen = new Set([hash(row)]);
      assert.equal(hash(row.map((pixel) => (pixel | 0xab000000) >>> 0)), hash(row));
      for (let x = 0; x < width; x++) seen.add(hash(row.with(x, row[x]! ^ 1)));
      assert.equal(seen.size, width + 1);
      if (width > 1) assert.notEqual(hash([...row.slice(1), row[0]!]), hash(row));
    }
  });

  Deno.test(`rowHashes() and columnHashes() [${form.name}] tell the lines of a desktop apart`, () => {
    const { width, height, pixels } = image("desktop").make(640, 480);
    const rows = form.u32(height), columns = form.u32(width);
    const screen = form.u32(pixels);
    form.kernels.rowHashes(screen, 0, width, width, height, rows);
    form.kernels.columnHashes(screen, 0, width, width, height, columns);
    const distinct = (count: number, line: (i: number) => ArrayLike<number>) =>
      new Set(Array.from({ length: count }, (_, i) => Array.from(line(i)).join())).size;
    assert.equal(
      new Set(rows).size,
      distinct(height, (y) => pixels.subarray(y * width, (y + 1) * width)),
    );
    assert.equal(
      new Set(columns).size,
      distinct(width, (x) => Array.from({ length: height }, (_, y) => pixels[y * width + x]!)),
    );
  });

  Deno.test(`spanHashes() [${form.name}] gives a piece the hash of a row of the same pixels`, () => {
    const pixels = form.u32(NOISE);
    const spans = form.u32(3 * 2), one = form.u32(1);
    form.kernels.spanHashes(pixels, 5, WIDTH, 70, 2, 20, spans);
    form.kernels.rowHashes(pixels, 5 + WIDTH + 40, WIDTH, 20, 1, one);
    assert.equal(spans[5], one[0]);
    assert.throws(() => form.kernels.spanHashes(pixels, 0, WIDTH, 70, 2, 0, spans), RangeError);
    assert.throws(() => form.kernels.spanHashes(pixels, 0, WIDTH, 70, 2, 10, spans), RangeError);
  });
}

Deno.test("kernels [SIMD] serve arrays outside of their memory by the plain form", () => {
  const outside = plain.u32(NOISE);
  const hashes = new Uint32Array(4), wanted = new Uint32Array(4);
  plain.kernels.rowHashes(outside, 0, WIDTH, WIDTH, 4, wanted);
  simd.kernels.rowHashes(outside, 0, WIDTH, WIDTH, 4, hashes);
  assert.deepEqual(hashes, wanted);
  simd.kernels.rowHashes(simd.u32(NOISE), 0, WIDTH, WIDTH, 4, hashes.fill(0));
  assert.deepEqual(hashes, wanted);
});
