import assert from "node:assert/strict";
import fc from "fast-check";
import { image } from "../support/images.ts";
import { KERNEL_FORMS } from "../support/kernel_forms.ts";

const WIDTH = 45;
const HEIGHT = 12;
/** Values of all 32 bits. */
const NOISE = image("noise").make(WIDTH, HEIGHT).pixels.map((pixel, i) => pixel | Math.imul(i, 0x51000000));

/** The byte of a value at (x, y) of a rectangle, 0 outside of it. */
function byteAt(offset: number, x: number, y: number, byte: number): number {
  return x < 0 || y < 0 ? 0 : NOISE[offset + y * WIDTH + x]! >>> byte * 8 & 0xff;
}

for (const form of KERNEL_FORMS) {
  const { kernels } = form;

  Deno.test(`subtractGradient() [${form.name}] subtracts the clamped estimate from each byte (rfbproto Tight)`, () => {
    fc.assert(
      fc.property(
        fc.nat({ max: 20 }),
        fc.integer({ min: 1, max: 25 }),
        fc.integer({ min: 1, max: HEIGHT }),
        (offset, width, height) => {
          const out = form.u32(width * height + 1);
          kernels.subtractGradient(form.u32(NOISE), offset, WIDTH, width, height, out);
          for (let y = 0; y < height; y++) {
            for (let x = 0; x < width; x++) {
              for (let byte = 0; byte < 4; byte++) {
                const at = (dx: number, dy: number) => byteAt(offset, x - dx, y - dy, byte);
                const estimate = Math.min(255, Math.max(0, at(1, 0) + at(0, 1) - at(1, 1)));
                const found = out[y * width + x]! >>> byte * 8 & 0xff;
                assert.equal(found, at(0, 0) - estimate & 0xff, `${x}, ${y}, byte ${byte}`);
              }
            }
          }
          assert.equal(out[width * height], 0xa5, "behind the end");
        },
      ),
      { seed: 21, numRuns: 100 },
    );
  });

  Deno.test(`subtractGradient() [${form.name}] refuses what lies outside, and passes over nothing`, () => {
    const values = form.u32(16);
    assert.throws(() => kernels.subtractGradient(values, 0, 4, 4, 5, form.u32(20)), RangeError);
    assert.throws(() => kernels.subtractGradient(values, 0, 4, 4, 4, form.u32(15)), RangeError);
    kernels.subtractGradient(values, 0, 4, 0, 4, form.u32(0));
  });
}
