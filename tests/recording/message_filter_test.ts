/** What of a server's messages is kept. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteWriter, latin1 } from "../../lib/core/bytes.ts";
import { writeExtendedDesktopSize } from "../../lib/protocol/extensions/extended_desktop_size.ts";
import { FenceFlag, writeServerFence } from "../../lib/protocol/extensions/fence.ts";
import { PseudoEncoding, ServerMessageType } from "../../lib/protocol/constants.ts";
import {
  writeBell,
  writeFramebufferUpdateHeader,
  writeRectHeader,
  writeServerCutText,
} from "../../lib/protocol/server_messages.ts";
import { filterMessages } from "../../lib/recording/message_filter.ts";

function bytesOf(write: (out: ByteWriter) => void): Uint8Array {
  const out = new ByteWriter();
  write(out);
  return out.copy();
}

const FENCE = bytesOf((out) => writeServerFence(out, FenceFlag.Request, latin1("payload")));
const BELL = bytesOf(writeBell);
const TEXT = bytesOf((out) => writeServerCutText(out, "a secret"));
/** Negative length, flags, data (rfbproto "Extended Clipboard Pseudo-encoding"). */
const EXTENDED_TEXT = bytesOf((out) =>
  out.u8(ServerMessageType.ServerCutText).zeros(3).i32(-10).u32(0x10000001).bytes(latin1("secret"))
);

function join(...parts: Uint8Array[]): Uint8Array {
  return bytesOf((out) => parts.forEach((part) => out.bytes(part)));
}

Deno.test("filterMessages() takes clipboard texts out, plain and extended ones, and counts them (§7.6.4)", () => {
  const { kept, cutTexts } = filterMessages(join(FENCE, TEXT, BELL, EXTENDED_TEXT, TEXT, FENCE));
  assert.deepEqual(kept, join(FENCE, BELL, FENCE));
  assert.equal(cutTexts, 3);
});

Deno.test("filterMessages() gives what it was given where there is nothing to take out", () => {
  const messages = join(BELL, FENCE, Uint8Array.of(ServerMessageType.EndOfContinuousUpdates));
  assert.equal(filterMessages(messages).kept, messages);
});

Deno.test("filterMessages() keeps nothing behind a message that it does not know, or that is cut off", () => {
  assert.deepEqual(filterMessages(join(BELL, Uint8Array.of(77), TEXT)).kept, BELL);
  for (let length = 0; length < TEXT.length; length++) {
    const { kept } = filterMessages(join(BELL, TEXT.subarray(0, length)));
    assert.deepEqual(kept, BELL);
  }
});

Deno.test("filterMessages() tells the size that an update tells (§7.8.2, rfbproto ExtendedDesktopSize)", () => {
  const plain = bytesOf((out) => {
    writeFramebufferUpdateHeader(out, 1);
    writeRectHeader(out, { x: 0, y: 0, width: 800, height: 600 }, PseudoEncoding.DesktopSize);
  });
  assert.deepEqual(filterMessages(join(FENCE, plain)).size, { width: 800, height: 600 });
  const extended = bytesOf((out) => {
    writeFramebufferUpdateHeader(out, 2);
    for (const width of [300, 640]) {
      const size = { width, height: 480 };
      const screens = [{ id: 1, x: 0, y: 0, ...size, flags: 0 }, { id: 2, x: 0, y: 0, ...size, flags: 0 }];
      writeExtendedDesktopSize(out, 1, 0, { size, screens });
    }
  });
  const { kept, size } = filterMessages(extended);
  assert.deepEqual(size, { width: 640, height: 480 });
  assert.equal(kept, extended);
  assert.equal(filterMessages(BELL).size, undefined);
});

Deno.test("filterMessages() never keeps a text, whatever is around it", () => {
  const message = fc.constantFrom(FENCE, BELL, TEXT, EXTENDED_TEXT, Uint8Array.of(9));
  fc.assert(
    fc.property(fc.array(message, { maxLength: 10 }), fc.uint8Array({ maxLength: 5 }), (messages, rest) => {
      const { kept } = filterMessages(join(...messages, rest));
      assert.ok(!new TextDecoder("latin1").decode(kept).includes("secret"));
    }),
    { seed: 6143, numRuns: 300 },
  );
});
