/** Origins and hosts, as operators write them. @module */
import assert from "node:assert/strict";
import { parseWebHost, WebOrigins } from "../../lib/core/web_origins.ts";

for (
  const text of [
    "https://desk.example.org/page",
    "https://desk.example.org?x",
    "https://me@desk.example.org",
    "https://desk.example.org:99999",
    "https://",
    "desk example",
    "desk.example.org/",
    "",
  ]
) {
  Deno.test(`WebOrigins refuses "${text}", which is no origin (RFC 6454 §4)`, () => {
    assert.throws(() => new WebOrigins(["*", text]), RangeError);
  });
}

Deno.test("WebOrigins knows an origin in every spelling, and no other one (RFC 6454 §5)", () => {
  for (
    const text of ["https://desk.example.org", "HTTPS://Desk.Example.Org:443", "https://desk.example.org/"]
  ) {
    const origins = new WebOrigins([text]);
    assert.ok(origins.includes("https://desk.example.org"), text);
    for (
      const other of [
        "http://desk.example.org",
        "https://desk.example.org:8443",
        "https://desk.example.org.evil.example",
        "https://other.example.org",
        "null",
        "",
      ]
    ) {
      assert.ok(!origins.includes(other), `${text}: ${other}`);
    }
    assert.deepEqual([origins.namesHost("desk.example.org"), origins.namesHost("example.org")], [
      true,
      false,
    ]);
  }
});

Deno.test("WebOrigins takes hosts with all of their origins, and with a port those of the port", () => {
  const any = new WebOrigins(["desk", "[::1]"]);
  for (const origin of ["http://desk", "https://desk:8443", "http://[::1]:6080"]) {
    assert.ok(any.includes(origin), origin);
  }
  const one = new WebOrigins(["desk:443"]);
  assert.deepEqual(["https://desk", "http://desk:443", "http://desk"].map((origin) => one.includes(origin)), [
    true,
    true,
    false,
  ]);
});

Deno.test("WebOrigins takes schemes of their own, pages without an origin, and everything", () => {
  assert.ok(new WebOrigins(["chrome-extension://abc"]).includes("chrome-extension://abc"));
  assert.ok(!new WebOrigins(["chrome-extension://abc"]).includes("chrome-extension://abd"));
  assert.ok(new WebOrigins(["null"]).includes("null"));
  assert.ok(!new WebOrigins(["null"]).includes("file://"));
  for (const origin of ["null", "https://evil.example"]) assert.ok(new WebOrigins(["*"]).includes(origin));
  assert.ok(!new WebOrigins([]).includes("null"));
});

Deno.test("parseWebHost() reads a Host header, and nothing that is none (RFC 9110 §7.2)", () => {
  assert.deepEqual(parseWebHost("Desk:6080"), { name: "desk", port: "6080" });
  assert.deepEqual(parseWebHost("[::1]"), { name: "::1", port: "" });
  for (const text of [undefined, "", "a b", "me@desk", "desk/x", "desk:999999"]) {
    assert.equal(parseWebHost(text), undefined, text);
  }
});
