/**
 * Whom an address stands for.
 *
 * @module
 */
import assert from "node:assert/strict";
import { hostOf, isLoopback } from "../../lib/security/peer_host.ts";

for (
  const [address, host, loopback] of [
    ["192.0.2.7:1000", "192.0.2.7", false],
    ["192.0.2.7", "192.0.2.7", false],
    ["127.0.0.1:5", "127.0.0.1", true],
    ["127.255.0.9:5", "127.255.0.9", true],
    ["128.0.0.1:5", "128.0.0.1", false],
    ["[::1]:5", "[::1]", true],
    ["::1", "[::1]", true],
    ["[::ffff:127.0.0.1]:5", "127.0.0.1", true],
    ["[::ffff:192.0.2.7]:5", "192.0.2.7", false],
    ["[2001:db8:1:2:3:4:5:6]:1000", "2001:db8:1:2::/64", false],
    ["2001:db8:1:2::6", "2001:db8:1:2::/64", false],
    ["[2001:db8::6]:9", "2001:db8:0:0::/64", false],
    ["[fe80::1%eth0]:9", "[fe80::1%eth0]", false],
    ["2001:db8:1:2::/64", "2001:db8:1:2::/64", false],
    ["unix", "unix", false],
    ["unix:alice", "unix:alice", false],
    ["unix:1000", "unix:1000", false],
    ["memory", "memory", false],
  ] as const
) {
  Deno.test(`hostOf("${address}") is "${host}"${loopback ? ", this machine" : ""}`, () => {
    assert.equal(hostOf(address), host);
    assert.equal(isLoopback(host), loopback);
  });
}
