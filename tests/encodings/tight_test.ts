import assert from "node:assert/strict";
import { LengthPrefix } from "../../lib/encodings/encoded_rect.ts";
import { TIGHT } from "../../lib/encodings/tight.ts";
import type { Frame } from "../../lib/core/pixels.ts";
import { rectOf } from "../../lib/core/geometry.ts";
import { BGR233 } from "../../lib/protocol/pixel_format.ts";
import { frameOf, image } from "../support/images.ts";
import { encode, encodeHex, format, hex, NATIVE_BE, picture, RGB332, RGB565, RGB565_BE } from "./_encode.ts";

const PALETTE = { b: 0x0000ff, r: 0xff0000, g: 0x00ff00, w: 0xffffff };

Deno.test("Tight sends one colour as a fill, red first (rfbproto Tight)", () => {
  const frame = frameOf(9, 5, () => 0xf12233);
  assert.equal(encodeHex(TIGHT, frame), "80 f1 22 33");
  assert.equal(encodeHex(TIGHT, frame, NATIVE_BE), "80 f1 22 33");
  assert.equal(encodeHex(TIGHT, frame, format(32, [255, 255, 255], [24, 16, 8])), "80 f1 22 33");
  assert.equal(encodeHex(TIGHT, frame, RGB565_BE), "80 e9 06");
  assert.equal(encodeHex(TIGHT, frame, BGR233), "80 4f");
});

Deno.test("Tight sends two colours in one bit a pixel through stream 1, and less than 12 bytes as they are", () => {
  const frame = picture(["brbbbbbbr", "rbbbbbbbb"], PALETTE);
  const out = encode(TIGHT, frame, RGB332);
  assert.equal(hex(out.view()), "50 01 01 03 e0 40 80 80 00");
  assert.deepEqual(out.marks, []);
  assert.equal(encodeHex(TIGHT, frame), "50 01 01 00 00 ff ff 00 00 40 80 80 00");
});

Deno.test("Tight compresses 12 bytes and more, with a compact length", () => {
  const rows = (count: number) => picture(["br", ...new Array<string>(count - 1).fill("bb")], PALETTE);
  assert.deepEqual(encode(TIGHT, rows(11)).marks, []);
  assert.deepEqual(encode(TIGHT, rows(12)).marks, [
    { start: 9, end: 21, stream: 1, prefix: LengthPrefix.Compact },
  ]);
});

Deno.test("Tight sends a palette, then an index a pixel, through stream 2", () => {
  const frame = picture(["brgwwwww", "wwwwwwww", "bbbbbbbb", "rrrrrrrr"], PALETTE);
  const out = encode(TIGHT, frame, RGB565);
  assert.equal(
    hex(out.view()),
    "60 01 03 1f 00 00 f8 e0 07 ff ff 00 01 02" + " 03".repeat(13) + " 00".repeat(8) + " 01".repeat(8),
  );
  assert.deepEqual(out.marks, [{ start: 11, end: 43, stream: 2, prefix: LengthPrefix.Compact }]);
});

Deno.test("Tight has palettes of up to 256 colours", () => {
  const colours = (count: number) => encode(TIGHT, frameOf(64, 64, (x, y) => (y * 64 + x) % count));
  const most = colours(256);
  assert.equal(hex(most.view().subarray(0, 6)), "60 01 ff 00 00 00");
  assert.equal(most.length, 3 + 256 * 3 + 64 * 64);
  assert.equal(colours(257).view()[0], 0x00);
});

Deno.test("Tight sends the rest as it is through stream 0, in three bytes or in PIXELs", () => {
  const frame = picture(["rgb"], { r: 0x112233, g: 0x445566, b: 0x778899 });
  assert.equal(encodeHex(TIGHT, frame), "00 11 22 33 44 55 66 77 88 99");
  const four = picture(["rgbw"], { r: 0x112233, g: 0x445566, b: 0x778899, w: 0xaabbcc });
  const out = encode(TIGHT, four);
  assert.equal(hex(out.view()), "00 11 22 33 44 55 66 77 88 99 aa bb cc");
  assert.deepEqual(out.marks, [{ start: 1, end: 13, stream: 0, prefix: LengthPrefix.Compact }]);
  assert.equal(encodeHex(TIGHT, frame, format(32, [255, 255, 127], [16, 8, 0])).split(" ").length, 1 + 3 * 4);
});

Deno.test("Tight uses palettes of two colours only for pixels of one byte", () => {
  assert.equal(encodeHex(TIGHT, picture(["brgw", "wwww"], PALETTE), RGB332), "00 03 e0 1c ff ff ff ff ff");
});

/** Smooth slopes with grain and with many colours, which the gradient filter is for. */
function slopes(): Frame {
  const grain = image("noise").make(40, 40).pixels;
  return frameOf(40, 40, (x, y) => {
    const bits = grain[y * 40 + x]!;
    return 6 * x + (bits & 15) << 16 | 6 * y + (bits >> 8 & 15) << 8 | 250 - 3 * x - 3 * y + (bits >> 16 & 3);
  });
}

Deno.test("Tight's gradient is differences from left + above - above left, clamped (rfbproto Tight)", () => {
  const frame = slopes();
  const out = encode(TIGHT, frame, undefined, { gradient: true });
  assert.deepEqual(out.marks, [{ start: 2, end: 2 + 40 * 40 * 3, stream: 3, prefix: LengthPrefix.Compact }]);
  const bytes = out.view();
  assert.equal(hex(bytes.subarray(0, 2)), "70 02");
  const channel = (x: number, y: number, shift: number) =>
    x < 0 || y < 0 ? 0 : frame.pixels[y * 40 + x]! >> shift & 0xff;
  let at = 2;
  for (let y = 0; y < 40; y++) {
    for (let x = 0; x < 40; x++) {
      for (const shift of [16, 8, 0]) {
        const estimate = channel(x - 1, y, shift) + channel(x, y - 1, shift) - channel(x - 1, y - 1, shift);
        const difference = channel(x, y, shift) - Math.min(255, Math.max(0, estimate)) & 0xff;
        assert.equal(bytes[at++], difference, `${x},${y}`);
      }
    }
  }
});

Deno.test("Tight's gradient takes differences within each channel of 16 bits", () => {
  const frame = slopes();
  const out = encode(TIGHT, frame, RGB565, { gradient: true });
  const [stream, bytes] = [out.marks[0]?.stream, out.view()];
  assert.equal(stream, 3);
  assert.equal(out.length, 2 + 40 * 40 * 2);
  // The first pixel's estimate is 0, the second's is the first.
  const raw = encode(TIGHT, frame, RGB565).view();
  const pixel = (from: Uint8Array, at: number) => from[at]! | from[at + 1]! << 8;
  const first = pixel(raw, 1);
  const second = pixel(raw, 3);
  assert.equal(pixel(bytes, 2), first);
  const channels: readonly [number, number][] = [[31, 11], [63, 5], [31, 0]];
  const difference = channels.reduce(
    (value, [max, shift]) => value | ((second >> shift & max) - (first >> shift & max) & max) << shift,
    0,
  );
  assert.equal(pixel(bytes, 4), difference);
});

Deno.test("Tight's gradient is used only where it was allowed and the picture is smooth", () => {
  const firstByte = (name: string, gradient: boolean) =>
    encode(TIGHT, image(name).make(200, 200), undefined, { gradient }).view()[0];
  assert.equal(firstByte("photo", false), 0x00);
  assert.equal(firstByte("photo", true), 0x70);
  assert.equal(firstByte("noise", true), 0x00);
  assert.equal(encode(TIGHT, image("photo").make(200, 200), RGB332, { gradient: true }).view()[0], 0x00);
});

Deno.test("Tight refuses rectangles outside the frame", () => {
  const frame = frameOf(4, 4, () => 0);
  assert.throws(() => encode(TIGHT, frame, undefined, {}, { ...rectOf(frame), x: 1 }), RangeError);
});
