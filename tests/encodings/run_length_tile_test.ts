import assert from "node:assert/strict";
import { rect } from "../../lib/core/geometry.ts";
import { LengthPrefix } from "../../lib/encodings/encoded_rect.ts";
import { TRLE } from "../../lib/encodings/trle.ts";
import { ZRLE } from "../../lib/encodings/zrle.ts";
import { frameOf, image, randomSource } from "../support/images.ts";
import { encode, encodeHex, format, hex, NATIVE_BE, picture, RGB332, RGB565 } from "./_encode.ts";

const PALETTE = { b: 0x0000ff, r: 0xff0000, g: 0x00ff00, w: 0xffffff, k: 0, y: 0xffff00 };

Deno.test("ZRLE sends a tile of one colour as that colour (§7.7.6)", () => {
  const frame = frameOf(64, 64, () => 0xf12233);
  assert.equal(encodeHex(ZRLE, frame), "01 33 22 f1");
  assert.equal(encodeHex(ZRLE, frame, NATIVE_BE), "01 f1 22 33");
  assert.equal(encodeHex(ZRLE, frame, RGB565), "01 06 e9");
  assert.equal(encodeHex(ZRLE, frame, format(32, [255, 255, 255], [24, 8, 0])), "01 33 22 00 f1");
});

Deno.test("ZRLE goes as a whole through one stream, with a four-byte length (§7.7.6)", () => {
  const out = encode(ZRLE, frameOf(100, 100, () => 0));
  assert.equal(hex(out.view()), new Array(4).fill("01 00 00 00").join(" "));
  assert.deepEqual(out.marks, [{ start: 0, end: 16, stream: 0, prefix: LengthPrefix.U32 }]);
});

Deno.test("TRLE is not compressed, and its tiles have 16 pixels (§7.7.5)", () => {
  const out = encode(TRLE, frameOf(17, 17, (x) => x < 16 ? 0xff0000 : 0x0000ff), RGB332);
  assert.equal(hex(out.view()), "01 e0 01 03 01 e0 01 03");
  assert.deepEqual(out.marks, []);
});

Deno.test("ZRLE packs 2 colours in 1 bit, to 4 in 2, to 16 in 4, rows padded (§7.7.5)", () => {
  const two = picture(["brbrbrbrb", "rbrbrbrbb"], PALETTE);
  assert.equal(encodeHex(ZRLE, two, RGB332), "02 03 e0 55 00 aa 00");
  const four = picture(["brgwb", "wgrbb", "bgbrw"], PALETTE);
  assert.equal(encodeHex(ZRLE, four, RGB332), "04 03 e0 1c ff 1b 00 e4 00 21 c0");
  const five = picture(["brgwk", "kbrgw", "wkbrg", "gwkbr"], PALETTE);
  assert.equal(
    encodeHex(ZRLE, five, RGB332),
    // 20 pixels: a packed palette of 18 bytes and 20 raw ones.
    "05 03 e0 1c ff 00 01 23 40 40 12 30 34 01 20 23 40 10",
  );
});

Deno.test("ZRLE sends many colours without runs raw (§7.7.5)", () => {
  assert.equal(encodeHex(ZRLE, picture(["brg"], PALETTE), RGB332), "00 03 e0 1c");
});

Deno.test("ZRLE sends few long runs as colour and length (§7.7.5)", () => {
  // 300 pixels of blue run over the ends of rows, then one of red, then 3 of green.
  const frame = frameOf(38, 8, (x, y) => y * 38 + x < 300 ? 0xff : y * 38 + x === 300 ? 0xff0000 : 0x00ff00);
  assert.equal(encodeHex(ZRLE, frame, RGB332), "80 03 ff 2c e0 00 1c 02");
});

Deno.test("ZRLE writes run lengths as one more than the sum, 255 going on (§7.7.5)", () => {
  const lengthBytes = (length: number) => {
    const frame = frameOf(64, 64, (x, y) => y * 64 + x < length ? 0xff : 0xff0000);
    const text = encodeHex(ZRLE, frame, RGB332);
    assert.ok(text.startsWith("80 03 "));
    return text.slice(6, text.indexOf(" e0 "));
  };
  assert.equal(lengthBytes(255), "fe");
  assert.equal(lengthBytes(256), "ff 00");
  assert.equal(lengthBytes(257), "ff 01");
  assert.equal(lengthBytes(511), "ff ff 00");
});

Deno.test("ZRLE sends palette runs: index, or index with the top bit and a length (§7.7.5)", () => {
  const rows = ["brgbrgbrgbrgbrgb" + "b".repeat(48), "r".repeat(64), "g".repeat(64), "b".repeat(64)];
  const frame = picture([...rows, ...rows.slice(1), ...rows.slice(1)], PALETTE);
  const singles = "00 01 02 ".repeat(5);
  const runs = "81 3f 82 3f 80 3f ".repeat(3);
  assert.equal(encodeHex(ZRLE, frame), `83 ff 00 00 00 00 ff 00 ff 00 ${singles}80 30 ${runs}`.trim());
});

Deno.test("ZRLE uses a palette with runs for up to 127 colours, and plain runs above (§7.7.5)", () => {
  const runsOf = (colours: number) =>
    encode(ZRLE, frameOf(64, 64, (x, y) => 1 + ((y * 64 + x) >> 2) % colours)).view()[0];
  assert.equal(runsOf(17), 128 + 17);
  assert.equal(runsOf(127), 128 + 127);
  assert.equal(runsOf(128), 128);
});

Deno.test("ZRLE never takes more than raw tiles do", () => {
  for (const colours of [2, 3, 17, 100, 130, 100_000]) {
    const random = randomSource(colours);
    const frame = frameOf(70, 66, () => Math.imul(random() % colours, 0x01_35_79));
    assert.ok(encode(ZRLE, frame).length <= 4 + 70 * 66 * 3);
    assert.ok(encode(TRLE, frame, RGB332).length <= 5 * 5 + 70 * 66);
  }
});

Deno.test("ZRLE of a part of a frame equals that of a frame of that part", () => {
  const whole = image("desktop").make(300, 200);
  const part = frameOf(90, 70, (x, y) => whole.pixels[(y + 31) * 300 + x + 17]!);
  for (const encoding of [ZRLE, TRLE]) {
    assert.deepEqual(
      encode(encoding, whole, RGB565, {}, rect(17, 31, 90, 70)).copy(),
      encode(encoding, part, RGB565).copy(),
    );
  }
});
