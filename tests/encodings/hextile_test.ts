import assert from "node:assert/strict";
import { HEXTILE } from "../../lib/encodings/hextile.ts";
import { rect } from "../../lib/core/geometry.ts";
import { fillRect, frameOf, randomSource } from "../support/images.ts";
import { encode, encodeHex, hex, picture, RGB332, RGB565 } from "./_encode.ts";

const PALETTE = { b: 0x0000ff, r: 0xff0000, g: 0x00ff00 };

Deno.test("Hextile names the background in the first tile of every rectangle (§7.7.4)", () => {
  const frame = frameOf(32, 16, () => 0x0000ff);
  // Second tile: nothing specified, so the same background again.
  assert.equal(encodeHex(HEXTILE, frame, RGB332), "02 03 00");
  assert.equal(encodeHex(HEXTILE, frame, RGB332, {}, rect(16, 0, 16, 16)), "02 03");
});

Deno.test("Hextile sends two colours as foreground on background, nibbles x y, w-1 h-1 (§7.7.4)", () => {
  const frame = picture(["bbbb", "brrr", "brrr"], PALETTE);
  assert.equal(encodeHex(HEXTILE, frame, RGB332), "0e 03 e0 01 11 21");
  assert.equal(encodeHex(HEXTILE, frame, RGB565), "0e 1f 00 00 f8 01 11 21");
});

Deno.test("Hextile keeps foreground and background from tile to tile", () => {
  const frame = frameOf(48, 16, (x, y) => x % 16 === 2 && y === 5 ? 0xff0000 : 0x0000ff);
  frame.pixels.fill(0x00ff00, 34, 35);
  assert.equal(
    encodeHex(HEXTILE, frame, RGB332),
    // Third tile has two colours on the background, each with its pixel.
    "0e 03 e0 01 25 00" + " 08 01 25 00" + " 18 02 1c 20 00 e0 25 00",
  );
});

Deno.test("Hextile names the foreground again after a tile of coloured subrectangles", () => {
  const frame = frameOf(48, 16, (x, y) => x % 16 === 2 && y === 5 ? 0xff0000 : 0x0000ff);
  fillRect(frame, 16, 0, 1, 1, 0x00ff00);
  assert.equal(encodeHex(HEXTILE, frame, RGB332), "0e 03 e0 01 25 00 18 02 1c 00 00 e0 25 00 0c e0 01 25 00");
});

Deno.test("Hextile names both colours again after a raw tile (§7.7.4)", () => {
  const random = randomSource(1);
  const frame = frameOf(
    48,
    16,
    (x, y) => x >= 16 && x < 32 ? random() : x % 16 === 2 && y === 5 ? 0xff0000 : 0xff,
  );
  const bytes = encode(HEXTILE, frame, RGB332).copy();
  assert.equal(hex(bytes.subarray(0, 6)), "0e 03 e0 01 25 00");
  assert.equal(bytes[6], 0x01);
  assert.equal(hex(bytes.subarray(7 + 256)), "0e 03 e0 01 25 00");
});

Deno.test("Hextile never takes more than a raw tile does", () => {
  for (const colours of [2, 3, 5, 20, 200, 100_000]) {
    const random = randomSource(colours);
    const frame = frameOf(37, 21, () => Math.imul(random() % colours, 0x01_35_79));
    for (const format of [RGB332, RGB565]) {
      const size = encode(HEXTILE, frame, format).length;
      assert.ok(size <= 6 + 37 * 21 * format.bitsPerPixel / 8, `${colours} colours: ${size}`);
    }
  }
});

Deno.test("Hextile's tiles at the right and bottom edge are smaller", () => {
  const frame = frameOf(17, 18, (x, y) => x === 16 || y >= 16 ? 0xff0000 : 0x0000ff);
  assert.equal(encodeHex(HEXTILE, frame, RGB332), "02 03 02 e0 00 00");
});

Deno.test("Hextile's chess board is 128 subrectangles of one pixel", () => {
  const frame = frameOf(16, 16, (x, y) => (x + y) % 2 ? 0xff0000 : 0x0000ff);
  const bytes = encode(HEXTILE, frame).copy();
  assert.equal(hex(bytes.subarray(0, 10)), "0e ff 00 00 00 00 00 ff 00 80");
  assert.equal(bytes.length, 10 + 128 * 2);
});
