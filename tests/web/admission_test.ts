/** Which pages may talk to the server. @module */
import assert from "node:assert/strict";
import { type AdmissionRules, objectionTo } from "../../lib/web/admission.ts";

const RULES: AdmissionRules = { allowedOrigins: [], ownNames: ["box", "box.local"] };

function isLetIn(
  host: string | undefined,
  origin: string | undefined,
  allowedOrigins: string[] = [],
): boolean {
  return objectionTo({ host, origin }, { ...RULES, allowedOrigins }, { checksOrigin: true }) === undefined;
}

for (
  const host of [
    "127.0.0.1:6080",
    "192.0.2.7",
    "[::1]:6080",
    "[2001:db8::7]",
    "localhost:6080",
    "LOCALHOST",
    "desk.localhost:6080",
    "box:6080",
    "Box.Local:6080",
  ]
) {
  Deno.test(`objectionTo() knows the server as ${host}`, () => {
    assert.ok(isLetIn(host, undefined));
    assert.ok(isLetIn(host, `http://${host.toLowerCase()}`));
  });
}

for (
  const host of [
    "evil.example:6080", // made to point here: DNS rebinding
    "box.evil.example",
    "127.0.0.1.evil.example",
    "localhost.evil.example",
    "",
    undefined,
    "a b",
    "user@localhost",
    "localhost:6080/x",
    "localhost:999999",
  ]
) {
  Deno.test(`objectionTo() does not know the server as ${host}`, () => {
    assert.ok(!isLetIn(host, undefined));
    assert.ok(!isLetIn(host, `http://${host}`));
  });
}

for (
  const origin of [
    "http://evil.example",
    "http://localhost", // another port is another origin
    "http://localhost:6081",
    "http://127.0.0.1:6080",
    "https://localhost",
    "null",
    "file://",
    "chrome-extension://localhost:6080",
    "",
    "localhost:6080",
  ]
) {
  Deno.test(`objectionTo() refuses pages of ${origin || "an empty origin"} at localhost:6080`, () => {
    assert.ok(!isLetIn("localhost:6080", origin));
  });
}

Deno.test("objectionTo() fills in the scheme's port, and does not mind who takes TLS off", () => {
  assert.ok(isLetIn("box", "http://box"));
  assert.ok(isLetIn("box:80", "http://box"));
  assert.ok(isLetIn("box", "https://box"));
  assert.ok(isLetIn("box:443", "https://box"));
  assert.ok(isLetIn("box:6080", "https://box:6080"));
  assert.ok(!isLetIn("box:443", "http://box"));
});

Deno.test("objectionTo() lets in what the operator allows, by origin or by name", () => {
  const host = "desk.example.org";
  assert.ok(isLetIn(host, `https://${host}`, [`https://${host}`]));
  assert.ok(isLetIn(host, `https://${host}`, [host]));
  assert.ok(isLetIn("127.0.0.1:6080", `https://${host}`, [`https://${host}`]), "behind a proxy");
  assert.ok(isLetIn("127.0.0.1:6080", `https://${host}:8443`, [host]));
  assert.ok(!isLetIn("127.0.0.1:6080", `http://${host}`, [`https://${host}`]), "another scheme");
  assert.ok(!isLetIn("127.0.0.1:6080", "https://other.example.org", [host]));
  assert.ok(isLetIn("evil.example", "https://other.example", ["*"]));
  assert.ok(isLetIn("localhost:6080", "null", ["null"]));
});

Deno.test("objectionTo() takes what the operator copied from an address bar, and keeps to the port that he named", () => {
  const page = "https://desk.example.org";
  assert.ok(isLetIn("127.0.0.1:6080", page, [`${page}/`]), "a slash");
  assert.ok(isLetIn("127.0.0.1:6080", page, [`${page}:443`]), "the scheme's own port");
  assert.ok(isLetIn("127.0.0.1:6080", `${page}:8443`, ["desk.example.org:8443"]));
  assert.ok(!isLetIn("127.0.0.1:6080", page, ["desk.example.org:8443"]), "another port");
  assert.ok(isLetIn("desk.example.org", undefined, [`${page}/`]), "it names the server, too");
});

Deno.test("objectionTo() says what to do", () => {
  const foreign = objectionTo({ host: "desk.lan", origin: undefined }, RULES, { checksOrigin: false });
  assert.match(foreign!, /"desk\.lan".*allowed_origins/);
});
