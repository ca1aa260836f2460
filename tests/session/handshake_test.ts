/**
 * How sessions begin, over a real socket (RFC 6143 §7.1 to §7.3).
 *
 * @module
 */
import assert from "node:assert/strict";
import { Refused, RfbClient, type Wire } from "../support/rfb_client.ts";
import { TestServer, type TestServerOptions } from "../support/test_server.ts";

const ascii = (text: string) => new TextEncoder().encode(text);

/** A connection that has read the server's version and sent its own. */
async function greeted(server: TestServer, version: string): Promise<Wire> {
  const wire = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
  assert.deepEqual(await wire.bytes(12), ascii("RFB 003.008\n"));
  await wire.write(ascii(`RFB ${version}\n`));
  return wire;
}

async function reasonOf(wire: Wire): Promise<string> {
  const length = new DataView((await wire.bytes(4)).slice().buffer).getUint32(0);
  return new TextDecoder().decode(await wire.bytes(length));
}

for (const announced of ["003.003", "003.005", "003.006", "003.004", "003.000"]) {
  Deno.test(`handshake() goes on by the rules of 3.3 with a client that says ${announced} (§7.1.2)`, async () => {
    await using server = await TestServer.start();
    using wire = await greeted(server, announced);
    assert.deepEqual([...await wire.bytes(4)], [0, 0, 0, 1], "None, as a u32, and no SecurityResult");
    await wire.write(Uint8Array.of(1));
    assert.deepEqual([...await wire.bytes(4)], [0, 200, 0, 150]);
  });
}

Deno.test("handshake() sends 3.7 clients no SecurityResult after None (§7.1.3)", async () => {
  await using server = await TestServer.start();
  using wire = await greeted(server, "003.007");
  assert.deepEqual([...await wire.bytes(2)], [1, 1]);
  await wire.write(Uint8Array.of(1, 1));
  assert.deepEqual([...await wire.bytes(4)], [0, 200, 0, 150]);
});

for (const announced of ["003.008", "003.889", "003.014", "003.016"]) {
  Deno.test(`handshake() goes on by the rules of 3.8 with a client that says ${announced}`, async () => {
    await using server = await TestServer.start();
    using wire = await greeted(server, announced);
    assert.deepEqual([...await wire.bytes(2)], [1, 1]);
    await wire.write(Uint8Array.of(1));
    assert.deepEqual([...await wire.bytes(4)], [0, 0, 0, 0]);
    await wire.write(Uint8Array.of(1));
    assert.deepEqual([...await wire.bytes(4)], [0, 200, 0, 150]);
  });
}

Deno.test("handshake() tells a client of another major version why it cannot come in", async () => {
  await using server = await TestServer.start();
  using wire = await greeted(server, "004.001");
  assert.deepEqual([...await wire.bytes(1)], [0]);
  assert.match(await reasonOf(wire), /4\.1 is not supported/);
  await wire.end();
});

Deno.test("handshake() closes on what is no RFB client", async () => {
  await using server = await TestServer.start();
  using wire = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
  await wire.bytes(12);
  await wire.write(ascii("GET / HTTP/1.1\r\n\r\n"));
  await wire.end();
});

for (const version of ["003.003", "003.007", "003.008"]) {
  Deno.test(`VNC Authentication lets the right password in and no other, in RFB ${version} (§7.2.2)`, async () => {
    await using server = await TestServer.start({ password: "rightone", viewOnlyPassword: "lookonly" });
    await using client = await server.connect({ version, password: "rightone" });
    assert.equal(client.width, 200);
    await using looker = await server.connect({ version, password: "lookonly" });
    assert.equal(looker.width, 200);
    assert.deepEqual(server.server.sessions.map((session) => session.viewOnly), [false, true]);
    for (const password of ["wrong", "", "rightonf", "RIGHTONE"]) {
      await assert.rejects(server.connect({ version, password }), Refused);
    }
  });
}

Deno.test("VNC Authentication looks at eight bytes of a password, as all servers do", async () => {
  await using server = await TestServer.start({ password: "12345678 and more" });
  await using client = await server.connect({ password: "12345678" });
  assert.equal(client.width, 200);
});

Deno.test("a peer that says nothing is closed after its time, and the others do not notice", async () => {
  await using server = await TestServer.start({ limits: { handshakeMs: 150 } });
  await using client = await server.connect();
  using silent = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
  await silent.bytes(12);
  await silent.end();
  await client.refresh();
});

Deno.test("a peer that does not finish its login is closed after its time", async () => {
  await using server = await TestServer.start({
    password: "x",
    limits: { handshakeMs: 1000, loginMs: 2000 },
  });
  using wire = await greeted(server, "003.008");
  await wire.bytes(2);
  await wire.write(Uint8Array.of(2));
  await wire.bytes(16);
  const started = performance.now();
  await wire.end();
  assert.ok(performance.now() - started > 1000, "the time to type a password is the longer one");
});

Deno.test("peers that have not logged in are limited in number, in all and per address", async () => {
  await using server = await TestServer.start({ limits: { pendingConnectionsPerAddress: 3 } });
  const wires = await Promise.all(
    Array.from({ length: 3 }, () => RfbClient.open({ port: server.server.port, timeoutMs: 5000 })),
  );
  for (const wire of wires) await wire.bytes(12);
  using refused = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
  await refused.end();
  wires[0]!.close();
  // The place is free as soon as the server has noticed.
  await using client = await retry(() => server.connect());
  assert.equal(client.width, 200);
  for (const wire of wires) wire.close();
});

Deno.test("a full server tells why (max_connections)", async () => {
  await using server = await TestServer.start({ maxConnections: 1 });
  await using _first = await server.connect();
  await assert.rejects(server.connect(), (error: Error) => {
    assert.ok(error instanceof Refused);
    assert.match(error.message, /All 1 places/);
    return true;
  });
});

async function policy(options: TestServerOptions): Promise<TestServer> {
  return await TestServer.start(options);
}

Deno.test('shared "disconnect": a client that does not share sends the others away (§7.3.1)', async () => {
  await using server = await policy({ shared: "disconnect" });
  await using first = await server.connect({ shared: true });
  await using second = await server.connect({ shared: true });
  await first.refresh();
  await second.refresh();
  await using third = await server.connect({ shared: false });
  await third.refresh();
  await first.wire.end();
  await second.wire.end();
});

Deno.test('shared "always": nobody is sent away', async () => {
  await using server = await policy({ shared: "always" });
  await using first = await server.connect({ shared: false });
  await using second = await server.connect({ shared: false });
  await first.refresh();
  await second.refresh();
});

Deno.test('shared "never": a client that does not share is refused while others are there', async () => {
  await using server = await policy({ shared: "never" });
  await using first = await server.connect({ shared: true });
  await assert.rejects(server.connect({ shared: false, timeoutMs: 1000 }));
  await using second = await server.connect({ shared: true });
  await first.refresh();
  await second.refresh();
});

Deno.test("bytes may come one at a time", async () => {
  await using server = await TestServer.start();
  using wire = await RfbClient.open({ port: server.server.port, timeoutMs: 5000 });
  await wire.bytes(12);
  const all = [...ascii("RFB 003.008\n"), 1, 1, 3, 0, 0, 0, 0, 0, 0, 1, 0, 1];
  for (const byte of all) await wire.write(Uint8Array.of(byte));
  assert.deepEqual([...await wire.bytes(6)], [1, 1, 0, 0, 0, 0]);
  const init = await wire.bytes(24);
  const nameLength = init[23]!;
  await wire.bytes(nameLength);
  assert.deepEqual([...await wire.bytes(20)], [0, 0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
});

async function retry<T>(attempt: () => Promise<T>): Promise<T> {
  for (let tries = 0;; tries++) {
    try {
      return await attempt();
    } catch (error) {
      if (tries === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
