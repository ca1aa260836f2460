import assert from "node:assert/strict";
import { CORRE } from "../../lib/encodings/corre.ts";
import { RRE } from "../../lib/encodings/rre.ts";
import { encodeHex, NATIVE_BE, picture, RGB332, RGB565 } from "./_encode.ts";
import { frameOf } from "../support/images.ts";

const PALETTE = { ".": 0x0000ff, r: 0xff0000, g: 0x00ff00 };
const FRAME = picture([".....", ".rr..", ".rr.g"], PALETTE);

Deno.test("RRE is a count, the background and rectangles with u16 places (§7.7.3)", () => {
  assert.equal(
    encodeHex(RRE, FRAME, RGB332),
    "00 00 00 02 03 e0 00 01 00 01 00 02 00 02 1c 00 04 00 02 00 01 00 01",
  );
});

Deno.test("CoRRE is RRE with u8 places (rfbproto CoRRE)", () => {
  assert.equal(encodeHex(CORRE, FRAME, RGB332), "00 00 00 02 03 e0 01 01 02 02 1c 04 02 01 01");
});

Deno.test("RRE of one colour has no rectangles", () => {
  assert.equal(encodeHex(RRE, picture(["rr", "rr"], PALETTE)), "00 00 00 00 00 00 ff 00");
  assert.equal(encodeHex(RRE, picture(["r"], PALETTE), NATIVE_BE), "00 00 00 00 00 ff 00 00");
  assert.equal(encodeHex(CORRE, picture(["g"], PALETTE), RGB565), "00 00 00 00 e0 07");
});

Deno.test("RRE takes the commonest colour as background, also when it is black", () => {
  const frame = frameOf(30, 30, (x, y) => x === 3 && y < 20 ? 0xffffff : 0);
  assert.equal(encodeHex(RRE, frame, RGB332), "00 00 00 01 00 ff 00 03 00 00 00 01 00 14");
});

Deno.test("CoRRE reaches the far corner of its largest rectangle", () => {
  const frame = frameOf(255, 255, (x, y) => x === 254 && y === 254 ? 0xffffff : 0);
  assert.equal(encodeHex(CORRE, frame, RGB332), "00 00 00 01 00 ff fe fe 01 01");
});

Deno.test("RRE leaves the frame as it was", () => {
  const before = FRAME.pixels.slice();
  encodeHex(RRE, FRAME);
  assert.deepEqual(FRAME.pixels, before);
});
