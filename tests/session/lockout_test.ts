/**
 * What failed logins come to, over whole connections from several addresses: who has to wait, what they are told, and
 * what the operator sees and can do.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { LoginLocked } from "../../lib/core/observer.ts";
import { hashPassword } from "../../lib/security/users.ts";
import { memoryTransports } from "../../lib/transport/memory.ts";
import type { Peer } from "../../lib/transport/transport.ts";
import { Refused, RfbClient } from "../support/rfb_client.ts";
import { TestServer, type TestServerOptions } from "../support/test_server.ts";

const PASSWORD = "rightone";

class Scene implements AsyncDisposable {
  readonly locked: LoginLocked[] = [];
  #server: TestServer | undefined;

  static async start(options: TestServerOptions = {}): Promise<Scene> {
    const scene = new Scene();
    const observers = [{ loginLocked: (event: LoginLocked) => void scene.locked.push(event) }];
    scene.#server = await TestServer.start({ password: PASSWORD, observers, shared: "always", ...options });
    return scene;
  }

  get server(): TestServer["server"] {
    return this.#server!.server;
  }

  /** Tries to log in. @returns "in", or what the peer is told. */
  async login(address: string, password: string, more: Partial<Peer> = {}): Promise<string> {
    const peer: Peer = { transport: "tcp", address, local: false, encrypted: false, ...more };
    const [theirs, ours] = memoryTransports(peer);
    this.server.accept(theirs);
    const stream = {
      read: (buffer: Uint8Array) => ours.read(buffer),
      write: (bytes: Uint8Array) => ours.write(bytes).then(() => bytes.length),
      close: () => ours[Symbol.dispose](),
    };
    try {
      await using _client = await RfbClient.connect({ stream, password, timeoutMs: 5000 });
      return "in";
    } catch (error) {
      if (error instanceof Refused) return error.reason;
      throw error;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }
}

Deno.test("A peer that fails too often has to wait, is told how long, and nobody else has to", async () => {
  await using scene = await Scene.start();
  for (let i = 0; i < 5; i++) {
    assert.equal(await scene.login(`192.0.2.7:${i}`, "wrong"), "Authentication failed");
  }
  assert.match(await scene.login("192.0.2.7:6", PASSWORD), /^Too many failed logins: try again in \d+ s/);
  assert.equal(await scene.login("192.0.2.8:1", PASSWORD), "in");
  assert.deepEqual(scene.locked, [{ address: "192.0.2.7", user: "", failures: 5, seconds: 10 }]);
  const { lockouts, unlock } = scene.server.operations;
  assert.deepEqual(lockouts().map(({ address, failures }) => [address, failures]), [["192.0.2.7", 5]]);
  assert.match(scene.server.metrics!.text(), /^porthole_login_lockouts_total 1$/m);
  assert.equal(unlock("192.0.2.7"), 1);
  assert.equal(await scene.login("192.0.2.7:7", PASSWORD), "in");
});

Deno.test("Connections that end before they have failed are no failed logins", async () => {
  await using scene = await Scene.start();
  for (let i = 0; i < 8; i++) {
    const [theirs, ours] = memoryTransports({
      transport: "tcp",
      address: `192.0.2.7:${i}`,
      local: false,
      encrypted: false,
    });
    scene.server.accept(theirs);
    await ours.read(new Uint8Array(12));
    ours[Symbol.dispose]();
  }
  while (scene.server.status().pending > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  assert.equal(await scene.login("192.0.2.7:9", PASSWORD), "in");
});

for (
  const [what, address, more] of [
    ["from this machine", "127.0.0.1:1", { local: true, encrypted: true }],
    ["through a proxy on this machine", "127.0.0.1:1", {}],
    ["through a proxy that does not tell for whom", "192.0.2.80:1", { proxy: true }],
  ] as const
) {
  Deno.test(`One that fails ${what} locks out nobody who comes the same way`, async () => {
    await using scene = await Scene.start();
    for (let i = 0; i < 7; i++) await scene.login(address, "wrong", more);
    assert.equal(await scene.login(address, PASSWORD, more), "in");
    assert.deepEqual(scene.locked, []);
  });
}

Deno.test("A user is locked from one address, and others from there are not", async () => {
  const hash = await hashPassword("right");
  const users = new Map(
    ["anna", "berta"].map((name) => [name, { name, role: "operator" as const, hash }]),
  );
  await using scene = await Scene.start({ password: "", users });
  const peer: Peer = { transport: "tcp", address: "192.0.2.7:1", local: false, encrypted: false };
  const { logins } = scene.server;
  const wrong = () => logins.attempt(peer, "anna", () => undefined).catch(() => {});
  await Promise.all([wrong(), wrong(), wrong(), wrong(), wrong()]);
  await assert.rejects(logins.attempt(peer, "anna", () => "in"), /try again/);
  assert.equal(await logins.attempt(peer, "berta", () => "in"), "in");
});
