import assert from "node:assert/strict";
import * as fc from "fast-check";
import { findColours, packedSize } from "../../lib/encodings/content.ts";
import type { PixelBlock } from "../../lib/encodings/pixel_target.ts";
import { PLAIN_WORKBENCH } from "../../lib/encodings/workbench.ts";

/** A block inside a larger array, with rows that have gaps. */
const blocks = fc.record({
  width: fc.integer({ min: 1, max: 40 }),
  height: fc.integer({ min: 1, max: 20 }),
  gap: fc.integer({ min: 0, max: 3 }),
  offset: fc.integer({ min: 0, max: 5 }),
  colours: fc.integer({ min: 1, max: 300 }),
  longest: fc.constantFrom(1, 3, 400),
  seed: fc.nat(),
}).map(({ width, height, gap, offset, colours, longest, seed }): PixelBlock => {
  const stride = width + gap;
  const pixels = new Uint32Array(offset + stride * height).fill(0xdead_beef);
  let colour = 0;
  let length = 0;
  for (let i = 0; i < width * height; i++) {
    if (length-- === 0) {
      seed = (Math.imul(seed, 0x0019_660d) + 0x3c6e_f35f) >>> 0;
      colour = Math.imul(1 + (seed >>> 8) % colours, 0x0101_0203) >>> 0;
      length = (seed >>> 20) % longest;
    }
    pixels[offset + Math.floor(i / width) * stride + i % width] = colour;
  }
  return { pixels, offset, stride, width, height };
});

function pixelsOf({ pixels, offset, stride, width, height }: PixelBlock): number[] {
  return Array.from({ length: height }, (_, row) => [
    ...pixels.subarray(offset + row * stride, offset + row * stride + width),
  ]).flat();
}

Deno.test("findColours() finds what a plain count finds, or nothing where there is more", () => {
  fc.assert(
    fc.property(blocks, fc.constantFrom(1, 2, 16, 127, 256), (block, limit) => {
      const pixels = pixelsOf(block);
      const colours = [...new Set(pixels)];
      const palette = findColours(block, limit, PLAIN_WORKBENCH);
      if (colours.length > limit) return assert.equal(palette, undefined);
      assert.equal(palette?.count, colours.length);
      assert.deepEqual([...palette.colours.subarray(0, colours.length)], colours);
      assert.deepEqual([...palette.indices], pixels.map((pixel) => colours.indexOf(pixel)));
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("findColours() takes black, the value 0, as a colour like others", () => {
  const block = { pixels: Uint32Array.of(0, 0, 5, 0), offset: 0, stride: 2, width: 2, height: 2 };
  const palette = findColours(block, 2, PLAIN_WORKBENCH);
  assert.deepEqual([...palette!.colours.subarray(0, 2)], [0, 5]);
});

Deno.test("packedSize() starts each row at a byte (§7.7.5)", () => {
  assert.equal(packedSize(8, 3, 1), 3);
  assert.equal(packedSize(9, 3, 1), 6);
  assert.equal(packedSize(5, 2, 2), 4);
  assert.equal(packedSize(3, 2, 4), 4);
});
