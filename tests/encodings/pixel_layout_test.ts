import assert from "node:assert/strict";
import { ByteWriter } from "../../lib/core/bytes.ts";
import { cpixelLayout, pixelLayout, tpixelLayout } from "../../lib/encodings/pixel_layout.ts";
import type { PixelLayout } from "../../lib/encodings/pixel_layout.ts";
import { PixelTarget } from "../../lib/encodings/pixel_target.ts";
import { BGR233, NATIVE_PIXEL_FORMAT, type PixelFormat } from "../../lib/protocol/pixel_format.ts";
import { format, hex, NATIVE_BE, RGB565, RGB565_BE } from "./_encode.ts";

/** #f12233 in a layout of a format. */
function bytesOf(layout: (format: PixelFormat) => PixelLayout, pixelFormat: PixelFormat): string {
  const out = new ByteWriter();
  layout(pixelFormat).write(new PixelTarget(pixelFormat).value(0xf1_22_33), out);
  return hex(out.view());
}

const BYTES: readonly [number, number, number] = [255, 255, 255];

Deno.test("pixelLayout() writes all bytes of a value in the client's byte order (§7.4)", () => {
  assert.equal(bytesOf(pixelLayout, NATIVE_PIXEL_FORMAT), "33 22 f1 00");
  assert.equal(bytesOf(pixelLayout, NATIVE_BE), "00 f1 22 33");
  assert.equal(bytesOf(pixelLayout, format(32, BYTES, [0, 8, 16])), "f1 22 33 00");
  assert.equal(bytesOf(pixelLayout, format(32, BYTES, [24, 16, 8], true)), "f1 22 33 00");
  // round(f1 * 31 / 255) = 29, round(22 * 63 / 255) = 8, round(33 * 31 / 255) = 6: 11101 001000 00110
  assert.equal(bytesOf(pixelLayout, RGB565), "06 e9");
  assert.equal(bytesOf(pixelLayout, RGB565_BE), "e9 06");
  // round(f1 * 7 / 255) = 7, round(22 * 7 / 255) = 1, round(33 * 3 / 255) = 1: 01 001 111
  assert.equal(bytesOf(pixelLayout, BGR233), "4f");
});

Deno.test("cpixelLayout() leaves out the byte that no channel uses, low or high (§7.7.5)", () => {
  const vectors: [readonly [number, number, number], boolean, string][] = [
    [[16, 8, 0], false, "33 22 f1"],
    [[24, 16, 8], false, "33 22 f1"],
    [[0, 8, 16], false, "f1 22 33"],
    [[8, 16, 24], false, "f1 22 33"],
    [[16, 8, 0], true, "f1 22 33"],
    [[24, 16, 8], true, "f1 22 33"],
    // Spread over all four bytes.
    [[24, 8, 0], false, "33 22 00 f1"],
    [[24, 8, 0], true, "f1 00 22 33"],
  ];
  for (const [shifts, bigEndian, bytes] of vectors) {
    assert.equal(
      bytesOf(cpixelLayout, format(32, BYTES, shifts, bigEndian)),
      bytes,
      `${shifts} ${bigEndian}`,
    );
  }
});

Deno.test("cpixelLayout() prefers the low three bytes where both would do", () => {
  // 565 in bits 8 … 23: the value is 0x00e906_00.
  assert.equal(bytesOf(cpixelLayout, format(32, [31, 63, 31], [19, 13, 8])), "00 06 e9");
});

Deno.test("cpixelLayout() is PIXEL for 8 and 16 bits, ten-bit channels and colour maps", () => {
  assert.equal(bytesOf(cpixelLayout, RGB565), "06 e9");
  assert.equal(bytesOf(cpixelLayout, BGR233), "4f");
  assert.equal(bytesOf(cpixelLayout, { ...BGR233, trueColour: false }), "4f");
  assert.equal(cpixelLayout(format(32, [1023, 1023, 1023], [20, 10, 0])).size, 4);
});

Deno.test("cpixelLayout() passes over depth, as servers and clients do", () => {
  assert.equal(cpixelLayout({ ...NATIVE_PIXEL_FORMAT, depth: 32 }).size, 3);
});

Deno.test("tpixelLayout() is red, green, blue whatever the byte order and shifts (rfbproto Tight)", () => {
  for (const shifts of [[16, 8, 0], [0, 8, 16], [24, 16, 8], [8, 24, 0]] as const) {
    for (const bigEndian of [false, true]) {
      assert.equal(bytesOf(tpixelLayout, format(32, BYTES, shifts, bigEndian)), "f1 22 33");
    }
  }
});

Deno.test("tpixelLayout() is PIXEL unless 32 bits, depth 24 and a byte per channel", () => {
  assert.equal(bytesOf(tpixelLayout, RGB565_BE), "e9 06");
  assert.equal(bytesOf(tpixelLayout, { ...NATIVE_PIXEL_FORMAT, depth: 32 }), "33 22 f1 00");
  assert.equal(tpixelLayout(format(32, [255, 255, 127], [16, 8, 0])).size, 4);
  assert.equal(tpixelLayout(format(32, BYTES, [17, 8, 0])).size, 4);
  assert.equal(bytesOf(tpixelLayout, { ...BGR233, trueColour: false }), "4f");
});
