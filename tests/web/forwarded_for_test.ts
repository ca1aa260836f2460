/** For whom a proxy asks (RFC 7239, X-Forwarded-For). @module */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type ForwardingHeaders, readForwarding } from "../../lib/web/forwarded_for.ts";

const PROXIES = ["10.0.0.1", "10.0.0.2", "[2001:db8::1]"];
const read = (headers: ForwardingHeaders) =>
  readForwarding(headers, (address) => PROXIES.includes(address.replace(/:\d+$/, "")));

for (
  const [value, address] of [
    ["192.0.2.7", "192.0.2.7"],
    ["192.0.2.7:51234", "192.0.2.7:51234"],
    ["2001:DB8::7", "[2001:db8::7]"],
    ["[2001:db8::7]:51234", "[2001:db8::7]:51234"],
    // What a client has made up stands before what the proxy has added.
    ["127.0.0.1, 192.0.2.7", "192.0.2.7"],
    ["rubbish, \"'%, 192.0.2.7", "192.0.2.7"],
    ["192.0.2.7, 10.0.0.2", "192.0.2.7"],
    ["127.0.0.1, 192.0.2.7, 10.0.0.2, 10.0.0.1", "192.0.2.7"],
    ["10.0.0.2", "10.0.0.2"],
    ["192.0.2.7, 2001:db8::1", "192.0.2.7"],
    ["unknown", undefined],
  ] as const
) {
  Deno.test(`readForwarding() takes X-Forwarded-For: ${value} for ${address}`, () => {
    assert.deepEqual(read({ "x-forwarded-for": value }), { https: false, ...(address && { address }) });
  });
}

for (
  const value of [
    "",
    "host",
    "1.2.3",
    "1.2.3.256",
    "192.0.2.7, ",
    "1::2::3",
    "[::1",
    "192.0.2.7 10.0.0.1",
    "1.2.3.4:",
  ]
) {
  Deno.test(`readForwarding() refuses X-Forwarded-For: "${value}"`, () => {
    assert.match((read({ "x-forwarded-for": value }) as { problem: string }).problem, /X-Forwarded-For/);
  });
}

for (
  const [value, address, https] of [
    ["for=192.0.2.7", "192.0.2.7", false],
    ["For=192.0.2.7;Proto=https;by=10.0.0.1", "192.0.2.7", true],
    [`for="[2001:db8::7]:51234"; proto=http`, "[2001:db8::7]:51234", false],
    [`for=127.0.0.1, for="a\\"b,c", for=192.0.2.7;proto=https`, "192.0.2.7", true],
    ["for=192.0.2.7, for=10.0.0.2", "192.0.2.7", false],
    ["for=_hidden", undefined, false],
    ["proto=https", undefined, true],
  ] as const
) {
  Deno.test(`readForwarding() takes Forwarded: ${value} for ${address} (RFC 7239 §4)`, () => {
    assert.deepEqual(read({ forwarded: value }), { https, ...(address && { address }) });
  });
}

for (const value of ["for=a b", "for", "for=1.2.3.4;for=1.2.3.4", `for="1.2.3.4`, "for=1.2.3.256", "=x"]) {
  Deno.test(`readForwarding() refuses Forwarded: ${value}`, () => {
    assert.match((read({ forwarded: value }) as { problem: string }).problem, /Forwarded/);
  });
}

Deno.test("readForwarding() believes one of two headers only when the other says the same", () => {
  assert.deepEqual(read({ forwarded: "for=192.0.2.7", "x-forwarded-for": "192.0.2.7:5" }), {
    address: "192.0.2.7",
    https: false,
  });
  assert.match(
    (read({ forwarded: "for=127.0.0.1", "x-forwarded-for": "192.0.2.7" }) as { problem: string }).problem,
    /different/,
  );
});

Deno.test("readForwarding() knows of https when every proxy says so", () => {
  const https = (proto: string) =>
    (read({ "x-forwarded-for": "192.0.2.7", "x-forwarded-proto": proto }) as { https: boolean }).https;
  assert.deepEqual(["https", "HTTPS, https", "http", "https, http", ""].map(https), [
    true,
    true,
    false,
    false,
    false,
  ]);
});

Deno.test("readForwarding() never throws, and names nothing but addresses", () => {
  fc.assert(
    fc.property(
      fc.string({ maxLength: 80 }),
      fc.option(fc.string({ maxLength: 40 }), { nil: undefined }),
      (a, b) => {
        const said = read({ forwarded: a, "x-forwarded-for": b });
        if ("address" in said) assert.match(said.address!, /^(\d+(\.\d+){3}|\[[0-9a-f:.]+\])(:\d+)?$/);
      },
    ),
    { seed: 7, numRuns: 3000 },
  );
});

Deno.test("readForwarding() takes no time for long headers", () => {
  const began = performance.now();
  read({ forwarded: `for="${"\\\\".repeat(4000)}` });
  read({ forwarded: ";".repeat(8000) });
  read({ "x-forwarded-for": ",".repeat(8000) });
  read({ forwarded: " ".repeat(8000) + "x" });
  assert.ok(performance.now() - began < 1000);
});
