/**
 * Versions as clients announce them (RFC 6143 §7.1.1).
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { fromLatin1, latin1 } from "../../lib/core/bytes.ts";
import { ProtocolError } from "../../lib/core/errors.ts";
import {
  parseClientVersion,
  PROTOCOL_VERSION_LENGTH,
  serverVersionBytes,
} from "../../lib/protocol/version.ts";

const MEANT = {
  "003.003": "3.3",
  "003.004": "3.3",
  "003.005": "3.3",
  "003.006": "3.3",
  "003.007": "3.7",
  "003.008": "3.8",
  "003.014": "3.8",
  "003.016": "3.8",
  "003.889": "3.8",
  "003.999": "3.8",
  "003.000": "3.3",
};

for (const [announced, version] of Object.entries(MEANT)) {
  Deno.test(`parseClientVersion() takes RFB ${announced} for ${version} (§7.1.1)`, () => {
    const parsed = parseClientVersion(latin1(`RFB ${announced}\n`));
    const [major, minor] = announced.split(".").map(Number);
    assert.deepEqual(parsed, { supported: true, version, announced: `${major}.${minor}` });
  });
}

for (const announced of ["004.001", "005.000", "002.002", "033.008", "000.008", "000.000", "999.999"]) {
  Deno.test(`parseClientVersion() says why RFB ${announced} cannot be spoken (§7.1.1)`, () => {
    const parsed = parseClientVersion(latin1(`RFB ${announced}\n`));
    assert.ok(!parsed.supported);
    assert.match(parsed.reason, announced === "000.000" ? /repeater/ : /not supported/);
  });
}

for (
  const text of [
    "GET / HTTP/1",
    "RFB 3.008\n\n\n",
    "RFB 003.008\r",
    "rfb 003.008\n",
    "RFB 003,008\n",
    "RFB 003.00\n",
    "",
  ]
) {
  Deno.test(`parseClientVersion() refuses ${JSON.stringify(text)} (§7.1.1)`, () => {
    assert.throws(
      () => parseClientVersion(latin1(text)),
      (error) => error instanceof ProtocolError && error.section === "7.1.1",
    );
  });
}

Deno.test("parseClientVersion() gives a value or a ProtocolError for any bytes", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 14 }), (bytes) => {
      try {
        parseClientVersion(bytes);
      } catch (error) {
        if (!(error instanceof ProtocolError)) throw error;
      }
    }),
    { seed: 0x6143, numRuns: 500 },
  );
});

Deno.test("serverVersionBytes() announce 3.8 (§7.1.1)", () => {
  assert.equal(fromLatin1(serverVersionBytes()), "RFB 003.008\n");
  assert.equal(serverVersionBytes().length, PROTOCOL_VERSION_LENGTH);
});
