import assert from "node:assert/strict";
import fc from "fast-check";
import { type ColourFields, Layout, layoutBytes, layoutOf } from "../../lib/kernels/kernels.ts";
import { image } from "../support/images.ts";
import { KERNEL_FORMS } from "../support/kernel_forms.ts";

const WIDTH = 45;
const HEIGHT = 9;
/** Values of all 32 bits. */
const NOISE = image("noise").make(WIDTH, HEIGHT).pixels.map((pixel, i) => pixel | Math.imul(i, 0x51000000));

/** Bytes of a value in each layout, most significant first, as the names say. */
const ORDERS: Record<keyof typeof Layout, string> = {
  U8: "3",
  U16Little: "32",
  U16Big: "23",
  U32Little: "3210",
  U32Big: "0123",
  Low24Little: "321",
  Low24Big: "123",
  High24Little: "210",
  High24Big: "012",
};

function naiveBytes(value: number, name: keyof typeof Layout): number[] {
  const hex = (value >>> 0).toString(16).padStart(8, "0");
  return [...ORDERS[name]].map((digit) => parseInt(hex.substr(Number(digit) * 2, 2), 16));
}

const area = fc.tuple(fc.nat({ max: 8 }), fc.integer({ min: 1, max: 37 }), fc.integer({ min: 1, max: 8 }));
const layoutName = fc.constantFrom(...Object.keys(Layout) as (keyof typeof Layout)[]);

/** What all three kernels have in common: bytes in reading order, nothing written elsewhere. */
function checkBytes(
  [x, width, height]: [number, number, number],
  name: keyof typeof Layout,
  convert: (pixel: number) => number,
  pack: (out: Uint8Array, outOffset: number) => number,
  out: Uint8Array,
) {
  const wanted: number[] = Array(5).fill(0xa5);
  for (let y = 0; y < height; y++) {
    for (let i = 0; i < width; i++) wanted.push(...naiveBytes(convert(NOISE[y * WIDTH + x + i]!), name));
  }
  const length = wanted.length - 5;
  assert.equal(pack(out, 5), length);
  wanted.push(...Array(out.length - wanted.length).fill(0xa5));
  assert.deepEqual([...out], wanted);
  assert.throws(() => pack(out.subarray(0, 5 + length - 1), 5), RangeError);
}

function naiveColour(pixel: number, fields: ColourFields): number {
  const scale = (level: number, max: number, shift: number) => Math.round(level * max / 255) * 2 ** shift;
  const value = scale(pixel >>> 16 & 0xff, fields.redMax, fields.redShift) +
    scale(pixel >>> 8 & 0xff, fields.greenMax, fields.greenShift) +
    scale(pixel & 0xff, fields.blueMax, fields.blueShift);
  return value % 2 ** 32;
}

function fields(bits: [number, number, number], shifts: [number, number, number]): ColourFields {
  const [redMax, greenMax, blueMax] = bits.map((count) => 2 ** count - 1) as [number, number, number];
  const [redShift, greenShift, blueShift] = shifts;
  return { redMax, greenMax, blueMax, redShift, greenShift, blueShift };
}

const FORMATS: Record<string, ColourFields> = {
  "0x00RRGGBB": fields([8, 8, 8], [16, 8, 0]),
  "0x00BBGGRR": fields([8, 8, 8], [0, 8, 16]),
  "0xRRGGBB00": fields([8, 8, 8], [24, 16, 8]),
  "0xBBGGRR00": fields([8, 8, 8], [8, 16, 24]),
  "RGB565": fields([5, 6, 5], [11, 5, 0]),
  "RGB555": fields([5, 5, 5], [10, 5, 0]),
  "BGR233": fields([3, 3, 2], [0, 3, 6]),
  "8 bits at odd places": fields([8, 8, 8], [21, 12, 3]),
  "7 and 1 bits": fields([7, 1, 7], [24, 13, 1]),
};

for (const form of KERNEL_FORMS) {
  const { kernels } = form;

  Deno.test(`packValues() [${form.name}] writes the bytes of each layout`, () => {
    fc.assert(
      fc.property(area, layoutName, (area, name) => {
        const values = form.u32(NOISE);
        const [x, width, height] = area;
        const out = form.u8(width * height * 4 + 40);
        checkBytes(
          area,
          name,
          (value) => value,
          (out, at) => kernels.packValues(values, x, WIDTH, width, height, Layout[name], out, at),
          out,
        );
      }),
      { seed: 9, numRuns: 300 },
    );
  });

  Deno.test(`packTrueColour() [${form.name}] rounds each colour to the nearest (RFC 6143 §7.4)`, () => {
    for (const format of Object.values(FORMATS)) {
      fc.assert(
        fc.property(area, layoutName, (area, name) => {
          const pixels = form.u32(NOISE);
          const [x, width, height] = area;
          const out = form.u8(width * height * 4 + 40);
          checkBytes(
            area,
            name,
            (pixel) => naiveColour(pixel, format),
            (out, at) =>
              kernels.packTrueColour(pixels, x, WIDTH, width, height, format, Layout[name], out, at),
            out,
          );
        }),
        { seed: 10, numRuns: 40 },
      );
    }
  });

  Deno.test(`packTrueColour() [${form.name}] is right for all levels and all maxima`, () => {
    const levels = form.u32(Array.from({ length: 256 }, (_, level) => level * 0x010101));
    const out = form.u8(1024);
    for (let max = 1; max <= 255; max++) {
      const format = { redMax: max, greenMax: max, blueMax: 0, redShift: 8, greenShift: 0, blueShift: 0 };
      kernels.packTrueColour(levels, 0, 256, 256, 1, format, Layout.U16Little, out, 0);
      for (let level = 0; level < 256; level++) {
        const wanted = Math.round(level * max / 255);
        assert.equal(out[level * 2], wanted);
        assert.equal(out[level * 2 + 1], wanted);
      }
    }
    const wide = { ...FORMATS["RGB565"]!, redMax: 1023 };
    assert.throws(() => kernels.packTrueColour(levels, 0, 256, 256, 1, wide, Layout.U8, out, 0), RangeError);
  });

  Deno.test(`packByTable() [${form.name}] looks up each colour in its table`, () => {
    const table = form.u32(Array.from({ length: 768 }, (_, i) => Math.imul(i, 0x9e3779b1) >>> 0));
    const convert = (pixel: number) =>
      (table[pixel >>> 16 & 0xff]! | table[256 + (pixel >>> 8 & 0xff)]! | table[512 + (pixel & 0xff)]!) >>> 0;
    fc.assert(
      fc.property(area, layoutName, (area, name) => {
        const pixels = form.u32(NOISE);
        const [x, width, height] = area;
        const out = form.u8(width * height * 4 + 40);
        checkBytes(
          area,
          name,
          convert,
          (out, at) => kernels.packByTable(pixels, x, WIDTH, width, height, table, Layout[name], out, at),
          out,
        );
      }),
      { seed: 11, numRuns: 150 },
    );
  });
}

Deno.test("layoutOf() makes the named layouts and others", () => {
  assert.equal(layoutOf([0]), Layout.U8);
  assert.equal(layoutOf([8, 0]), Layout.U16Big);
  assert.equal(layoutOf([0, 8, 16, 24]), Layout.U32Little);
  assert.equal(layoutOf([24, 16, 8]), Layout.High24Big);
  assert.equal(layoutBytes(layoutOf([16, 0, 8])), 3);
  for (const form of KERNEL_FORMS) {
    const out = form.u8(3 * 6);
    const values = form.u32(Array(6).fill(0x01020304));
    form.kernels.packValues(values, 0, 6, 6, 1, layoutOf([16, 0, 8]), out, 0);
    assert.deepEqual([...out], Array(6).fill([2, 4, 3]).flat());
  }
});
