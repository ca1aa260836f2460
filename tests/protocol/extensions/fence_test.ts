/**
 * Fences and continuous updates, byte for byte (rfbproto).
 *
 * @module
 */
import assert from "node:assert/strict";
import { ByteWriter } from "../../../lib/core/bytes.ts";
import { writeEndOfContinuousUpdates } from "../../../lib/protocol/extensions/continuous_updates.ts";
import {
  type ClientFence,
  FenceFlag,
  isFenceRequest,
  writeFenceAnswer,
  writeServerFence,
} from "../../../lib/protocol/extensions/fence.ts";
import { digits, written } from "../written.ts";

function fence(flags: number, ...payload: number[]): ClientFence {
  return { type: "ClientFence", flags, payload: Uint8Array.from(payload) };
}

Deno.test("writeServerFence() announces as TigerVNC does (rfbproto ServerFence)", () => {
  assert.equal(
    written((out) => writeServerFence(out, FenceFlag.Request, Uint8Array.of(0))),
    digits("f8 000000 80000000 01 00"),
  );
});

Deno.test("writeServerFence() takes 64 bytes of payload and no more (rfbproto ServerFence)", () => {
  const out = new ByteWriter();
  writeServerFence(out, 0, new Uint8Array(64));
  assert.equal(out.length, 73);
  assert.throws(() => writeServerFence(out, 0, new Uint8Array(65)), RangeError);
  assert.equal(out.length, 73);
});

Deno.test("writeFenceAnswer() clears the request and unknown flags, and keeps the payload (rfbproto ClientFence)", () => {
  assert.equal(
    written((out) => writeFenceAnswer(out, fence(0xffffffff, 1, 2, 3))),
    digits("f8 000000 00000007 03 010203"),
  );
  assert.equal(written((out) => writeFenceAnswer(out, fence(0x80000001))), digits("f8 000000 00000001 00"));
});

Deno.test("isFenceRequest() tells requests from answers (rfbproto ClientFence)", () => {
  assert.ok(isFenceRequest(fence(0x80000000)));
  assert.ok(isFenceRequest(fence(0xffffffff)));
  assert.ok(!isFenceRequest(fence(0x7fffffff)));
  assert.ok(!isFenceRequest(fence(0)));
});

Deno.test("writeEndOfContinuousUpdates() writes one byte (rfbproto EndOfContinuousUpdates)", () => {
  assert.equal(written(writeEndOfContinuousUpdates), "96");
});
