/**
 * One-time passwords: how long they hold, and who comes in by them.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Invitations, type InvitationWishes } from "../../lib/security/invitations.ts";
import { typesFor } from "../../lib/security/registry.ts";
import type { Credentials } from "../../lib/security/security_type.ts";
import { hashPassword, type Users } from "../../lib/security/users.ts";
import type { Peer } from "../../lib/transport/transport.ts";
import { Refused } from "../support/rfb/handshake.ts";
import { comeIn } from "../support/rfb/security_client.ts";
import { TestServer } from "../support/test_server.ts";

const MINUTE: InvitationWishes = { role: "operator", validMs: 60_000, uses: 1 };

/** Invitations, what was told of them, and a clock that is set by hand. */
function made() {
  const clock = { time: 5000, now: () => clock.time };
  const told: string[] = [];
  const invitations = new Invitations(clock, ({ invitation, what }) => told.push(`${invitation} ${what}`));
  const redeem = (password: string) => invitations.redeem((expected) => expected === password)?.user;
  return { clock, told, invitations, redeem };
}

Deno.test("Invitations lets in as often as was said, and not once more", () => {
  const { invitations, redeem, told } = made();
  const { id, password, usesLeft, leftMs } = invitations.make({ ...MINUTE, uses: 2 });
  assert.deepEqual({ id, usesLeft, leftMs }, { id: 1, usesLeft: 2, leftMs: 60_000 });
  assert.match(password, /^[a-km-np-z2-9]{8}$/);
  assert.equal(redeem(`${password}x`), undefined);
  assert.equal(redeem(password), "invite:1");
  assert.equal(invitations.open[0]!.usesLeft, 1);
  assert.equal(redeem(password), "invite:1");
  assert.equal(redeem(password), undefined);
  assert.deepEqual([invitations.open, invitations.anyOpen, invitations.anyMade], [[], false, true]);
  assert.deepEqual(told, ["1 made", "1 used", "1 used"]);
});

Deno.test("Invitations lets nobody in from the moment on that one has expired or was taken back", () => {
  const { invitations, redeem, clock, told } = made();
  const { password } = invitations.make(MINUTE);
  clock.time += 59_999;
  assert.equal(invitations.open[0]!.leftMs, 1);
  clock.time += 1;
  assert.equal(redeem(password), undefined);
  const second = invitations.make(MINUTE);
  assert.equal(invitations.revoke(second.id), true);
  assert.equal(invitations.revoke(second.id), false);
  assert.equal(redeem(second.password), undefined);
  assert.deepEqual(told, ["1 made", "1 expired", "2 made", "2 revoked"]);
});

Deno.test("Invitations compares with all that are open, whichever fits", () => {
  const { invitations } = made();
  const passwords = Array.from({ length: 5 }, () => invitations.make({ ...MINUTE, uses: 9 }).password);
  assert.equal(new Set(passwords).size, 5);
  for (const wanted of [...passwords, "nobody's"]) {
    const compared: string[] = [];
    invitations.redeem((password) => {
      compared.push(password);
      return password === wanted;
    });
    assert.deepEqual(compared, passwords);
  }
});

Deno.test("Invitations tells what role whoever is invited has, and shows no secret afterwards", () => {
  const { invitations } = made();
  for (const [role, viewOnly] of [["owner", false], ["operator", false], ["viewer", true]] as const) {
    const { id, password } = invitations.make({ ...MINUTE, role });
    assert.ok(!JSON.stringify(invitations.open).includes(password));
    const principal = invitations.redeem((expected) => expected === password);
    assert.deepEqual(principal, { user: `invite:${id}`, viewOnly, role });
  }
});

Deno.test("Invitations refuses what there cannot be", () => {
  const { invitations } = made();
  for (const change of [{ validMs: 999 }, { validMs: NaN }, { validMs: 31 * 24 * 3600_000 }]) {
    assert.throws(() => invitations.make({ ...MINUTE, ...change }), /holds for 1 to 2592000 seconds/);
  }
  for (const uses of [0, -1, 1.5, 1001]) {
    assert.throws(() => invitations.make({ ...MINUTE, uses }), /1 to 1000 logins/);
  }
  for (let i = 0; i < 100; i++) invitations.make(MINUTE);
  assert.throws(() => invitations.make(MINUTE), /100 open invitations/);
});

const HASH = await hashPassword("Annas Passwort");
const USERS: Users = new Map([["anna", { name: "anna", role: "owner", hash: HASH }]]);
const NOTHING = { password: "", viewOnlyPassword: "", insecureNoAuth: false };
const LOCAL: Peer = { transport: "tcp", address: "127.0.0.1:1", local: true, encrypted: true };
const REMOTE: Peer = { transport: "tcp", address: "192.0.2.7:1", local: false, encrypted: false };

Deno.test("typesFor() opens a server in protected mode to peers elsewhere for as long as somebody is invited", () => {
  const { invitations, clock } = made();
  const key = () => Promise.reject(new Error("is not needed"));
  const credentials: Credentials = { ...NOTHING, invitations, keys: { rsa: key, secure: key } };
  const names = (peer: Peer) => typesFor(peer, credentials).map(({ name }) => name);
  assert.deepEqual([names(LOCAL), names(REMOTE)], [["None"], []]);
  invitations.make(MINUTE);
  assert.deepEqual(names(LOCAL), ["None"], "as before");
  assert.deepEqual(names(REMOTE), ["RA2_256", "RA2", "VeNCrypt", "VNC Authentication"]);
  clock.time += 60_000;
  assert.deepEqual([names(LOCAL), names(REMOTE)], [["None"], []]);
});

/** A folder with the server's RSA key, which takes long to make. */
const state = await Deno.makeTempDir({ prefix: "porthole-keys-" });
globalThis.addEventListener("unload", () => Deno.removeSync(state, { recursive: true }));

const WAYS = [
  { name: "VNC Authentication", client: { type: 2 }, server: { password: "another" } },
  { name: "VNC Authentication beside users", client: { type: 2 }, server: { users: USERS } },
  { name: "VeNCrypt Plain", client: { type: 19, subtype: 256, user: "invite" }, server: { users: USERS } },
  {
    name: "VeNCrypt Plain as anybody",
    client: { type: 19, subtype: 256, user: "x" },
    server: { users: USERS },
  },
  { name: "RA2ne_256", client: { type: 130, user: "invite" }, server: { users: USERS } },
  { name: "RA2_256", client: { type: 129 }, server: { password: "another", encryption: "always" } },
] as const;

const REASON =
  /^Authentication failed: the password is wrong, or a one-time password that has been used up or/;

for (const { name, client, server: options } of WAYS) {
  Deno.test(`${name} lets a one-time password in once, with its role, and tells nobody why not again`, async () => {
    await using test = await TestServer.start({ stateFolder: state, ...options });
    const { server } = test;
    const { port } = server;
    const { id, password, links } = server.invitations.make({ ...MINUTE, role: "viewer" });
    assert.deepEqual(links, [], "there is no page");
    {
      const { transport } = await comeIn({ port, ...client, password });
      using _transport = transport;
      const { user, viewOnly } = server.sessions[0]!;
      assert.deepEqual({ user, viewOnly }, { user: `invite:${id}`, viewOnly: true });
    }
    const short = server.invitations.make(MINUTE);
    assert.equal(server.invitations.revoke(short.id), true);
    const reasons = new Set<string>();
    server.invitations.make(MINUTE); // so that the types are offered still
    for (const wrong of [password, short.password, "abcdefgh", ""]) {
      await assert.rejects(comeIn({ port, ...client, password: wrong }), (error: unknown) => {
        reasons.add((error as Refused).reason);
        return error instanceof Refused && REASON.test(error.reason);
      });
    }
    assert.equal(reasons.size, 1, "used, taken back and unknown are told alike");
  });
}

Deno.test("ServerInvitations.revoke() ends sessions that came in by the invitation, and counts what became of each", async () => {
  await using test = await TestServer.start({ password: "another", metrics: {} });
  const { server } = test;
  const { id, password } = server.invitations.make({ ...MINUTE, uses: 2 });
  await using guest = await test.connect({ password });
  await using other = await test.connect({ password: "another" });
  await guest.refresh();
  assert.equal(server.invitations.revoke(id), true);
  await assert.rejects(guest.nextUpdate());
  await other.refresh();
  assert.equal(server.invitations.revoke(id), false);
  assert.equal(server.invitations.revoke(99), false);
  const text = server.metrics!.text();
  for (const what of ["made", "used", "revoked"]) {
    assert.ok(text.includes(`porthole_invitations_total{what="${what}"} 1\n`), what);
  }
});
