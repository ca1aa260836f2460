import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeText, encodeText, WRITABLE_TARGETS } from "../../lib/clipboard/selection_text.ts";

const bytes = (...values: number[]) => Uint8Array.from(values);

Deno.test("decodeText reads UTF-8 and Latin-1, and no type that is no text (ICCCM 2.6.2)", () => {
  assert.equal(decodeText("UTF8_STRING", bytes(0xd0, 0xb6, 0xf0, 0x9f, 0x98, 0x80)), "ж😀");
  assert.equal(decodeText("text/plain;charset=utf-8", bytes(0xc3, 0xa9)), "é");
  assert.equal(decodeText("STRING", bytes(0x41, 0xe9, 0x80, 0x9f)), "Aé\x80\x9f");
  assert.equal(decodeText("COMPOUND_TEXT", bytes(0x41)), undefined);
  assert.equal(decodeText("PIXMAP", bytes(0x41)), undefined);
  assert.equal(decodeText("UTF8_STRING", bytes(0x61, 0xff, 0x62)), "a\ufffdb"); // broken, but not lost
});

Deno.test("decodeText ends lines with LF and has no zero bytes", () => {
  assert.equal(decodeText("STRING", new TextEncoder().encode("a\r\nb\rc\nd\0")), "a\nb\nc\nd");
  assert.equal(decodeText("UTF8_STRING", bytes()), "");
});

Deno.test("encodeText writes what programs read (ICCCM 2.6.2)", () => {
  assert.deepEqual(encodeText("UTF8_STRING", "é"), bytes(0xc3, 0xa9));
  assert.deepEqual(encodeText("STRING", "é日😀x"), bytes(0xe9, 0x3f, 0x3f, 0x78));
  assert.deepEqual(encodeText("COMPOUND_TEXT", "é"), bytes(0xe9));
  assert.deepEqual(encodeText("COMPOUND_TEXT", "ж"), bytes(0x1b, 0x25, 0x47, 0xd0, 0xb6, 0x1b, 0x25, 0x40));
  assert.equal(encodeText("UTF8_STRING", "").length, 0);
});

Deno.test("decodeText of encodeText is the text, for all forms that hold it", () => {
  const lines = fc.string({ unit: "binary" }).map((text) => text.replaceAll(/[\r\0]/g, ""));
  fc.assert(
    fc.property(lines, (text) => {
      for (const type of new Set(WRITABLE_TARGETS.values())) {
        const again = decodeText(type, encodeText(type, text));
        if (type === "UTF8_STRING" || type === "text/plain;charset=utf-8") {
          assert.equal(again, text.toWellFormed());
        }
        if (type === "STRING" && [...text].every((character) => character <= "\xff")) {
          assert.equal(again, text);
        }
      }
    }),
    { seed: 6143, numRuns: 50 },
  );
});

Deno.test("encodeText and decodeText take a long Latin-1 text", () => {
  const text = "ä".repeat(300_000);
  assert.equal(decodeText("STRING", encodeText("STRING", text)), text);
});
