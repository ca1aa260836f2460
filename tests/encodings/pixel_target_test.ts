import assert from "node:assert/strict";
import { ByteWriter } from "../../lib/core/bytes.ts";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { rect } from "../../lib/core/geometry.ts";
import type { Frame } from "../../lib/core/pixels.ts";
import { DEFAULT_LEVELS, PixelTarget } from "../../lib/encodings/pixel_target.ts";
import { Workbench } from "../../lib/encodings/workbench.ts";
import { loadKernels } from "../../lib/kernels/simd.ts";
import { BGR233, NATIVE_PIXEL_FORMAT } from "../../lib/protocol/pixel_format.ts";
import { frameOf } from "../support/images.ts";
import { format, NATIVE_BE, RGB565 } from "./_encode.ts";

/** 3x2 pixels in rows of 4. */
const FRAME: Frame = {
  width: 3,
  height: 2,
  stride: 4,
  pixels: Uint32Array.of(0x000000, 0xff0000, 0x00ff00, 0, 0x0000ff, 0xffffff, 0x808080, 0),
};

Deno.test("PixelTarget.translate() lends the frame itself where the client's values are the frame's", () => {
  for (const native of [NATIVE_PIXEL_FORMAT, NATIVE_BE]) {
    const block = new PixelTarget(native).translate(FRAME, rect(1, 1, 2, 1));
    assert.equal(block.pixels, FRAME.pixels);
    assert.deepEqual([block.offset, block.stride, block.width, block.height], [5, 4, 2, 1]);
  }
});

Deno.test("PixelTarget.translate() makes values of any other format, row after row", () => {
  const block = new PixelTarget(RGB565).translate(FRAME, rect(1, 0, 2, 2));
  assert.deepEqual([block.offset, block.stride, block.width, block.height], [0, 2, 2, 2]);
  // 808080: round(128 * 31 / 255) = 16, round(128 * 63 / 255) = 32.
  assert.deepEqual([...block.pixels.subarray(0, 4)], [0xf800, 0x07e0, 0xffff, 16 << 11 | 32 << 5 | 16]);
});

Deno.test("PixelTarget.translate() gives unsigned values for channels in the top byte", () => {
  const block = new PixelTarget(format(32, [255, 255, 255], [24, 16, 8])).translate(FRAME, rect(0, 0, 3, 2));
  assert.deepEqual([...block.pixels.subarray(0, 6)], [
    0,
    0xff00_0000,
    0x00ff_0000,
    0x0000_ff00,
    0xffff_ff00,
    0x8080_8000,
  ]);
  assert.equal(new PixelTarget(format(32, [255, 255, 255], [24, 16, 8])).value(0xff0000), 0xff00_0000);
});

Deno.test("PixelTarget rounds each channel to the nearest level, ten bits too", () => {
  const target = new PixelTarget(format(32, [1023, 15, 1], [20, 4, 0]));
  for (let level = 0; level < 256; level++) {
    const value = target.value(level << 16 | level << 8 | level);
    assert.equal(value >>> 20, Math.round(level * 1023 / 255));
    assert.equal(value >>> 4 & 15, Math.round(level * 15 / 255));
    assert.equal(value & 1, level >= 128 ? 1 : 0);
  }
});

Deno.test("PixelTarget takes channels that are not there as 0", () => {
  assert.equal(new PixelTarget(format(8, [0, 255, 0], [0, 0, 0])).value(0xffeedd), 0xee);
});

Deno.test("PixelTarget makes colour-map pixels as BGR233", () => {
  const target = new PixelTarget({ ...NATIVE_PIXEL_FORMAT, bitsPerPixel: 8, depth: 8, trueColour: false });
  assert.equal(target.bytesPerPixel, 1);
  for (const colour of [0xf12233, 0x00ff80, 0xffffff]) {
    assert.equal(target.value(colour), new PixelTarget(BGR233).value(colour));
  }
});

Deno.test("PixelTarget.copy() gives pixels that may be overwritten", () => {
  const before = FRAME.pixels.slice();
  for (const pixelFormat of [NATIVE_PIXEL_FORMAT, RGB565]) {
    const target = new PixelTarget(pixelFormat);
    const block = target.copy(FRAME, rect(1, 0, 2, 2));
    assert.deepEqual([block.offset, block.stride], [0, 2]);
    assert.deepEqual(
      [...block.pixels.subarray(0, 4)],
      [0xff0000, 0x00ff00, 0xffffff, 0x808080].map((colour) => target.value(colour)),
    );
    block.pixels.fill(1);
    assert.deepEqual(FRAME.pixels, before);
  }
});

Deno.test("PixelTarget.translate() refuses rectangles without pixels and those that leave the frame", () => {
  for (const pixelFormat of [NATIVE_PIXEL_FORMAT, RGB565]) {
    const target = new PixelTarget(pixelFormat);
    for (
      const wrong of [
        rect(0, 0, 0, 1),
        rect(0, 0, 1, 0),
        rect(-1, 0, 1, 1),
        rect(0, -1, 1, 1),
        rect(0, 0, 4, 1),
        rect(0, 1, 1, 2),
      ]
    ) {
      assert.throws(() => target.translate(FRAME, wrong), RangeError);
    }
  }
});

Deno.test("PixelTarget.key is equal exactly for targets that make equal bytes", () => {
  const key = new PixelTarget(NATIVE_PIXEL_FORMAT).key;
  assert.equal(new PixelTarget({ ...NATIVE_PIXEL_FORMAT }, { ...DEFAULT_LEVELS }).key, key);
  const others = [
    new PixelTarget(NATIVE_BE),
    new PixelTarget(RGB565),
    new PixelTarget({ ...NATIVE_PIXEL_FORMAT, depth: 32 }),
    new PixelTarget({ ...NATIVE_PIXEL_FORMAT, redShift: 0, blueShift: 16 }),
    new PixelTarget(NATIVE_PIXEL_FORMAT, { ...DEFAULT_LEVELS, compressLevel: 0 }),
    new PixelTarget(NATIVE_PIXEL_FORMAT, { ...DEFAULT_LEVELS, qualityLevel: 0 }),
    new PixelTarget(NATIVE_PIXEL_FORMAT, { ...DEFAULT_LEVELS, gradient: true }),
  ];
  assert.equal(new Set([key, ...others.map((other) => other.key)]).size, 1 + others.length);
});

Deno.test("PixelTarget.zlibLevel rises with the client's level, from stored to best", () => {
  const levels = Array.from(
    { length: 10 },
    (_, compressLevel) =>
      new PixelTarget(NATIVE_PIXEL_FORMAT, { ...DEFAULT_LEVELS, compressLevel }).zlibLevel,
  );
  assert.equal(levels[0], 0);
  assert.equal(levels[9], 9);
  assert.deepEqual(levels, levels.toSorted((a, b) => a - b));
});

Deno.test("PixelTarget.write() writes what its layouts write pixel by pixel, in any band and stride", () => {
  const frame = frameOf(70, 2000, (x, y) => Math.imul(x + 70 * y + 1, 0x9e37_79b1) >>> 8);
  const formats = [
    NATIVE_PIXEL_FORMAT,
    NATIVE_BE,
    RGB565,
    BGR233,
    format(32, [255, 255, 255], [24, 8, 0]),
    format(32, [1023, 15, 1], [20, 4, 0]),
  ];
  for (const pixelFormat of formats) {
    const target = new PixelTarget(pixelFormat);
    for (const layout of [target.pixel, target.cpixel, target.tpixel]) {
      // The second is more than is converted at a time.
      for (const area of [rect(3, 5, 61, 7), rect(0, 0, 70, 2000)]) {
        const expected = new ByteWriter();
        for (let y = area.y; y < area.y + area.height; y++) {
          for (let x = area.x; x < area.x + area.width; x++) {
            layout.write(target.value(frame.pixels[y * 70 + x]!), expected);
          }
        }
        const out = new ByteWriter().u8(1);
        target.write(frame, area, layout, out);
        assert.ok(equalBytes(out.view().subarray(1), expected.view()));
      }
    }
  }
});

Deno.test("PixelTarget gives the same values and bytes with kernels in a shared memory", () => {
  const memory = new FrameMemory();
  const pixels = memory.allocate(64 * 48 * 4);
  const frame = {
    width: 61,
    height: 48,
    stride: 64,
    pixels: new Uint32Array(pixels.buffer, pixels.byteOffset, 64 * 48),
  };
  frame.pixels.set(frameOf(64, 48, (x, y) => Math.imul(x + 64 * y + 1, 0x9e37_79b1) >>> 8).pixels);
  using workbench = new Workbench(loadKernels(memory), memory);
  for (const pixelFormat of [NATIVE_PIXEL_FORMAT, RGB565, BGR233, format(32, [1023, 15, 1], [20, 4, 0])]) {
    const plain = new PixelTarget(pixelFormat);
    const fast = new PixelTarget(pixelFormat, DEFAULT_LEVELS, workbench);
    const area = rect(5, 3, 51, 40);
    const [a, b] = [plain.copy(frame, area), fast.copy(frame, area)];
    assert.deepEqual([...b.pixels.subarray(0, 51 * 40)], [...a.pixels.subarray(0, 51 * 40)]);
    for (const layout of ["pixel", "cpixel", "tpixel"] as const) {
      const [out, expected] = [new ByteWriter(), new ByteWriter()];
      plain.write(frame, area, plain[layout], expected);
      fast.write(frame, area, fast[layout], out);
      assert.ok(equalBytes(out.view(), expected.view()));
    }
  }
});

function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
