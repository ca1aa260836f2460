/** The opening handshake (RFC 6455 §4.2). @module */
import assert from "node:assert/strict";
import { answerHandshake } from "../../lib/web/websocket_handshake.ts";

const HEADERS = {
  upgrade: "websocket",
  connection: "Upgrade",
  "sec-websocket-version": "13",
  "sec-websocket-key": "dGhlIHNhbXBsZSBub25jZQ==",
};

function answer(headers: Record<string, string | undefined>, method = "GET") {
  return answerHandshake({ method, headers: { ...HEADERS, ...headers } });
}

Deno.test("answerHandshake() answers the RFC's own example (§1.3)", () => {
  const answered = answer({});
  assert.ok(answered.accepted);
  assert.match(answered.response, /^HTTP\/1\.1 101 /);
  assert.match(answered.response, /\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK\+xOo=\r\n/);
  assert.ok(answered.response.endsWith("\r\n\r\n"));
  assert.doesNotMatch(answered.response, /Protocol:|Extensions:/);
});

Deno.test("answerHandshake() takes headers as Firefox and proxies write them", () => {
  assert.ok(answer({ connection: "keep-alive, Upgrade", upgrade: "WebSocket" }).accepted);
});

Deno.test("answerHandshake() names the subprotocol binary to those who offer it, and no other to anybody", () => {
  for (const offered of ["binary", "base64, binary", "Binary"]) {
    const answered = answer({ "sec-websocket-protocol": offered });
    assert.ok(answered.accepted);
    assert.match(answered.response, /\r\nSec-WebSocket-Protocol: binary\r\n/);
  }
  for (const offered of ["base64", "chat"]) {
    const answered = answer({ "sec-websocket-protocol": offered });
    assert.ok(answered.accepted);
    assert.doesNotMatch(answered.response, /Protocol:/);
  }
});

Deno.test("answerHandshake() agrees to no compression", () => {
  const answered = answer({ "sec-websocket-extensions": "permessage-deflate; client_max_window_bits" });
  assert.ok(answered.accepted);
  assert.doesNotMatch(answered.response, /Extensions|deflate/i);
});

for (
  const [what, status, headers, method] of [
    ["POST", 405, {}, "POST"],
    ["another upgrade", 400, { upgrade: "h2c" }],
    ["no Connection header", 400, { connection: undefined }],
    ["an older version", 426, { "sec-websocket-version": "8" }],
    ["no key", 400, { "sec-websocket-key": undefined }],
    ["a key of 15 bytes", 400, { "sec-websocket-key": "dGhlIHNhbXBsZSBub25j" }],
    ["a key that is no base64", 400, { "sec-websocket-key": "dGhlIHNhbXBsZSBub2=jZQ==" }],
  ] as const
) {
  Deno.test(`answerHandshake() refuses ${what} with ${status}`, () => {
    const answered = answer(headers, method);
    assert.ok(!answered.accepted);
    assert.equal(answered.status, status);
    if (status === 426) assert.equal(answered.headers?.["Sec-WebSocket-Version"], "13");
  });
}
