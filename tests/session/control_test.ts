/**
 * Who controls the desktop, over real connections: what counts, what is released, what viewers are told; and what users'
 * roles are good for.
 *
 * @module
 */
import assert from "node:assert/strict";
import { MemoryClipboard } from "../../lib/clipboard/memory.ts";
import { DiscardedInput, type InputRecord } from "../../lib/input/discard.ts";
import { hashPassword, type Role, type Users } from "../../lib/security/users.ts";
import { Encoding, RfbClient, type Wire } from "../support/rfb_client.ts";
import { TestServer, type TestServerOptions } from "../support/test_server.ts";

const PASSWORD = "a pass phrase";
const HASH = await hashPassword(PASSWORD);
const USERS: Users = new Map(
  (["owner", "operator", "viewer"] as Role[]).map((role) => [role, { name: role, role, hash: HASH }]),
);

/** VeNCrypt Plain (rfbproto), as a user of that role. */
function as(role: Role): Readonly<Record<number, (wire: Wire) => Promise<void>>> {
  const u32 = (value: number) => [0, 0, 0, value];
  return {
    19: async (wire) => {
      assert.deepEqual([...await wire.bytes(2)], [0, 2]);
      await wire.write(Uint8Array.of(0, 2));
      assert.equal((await wire.bytes(1))[0], 0);
      await wire.bytes((await wire.bytes(1))[0]! * 4);
      await wire.write(Uint8Array.from([0, 0, 1, 0]));
      const [name, password] = [role, PASSWORD].map((text) => new TextEncoder().encode(text)) as [
        Uint8Array,
        Uint8Array,
      ];
      await wire.write(
        Uint8Array.from([...u32(name.length), ...u32(password.length), ...name, ...password]),
      );
    },
  };
}

class Scene implements AsyncDisposable {
  readonly records: InputRecord[] = [];
  readonly clipboard = new MemoryClipboard();
  #server: TestServer | undefined;

  static async start(options: TestServerOptions = {}): Promise<Scene> {
    const scene = new Scene();
    scene.#server = await TestServer.start({
      inputControlPolicy: "single-controller",
      input: new DiscardedInput(scene.records),
      clipboardBackend: scene.clipboard,
      ...options,
    });
    return scene;
  }

  get server(): TestServer {
    return this.#server!;
  }

  /** Keys that went down, in order. */
  get presses(): number[] {
    return this.records.flatMap((one) => one.type === "key" && one.down ? [one.keysym] : []);
  }

  get controls(): boolean[] {
    return this.server.server.sessions.map(({ hasControl }) => hasControl);
  }

  user(role: Role, shared = true): Promise<RfbClient> {
    return this.server.connect({ securityType: 19, security: as(role), shared });
  }

  /** All that a client has sent so far is dealt with: messages are in order. */
  async heard(client: RfbClient): Promise<void> {
    await client.requestUpdate();
    await client.nextUpdate();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#server?.[Symbol.asyncDispose]();
  }
}

const [A, B, C, SHIFT] = [0x61, 0x62, 0x63, 0xffe1];

Deno.test("Sessions take turns under single-controller, and held keys and buttons are released", async () => {
  await using scene = await Scene.start();
  await using first = await scene.server.connect();
  await using second = await scene.server.connect();
  assert.deepEqual(scene.controls, [true, false]);
  await first.key(SHIFT, true);
  await first.pointer(5, 5, 1);
  await scene.heard(first);
  await second.type(B);
  await second.pointer(9, 9, 0);
  await scene.heard(second);
  assert.deepEqual(scene.presses, [SHIFT]);
  assert.equal(scene.server.server.operations.giveControl(2), undefined);
  assert.deepEqual(scene.controls, [false, true]);
  const released = scene.records.slice(-2);
  assert.deepEqual(released, [
    { type: "key", keysym: SHIFT, scancode: 0, down: false },
    { type: "pointer", at: { x: 5, y: 5 }, buttons: 0 },
  ]);
  await first.pointer(6, 6, 1); // still dragging
  await first.key(A, true);
  await scene.heard(first);
  await second.type(C);
  await scene.heard(second);
  assert.deepEqual(scene.presses, [SHIFT, C]);
});

Deno.test("A button that was held before control came does not count until it is up", async () => {
  await using scene = await Scene.start();
  await using _first = await scene.server.connect();
  await using second = await scene.server.connect();
  await second.pointer(5, 5, 1);
  await scene.heard(second);
  scene.server.server.operations.giveControl(2);
  await second.pointer(6, 6, 1);
  await second.pointer(6, 6, 0);
  await second.pointer(6, 6, 1);
  await scene.heard(second);
  assert.deepEqual(scene.records.map((one) => one.type === "pointer" && one.buttons), [0, 0, 1]);
});

Deno.test("Control is free when its session has gone, and the next press takes it", async () => {
  await using scene = await Scene.start();
  const first = await scene.server.connect();
  await using second = await scene.server.connect({ encodings: [Encoding.Raw, Encoding.DesktopName] });
  await second.refresh();
  assert.match(second.name, /waiting for control/);
  await first[Symbol.asyncDispose]();
  while (scene.server.server.sessions.length > 1) await new Promise((resolve) => setTimeout(resolve, 5));
  await second.type(A, B);
  await scene.heard(second);
  assert.deepEqual(scene.presses, [A, B]);
  while (/waiting/.test(second.name)) {
    await second.requestUpdate();
    await second.nextUpdate();
  }
});

Deno.test("A session without control sees the clipboard but cannot change it, nor the size", async () => {
  await using scene = await Scene.start();
  await using first = await scene.server.connect();
  await using second = await scene.server.connect({
    encodings: [Encoding.Raw, Encoding.ExtendedDesktopSize],
  });
  await second.refresh();
  await second.cutText("not this");
  await scene.heard(second);
  assert.equal(scene.clipboard.text, "");
  await first.cutText("but this");
  assert.equal((await second.nextOf("cut text")).text, "but this");
  assert.equal(scene.clipboard.text, "but this");
});

Deno.test("An owner takes control by a press, an operator waits, a viewer never gets it", async () => {
  await using scene = await Scene.start({ users: USERS });
  await using viewer = await scene.user("viewer");
  await using operator = await scene.user("operator");
  await using owner = await scene.user("owner");
  const roles = scene.server.server.sessions.map(({ role }) => role);
  assert.deepEqual(roles, ["viewer", "operator", "owner"]);
  assert.deepEqual(scene.controls, [false, true, false], "the viewer came first and has not got it");
  await owner.pointer(3, 3, 0);
  await owner.type(A);
  await scene.heard(owner);
  await operator.type(B);
  await scene.heard(operator);
  await viewer.type(C);
  await scene.heard(viewer);
  assert.deepEqual(scene.controls, [false, false, true]);
  assert.deepEqual(scene.presses, [A]);
  assert.match(scene.server.server.operations.giveControl(1)!, /look only/);
});

Deno.test("Only an owner sends others away by wanting the desktop for itself (§7.3.1)", async () => {
  await using scene = await Scene.start({ users: USERS, inputControlPolicy: "shared" });
  await using viewer = await scene.user("viewer", false);
  await using operator = await scene.user("operator", false);
  await using other = await scene.user("owner", true);
  assert.equal(scene.server.server.sessions.length, 3, "viewer and operator have had to share");
  await using _owner = await scene.user("owner", false);
  for (const gone of [viewer, operator, other]) await assert.rejects(gone.nextUpdate());
  assert.deepEqual(scene.server.server.sessions.map(({ role }) => role), ["owner"]);
});

Deno.test("Who may look only sends nobody away", async () => {
  const passwords = { password: "rightone", viewOnlyPassword: "lookonly" };
  await using scene = await Scene.start({ ...passwords, inputControlPolicy: "shared" });
  await using first = await scene.server.connect({ password: "rightone" });
  await using _looker = await scene.server.connect({ password: "lookonly", shared: false });
  await scene.heard(first);
  await using _second = await scene.server.connect({ password: "rightone", shared: false });
  await assert.rejects(first.nextUpdate());
});

Deno.test("Control is taken away from keys that are held when the server is told to change its rules", async () => {
  await using scene = await Scene.start({ inputControlPolicy: "shared" });
  await using first = await scene.server.connect();
  await first.key(A, true);
  await scene.heard(first);
  scene.server.server.reload({ viewOnly: true });
  assert.deepEqual(scene.records.at(-1), { type: "key", keysym: A, scancode: 0, down: false });
  assert.deepEqual(scene.controls, [false]);
  scene.server.server.reload({ viewOnly: false, inputControlPolicy: "single-controller" });
  await using second = await scene.server.connect();
  assert.deepEqual(scene.controls, [false, true], "it came when control was free");
  await second.key(B, true);
  await scene.heard(second);
  await first.type(C);
  await scene.heard(first);
  assert.deepEqual(scene.presses, [A, B]);
  scene.server.server.reload({ inputControlPolicy: "shared" });
  await first.type(C);
  await scene.heard(first);
  assert.deepEqual(scene.presses, [A, B, C]);
});
