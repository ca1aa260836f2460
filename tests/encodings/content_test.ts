import assert from "node:assert/strict";
import * as fc from "fast-check";
import { Content, packedSize, packIndices } from "../../lib/encodings/content.ts";
import type { PixelBlock } from "../../lib/encodings/pixel_target.ts";
import { hex } from "./_encode.ts";

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

function runLengths(pixels: readonly number[]): number[] {
  const lengths: number[] = [];
  pixels.forEach((pixel, i) => {
    if (i > 0 && pixel === pixels[i - 1]) lengths[lengths.length - 1]!++;
    else lengths.push(1);
  });
  return lengths;
}

Deno.test("Content.analyse() finds what a plain count finds, or says that there is more", () => {
  const content = new Content();
  fc.assert(
    fc.property(blocks, fc.constantFrom(1, 2, 16, 127, 256), (block, limit) => {
      const pixels = pixelsOf(block);
      const colours = [...new Set(pixels)];
      assert.equal(content.analyse(block, limit), colours.length <= limit);
      if (colours.length > limit) return assert.equal(content.colourCount, 0);
      assert.equal(content.colourCount, colours.length);
      assert.deepEqual([...content.colours.subarray(0, colours.length)], colours);
      assert.deepEqual(
        [...content.counts.subarray(0, colours.length)],
        colours.map((colour) => pixels.filter((pixel) => pixel === colour).length),
      );
      assert.deepEqual(
        [...content.indices.subarray(0, pixels.length)],
        pixels.map((pixel) => colours.indexOf(pixel)),
      );
      const lengths = runLengths(pixels);
      assert.equal(content.runs, lengths.length);
      assert.equal(content.singles, lengths.filter((length) => length === 1).length);
      assert.equal(
        content.runCarries,
        lengths.reduce((sum, length) => sum + Math.floor((length - 1) / 255), 0),
      );
      const most = Math.max(...content.counts.subarray(0, colours.length));
      assert.equal(content.counts[content.commonest()], most);
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("Content.countRuns() counts the runs that analyse() counts, whatever the colours", () => {
  const content = new Content();
  fc.assert(
    fc.property(blocks, (block) => {
      content.countRuns(block);
      const lengths = runLengths(pixelsOf(block));
      assert.equal(content.runs, lengths.length);
      assert.equal(content.singles, lengths.filter((length) => length === 1).length);
      assert.equal(
        content.runCarries,
        lengths.reduce((sum, length) => sum + Math.floor((length - 1) / 255), 0),
      );
    }),
    { seed: 2, numRuns: 300 },
  );
});

Deno.test("Content.analyse() takes black, the value 0, as a colour like others", () => {
  const content = new Content();
  assert.ok(
    content.analyse({ pixels: Uint32Array.of(0, 0, 5, 0), offset: 0, stride: 2, width: 2, height: 2 }, 2),
  );
  assert.deepEqual([...content.colours.subarray(0, 2)], [0, 5]);
  assert.deepEqual([...content.counts.subarray(0, 2)], [3, 1]);
});

Deno.test("packIndices() starts each row at a byte, leftmost pixel highest (§7.7.5)", () => {
  const packed = (bits: number, width: number, indices: readonly number[]) => {
    const height = indices.length / width;
    const bytes = new Uint8Array(packedSize(width, height, bits) + 2).fill(0xee);
    const end = packIndices(Uint8Array.from(indices), width, height, bits, bytes, 1);
    assert.equal(end, bytes.length - 1);
    return hex(bytes);
  };
  assert.equal(packed(1, 3, [1, 0, 1, 0, 1, 1]), "ee a0 60 ee");
  assert.equal(packed(1, 9, [1, 0, 0, 0, 0, 0, 0, 1, 1]), "ee 81 80 ee");
  assert.equal(packed(2, 5, [3, 2, 1, 0, 2]), "ee e4 80 ee");
  assert.equal(packed(4, 3, [15, 1, 2, 3, 4, 5]), "ee f1 20 34 50 ee");
  assert.equal(packed(4, 2, [15, 1]), "ee f1 ee");
});
