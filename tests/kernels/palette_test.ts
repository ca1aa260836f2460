import assert from "node:assert/strict";
import fc from "fast-check";
import { COLOUR_TABLE_LENGTH, MAX_COLOURS } from "../../lib/kernels/kernels.ts";
import { image, IMAGES } from "../support/images.ts";
import { KERNEL_FORMS, type KernelForm } from "../support/kernel_forms.ts";

const WIDTH = 80;
const HEIGHT = 64;

const area = fc.tuple(fc.nat({ max: 15 }), fc.integer({ min: 1, max: 65 }), fc.integer({ min: 1, max: 64 }));
const anyImage = fc.constantFrom(...IMAGES);

/** The pixels of a rectangle in reading order. */
function reading(pixels: Uint32Array, [x, width, height]: [number, number, number]): number[] {
  return Array.from({ length: height }, (_, y) => [...pixels.subarray(y * WIDTH + x, y * WIDTH + x + width)])
    .flat();
}

/** Lengths of runs of like elements. */
function runLengths(elements: ArrayLike<number>): number[] {
  const lengths: number[] = [];
  Array.from(elements).forEach((element, i) => {
    if (i > 0 && element === elements[i - 1]) lengths[lengths.length - 1]!++;
    else lengths.push(1);
  });
  return lengths;
}

/** As §7.7.5 writes lengths: all bytes but the last are 255. */
function naiveCounts(elements: ArrayLike<number>): number[] {
  const lengths = runLengths(elements);
  const long = lengths.filter((length) => length > 1);
  return [
    lengths.length - long.length,
    long.length,
    long.reduce((bytes, length) => bytes + Math.floor((length - 1) / 255) + 1, 0),
  ];
}

function index(
  form: KernelForm,
  pixels: Uint32Array,
  [x, width, height]: [number, number, number],
  max: number,
) {
  const colours = form.u32(max + 1), indices = form.u8(width * height + 8);
  const table = form.u16(COLOUR_TABLE_LENGTH);
  const count = form.kernels.indexColours(
    form.u32(pixels),
    x,
    WIDTH,
    width,
    height,
    max,
    colours,
    indices,
    table,
  );
  assert.equal(colours[max], 0xa5, "written behind the last colour");
  return { count, colours, indices };
}

for (const form of KERNEL_FORMS) {
  const { kernels } = form;

  Deno.test(`indexColours() [${form.name}] numbers colours as they appear`, () => {
    fc.assert(
      fc.property(area, anyImage, fc.integer({ min: 1, max: 256 }), (area, { make }, max) => {
        const pixels = make(WIDTH, HEIGHT).pixels.map((pixel) => pixel | (pixel & 1) << 31);
        const wanted = reading(pixels, area);
        const order = [...new Set(wanted)];
        const { count, colours, indices } = index(form, pixels, area, max);
        assert.equal(count, order.length > max ? max + 1 : order.length);
        if (count > max) return;
        assert.deepEqual([...colours.subarray(0, count)], order);
        assert.deepEqual(Array.from(indices, (index) => colours[index]).slice(0, wanted.length), wanted);
        assert.deepEqual([...indices.subarray(wanted.length)], Array(8).fill(0xa5));
      }),
      { seed: 12, numRuns: 200 },
    );
  });

  Deno.test(`indexColours() [${form.name}] takes 256 colours that meet in its table, and not one more`, () => {
    // The inverse of the hash's multiplier: all hashes are below 256, all their upper bits 0.
    const meeting = Uint32Array.from({ length: WIDTH * HEIGHT }, (_, i) => Math.imul(i % 256, 0xe8b2f51));
    assert.equal(index(form, meeting, [0, 80, 64], 256).count, 256);
    assert.equal(index(form, meeting, [0, 80, 64], 255).count, 256);
    const many = Uint32Array.from({ length: WIDTH * HEIGHT }, (_, i) => i);
    assert.equal(index(form, many, [0, 64, 5], MAX_COLOURS).count, 257);
    assert.equal(index(form, many, [0, 64, 4], 256).count, 256);
    assert.throws(() => index(form, many, [0, 64, 4], 257), RangeError);
    assert.throws(() => index(form, many, [0, 64, 4], 0), RangeError);
  });

  Deno.test(`indexColours() [${form.name}] goes on where rows of new colours end, up to the most colours`, () => {
    for (const rows of [0, 1, 2, 3]) {
      // Rows of colours that are all new, then those again, in runs.
      const pixels = Uint32Array.from(
        { length: WIDTH * HEIGHT },
        (_, i) => i < rows * WIDTH ? i : Math.floor(i / 5) % 40,
      );
      for (const width of [15, 16, 17, 40, 80]) {
        const wanted = reading(pixels, [0, width, HEIGHT]);
        const order = [...new Set(wanted)];
        const { count, colours, indices } = index(form, pixels, [0, width, HEIGHT], order.length);
        assert.deepEqual([...colours.subarray(0, count)], order);
        assert.deepEqual(Array.from(indices, (index) => colours[index]).slice(0, wanted.length), wanted);
        const most = order.length - 1;
        assert.equal(index(form, pixels, [0, width, HEIGHT], most).count, order.length);
      }
    }
  });

  Deno.test(`countRuns() and countIndexRuns() [${form.name}] count singles, runs and their length bytes`, () => {
    fc.assert(
      fc.property(area, anyImage, (area, { make }) => {
        const pixels = make(WIDTH, HEIGHT).pixels;
        const [x, width, height] = area;
        const wanted = reading(pixels, area);
        const counts = form.u32(3);
        kernels.countRuns(form.u32(pixels), x, WIDTH, width, height, counts);
        assert.deepEqual([...counts], naiveCounts(wanted));
        const bytes = wanted.map((pixel) => pixel & 0xff);
        kernels.countIndexRuns(form.u8(bytes), bytes.length, counts);
        assert.deepEqual([...counts], naiveCounts(bytes));
      }),
      { seed: 13, numRuns: 200 },
    );
    for (const length of [1, 2, 255, 256, 257, 510, 511, 4096]) {
      const counts = form.u32(3);
      kernels.countIndexRuns(form.u8(Array(length).fill(3)), length, counts);
      assert.deepEqual([...counts], naiveCounts(Array(length).fill(3)), `${length}`);
      kernels.countRuns(form.u32(Array(length).fill(3)), 0, length, length, 1, counts);
      assert.deepEqual([...counts], naiveCounts(Array(length).fill(3)), `${length}`);
      // Behind a single one, in rows that are no multiple of sixteen, a run over most of them.
      const pixels = Array.from({ length: 50 * 90 }, (_, i) => i === 0 || i > length ? i : 3);
      kernels.countRuns(form.u32(pixels), 0, 50, 50, 90, counts);
      assert.deepEqual([...counts], naiveCounts(pixels), `${length} of rows`);
    }
  });

  Deno.test(`packBits() [${form.name}] writes 1 for all but the background, rows from whole bytes`, () => {
    const { pixels } = image("two colours").make(WIDTH, HEIGHT);
    fc.assert(
      fc.property(area, (area) => {
        const [x, width, height] = area;
        const background = pixels[0]!;
        const rowBytes = Math.ceil(width / 8);
        const out = form.u8(rowBytes * height + 6);
        const wanted: number[] = [0xa5, 0xa5, 0xa5];
        for (let y = 0; y < height; y++) {
          const row = reading(pixels.subarray(y * WIDTH), [x, width, 1]);
          const bits = row.map((pixel) => pixel === background ? "0" : "1").join("").padEnd(
            rowBytes * 8,
            "0",
          );
          wanted.push(...bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
        }
        const length = kernels.packBits(form.u32(pixels), x, WIDTH, width, height, background, out, 3);
        assert.equal(length, rowBytes * height);
        assert.deepEqual([...out], [...wanted, 0xa5, 0xa5, 0xa5]);
      }),
      { seed: 14, numRuns: 150 },
    );
  });

  Deno.test(`packIndices() [${form.name}] writes 1, 2 and 4 bits, rows from whole bytes (RFC 6143 §7.7.5)`, () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 65 }),
        fc.integer({ min: 1, max: 5 }),
        fc.constantFrom<1 | 2 | 4>(1, 2, 4),
        (width, height, bits) => {
          const indices = Array.from(
            { length: width * height },
            (_, i) => Math.imul(i, 0x9e3779b1) >>> (32 - bits),
          );
          const rowBytes = Math.ceil(width * bits / 8);
          const out = form.u8(rowBytes * height + 6);
          const wanted: number[] = [0xa5, 0xa5, 0xa5];
          for (let y = 0; y < height; y++) {
            const row = indices.slice(y * width, (y + 1) * width);
            const text = row.map((index) => index.toString(2).padStart(bits, "0")).join("");
            wanted.push(...text.padEnd(rowBytes * 8, "0").match(/.{8}/g)!.map((byte) => parseInt(byte, 2)));
          }
          assert.equal(kernels.packIndices(form.u8(indices), width, height, bits, out, 3), rowBytes * height);
          assert.deepEqual([...out], [...wanted, 0xa5, 0xa5, 0xa5]);
        },
      ),
      { seed: 15, numRuns: 200 },
    );
  });
}
