import assert from "node:assert/strict";
import fc from "fast-check";
import { Layout, layoutBytes, TILE_SCRATCH_BYTES } from "../../lib/kernels/kernels.ts";
import { IMAGES } from "../support/images.ts";
import { KERNEL_FORMS, type KernelForm } from "../support/kernel_forms.ts";

const STRIDE = 70;

/** Reads a tile with three-byte CPIXELs, least significant byte first, as RFC 6143 §7.7.5 says. */
function decodeTile(bytes: Uint8Array, width: number, height: number): { pixels: number[]; length: number } {
  let at = 0;
  const byte = () => {
    assert.ok(at < bytes.length, "tile ends early");
    return bytes[at++]!;
  };
  const cpixel = () => byte() | byte() << 8 | byte() << 16;
  const runLength = () => {
    let length = 1;
    for (;;) {
      const part = byte();
      length += part;
      if (part < 255) return length;
    }
  };
  const total = width * height;
  const subencoding = byte();
  const pixels: number[] = [];
  if (subencoding === 0) {
    while (pixels.length < total) pixels.push(cpixel());
  } else if (subencoding === 1) {
    pixels.push(...Array<number>(total).fill(cpixel()));
  } else if (subencoding <= 16) {
    const palette = Array.from({ length: subencoding }, cpixel);
    const bits = subencoding === 2 ? 1 : subencoding <= 4 ? 2 : 4;
    for (let y = 0; y < height; y++) {
      let left = 0, packed = 0;
      for (let x = 0; x < width; x++) {
        if (left === 0) [packed, left] = [byte(), 8];
        left -= bits;
        pixels.push(palette[packed >> left & (1 << bits) - 1]!);
      }
    }
  } else if (subencoding === 128) {
    while (pixels.length < total) {
      const pixel = cpixel();
      pixels.push(...Array<number>(runLength()).fill(pixel));
    }
  } else {
    assert.ok(subencoding >= 130, `subencoding ${subencoding}`);
    const palette = Array.from({ length: subencoding - 128 }, cpixel);
    while (pixels.length < total) {
      const index = byte();
      pixels.push(...Array<number>(index < 128 ? 1 : runLength()).fill(palette[index & 127]!));
    }
  }
  return { pixels, length: at };
}

function encode(
  form: KernelForm,
  pixels: Uint32Array,
  offset: number,
  width: number,
  height: number,
  layout: Layout,
) {
  const out = form.u8(1 + width * height * (layoutBytes(layout) + 1) + 10);
  const scratch = form.u8(TILE_SCRATCH_BYTES);
  const length = form.kernels.encodeTile(
    form.u32(pixels),
    offset,
    STRIDE,
    width,
    height,
    layout,
    scratch,
    out.subarray(0, -5),
    5,
  );
  assert.deepEqual([...out.subarray(0, 5), ...out.subarray(5 + length).subarray(0, 5)], Array(10).fill(0xa5));
  return out.slice(5, 5 + length);
}

for (const form of KERNEL_FORMS) {
  Deno.test(`encodeTile() [${form.name}] decodes to its pixels and is never longer than raw (RFC 6143 §7.7.5)`, () => {
    const subencodings = new Set<string>();
    for (const { make } of IMAGES) {
      for (
        const [width, height] of [[1, 1], [64, 64], [63, 5], [1, 64], [65 - 13, 20], [16, 16], [
          7,
          3,
        ]] as const
      ) {
        const { pixels } = make(STRIDE, 66, width);
        const bytes = encode(form, pixels, 2 * STRIDE + 3, width, height, Layout.Low24Little);
        const decoded = decodeTile(bytes, width, height);
        const wanted = Array.from(
          { length: width * height },
          (_, i) => pixels[(2 + Math.floor(i / width)) * STRIDE + 3 + i % width]!,
        );
        assert.deepEqual(decoded.pixels, wanted);
        assert.equal(decoded.length, bytes.length);
        assert.ok(bytes.length <= 1 + width * height * 3);
        const first = bytes[0]!;
        subencodings.add(
          first < 2 ? `${first}` : first <= 16 ? "packed" : first === 128 ? "runs" : "palette runs",
        );
      }
    }
    assert.deepEqual([...subencodings].sort(), ["0", "1", "packed", "palette runs", "runs"]);
  });

  Deno.test(`encodeTile() [${form.name}] refuses tiles that are too large or have too little room`, () => {
    const pixels = form.u32(65 * 65), out = form.u8(65 * 65 * 5), scratch = form.u8(TILE_SCRATCH_BYTES);
    const encode = (width: number, height: number, room: number) =>
      form.kernels.encodeTile(
        pixels,
        0,
        65,
        width,
        height,
        Layout.U8,
        scratch,
        out.subarray(0, room),
        0,
      );
    assert.throws(() => encode(65, 1, 9999), RangeError);
    assert.throws(() => encode(1, 65, 9999), RangeError);
    assert.throws(() => encode(0, 1, 9999), RangeError);
    assert.throws(() => encode(4, 4, 32), RangeError);
    assert.equal(encode(4, 4, 33), 2);
  });
}

Deno.test("encodeTile() gives the same bytes in both forms", () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...IMAGES),
      fc.constantFrom(...Object.values(Layout)),
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 1, max: 64 }),
      fc.integer({ min: 1, max: 9 }),
      ({ make }, layout, width, height, seed) => {
        const { pixels } = make(STRIDE, 64, seed);
        const [plain, simd] = KERNEL_FORMS.map((form) => encode(form, pixels, 4, width, height, layout));
        assert.deepEqual(simd, plain);
      },
    ),
    { seed: 16, numRuns: 300 },
  );
});

Deno.test("encodeTile() takes the form with the fewest bytes: literal tiles (RFC 6143 §7.7.5)", () => {
  for (const form of KERNEL_FORMS) {
    const tile = (pixels: number[], layout: Layout = Layout.Low24Little) => {
      const padded = new Uint32Array(STRIDE);
      padded.set(pixels);
      return [...encode(form, padded, 0, pixels.length, 1, layout)];
    };
    const [a, b, c] = [0x010203, 0x040506, 0x070809];
    assert.deepEqual(tile([a, a, a]), [1, 3, 2, 1]);
    // Of equals the simplest: raw and a packed palette take three bytes each.
    assert.deepEqual(tile([a, b, a], Layout.U8), [0, 3, 6, 3]);
    assert.deepEqual(tile([a, b]), [0, 3, 2, 1, 6, 5, 4]);
    assert.deepEqual(tile([a, b, a, a, b, a, b, b, a]), [2, 3, 2, 1, 6, 5, 4, 0b01001011, 0]);
    assert.deepEqual(tile([a, b, c, a, b, a]), [3, 3, 2, 1, 6, 5, 4, 9, 8, 7, 0b00011000, 0b01000000]);
    const twelve = (pixel: number) => Array<number>(12).fill(pixel);
    assert.deepEqual(tile([...twelve(a), ...twelve(b), ...twelve(a), ...twelve(b), ...twelve(c), a]), [
      ...[131, 3, 2, 1, 6, 5, 4, 9, 8, 7],
      ...[0x80, 11, 0x81, 11, 0x80, 11, 0x81, 11, 0x82, 11, 0],
    ]);
    assert.deepEqual(tile([...Array<number>(20).fill(a), ...Array<number>(20).fill(b)]), [
      ...[128, 3, 2, 1, 19, 6, 5, 4, 19],
    ]);
  }
});
