import assert from "node:assert/strict";
import { rect } from "../../lib/core/geometry.ts";
import { EncodedRect } from "../../lib/encodings/encoded_rect.ts";
import { NATIVE_PIXEL_FORMAT } from "../../lib/protocol/pixel_format.ts";
import { PixelTarget } from "../../lib/encodings/pixel_target.ts";
import { RAW } from "../../lib/encodings/raw.ts";
import { image } from "../support/images.ts";
import { encode, encodeHex, hex, NATIVE_BE, picture, RGB332, RGB565, RGB565_BE } from "./_encode.ts";

const FRAME = picture(["rgb", "wkr"], { r: 0xff0000, g: 0x00ff00, b: 0x0000ff, w: 0xffffff, k: 0 });

Deno.test("Raw sends pixels from left to right and top to bottom (§7.7.1)", () => {
  assert.equal(
    encodeHex(RAW, FRAME),
    "00 00 ff 00 00 ff 00 00 ff 00 00 00 ff ff ff 00 00 00 00 00 00 00 ff 00",
  );
});

Deno.test("Raw follows the client's format", () => {
  assert.equal(
    encodeHex(RAW, FRAME, NATIVE_BE),
    "00 ff 00 00 00 00 ff 00 00 00 00 ff 00 ff ff ff 00 00 00 00 00 ff 00 00",
  );
  assert.equal(encodeHex(RAW, FRAME, RGB565), "00 f8 e0 07 1f 00 ff ff 00 00 00 f8");
  assert.equal(encodeHex(RAW, FRAME, RGB565_BE), "f8 00 07 e0 00 1f ff ff 00 00 f8 00");
  assert.equal(encodeHex(RAW, FRAME, RGB332), "e0 1c 03 ff 00 e0");
});

Deno.test("Raw sends a part of the frame", () => {
  assert.equal(encodeHex(RAW, FRAME, RGB332, {}, rect(1, 0, 2, 2)), "1c 03 00 e0");
});

Deno.test("Raw of a rectangle of several bands is that of its rows", () => {
  // Above 65536 pixels, so that translation takes more than one turn.
  const frame = image("noise").make(700, 200);
  const whole = encode(RAW, frame, RGB565).copy();
  const rows = Array.from(
    { length: 200 },
    (_, y) => encode(RAW, frame, RGB565, {}, rect(0, y, 700, 1)).copy(),
  );
  assert.equal(whole.length, 700 * 200 * 2);
  assert.deepEqual(whole, Uint8Array.from(rows.flatMap((row) => [...row])));
});

Deno.test("Raw appends, and refuses rectangles outside the frame", () => {
  const out = new EncodedRect();
  out.u8(0xaa);
  const target = new PixelTarget(RGB332);
  RAW.encode(FRAME, rect(0, 0, 1, 1), target, out);
  assert.equal(hex(out.view()), "aa e0");
  assert.throws(() => RAW.encode(FRAME, rect(2, 0, 2, 1), target, out), RangeError);
  assert.throws(
    () => RAW.encode(FRAME, rect(0, 0, 0, 0), new PixelTarget(NATIVE_PIXEL_FORMAT), out),
    RangeError,
  );
  assert.equal(hex(out.view()), "aa e0");
});
