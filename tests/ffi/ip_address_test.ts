/** Addresses as the system has them (RFC 4291 §2.2, §2.5.5.2). @module */
import assert from "node:assert/strict";
import { addressBytes } from "../../lib/ffi/ip_address.ts";
import { hex } from "../support/hex.ts";

const CASES: readonly [string, string][] = [
  ["127.0.0.1", "00000000000000000000ffff7f000001"],
  ["::ffff:127.0.0.1", "00000000000000000000ffff7f000001"],
  ["::ffff:7f00:1", "00000000000000000000ffff7f000001"],
  ["::1", "00000000000000000000000000000001"],
  ["::", "00000000000000000000000000000000"],
  ["2001:db8::", "20010db8000000000000000000000000"],
  ["2001:DB8:1:2:3:4:5:6", "20010db8000100020003000400050006"],
  ["fe80::1%eth0", "fe800000000000000000000000000001"],
];

for (const [text, bytes] of CASES) {
  Deno.test(`addressBytes() reads ${text} (RFC 4291 §2.2)`, () => {
    assert.deepEqual(addressBytes(text), hex(bytes));
  });
}

Deno.test("addressBytes() takes nothing else for an address", () => {
  for (
    const text of [
      "",
      "localhost",
      "1.2.3",
      "1.2.3.256",
      "1:2:3:4:5:6:7",
      "1::2::3",
      "1:2:3:4:5:6:7:8:9",
      "12345::",
      "/run/x",
    ]
  ) {
    assert.equal(addressBytes(text), undefined, text);
  }
});
