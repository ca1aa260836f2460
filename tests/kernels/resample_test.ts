import assert from "node:assert/strict";
import fc from "fast-check";
import { RESAMPLE_SCRATCH, type Shares, sharesByLength, WHOLE_SHARE } from "../../lib/kernels/shares.ts";
import { KERNEL_FORMS, type KernelForm } from "../support/kernel_forms.ts";

function scratchFor(form: KernelForm, width: number): Uint8Array {
  return form.scratch(Math.ceil(width / 4) * 4 * RESAMPLE_SCRATCH);
}

/** In the form's own memory. */
function sharesFor(form: KernelForm, from: number, to: number): Shares {
  const { first, start, shares } = sharesByLength(from, to);
  return { first: form.u32(first), start: form.u32(start), shares: form.u16(shares) };
}

const RED = 0xff0000;
const BLUE = 0x0000ff;
const side = fc.integer({ min: 1, max: 40 });

Deno.test("sharesByLength() gives every pixel its part of the length", () => {
  assert.deepEqual(sharesByLength(4, 2).shares, Uint16Array.of(128, 128, 128, 128));
  assert.deepEqual(sharesByLength(2, 4).shares, Uint16Array.of(256, 256, 256, 256));
  assert.deepEqual(sharesByLength(2, 4).first, Uint32Array.of(0, 0, 1, 1));
  const larger = sharesByLength(2, 3);
  assert.deepEqual(larger.first, Uint32Array.of(0, 0, 1));
  assert.deepEqual(larger.start, Uint32Array.of(0, 1, 3, 4));
  assert.deepEqual(larger.shares, Uint16Array.of(256, 128, 128, 256));
  const smaller = sharesByLength(3, 2);
  assert.deepEqual(smaller.first, Uint32Array.of(0, 1));
  assert.deepEqual(smaller.shares, Uint16Array.of(171, 85, 85, 171));
});

Deno.test("sharesByLength() gives away all of each new pixel, and something of each old one", () => {
  const length = fc.integer({ min: 1, max: 5000 });
  fc.assert(
    fc.property(length, fc.double({ min: 0.1, max: 4, noNaN: true }), (from, factor) => {
      const to = Math.max(1, Math.round(from * factor));
      const { first, start, shares } = sharesByLength(from, to);
      const used = new Uint32Array(from);
      for (let i = 0; i < to; i++) {
        let sum = 0;
        for (let share = start[i]!; share < start[i + 1]!; share++) {
          sum += shares[share]!;
          used[first[i]! + share - start[i]!]! += shares[share]!;
        }
        assert.equal(sum, WHOLE_SHARE);
      }
      assert.ok(used.every((share) => share > 0));
      assert.ok(to < from || shares.length <= to + from);
    }),
    { seed: 4, numRuns: 200 },
  );
});

for (const form of KERNEL_FORMS) {
  const { resample } = form.kernels;

  /** A whole picture of another size. */
  const resampled = (pixels: readonly number[], width: number, toWidth: number, toHeight: number) => {
    const columns = sharesFor(form, width, toWidth);
    const rows = sharesFor(form, pixels.length / width, toHeight);
    const target = form.u32(toWidth * toHeight);
    resample(
      form.u32(pixels),
      width,
      columns,
      rows,
      target,
      toWidth,
      0,
      0,
      toWidth,
      toHeight,
      scratchFor(form, toWidth),
    );
    return [...target];
  };

  Deno.test(`${form.name} resample() averages each channel of four pixels into one`, () => {
    assert.deepEqual(resampled([0x000000, 0x0000ff, 0x00ff00, 0xff0000], 2, 1, 1), [0x404040]);
    assert.deepEqual(resampled([RED, BLUE, RED, BLUE], 2, 1, 2), [0x800080, 0x800080]);
    assert.deepEqual(resampled([RED, RED, BLUE, BLUE], 2, 2, 1), [0x800080, 0x800080]);
  });

  Deno.test(`${form.name} resample() repeats pixels, and mixes them only where an edge lies inside of a new one`, () => {
    assert.deepEqual(resampled([RED, BLUE], 2, 4, 1), [RED, RED, BLUE, BLUE]);
    assert.deepEqual(resampled([RED, BLUE], 2, 3, 1), [RED, 0x800080, BLUE]);
    assert.deepEqual(resampled([RED, BLUE], 1, 1, 3), [RED, 0x800080, BLUE]);
  });

  Deno.test(`${form.name} resample() keeps all 32 bits of one colour, and of a picture that stays as large as it is`, () => {
    fc.assert(
      fc.property(fc.nat({ max: 0xffffffff }), side, side, side, side, (colour, width, height, w, h) => {
        const pixels = Array<number>(width * height).fill(colour);
        assert.ok(resampled(pixels, width, w, h).every((pixel) => pixel === colour));
        const noise = pixels.map((pixel, i) => Math.imul(pixel ^ i, 0x9e3779b1) >>> 0);
        assert.deepEqual(resampled(noise, width, width, height), noise);
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  Deno.test(`${form.name} resample() is within the rounding of the exact average by area`, () => {
    fc.assert(
      fc.property(side, side, side, side, fc.integer(), (width, height, w, h, seed) => {
        const pixels = Array.from(
          { length: width * height },
          (_, i) => Math.imul(seed ^ i * 7919, 0x9e3779b1) >>> 0,
        );
        const got = resampled(pixels, width, w, h);
        for (let i = 0; i < got.length; i++) {
          const [x, y] = [i % w, Math.floor(i / w)];
          for (const shift of [0, 8, 16, 24]) {
            let sum = 0;
            for (let row = 0; row < height; row++) {
              const tall = Math.min((y + 1) * height, (row + 1) * h) - Math.max(y * height, row * h);
              for (let column = 0; column < width && tall > 0; column++) {
                const wide = Math.min((x + 1) * width, (column + 1) * w) - Math.max(x * width, column * w);
                if (wide > 0) sum += wide * tall * (pixels[row * width + column]! >>> shift & 0xff);
              }
            }
            const exact = sum / (width * height);
            // Shares of 1/256: as far off as half of one for each pixel that has a part.
            const slack = 1.01 + 255 * 0.5 / WHOLE_SHARE * (Math.ceil(width / w) + Math.ceil(height / h) + 2);
            assert.ok(
              Math.abs((got[i]! >>> shift & 0xff) - exact) <= slack,
              `${got[i]!.toString(16)} at ${x},${y}`,
            );
          }
        }
      }),
      { seed: 4, numRuns: 60 },
    );
  });

  Deno.test(`${form.name} resample() makes of a part what it makes of it in the whole`, () => {
    fc.assert(
      fc.property(side, side, side, side, fc.nat(), fc.nat(), (width, height, w, h, a, b) => {
        const noise = Uint32Array.from({ length: width * height }, (_, i) => Math.imul(i + 1, 0x9e3779b1));
        const source = form.u32(noise);
        const [columns, rows] = [sharesFor(form, width, w), sharesFor(form, height, h)];
        const whole = form.u32(w * h);
        resample(source, width, columns, rows, whole, w, 0, 0, w, h, scratchFor(form, w));
        const [x, y] = [a % w, b % h];
        const [partWidth, partHeight] = [1 + b % (w - x), 1 + a % (h - y)];
        const part = form.u32(w * h).fill(0xabcdef01);
        resample(
          source,
          width,
          columns,
          rows,
          part,
          w,
          x,
          y,
          partWidth,
          partHeight,
          scratchFor(form, partWidth),
        );
        part.forEach((pixel, i) => {
          const [column, row] = [i % w, Math.floor(i / w)];
          const inside = column >= x && column < x + partWidth && row >= y && row < y + partHeight;
          assert.equal(pixel, inside ? whole[i] : 0xabcdef01);
        });
      }),
      { seed: 4, numRuns: 100 },
    );
  });

  Deno.test(`${form.name} resample() refuses parts that lie outside of either picture`, () => {
    const [columns, rows] = [sharesFor(form, 4, 2), sharesFor(form, 4, 2)];
    const [source, target, scratch] = [form.u32(16), form.u32(4), scratchFor(form, 2)];
    for (const [x, y, width, height] of [[1, 0, 2, 1], [0, 1, 1, 2], [-1, 1, 1, 1], [0, -1, 2, 1]] as const) {
      assert.throws(
        () => resample(source, 4, columns, rows, target, 2, x, y, width, height, scratch),
        RangeError,
      );
    }
    assert.throws(
      () => resample(source.subarray(1), 4, columns, rows, target, 2, 0, 0, 2, 2, scratch),
      RangeError,
    );
    resample(source, 4, columns, rows, target, 2, 1, 1, 0, 5, scratch);
  });

  Deno.test(`${form.name} resample() gives the plain form's bits, in strides of any length`, () => {
    const [plain] = KERNEL_FORMS;
    fc.assert(
      fc.property(
        side,
        side,
        side,
        side,
        fc.nat({ max: 9 }),
        fc.integer(),
        (width, height, w, h, gap, seed) => {
          const noise = Uint32Array.from(
            { length: (width + gap) * height },
            (_, i) => Math.imul(seed ^ i * 7919, 0x9e3779b1),
          );
          const [expected, got] = [plain, form].map((one) => {
            const target = one.u32((w + gap) * h).fill(7);
            const [columns, rows] = [sharesFor(one, width, w), sharesFor(one, height, h)];
            one.kernels.resample(
              one.u32(noise),
              width + gap,
              columns,
              rows,
              target,
              w + gap,
              0,
              0,
              w,
              h,
              scratchFor(one, w),
            );
            return target;
          });
          assert.deepEqual([...got!], [...expected!]);
        },
      ),
      { seed: 5, numRuns: 150 },
    );
  });
}
