/** Assumptions about networks. @module */
import assert from "node:assert/strict";
import { networkProfile } from "../../lib/session/network_profile.ts";
import type { Peer } from "../../lib/transport/transport.ts";

const peer = (address: string, local = false): Peer => ({
  transport: "tcp",
  address,
  local,
  encrypted: local,
});

for (
  const [address, near] of [
    ["10.1.2.3:4", true],
    ["172.16.0.1:4", true],
    ["172.32.0.1:4", false],
    ["192.168.1.1:4", true],
    ["169.254.1.1:4", true],
    ["[::ffff:192.168.1.1]:4", true],
    ["[fd00::1]:4", true],
    ["[fe80::1]:4", true],
    ["[2001:db8::1]:4", false],
    ["192.0.2.10:4", false],
    ["110.1.2.3:4", false],
  ] as const
) {
  Deno.test(`networkProfile() takes ${address} for ${near ? "near" : "far"} until the round trip is known`, () => {
    const wide = networkProfile("wan", peer(address), undefined);
    const { frameRate, window } = networkProfile("auto", peer(address), undefined);
    assert.equal(frameRate, near ? Infinity : wide.frameRate);
    assert.equal(window.start > wide.window.start, near);
    assert.equal(networkProfile("auto", peer(address), 50).frameRate, wide.frameRate);
    assert.equal(networkProfile("auto", peer(address), 2).frameRate, Infinity);
  });
}

Deno.test("networkProfile() keeps to a profile that was chosen, whatever is measured", () => {
  for (const name of ["localhost", "lan", "wan"] as const) {
    const one = networkProfile(name, peer("192.0.2.1:1"), undefined);
    assert.deepEqual(networkProfile(name, peer("127.0.0.1:1", true), 300), one);
    assert.ok(one.window.least <= one.window.start && one.window.start <= one.window.most);
  }
});
