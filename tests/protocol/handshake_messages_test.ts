/**
 * The handshake's messages in all versions, byte for byte (RFC 6143 §7.1.2 to §7.3.1, appendix A).
 *
 * @module
 */
import assert from "node:assert/strict";
import { ByteWriter } from "../../lib/core/bytes.ts";
import {
  hasSecurityResult,
  parseClientInit,
  writeRefusal,
  writeSecurityFailed,
  writeSecurityOk,
  writeSecurityTypes,
} from "../../lib/protocol/handshake_messages.ts";
import { digits, written } from "./written.ts";

Deno.test("writeSecurityTypes() writes a list from 3.7 on, and a u32 before (§7.1.2)", () => {
  assert.equal(written((out) => writeSecurityTypes(out, "3.8", [19, 2, 1])), digits("03 13 02 01"));
  assert.equal(written((out) => writeSecurityTypes(out, "3.7", [2])), digits("01 02"));
  assert.equal(written((out) => writeSecurityTypes(out, "3.3", [2])), digits("00000002"));
  assert.equal(written((out) => writeSecurityTypes(out, "3.3", [1])), digits("00000001"));
});

Deno.test("writeSecurityTypes() refuses what a version cannot say (§7.1.2)", () => {
  const out = new ByteWriter();
  assert.throws(() => writeSecurityTypes(out, "3.8", []), RangeError);
  assert.throws(() => writeSecurityTypes(out, "3.7", Array(256).fill(1)), RangeError);
  assert.throws(() => writeSecurityTypes(out, "3.3", [19]), RangeError);
  assert.throws(() => writeSecurityTypes(out, "3.3", [0]), RangeError);
  assert.throws(() => writeSecurityTypes(out, "3.3", [2, 1]), RangeError);
  assert.throws(() => writeSecurityTypes(out, "3.3", []), RangeError);
});

Deno.test("writeRefusal() writes no types and a reason (§7.1.2)", () => {
  assert.equal(written((out) => writeRefusal(out, "3.8", "nö")), digits("00 00000003 6ec3b6"));
  assert.equal(written((out) => writeRefusal(out, "3.7", "no")), digits("00 00000002 6e6f"));
  assert.equal(written((out) => writeRefusal(out, "3.3", "no")), digits("00000000 00000002 6e6f"));
});

Deno.test("hasSecurityResult() is false for None before 3.8 only (§7.1.3)", () => {
  assert.deepEqual((["3.3", "3.7", "3.8"] as const).map((version) => hasSecurityResult(version, 1)), [
    false,
    false,
    true,
  ]);
  assert.deepEqual((["3.3", "3.7", "3.8"] as const).map((version) => hasSecurityResult(version, 2)), [
    true,
    true,
    true,
  ]);
});

Deno.test("writeSecurityOk() and writeSecurityFailed() give the reason from 3.8 on (§7.1.3)", () => {
  assert.equal(written(writeSecurityOk), digits("00000000"));
  assert.equal(written((out) => writeSecurityFailed(out, "3.8", "no")), digits("00000001 00000002 6e6f"));
  assert.equal(written((out) => writeSecurityFailed(out, "3.7", "no")), digits("00000001"));
  assert.equal(written((out) => writeSecurityFailed(out, "3.3", "no")), digits("00000001"));
});

Deno.test("parseClientInit() takes any byte but 0 for shared (§7.3.1)", () => {
  assert.deepEqual([0, 1, 2, 255].map((byte) => parseClientInit(byte).shared), [false, true, true, true]);
});
