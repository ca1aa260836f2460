/**
 * Server messages, byte for byte (RFC 6143 §7.3.2, §7.6).
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteWriter } from "../../lib/core/bytes.ts";
import { PseudoEncoding } from "../../lib/protocol/constants.ts";
import { BGR233, NATIVE_PIXEL_FORMAT } from "../../lib/protocol/pixel_format.ts";
import {
  colourMapOf,
  desktopNameBytes,
  MAX_NAME_LENGTH,
  UNTIL_LAST_RECT,
  writeBell,
  writeFramebufferUpdateHeader,
  writePseudoRect,
  writeRectHeader,
  writeServerCutText,
  writeServerInit,
  writeSetColourMapEntries,
} from "../../lib/protocol/server_messages.ts";
import { digits, written } from "./written.ts";

Deno.test("writeServerInit() writes size, format and name (§7.3.2)", () => {
  assert.equal(
    written((out) => writeServerInit(out, { width: 1920, height: 1080 }, NATIVE_PIXEL_FORMAT, "Büro")),
    digits("0780 0438  20 18 00 01 00ff 00ff 00ff 10 08 00 000000  00000005 42c3bc726f"),
  );
});

Deno.test("writeFramebufferUpdateHeader() writes the count, and says where (§7.6.1)", () => {
  assert.equal(written((out) => writeFramebufferUpdateHeader(out, 3)), digits("00 00 0003"));
  assert.equal(written((out) => writeFramebufferUpdateHeader(out, UNTIL_LAST_RECT)), digits("00 00 ffff"));
  const later = written((out) => {
    const at = writeFramebufferUpdateHeader(out, 0);
    writePseudoRect(out, PseudoEncoding.LastRect);
    out.patchU16(at, 0x1234);
  });
  assert.equal(later, digits("00 00 1234  0000 0000 0000 0000 ffffff20"));
});

Deno.test("writeRectHeader() writes place, size and a signed encoding (§7.6.1)", () => {
  assert.equal(
    written((out) =>
      writeRectHeader(out, { x: 1, y: 0x203, width: 0xffff, height: 4 }, PseudoEncoding.Cursor)
    ),
    digits("0001 0203 ffff 0004 ffffff11"),
  );
});

Deno.test("writePseudoRect() announces as TigerVNC does (rfbproto QEMU Extended Key Event)", () => {
  const update = written((out) => {
    writeFramebufferUpdateHeader(out, 2);
    writePseudoRect(out, PseudoEncoding.QemuExtendedKeyEvent);
  });
  assert.equal(update, digits("00 00 0002  0000 0000 0000 0000 fffffefe"));
});

Deno.test("writeSetColourMapEntries() writes padding as 0 (§7.6.2)", () => {
  assert.equal(
    written((out) => writeSetColourMapEntries(out, 2, Uint16Array.of(0, 1, 0xffff, 0x1234, 0x5678, 0x9abc))),
    digits("01 00 0002 0002  0000 0001 ffff  1234 5678 9abc"),
  );
  assert.equal(
    written((out) => writeSetColourMapEntries(out, 0, new Uint16Array())),
    digits("01 00 0000 0000"),
  );
});

Deno.test("writeSetColourMapEntries() refuses half a colour, and colours beyond the last index", () => {
  const out = new ByteWriter();
  assert.throws(() => writeSetColourMapEntries(out, 0, new Uint16Array(4)), RangeError);
  assert.throws(() => writeSetColourMapEntries(out, 0xffff, new Uint16Array(6)), RangeError);
  assert.equal(out.length, 0);
});

Deno.test("colourMapOf() BGR233 goes from black to white, red in the lowest bits", () => {
  const map = colourMapOf(BGR233);
  const colour = (index: number) => [...map.subarray(3 * index, 3 * index + 3)];
  assert.equal(map.length, 768);
  assert.deepEqual(colour(0), [0, 0, 0]);
  assert.deepEqual(colour(0b00_000_111), [0xffff, 0, 0]);
  assert.deepEqual(colour(0b00_111_000), [0, 0xffff, 0]);
  assert.deepEqual(colour(0b11_000_000), [0, 0, 0xffff]);
  assert.deepEqual(colour(0b01_010_100), [Math.round(4 * 65535 / 7), Math.round(2 * 65535 / 7), 21845]);
  assert.deepEqual(colour(255), [0xffff, 0xffff, 0xffff]);
});

Deno.test("writeBell() writes one byte (§7.6.3)", () => {
  assert.equal(written(writeBell), "02");
});

Deno.test("writeServerCutText() writes Latin-1, and ? for what that lacks (§7.6.4)", () => {
  assert.equal(
    written((out) => writeServerCutText(out, "a\né€😀")),
    digits("03 000000 00000005 61 0a e9 3f 3f"),
  );
  assert.equal(written((out) => writeServerCutText(out, "")), digits("03 000000 00000000"));
});

Deno.test("desktopNameBytes() is never empty and never longer than clients can take (§7.3.2)", () => {
  const decode = (name: string) => new TextDecoder("utf-8", { fatal: true }).decode(desktopNameBytes(name));
  assert.ok(decode("").length > 0);
  assert.equal(decode("x".repeat(MAX_NAME_LENGTH)), "x".repeat(MAX_NAME_LENGTH));
  assert.equal(decode("x".repeat(MAX_NAME_LENGTH + 1)), "x".repeat(MAX_NAME_LENGTH));
  fc.assert(
    fc.property(fc.nat({ max: 5 }), fc.constantFrom("é", "€", "😀"), (ahead, char) => {
      const name = "x".repeat(ahead) + char.repeat(40_000);
      const cut = decode(name);
      assert.ok(name.startsWith(cut));
      const length = desktopNameBytes(name).length;
      assert.ok(length <= MAX_NAME_LENGTH && length > MAX_NAME_LENGTH - 4);
    }),
    { seed: 0x6143, numRuns: 30 },
  );
});
