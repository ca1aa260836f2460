/** The header of proxies (PROXY protocol, versions 1 and 2). @module */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { DisconnectedError, ProtocolError } from "../../lib/core/errors.ts";
import { takeProxyHeader } from "../../lib/transport/forwarded.ts";
import { memoryTransports } from "../../lib/transport/memory.ts";
import { MOST_HEADER_BYTES, parseProxyHeader } from "../../lib/transport/proxy_header.ts";
import { hex } from "../support/hex.ts";

const ascii = (text: string) => new TextEncoder().encode(text);
const SIGNATURE = "0d0a0d0a000d0a515549540a";

const HEADERS: readonly (readonly [string, Uint8Array, { host: string; port: number } | undefined])[] = [
  ["TCP4", ascii("PROXY TCP4 192.0.2.7 198.51.100.1 51234 5900\r\n"), { host: "192.0.2.7", port: 51234 }],
  ["TCP6", ascii("PROXY TCP6 2001:db8::7 2001:db8::1 51234 5900\r\n"), { host: "2001:db8::7", port: 51234 }],
  ["UNKNOWN", ascii("PROXY UNKNOWN\r\n"), undefined],
  ["UNKNOWN and more", ascii("PROXY UNKNOWN ffff:f...f:ffff 65535 65535\r\n"), undefined],
  ["2 LOCAL", hex(`${SIGNATURE} 20 00 0000`), undefined],
  ["2 UNSPEC", hex(`${SIGNATURE} 21 00 0003 010203`), undefined],
  ["2 IPv4", hex(`${SIGNATURE} 21 11 000c c0000207 c6336401 c822 170c`), { host: "192.0.2.7", port: 51234 }],
  [
    "2 IPv4 with an extension",
    hex(`${SIGNATURE} 21 11 0010 c0000207 c6336401 c822 170c 04000100`),
    { host: "192.0.2.7", port: 51234 },
  ],
  [
    "2 IPv6",
    hex(
      `${SIGNATURE} 21 21 0024 20010db8000000000000000000000007 20010db8000000000000000000000001 c822 170c`,
    ),
    { host: "2001:db8::7", port: 51234 },
  ],
  [
    "2 IPv4 in IPv6",
    hex(
      `${SIGNATURE} 21 21 0024 00000000000000000000ffffc0000207 00000000000000000000ffffc6336401 c822 170c`,
    ),
    { host: "192.0.2.7", port: 51234 },
  ],
  ["2 UNIX", hex(`${SIGNATURE} 21 31 00d8 ${"2f".repeat(216)}`), undefined],
];

for (const [name, bytes, source] of HEADERS) {
  Deno.test(`parseProxyHeader() reads ${name}, and waits for the rest when it is cut at any byte`, () => {
    const expected = { done: true, length: bytes.length, ...(source && { source }) };
    assert.deepEqual(parseProxyHeader(bytes), expected);
    assert.deepEqual(parseProxyHeader(new Uint8Array([...bytes, ...ascii("RFB 003.008\n")])), expected);
    for (let end = 0; end < bytes.length; end++) {
      assert.deepEqual(parseProxyHeader(bytes.subarray(0, end)), { done: false }, `${end} bytes`);
    }
  });
}

for (
  const [why, bytes] of [
    ["a viewer's version", ascii("RFB 003.008\n")],
    ["HTTP", ascii("GET / HTTP/1.1\r\n")],
    ["another word", ascii("PROXYTCP4 1.2.3.4 1.2.3.4 1 1\r\n")],
    ["another family", ascii("PROXY UDP4 1.2.3.4 1.2.3.4 1 1\r\n")],
    ["an address out of range", ascii("PROXY TCP4 256.2.3.4 1.2.3.4 1 1\r\n")],
    ["leading zeros", ascii("PROXY TCP4 127.000.0.1 1.2.3.4 1 1\r\n")],
    ["an address of the other family", ascii("PROXY TCP6 1.2.3.4 1.2.3.4 1 1\r\n")],
    ["no address of IPv6", ascii("PROXY TCP6 1::2::3 ::1 1 1\r\n")],
    ["a port out of range", ascii("PROXY TCP4 1.2.3.4 1.2.3.4 65536 1\r\n")],
    ["no port", ascii("PROXY TCP4 1.2.3.4 1.2.3.4 1\r\n")],
    ["too many words", ascii("PROXY TCP4 1.2.3.4 1.2.3.4 1 1 1\r\n")],
    ["a line without end", ascii(`PROXY TCP4 ${"1".repeat(96)}`)],
    ["half a signature", hex("0d0a0d0a000d0a515549540b")],
    ["version 1 in version 2", hex(`${SIGNATURE} 11 11 000c c0000207 c6336401 c822 170c`)],
    ["another command", hex(`${SIGNATURE} 22 11 000c c0000207 c6336401 c822 170c`)],
    ["too few bytes for IPv4", hex(`${SIGNATURE} 21 11 000b c0000207 c6336401 c822 17`)],
    ["too few bytes for IPv6", hex(`${SIGNATURE} 21 21 000c c0000207 c6336401 c822 170c`)],
    ["datagrams", hex(`${SIGNATURE} 21 12 000c c0000207 c6336401 c822 170c`)],
    ["more than the limit, before it comes", hex(`${SIGNATURE} 21 11 ffff`)],
  ] as const
) {
  Deno.test(`parseProxyHeader() refuses ${why}`, () => {
    const header = parseProxyHeader(bytes);
    assert.ok(header.done && "problem" in header && header.problem.length > 10);
  });
}

Deno.test("parseProxyHeader() comes to an end with anything, and never takes more than the limit", () => {
  const beginnings = fc.constantFrom("PROXY TCP4 ", "PROXY TCP6 ", "\r\n\r\n\0\r\nQUIT\n\x21\x11", "").map(
    ascii,
  );
  fc.assert(
    fc.property(beginnings, fc.uint8Array({ maxLength: 300 }), (beginning, rest) => {
      const bytes = new Uint8Array([...beginning, ...rest]);
      const header = parseProxyHeader(bytes);
      if (header.done && "length" in header) assert.ok(header.length <= bytes.length);
      if (!header.done) assert.ok(bytes.length < MOST_HEADER_BYTES);
    }),
    { seed: 5, numRuns: 3000 },
  );
});

for (const size of [1, 7, 4096]) {
  Deno.test(`takeProxyHeader() leaves what follows the header to its reader (${size} bytes at a time)`, async () => {
    const [near, far] = memoryTransports();
    const bytes = new Uint8Array([...HEADERS[0]![1], ...ascii("RFB 003.008\nmore")]);
    const writing = (async () => {
      for (let at = 0; at < bytes.length; at += size) await far.write(bytes.subarray(at, at + size));
      await far.close();
    })();
    using transport = await takeProxyHeader(near);
    assert.deepEqual(transport.peer, {
      transport: "memory",
      address: "192.0.2.7:51234",
      local: false,
      encrypted: false,
    });
    let text = "";
    const into = new Uint8Array(5);
    for (let count; (count = await transport.read(into)) !== null;) {
      text += new TextDecoder().decode(into.subarray(0, count));
    }
    assert.equal(text, "RFB 003.008\nmore");
    await writing;
  });
}

Deno.test("takeProxyHeader() throws when there is none, and when the peer has gone", async () => {
  const [near, far] = memoryTransports();
  const writing = far.write(ascii("RFB 003.008\n"));
  await assert.rejects(takeProxyHeader(near), ProtocolError);
  await writing;
  const [silent, gone] = memoryTransports();
  await gone.close();
  await assert.rejects(takeProxyHeader(silent), DisconnectedError);
});
