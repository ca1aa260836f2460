import assert from "node:assert/strict";
import { IMAGES } from "./images.ts";

const SIZES: readonly (readonly [number, number])[] = [[1, 1], [1, 70], [70, 1], [17, 15], [64, 64], [
  300,
  200,
]];

for (const { name, make } of IMAGES) {
  Deno.test(`the image "${name}" fills every size, is the same again, and leaves the top byte 0`, () => {
    for (const [width, height] of SIZES) {
      const frame = make(width, height, 3);
      assert.deepEqual([frame.width, frame.height, frame.pixels.length], [width, height, width * height]);
      assert.ok(frame.pixels.every((pixel) => pixel <= 0xff_ff_ff));
      assert.deepEqual(make(width, height, 3).pixels, frame.pixels);
    }
  });
}

Deno.test("the images have as many colours as their names say", () => {
  const colours = Object.fromEntries(
    IMAGES.map(({ name, make }) => [name, new Set(make(300, 200).pixels).size]),
  );
  assert.equal(colours["solid"], 1);
  assert.equal(colours["two colours"], 2);
  assert.equal(colours["five colours in runs"], 5);
  assert.equal(colours["16 colours without runs"], 16);
  assert.equal(colours["250 colours"], 250);
  assert.ok(colours["noise"]! > 50_000);
  assert.ok(colours["text"]! >= 3 && colours["text"]! <= 5);
  assert.ok(colours["photo"]! > 5_000);
});
