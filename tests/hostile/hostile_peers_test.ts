/**
 * What broke other servers, tried on this one: each attack beside a well-behaved client, who must not notice. The table of
 * SECURITY.md names these tests.
 *
 * @module
 */
import assert from "node:assert/strict";
import { RfbClient, type Wire } from "../support/rfb_client.ts";
import { TestServer, type TestServerOptions } from "../support/test_server.ts";

/** Longest answer to the client beside an attack, in ms; on busy machines time is not exact. */
const MOST_MS = 400;

const bytes = (...values: number[]) => Uint8Array.from(values);
const u16 = (value: number) => [value >>> 8 & 255, value & 255];
const u32 = (value: number) => [value >>> 24, value >>> 16 & 255, value >>> 8 & 255, value & 255];
const cutText = (length: number) => bytes(6, 0, 0, 0, ...u32(length));

/** Attacks through a session that has come in; then a client beside it is served, and in time. */
async function beside(
  attack: (attacker: RfbClient, server: TestServer) => Promise<void>,
  options: TestServerOptions = {},
): Promise<void> {
  await using server = await TestServer.start({ shared: "always", ...options });
  await using client = await server.connect();
  await using attacker = await server.connect();
  await client.refresh();
  const memory = Deno.memoryUsage().rss;
  await attack(attacker, server);
  const begun = performance.now();
  await client.refresh();
  assert.ok(performance.now() - begun < MOST_MS, `the other waited ${performance.now() - begun} ms`);
  assert.ok(Deno.memoryUsage().rss - memory < 256 * 2 ** 20, "memory stays flat");
}

/** Attacks before anything is agreed on. */
async function beforeLogin(
  attack: (wire: Wire) => Promise<void>,
  options: TestServerOptions = {},
): Promise<void> {
  await using server = await TestServer.start({ shared: "always", ...options });
  await using client = await server.connect(options.password ? { password: options.password } : {});
  using wire = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
  await attack(wire);
  const begun = performance.now();
  await client.refresh();
  assert.ok(performance.now() - begun < MOST_MS);
}

for (const length of [2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32 - 4, (1 << 20) + 1]) {
  Deno.test(`a cut text that says it is ${length} bytes long takes no memory (CVE-2018-7225)`, async () => {
    await beside(async (attacker) => {
      await attacker.send(cutText(length));
      await attacker.send(new Uint8Array(100_000));
    });
  });
}

Deno.test("a cut text up to the limit is read, and the stream goes on behind longer ones", async () => {
  await beside(async (attacker) => {
    for (const length of [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1]) {
      await attacker.send(cutText(length));
      await attacker.send(new Uint8Array(length));
    }
    await attacker.refresh();
  });
});

for (
  const [what, part] of [
    ["2 of 8 bytes of a KeyEvent", [4, 1]],
    ["10 of 1000 bytes of a cut text", [6, 0, 0, 0, 0, 0, 3, 232, ...new Array(10).fill(65)]],
    ["half of a SetPixelFormat", [0, 0, 0, 0, 32, 24]],
    ["3 of 65535 encodings", [2, 0, 255, 255, 0, 0, 0, 0]],
  ] as const
) {
  Deno.test(`a peer that sends ${what} and stops makes nobody wait (half messages)`, async () => {
    await beside((attacker) => attacker.send(Uint8Array.from(part)));
  });
}

Deno.test("a peer that asks for everything and reads nothing makes nobody wait", async () => {
  await beside(async (attacker) => {
    for (let i = 0; i < 200; i++) await attacker.requestUpdate();
  });
});

for (
  const [what, message] of [
    ["file transfer (CVE-2014-6055)", [7, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 4, 46, 46, 47, 120]],
    ["message 254", [254]],
    ["QEMU's message 99", [255, 99, 0, 0]],
    ["Apple's message 9", [9]],
  ] as const
) {
  Deno.test(`${what} ends the session that sent it, and no other`, async () => {
    await beside(async (attacker) => {
      await attacker.send(Uint8Array.from(message));
      await attacker.wire.end();
    });
  });
}

for (const type of [8, 15]) {
  Deno.test(`SetScale (message ${type}) by any factor, 0 too, divides nothing (CVE-2014-6054)`, async () => {
    await beside(async (attacker) => {
      for (const factor of [0, 1, 2, 255]) await attacker.send(bytes(type, factor, 0, 0)).catch(() => {});
    });
  });
}

Deno.test("SetDesktopSize with sizes and screens that cannot be changes nothing (CVE-2014-8240)", async () => {
  await beside(async (attacker, server) => {
    const screen = (...values: number[]) => [...u32(1), ...values.flatMap(u16), ...u32(0)];
    for (
      const [width, height, count, ...screens] of [
        [0, 0, 1, ...screen(0, 0, 0, 0)],
        [65535, 65535, 1, ...screen(0, 0, 65535, 65535)],
        [100, 100, 0],
        [100, 100, 1, ...screen(50, 50, 100, 100)],
        [100, 100, 2, ...screen(0, 0, 100, 100), ...screen(0, 0, 100, 100)],
      ] as number[][]
    ) {
      await attacker.send(bytes(251, 0, ...u16(width!), ...u16(height!), count!, 0, ...screens));
    }
    await attacker.refresh();
    assert.deepEqual([server.server.status().width, server.server.status().height], [200, 150]);
  });
});

Deno.test("fences with long payloads and storms of them are swallowed (CVE-2019-15683)", async () => {
  await beside(async (attacker) => {
    for (const length of [0, 64, 65, 255]) {
      await attacker.send(bytes(248, 0, 0, 0, 0x80, 0, 0, 7, length, ...new Array(length).fill(1)));
    }
    const storm = new Uint8Array(10 * 2000);
    for (let i = 0; i < 2000; i++) storm.set([248, 0, 0, 0, 0x80, 0, 0, 7, 1, 1], i * 10);
    await attacker.send(storm);
  });
});

for (
  const [what, message] of [
    ["key events", [4, 1, 0, 0, 0, 0, 0, 97]],
    ["pointer events", [5, 1, 0, 10, 0, 10]],
    ["update requests", [3, 0, 0, 0, 0, 0, 0, 200, 0, 150]],
    ["pixel formats", [0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0]],
    ["encodings", [2, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 5]],
  ] as const
) {
  Deno.test(`a flood of 50 000 ${what} makes nobody wait`, async () => {
    const flood = new Uint8Array(message.length * 50_000);
    for (let at = 0; at < flood.length; at += message.length) flood.set(message, at);
    await beside((attacker) => attacker.send(flood));
  });
}

Deno.test("rectangles outside of the screen are asked for in vain", async () => {
  await beside(async (attacker) => {
    for (const [x, y, w, h] of [[65535, 65535, 65535, 65535], [0, 0, 0, 0], [199, 149, 65535, 65535]]) {
      await attacker.send(bytes(3, 0, ...u16(x!), ...u16(y!), ...u16(w!), ...u16(h!)));
    }
    await attacker.refresh();
  });
});

for (const choice of [0, 1, 19, 255]) {
  Deno.test(`security type ${choice} is not to be had where only 2 is offered (CVE-2006-2369)`, async () => {
    await beforeLogin(async (wire) => {
      await wire.write(await wire.bytes(12));
      assert.deepEqual([...await wire.bytes(2)], [1, 2]);
      await wire.write(bytes(choice, 1, 1, 1));
      assert.equal(await wire.u32(), 1);
      await wire.end();
    }, { password: "geheim" });
  });
}

/** Through the handshake up to VeNCrypt's subtype, on a server that offers name and password in clear. */
async function chooseVeNCrypt(wire: Wire, subtype: number): Promise<void> {
  await wire.write(await wire.bytes(12));
  await wire.bytes(await wire.u8());
  await wire.write(bytes(19));
  await wire.bytes(2);
  await wire.write(bytes(0, 2));
  await wire.bytes(1);
  await wire.bytes(4 * await wire.u8());
  await wire.write(bytes(...u32(subtype)));
}

/** Keeps the RSA key, which takes long to make. */
const state = await Deno.makeTempDir({ prefix: "porthole-keys-" });
globalThis.addEventListener("unload", () => Deno.removeSync(state, { recursive: true }));

const HASH = `scrypt$2$1$1$${"A".repeat(22)}$${"A".repeat(43)}`;
const USERS = new Map([["anna", { name: "anna", role: "owner", hash: HASH } as const]]);

for (const length of [1024, 2 ** 31, 2 ** 32 - 1]) {
  Deno.test(`VeNCrypt Plain takes no name of ${length} bytes`, async () => {
    await beforeLoginByName(async (wire) => {
      await chooseVeNCrypt(wire, 256);
      await wire.write(bytes(...u32(length), ...u32(4)));
      assert.equal(await wire.u32(), 1);
      assert.match(new TextDecoder().decode(await wire.bytes(await wire.u32())), /longer than 1023/);
      await wire.end();
    });
  });
}

for (const subtype of [0, 1, 2, 257, 258, 259, 262, 2 ** 32 - 1]) {
  Deno.test(`VeNCrypt subtype ${subtype} is not to be had where it is not offered`, async () => {
    await beforeLoginByName(async (wire) => {
      await chooseVeNCrypt(wire, subtype);
      await wire.end();
    });
  });
}

for (
  const [what, message] of [
    ["512 bits", [...u32(512), ...new Array(128).fill(255)]],
    ["16384 bits", [...u32(16384)]],
    ["2^31 bits", [...u32(2 ** 31)]],
    ["an even modulus", [...u32(1024), 128, ...new Array(127).fill(0), ...new Array(127).fill(0), 3]],
    ["an exponent of 1", [...u32(1024), ...new Array(128).fill(255), ...new Array(127).fill(0), 1]],
    ["an exponent of 0", [...u32(1024), ...new Array(128).fill(255), ...new Array(128).fill(0)]],
    ["another length than it says", [
      ...u32(1024),
      1,
      ...new Array(127).fill(255),
      ...new Array(127).fill(0),
      3,
    ]],
  ] as const
) {
  Deno.test(`RSA-AES takes no key with ${what}`, async () => {
    await beforeLoginByName(async (wire) => {
      await wire.write(await wire.bytes(12));
      await wire.bytes(await wire.u8());
      await wire.write(bytes(130));
      const length = Math.ceil(await wire.u32() / 8);
      await wire.bytes(2 * length);
      await wire.write(Uint8Array.from(message));
      await wire.end();
    });
  });
}

for (const [what, first] of [["plain bytes", [71, 69, 84, 32]], ["a drip of a ClientHello", [22]]] as const) {
  Deno.test(`TLS that begins with ${what} holds nobody up (CVE-2016-10207)`, async () => {
    await using server = await TestServer.start({ encryption: "always", shared: "always" });
    using wire = await RfbClient.open({ port: server.server.port, timeoutMs: 8000 });
    await chooseVeNCrypt(wire, 260);
    assert.equal(await wire.u8(), 1);
    await wire.write(Uint8Array.from(first));
    await wire.end();
    assert.equal(server.server.status().pending, 0);
  });
}

Deno.test("padding is 0 in what is sent, and the same twice (CVE-2019-15681)", async () => {
  await using server = await TestServer.start({ shared: "always" });
  const greeting = async () => {
    using wire = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
    await wire.write(await wire.bytes(12));
    await wire.bytes(2);
    await wire.write(bytes(1, 1));
    const init = await wire.bytes(28);
    await wire.bytes(await Promise.resolve(init[27]!));
    await wire.write(bytes(3, 0, 0, 0, 0, 0, 0, 200, 0, 150));
    return [...init, ...await wire.bytes(16 + 200 * 150 * 4)];
  };
  const first = await greeting();
  assert.deepEqual(first, await greeting());
});

async function beforeLoginByName(attack: (wire: Wire) => Promise<void>): Promise<void> {
  await using server = await TestServer.start({ users: USERS, stateFolder: state });
  using wire = await RfbClient.open({ port: server.server.port, timeoutMs: 8000 });
  await attack(wire);
  assert.deepEqual(server.server.sessions, []);
}
