import assert from "node:assert/strict";
import { LengthPrefix } from "../../lib/encodings/encoded_rect.ts";
import { EncodedRect } from "../../lib/encodings/encoded_rect.ts";
import { PixelTarget } from "../../lib/encodings/pixel_target.ts";
import { ZLIB } from "../../lib/encodings/zlib.ts";
import { encode, hex, picture, RGB332 } from "./_encode.ts";
import { rect } from "../../lib/core/geometry.ts";

const FRAME = picture(["rg", "bw"], { r: 0xff0000, g: 0x00ff00, b: 0x0000ff, w: 0xffffff });

Deno.test("Zlib has Raw's bytes compressed, with a four-byte length before them (rfbproto Zlib)", () => {
  const out = encode(ZLIB, FRAME, RGB332);
  assert.equal(hex(out.view()), "e0 1c 03 ff");
  assert.deepEqual(out.marks, [{ start: 0, end: 4, stream: 0, prefix: LengthPrefix.U32, isRich: true }]);
});

Deno.test("Zlib marks its own bytes only", () => {
  const out = new EncodedRect();
  out.u32(7);
  ZLIB.encode(FRAME, rect(0, 1, 2, 1), new PixelTarget(RGB332), out);
  assert.deepEqual(out.marks, [{ start: 4, end: 6, stream: 0, prefix: LengthPrefix.U32, isRich: true }]);
});
