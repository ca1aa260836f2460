import assert from "node:assert/strict";
import fc from "fast-check";
import { jpegBound, jpegScratchBytes } from "../../lib/kernels/jpeg/layout.ts";
import { optimalTable, SOFT_TABLES, STANDARD_TABLES, writeCodes } from "../../lib/kernels/jpeg/huffman.ts";
import { quantizationTables, ZIGZAG } from "../../lib/kernels/jpeg/quantization.ts";
import { JpegOption, Subsampling } from "../../lib/kernels/kernels.ts";
import { frameOf, IMAGES } from "../support/images.ts";
import { KERNEL_FORMS, type KernelForm } from "../support/kernel_forms.ts";

const SUBSAMPLINGS = Object.values(Subsampling);
const OPTIONS = Object.values(JpegOption);

function encode(
  form: KernelForm,
  pixels: Uint32Array,
  width: number,
  height: number,
  quality: number,
  subsampling: Subsampling,
  options = 0,
): Uint8Array {
  const room = jpegBound(width, height, subsampling);
  const out = form.u8(room + 10);
  const scratch = form.scratch(jpegScratchBytes(width, height, subsampling, options));
  const length = form.kernels.encodeJpeg(
    form.u32(pixels),
    0,
    width,
    width,
    height,
    quality,
    subsampling,
    options,
    out.subarray(0, -5),
    5,
    scratch,
  );
  assert.deepEqual([...out.subarray(0, 5), ...out.subarray(room + 5)], Array(10).fill(0xa5));
  return out.slice(5, 5 + length);
}

/** Names and contents of the segments of an image; the data of the scan is part of the last. */
function segments(jpeg: Uint8Array): [number, Uint8Array][] {
  const found: [number, Uint8Array][] = [];
  for (let at = 2; at < jpeg.length;) {
    assert.equal(jpeg[at], 0xff);
    const length = jpeg[at + 2]! << 8 | jpeg[at + 3]!;
    found.push([jpeg[at + 1]!, jpeg.slice(at + 4, at + 2 + length)]);
    if (jpeg[at + 1] === 0xda) break;
    at += 2 + length;
  }
  return found;
}

Deno.test("encodeJpeg() gives the same bytes in both forms, for any size, quality, subsampling and option", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...IMAGES),
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 40 }),
      fc.integer({ min: 1, max: 100 }),
      fc.constantFrom(...SUBSAMPLINGS),
      fc.constantFrom(...OPTIONS),
      ({ make }, width, height, quality, subsampling, options) => {
        const { pixels } = make(width, height, 3);
        const [plain, simd] = KERNEL_FORMS.map((form) =>
          encode(form, pixels, width, height, quality, subsampling, options)
        );
        assert.deepEqual(simd, plain);
      },
    ),
    { seed: 17, numRuns: 300 },
  );
});

Deno.test("encodeJpeg() gives the same bytes in both forms where coefficients are as large as can be, and far apart", () => {
  // Black and white in the sign of one basis function after the other, and that at half strength in every fourth block.
  const [width, height] = [64 * 8, 16];
  const sign = (k: number, i: number) => Math.cos((2 * i + 1) * k * Math.PI / 16) >= 0 ? 1 : -1;
  const pixels = Uint32Array.from({ length: width * height }, (_, at) => {
    const [x, y] = [at % width, Math.floor(at / width)];
    const block = x >> 3;
    const wave = sign(block & 7, x & 7) * sign(block >> 3, y & 7);
    const strength = y < 8 ? 127 : block % 4 === 0 ? 64 : 3;
    return (128 + wave * strength) * (block % 3 === 0 ? 0x01_01_01 : 0x01_00_01);
  });
  for (const quality of [20, 60, 94, 95, 100]) {
    for (const subsampling of SUBSAMPLINGS) {
      for (const options of OPTIONS) {
        const [plain, simd] = KERNEL_FORMS.map((form) =>
          encode(form, pixels, width, height, quality, subsampling, options)
        );
        assert.deepEqual(simd, plain, `quality ${quality}, subsampling ${subsampling}, options ${options}`);
      }
    }
  }
});

for (const form of KERNEL_FORMS) {
  Deno.test(`encodeJpeg() [${form.name}] ignores top bytes and what lies beside the rectangle`, () => {
    const { pixels } = IMAGES.find(({ name }) => name === "photo")!.make(30, 20);
    const wanted = encode(form, pixels, 30, 20, 80, Subsampling.Both2);
    const wide = form.u32(Array.from({ length: 33 * 21 }, (_, i) => Math.imul(i, 0x12345678) >>> 0));
    for (let y = 0; y < 20; y++) {
      for (let x = 0; x < 30; x++) wide[(y + 1) * 33 + x + 2] = (pixels[y * 30 + x]! | (x + y) << 24) >>> 0;
    }
    const out = form.u8(jpegBound(30, 20, Subsampling.Both2));
    const scratch = form.scratch(jpegScratchBytes(30, 20, Subsampling.Both2, 0));
    const length = form.kernels.encodeJpeg(wide, 35, 33, 30, 20, 80, Subsampling.Both2, 0, out, 0, scratch);
    assert.deepEqual(out.slice(0, length), wanted);
  });

  Deno.test(`encodeJpeg() [${form.name}] writes JFIF segments in order, or none with tables (T.81 Annex B)`, () => {
    const pixels = new Uint32Array(17 * 300).fill(0x336699);
    const full = encode(form, pixels, 17, 300, 50, Subsampling.Horizontal4);
    const names = segments(full).map(([name]) => name.toString(16));
    assert.deepEqual(names, ["e0", "db", "db", "c0", "c4", "c4", "c4", "c4", "da"]);
    assert.deepEqual([...full.subarray(0, 2), ...full.subarray(-2)], [0xff, 0xd8, 0xff, 0xd9]);
    // 8 bits, 300 rows, 17 columns, Y with 4x1 samples and table 0, Cb and Cr with table 1.
    const frame = [8, 1, 44, 0, 17, 3, 1, 0x41, 0, 2, 0x11, 1, 3, 0x11, 1];
    assert.deepEqual([...segments(full)[3]![1]], frame);
    const short = encode(form, pixels, 17, 300, 50, Subsampling.Horizontal4, JpegOption.NoTables);
    assert.deepEqual(segments(short).map(([name]) => name.toString(16)), ["c0", "da"]);
    assert.deepEqual(full.slice(-(short.length - 21)), short.slice(21));
    const gray = encode(form, pixels, 17, 300, 50, Subsampling.Gray);
    assert.deepEqual(segments(gray).map(([name]) => name.toString(16)), ["e0", "db", "c0", "c4", "c4", "da"]);
  });

  Deno.test(`encodeJpeg() [${form.name}] stuffs a 0 behind each 0xff of the data (T.81 F.1.2.3)`, () => {
    let stuffed = 0;
    for (const { make } of IMAGES) {
      const jpeg = encode(form, make(64, 64).pixels, 64, 64, 97, Subsampling.None);
      const data = jpeg.subarray(jpeg.length - segmentsEnd(jpeg), -2);
      for (let i = 0; i < data.length; i++) {
        if (data[i] !== 0xff) continue;
        assert.equal(data[i + 1], 0);
        stuffed++;
      }
    }
    assert.ok(stuffed > 20);
  });

  Deno.test(`encodeJpeg() [${form.name}] is smaller with tables made for the image`, () => {
    for (const { name, make } of IMAGES) {
      const { pixels } = make(64, 64);
      const standard = encode(form, pixels, 64, 64, 80, Subsampling.Both2);
      const optimal = encode(form, pixels, 64, 64, 80, Subsampling.Both2, JpegOption.OptimalTables);
      assert.ok(optimal.length < standard.length, name);
    }
  });

  Deno.test(`encodeJpeg() [${form.name}] has the same data with tables for soft pictures, and less of it there`, () => {
    const slope = frameOf(200, 150, (x, y) => (x >> 4) << 16 | (y >> 2) << 8 | (x + y) >> 5);
    const soft = encode(form, slope.pixels, 200, 150, 92, Subsampling.None, JpegOption.SoftTables);
    const standard = encode(form, slope.pixels, 200, 150, 92, Subsampling.None);
    const optimal = encode(form, slope.pixels, 200, 150, 92, Subsampling.None, JpegOption.OptimalTables);
    const title = `${optimal.length} ${soft.length} ${standard.length}`;
    assert.ok(soft.length < standard.length * 0.8 && optimal.length < soft.length, title);
    assert.deepEqual(segments(soft).map(([name]) => name), segments(standard).map(([name]) => name));
  });

  Deno.test(`encodeJpeg() [${form.name}] refuses what is out of range`, () => {
    const pixels = form.u32(64),
      out = form.u8(jpegBound(8, 8, 0)),
      scratch = form.scratch(jpegScratchBytes(8, 8, 0, 1));
    const encode = (
      width: number,
      quality: number,
      subsampling: number,
      options: number,
      room = out.length,
      work = scratch,
    ) =>
      form.kernels.encodeJpeg(
        pixels,
        0,
        8,
        width,
        8,
        quality,
        subsampling as Subsampling,
        options,
        out.subarray(0, room),
        0,
        work,
      );
    assert.throws(() => encode(0, 50, 0, 0), RangeError);
    assert.throws(() => encode(9, 50, 0, 0), RangeError);
    assert.throws(() => encode(8, 0, 0, 0), RangeError);
    assert.throws(() => encode(8, 101, 0, 0), RangeError);
    assert.throws(() => encode(8, 50.5, 0, 0), RangeError);
    assert.throws(() => encode(8, 50, 5, 0), RangeError);
    for (const options of [3, 9, 10]) assert.throws(() => encode(8, 50, 0, options), RangeError);
    assert.throws(() => encode(8, 50, 0, 0, out.length, scratch.subarray(1)), RangeError);
    assert.throws(() => encode(8, 50, 0, 0, out.length - 1), RangeError);
  });
}

/** Bytes from the end of the header to the end. */
function segmentsEnd(jpeg: Uint8Array): number {
  let at = 2;
  for (;;) {
    const scan = jpeg[at + 1] === 0xda;
    at += 2 + (jpeg[at + 2]! << 8 | jpeg[at + 3]!);
    if (scan) return jpeg.length - at;
  }
}

Deno.test("ZIGZAG walks the diagonals (T.81 figure 5)", () => {
  assert.deepEqual([...ZIGZAG.subarray(0, 11)], [0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32]);
  assert.deepEqual([...ZIGZAG.subarray(-4)], [47, 55, 62, 63]);
  assert.equal(new Set(ZIGZAG).size, 64);
});

Deno.test("quantizationTables() gives Annex K's tables at 50, ones at 100, and stays within 255", () => {
  assert.deepEqual([...quantizationTables(50).luminance.subarray(0, 4)], [16, 11, 10, 16]);
  assert.deepEqual([...quantizationTables(50).chrominance.subarray(0, 4)], [17, 18, 24, 47]);
  assert.deepEqual([...quantizationTables(100).luminance], Array(64).fill(1));
  assert.equal(Math.max(...quantizationTables(1).luminance), 255);
  assert.deepEqual([...quantizationTables(75).luminance.subarray(0, 4)], [8, 6, 5, 8]);
});

Deno.test("STANDARD_TABLES and SOFT_TABLES have a code for each symbol, none twice, none all ones (T.81 K.3)", () => {
  for (const tables of [STANDARD_TABLES, SOFT_TABLES]) {
    for (const { lengths, symbols } of tables) {
      assert.equal(lengths.reduce((sum, count) => sum + count, 0), symbols.length);
      assert.equal(new Set(symbols).size, symbols.length);
      assert.ok(lengths.reduce((sum, count, i) => sum + count * 2 ** -(i + 1), 0) < 1);
    }
    assert.deepEqual(tables.map(({ symbols }) => symbols.length), [12, 12, 162, 162]);
    assert.deepEqual(
      tables.map(({ symbols }) => [...symbols].sort((a, b) => a - b)),
      STANDARD_TABLES.map(({ symbols }) => [...symbols].sort((a, b) => a - b)),
    );
  }
});

Deno.test("optimalTable() gives codes that no other begins with, at most 16 bits, never all ones (T.81 K.2)", () => {
  fc.assert(
    fc.property(
      fc.array(fc.oneof(fc.constant(0), fc.nat({ max: 3 }), fc.nat({ max: 1 << 30 })), {
        minLength: 1,
        maxLength: 256,
      }),
      (some) => {
        const frequencies = new Uint32Array(300);
        // Fibonacci numbers have the longest codes of all.
        frequencies.set(some, 7);
        if (some.length > 250) {
          for (let i = 0, a = 1, b = 1; i < 40; i++, [a, b] = [b, a + b]) frequencies[9 + i] = a;
        }
        frequencies[8]! += 1;
        const table = optimalTable(frequencies, 7);
        const codes = new Uint32Array(256);
        writeCodes(table, codes, 0);
        const texts: string[] = [];
        for (let symbol = 0; symbol < 256; symbol++) {
          assert.equal(codes[symbol]! > 0, frequencies[7 + symbol]! > 0);
          if (codes[symbol] === 0) continue;
          // Room for the bits that follow is at the end.
          const following = symbol & 15;
          const length = (codes[symbol]! & 31) - following;
          texts.push((codes[symbol]! >>> 5 >>> following).toString(2).padStart(length, "0"));
        }
        texts.sort();
        texts.forEach((text, i) => {
          assert.ok(text.length <= 16 && text.includes("0"));
          if (i > 0) assert.ok(!text.startsWith(texts[i - 1]!));
        });
      },
    ),
    { seed: 18, numRuns: 200 },
  );
});
