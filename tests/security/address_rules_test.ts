/**
 * From where peers may connect.
 *
 * @module
 */
import assert from "node:assert/strict";
import { AddressRules } from "../../lib/security/address_rules.ts";
import { RfbClient } from "../support/rfb_client.ts";
import { TestServer } from "../support/test_server.ts";

const CASES: readonly (readonly [string, readonly string[], readonly string[], boolean])[] = [
  ["192.0.2.7:5", [], [], true],
  ["192.0.2.7:5", ["192.0.2.7"], [], true],
  ["192.0.2.8:5", ["192.0.2.7"], [], false],
  ["192.0.2.8:5", ["192.0.2.0/24"], [], true],
  ["192.0.3.8:5", ["192.0.2.0/24"], [], false],
  ["192.0.3.8:5", ["192.0.2.0/23"], [], true],
  ["192.0.2.8:5", ["192.0.2.0/24"], ["192.0.2.8"], false],
  ["192.0.2.8:5", [], ["0.0.0.0/0"], false],
  ["[2001:db8::7]:5", [], ["0.0.0.0/0"], true],
  ["[2001:db8::7]:5", ["2001:db8::/32"], [], true],
  ["[2001:db9::7]:5", ["2001:db8::/32"], [], false],
  ["[2001:db8:0:1::7]:5", ["2001:db8::/63"], [], true],
  ["[::ffff:192.0.2.8]:5", ["192.0.2.0/24"], [], true],
  ["[::1]:5", ["127.0.0.1", "::1"], [], true],
  ["[fe80::1%eth0]:5", ["fe80::/10"], [], true],
  ["unix", ["192.0.2.7"], ["0.0.0.0/0", "::/0"], true],
];

for (const [address, allow, deny, admitted] of CASES) {
  Deno.test(`AddressRules: ${address} is ${admitted ? "in" : "out"} by allow [${allow}], deny [${deny}]`, () => {
    assert.equal(new AddressRules(allow, deny).admits(address), admitted);
  });
}

for (
  const text of [
    "",
    "host",
    "1.2.3",
    "1.2.3.256",
    "1.2.3.4/33",
    "1.2.3.4/",
    "::/129",
    "1.2.3.4/8/8",
    "1::2::3",
  ]
) {
  Deno.test(`AddressRules refuses "${text}"`, () => {
    assert.throws(() => new AddressRules([], [text]), RangeError);
  });
}

Deno.test("a server does not talk with addresses that are denied, and a reload changes which", async () => {
  await using server = await TestServer.start({ deny: ["127.0.0.0/8"] });
  using denied = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
  assert.equal((await denied.end()).length, 0);
  server.server.reload({ deny: [] });
  await using client = await server.connect();
  assert.equal(client.width, 200);
});

Deno.test("a server listens on a Unix socket that only its owner can use, and takes it away", async () => {
  const path = `${await Deno.makeTempDir()}/vnc`;
  // What a server that was killed has left.
  Deno.listen({ transport: "unix", path: `${path}-old` }).close();
  {
    await using server = await TestServer.start({ unixSocket: path, encryption: "required" });
    assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
    await using client = await RfbClient.connect({ path, timeoutMs: 5000 });
    await client.refresh();
    assert.equal(server.server.sessions[0]!.transport, "unix");
    await assert.rejects(TestServer.start({ unixSocket: path }), /Cannot listen on .*another program/);
  }
  assert.throws(() => Deno.statSync(path), Deno.errors.NotFound);
});
