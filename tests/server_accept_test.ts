/**
 * Peers that come by none of the server's ports.
 *
 * @module
 */
import assert from "node:assert/strict";
import { memoryTransports, VNCServer } from "../lib/mod.ts";
import { MemoryServer, remotePeer } from "./support/memory_server.ts";
import { startMemoryTls } from "./support/memory_tls.ts";
import { logIn } from "./support/rfb/security_client.ts";

Deno.test("VNCServer.accept() gives a session to a peer that has come by another way", async () => {
  await using server = await MemoryServer.start();
  const [theirs, ours] = memoryTransports();
  server.server.accept(theirs);
  const { transport, name } = await logIn(ours, { type: 1 }, startMemoryTls);
  assert.match(name, /Porthole/);
  assert.deepEqual(server.server.sessions.map(({ transport, address }) => [transport, address]), [
    ["memory", "memory"],
  ]);
  transport[Symbol.dispose]();
});

Deno.test("VNCServer.accept() trusts a peer as far as its transport says who it is", async () => {
  await using server = await MemoryServer.start();
  const [theirs, ours] = memoryTransports(remotePeer(1));
  server.server.accept(theirs);
  await assert.rejects(
    logIn(ours, { type: 1 }, startMemoryTls),
    /no password, so only viewers on its own machine/,
  );
});

Deno.test("VNCServer.accept() closes at once what allow and deny do not want", async () => {
  await using server = await MemoryServer.start({ deny: ["198.18.0.0/15"], insecureNoAuth: true });
  const [theirs, ours] = memoryTransports(remotePeer(1));
  server.server.accept(theirs);
  await assert.rejects(logIn(ours, { type: 1 }, startMemoryTls), { name: "DisconnectedError" });
  assert.equal(server.server.status().pending, 0);
});

Deno.test("VNCServer.accept() is for servers that run", async () => {
  const server = new VNCServer({ display: "pattern:" });
  assert.throws(() => server.accept(memoryTransports()[0]), { name: "TypeError" });
  const running = await MemoryServer.start();
  await running.server.stop();
  assert.throws(() => running.server.accept(memoryTransports()[0]), { name: "TypeError" });
});
