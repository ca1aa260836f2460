/**
 * The extended clipboard, byte for byte and against liars (rfbproto "Extended Clipboard Pseudo-encoding").
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteWriter } from "../../../lib/core/bytes.ts";
import { ProtocolError } from "../../../lib/core/errors.ts";
import {
  ClipboardAction,
  ClipboardFormat,
  type ExtendedClipboard,
  formatsIn,
  packContents,
  parseClipboardMessage,
  textContent,
  textOf,
  unpackContents,
  writeClipboardCaps,
  writeClipboardNotify,
  writeClipboardPeek,
  writeClipboardProvide,
  writeClipboardRequest,
} from "../../../lib/protocol/extensions/extended_clipboard.ts";
import { hex, toHex } from "../../support/hex.ts";
import { digits, written } from "../written.ts";

const SEED = 0x6143;

function message(flags: number, body = ""): ExtendedClipboard {
  return { type: "ExtendedClipboard", flags, body: hex(body) };
}

Deno.test("writeClipboardCaps() writes what TigerVNC writes for text on request", () => {
  const actions = ClipboardAction.Request | ClipboardAction.Peek | ClipboardAction.Notify |
    ClipboardAction.Provide;
  assert.equal(
    written((out) => writeClipboardCaps(out, { actions, sizes: new Map([[ClipboardFormat.Text, 0]]) })),
    digits("03 000000 fffffff8 1f000001 00000000"),
  );
});

Deno.test("writeClipboardCaps() writes sizes by format, lowest bit first", () => {
  const sizes = new Map([[ClipboardFormat.Html, 3], [ClipboardFormat.Text, 1], [
    ClipboardFormat.Rtf,
    0xffffffff,
  ]]);
  assert.equal(
    written((out) => writeClipboardCaps(out, { actions: ClipboardAction.Provide, sizes })),
    digits("03 000000 fffffff0 11000007 00000001 ffffffff 00000003"),
  );
});

Deno.test("writeClipboardRequest(), -Peek(), -Notify() and -Provide() write one action each", () => {
  assert.equal(written((out) => writeClipboardRequest(out, 1)), digits("03 000000 fffffffc 02000001"));
  assert.equal(written(writeClipboardPeek), digits("03 000000 fffffffc 04000000"));
  assert.equal(written((out) => writeClipboardNotify(out, 0)), digits("03 000000 fffffffc 08000000"));
  assert.equal(
    written((out) => writeClipboardProvide(out, 1, hex("789c03"))),
    digits("03 000000 fffffff9 10000001 789c03"),
  );
});

Deno.test("parseClipboardMessage() reads capabilities", () => {
  assert.deepEqual(parseClipboardMessage(message(0x1f000005, "01400000 ffffffff")), {
    action: "Caps",
    caps: { actions: 0x1e000000, sizes: new Map([[1, 0x01400000], [4, 0xffffffff]]) },
  });
  // What a newer peer says behind the sizes is not ours to judge.
  assert.deepEqual(parseClipboardMessage(message(0x01000000, "0102")), {
    action: "Caps",
    caps: { actions: 0, sizes: new Map() },
  });
});

Deno.test("parseClipboardMessage() reads request, peek, notify and provide", () => {
  assert.deepEqual(parseClipboardMessage(message(0x02000005)), { action: "Request", formats: 5 });
  assert.deepEqual(parseClipboardMessage(message(0x04000000)), { action: "Peek" });
  assert.deepEqual(parseClipboardMessage(message(0x08000000)), { action: "Notify", formats: 0 });
  assert.deepEqual(parseClipboardMessage(message(0x1000ffff, "789c")), {
    action: "Provide",
    formats: 0xffff,
    compressed: hex("789c"),
  });
});

Deno.test("parseClipboardMessage() refuses no action, several, unknown ones and missing sizes", () => {
  for (const flags of [0x00000001, 0x06000001, 0x12000001, 0x20000001, 0x80000000, 0x30000001]) {
    assert.throws(() => parseClipboardMessage(message(flags)), ProtocolError, flags.toString(16));
  }
  assert.throws(() => parseClipboardMessage(message(0x01000003, "00000000 000000")), ProtocolError);
});

Deno.test("parseClipboardMessage() gives a value or a ProtocolError for any message", () => {
  const flags = fc.tuple(fc.nat({ max: 0xffff }), fc.nat({ max: 0xff })).map(([low, high]) =>
    low + high * 2 ** 24
  );
  fc.assert(
    fc.property(flags, fc.uint8Array({ maxLength: 80 }), (flags, body) => {
      try {
        parseClipboardMessage({ type: "ExtendedClipboard", flags, body });
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
      }
    }),
    { seed: SEED, numRuns: 1000 },
  );
});

Deno.test("formatsIn() lists single bits, lowest first", () => {
  assert.deepEqual(formatsIn(0), []);
  assert.deepEqual(formatsIn(0x1f000013), [1, 2, 16]);
  assert.deepEqual(formatsIn(0xffff).length, 16);
});

Deno.test("unpackContents() gives back what packContents() packed", () => {
  const contents = new Map([[4, hex("3c623e")], [1, textContent("b\nc")], [16, new Uint8Array()]]);
  const out = new ByteWriter();
  packContents(out, contents);
  assert.equal(toHex(out.view()), digits("00000005 620d0a6300 00000003 3c623e 00000000"));
  const unpacked = unpackContents(0x10000015, out.copy());
  assert.deepEqual([...unpacked], [[1, textContent("b\nc")], [4, hex("3c623e")], [16, new Uint8Array()]]);
});

Deno.test("unpackContents() leaves out what is cut off, at any byte", () => {
  const whole = hex("00000003 616263 00000002 6465");
  for (let length = 0; length <= whole.length; length++) {
    const formats = [...unpackContents(3, whole.slice(0, length)).keys()];
    assert.deepEqual(formats, length < 7 ? [] : length < 13 ? [1] : [1, 2]);
  }
  assert.equal(unpackContents(1, hex("ffffffff 61")).size, 0);
});

Deno.test("textOf() reads what textContent() made, and what deviants make", () => {
  assert.equal(toHex(textContent("é\n")), "c3a90d0a00");
  assert.equal(textOf(hex("c3a9 0d0a 61 0d 62 0a 00")), "é\na\nb\n");
  assert.equal(textOf(hex("6162")), "ab");
  assert.equal(textOf(hex("61 00 62 00")), "a");
  assert.equal(textOf(hex("61 ff 62")), "a\ufffdb");
  assert.equal(textOf(new Uint8Array()), "");
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), (text) => {
      const clean = text.replaceAll("\0", "").replace(/\r\n?/g, "\n");
      assert.equal(textOf(textContent(clean)), clean);
    }),
    { seed: SEED, numRuns: 300 },
  );
});
