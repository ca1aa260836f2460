/**
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { isDirect, pixelConverter } from "../../lib/capture/pixel_conversion.ts";
import { NativeError } from "../../lib/core/errors.ts";
import type { PixelLayout } from "../../lib/ffi/x_image.ts";

const RGB888: PixelLayout = {
  bitsPerPixel: 32,
  depth: 24,
  bigEndian: false,
  indexed: false,
  colours: 256,
  redMask: 0xff0000,
  greenMask: 0xff00,
  blueMask: 0xff,
};
const RGB565 = { ...RGB888, bitsPerPixel: 16, depth: 16, redMask: 0xf800, greenMask: 0x7e0, blueMask: 0x1f };

/** The colours of one row of pixels. */
function convert(layout: PixelLayout, bytes: number[], colours?: Uint32Array): number[] {
  const width = bytes.length * 8 / layout.bitsPerPixel;
  const from = { bytes: new Uint8Array(bytes), at: 0, bytesPerRow: bytes.length };
  const pixels = new Uint32Array(width);
  pixelConverter(layout, colours)(from, { pixels, at: 0, stride: width }, width, 1);
  return [...pixels];
}

Deno.test("isDirect() is true of 0x00RRGGBB in little endian only", () => {
  assert.ok(isDirect(RGB888));
  assert.ok(isDirect({ ...RGB888, depth: 32 }));
  assert.ok(!isDirect({ ...RGB888, bigEndian: true }));
  assert.ok(!isDirect({ ...RGB888, redMask: 0xff, blueMask: 0xff0000 }));
  assert.ok(!isDirect(RGB565));
});

Deno.test("pixelConverter() reads 32 bits per pixel in both byte orders", () => {
  assert.deepEqual(convert(RGB888, [0x33, 0x22, 0x11, 0]), [0x112233]);
  assert.deepEqual(convert({ ...RGB888, bigEndian: true }, [0, 0x11, 0x22, 0x33]), [0x112233]);
  const bgr = { ...RGB888, redMask: 0xff, blueMask: 0xff0000 };
  assert.deepEqual(convert(bgr, [0x33, 0x22, 0x11, 0]), [0x332211]);
});

Deno.test("pixelConverter() reads 24 bits per pixel in both byte orders", () => {
  const packed = { ...RGB888, bitsPerPixel: 24 };
  assert.deepEqual(convert(packed, [0x33, 0x22, 0x11, 0x66, 0x55, 0x44]), [0x112233, 0x445566]);
  assert.deepEqual(convert({ ...packed, bigEndian: true }, [0x11, 0x22, 0x33]), [0x112233]);
});

Deno.test("pixelConverter() reads ten bits per colour", () => {
  const deep = { ...RGB888, depth: 30, redMask: 0x3ff00000, greenMask: 0xffc00, blueMask: 0x3ff };
  assert.deepEqual(convert(deep, [0xff, 0x03, 0, 0x20]), [0x8000ff]);
  assert.deepEqual(convert(deep, [0, 0xfc, 0x0f, 0]), [0x00ff00]);
});

Deno.test("pixelConverter() stretches the colours of 16 and 15 bits to 0 to 255", () => {
  assert.deepEqual(convert(RGB565, [0xff, 0xff, 0, 0xf8, 0xe0, 0x07, 0x1f, 0]), [
    0xffffff,
    0xff0000,
    0x00ff00,
    0x0000ff,
  ]);
  assert.deepEqual(convert({ ...RGB565, bigEndian: true }, [0xf8, 0]), [0xff0000]);
  const rgb555 = { ...RGB565, depth: 15, redMask: 0x7c00, greenMask: 0x3e0 };
  assert.deepEqual(convert(rgb555, [0x00, 0x40]), [0x840000]);
});

Deno.test("pixelConverter() looks 8 bits up in the colour map, or takes them apart", () => {
  const indexed = { ...RGB888, bitsPerPixel: 8, depth: 8, indexed: true };
  const colours = Uint32Array.from({ length: 256 }, (_, i) => i << 16 | 255 - i);
  assert.deepEqual(convert(indexed, [0, 7, 255], colours), [0x0000ff, 0x0700f8, 0xff0000]);
  const rgb332 = { ...indexed, indexed: false, redMask: 0xe0, greenMask: 0x1c, blueMask: 3 };
  assert.deepEqual(convert(rgb332, [0xe0, 0x1c, 0x03, 0xff]), [0xff0000, 0x00ff00, 0x0000ff, 0xffffff]);
});

Deno.test("pixelConverter() refuses pixels that it does not know", () => {
  assert.throws(() => pixelConverter({ ...RGB888, bitsPerPixel: 4 }), NativeError);
  assert.throws(() => pixelConverter({ ...RGB888, indexed: true }), NativeError);
});

Deno.test("pixelConverter() writes the block and nothing else, whatever rows are padded with", () => {
  const layouts = [RGB888, { ...RGB888, bigEndian: true }, RGB565, { ...RGB888, bitsPerPixel: 24 }, {
    ...RGB888,
    bitsPerPixel: 8,
    depth: 8,
    redMask: 0xe0,
    greenMask: 0x1c,
    blueMask: 3,
  }];
  fc.assert(
    fc.property(
      fc.constantFrom(...layouts),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 0, max: 3 }),
      (layout, width, height, gap) => {
        const size = layout.bitsPerPixel / 8;
        const bytesPerRow = Math.ceil(width * size / 4) * 4 + 4 * gap;
        const bytes = new Uint8Array(bytesPerRow * (height + 1)).fill(0xff);
        const stride = width + gap;
        const pixels = new Uint32Array(stride * (height + 2)).fill(0x12345678);
        pixelConverter(layout)(
          { bytes, at: bytesPerRow, bytesPerRow },
          { pixels, at: stride, stride },
          width,
          height,
        );
        for (const [i, pixel] of pixels.entries()) {
          const [x, y] = [i % stride, Math.floor(i / stride)];
          const inside = x < width && y >= 1 && y <= height;
          assert.equal(inside ? pixel & 0xffffff : pixel, inside ? 0xffffff : 0x12345678);
        }
      },
    ),
    { seed: 3, numRuns: 200 },
  );
});
