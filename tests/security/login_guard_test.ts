/**
 * Who has to wait after failed logins, and who has not.
 *
 * @module
 */
import assert from "node:assert/strict";
import { AuthenticationError, RefusedError } from "../../lib/core/errors.ts";
import { PEER_LIMITS } from "../../lib/core/limits.ts";
import { LoginGuard, type LoginGuardOptions } from "../../lib/security/login_guard.ts";
import type { Peer } from "../../lib/transport/transport.ts";

const RULES = { failures: 2, firstMs: 1000, longestMs: 4000, memoryMs: 10_000 };

function peer(address: string, local = false): Peer {
  return { transport: "tcp", address, local, encrypted: local };
}

/** A clock that is set by hand, and a guard that looks at it. */
function guarded(options: LoginGuardOptions = {}) {
  const clock = { time: 1_000_000, now: () => clock.time };
  const guard = new LoginGuard(clock, { rules: RULES, ...options });
  const fail = (address: string, user = "anna", local = false) =>
    guard.attempt(peer(address, local), user, () => undefined).then(() => "in", (error: Error) => error);
  const succeed = (address: string, user = "anna") =>
    guard.attempt(peer(address), user, () => true).then(() => "in", (error: Error) => error);
  return { clock, guard, fail, succeed };
}

function isLocked(result: unknown, seconds: number): boolean {
  return result instanceof RefusedError && result.message.includes(`try again in ${seconds} s`);
}

Deno.test("LoginGuard locks after some failures, longer each time, and says how long", async () => {
  const { clock, fail, succeed } = guarded();
  for (const seconds of [1, 2, 4, 4]) {
    if (seconds === 1) assert.ok(!isLocked(await fail("192.0.2.7:1000"), 1));
    assert.ok(!((await fail("192.0.2.7:1001")) instanceof RefusedError), "one attempt is free");
    assert.ok(isLocked(await succeed("192.0.2.7:1002"), seconds), "even the right one waits");
    clock.time += seconds * 1000;
  }
  assert.equal(await succeed("192.0.2.7:1003"), "in");
});

Deno.test("LoginGuard forgets after a login, and after a while", async () => {
  const { clock, fail, succeed, guard } = guarded();
  await fail("192.0.2.7:1");
  assert.equal(await succeed("192.0.2.7:1"), "in");
  await fail("192.0.2.7:1");
  clock.time += RULES.memoryMs + 1;
  await fail("192.0.2.7:1");
  assert.deepEqual(guard.locks, []);
});

Deno.test("LoginGuard locks one user from one address, and nobody else", async () => {
  const { fail, succeed, guard } = guarded();
  await fail("192.0.2.7:1");
  await fail("192.0.2.7:1");
  assert.equal(await succeed("192.0.2.8:1"), "in", "the same user elsewhere");
  assert.equal(await succeed("192.0.2.7:1", "berta"), "in", "another user there");
  assert.deepEqual(guard.locks.map(({ address, user }) => [address, user]), [["192.0.2.7", "anna"]]);
  assert.equal(guard.clear("192.0.2.7"), 1);
  assert.equal(await succeed("192.0.2.7:1"), "in");
});

Deno.test("LoginGuard does not count logins of which nobody could say whether they were right", async () => {
  const { clock, fail, succeed, guard } = guarded();
  const broken = () =>
    guard.attempt(
      peer("192.0.2.7:1"),
      "anna",
      () => Promise.reject(new AuthenticationError("try again later")),
    );
  for (let i = 0; i < 5; i++) await assert.rejects(broken(), /try again later/);
  assert.deepEqual(guard.locks, []);
  await fail("192.0.2.7:1");
  await assert.rejects(broken(), /try again later/);
  assert.deepEqual(guard.locks, [], "one failure is free, and there has been one");
  assert.equal(await succeed("192.0.2.7:1"), "in");
  await fail("192.0.2.7:1");
  await fail("192.0.2.7:1");
  assert.ok(isLocked(await broken().catch((error) => error), 1), "a lock is not got round");
  assert.equal(guard.locks.length, 1);
  clock.time += 1000;
  await assert.rejects(broken(), /try again later/);
  assert.deepEqual(guard.locks, [], "no longer lock comes of it either");
});

Deno.test("LoginGuard takes the addresses of one IPv6 network for one", async () => {
  const { fail, succeed } = guarded();
  await fail("[2001:db8:1:2:3:4:5:6]:1");
  await fail("[2001:db8:1:2:ffff::7]:1");
  assert.ok(isLocked(await succeed("[2001:db8:1:2::9]:1"), 1));
  assert.equal(await succeed("[2001:db8:1:3::9]:1"), "in");
});

Deno.test("LoginGuard locks nobody out from this machine: tunnels and proxies come from there", async () => {
  const { fail, guard } = guarded();
  for (let i = 0; i < 4; i++) {
    const result = await fail("127.0.0.1:1", "anna", true);
    assert.ok(result instanceof AuthenticationError && !(result instanceof RefusedError));
  }
  assert.deepEqual(guard.locks, []);
});

Deno.test("LoginGuard counts logins that are under way, so that many at once are no way around", async () => {
  const { fail } = guarded();
  const results = await Promise.all(Array.from({ length: 6 }, (_, i) => fail(`192.0.2.7:${i}`)));
  assert.equal(results.filter((result) => result instanceof RefusedError).length, 4);
});

Deno.test("LoginGuard keeps a bounded number of entries", async () => {
  const { guard, clock } = guarded();
  const attempts: Promise<unknown>[] = [];
  for (let i = 0; i < 5000; i++) {
    const address = `192.0.${i >> 8}.${i & 255}:1`;
    attempts.push(guard.attempt(peer(address), "", () => undefined).catch(() => {}));
  }
  await Promise.all(attempts);
  assert.ok(guard.clear() <= 4096);
  assert.ok(clock.time > 0);
});

Deno.test("LoginGuard locks nobody out who comes through a proxy, here or named", async () => {
  const { fail, succeed, guard } = guarded();
  for (const address of ["127.0.0.1:1", "127.0.0.53:1", "[::1]:1", "[::ffff:127.0.0.1]:1"]) {
    for (let i = 0; i < 4; i++) await fail(address);
    assert.equal(await succeed(address), "in", address);
  }
  const named = { ...peer("192.0.2.80:1"), proxy: true };
  for (let i = 0; i < 4; i++) await guard.attempt(named, "anna", () => undefined).catch(() => {});
  assert.equal(await guard.attempt(named, "anna", () => "in"), "in");
  assert.deepEqual(guard.locks, []);
});

Deno.test("LoginGuard locks one user of this machine where it is known who that is", async () => {
  const { guard } = guarded();
  const at = (address: string) => ({ ...peer(address, true), trusted: false });
  for (let i = 0; i < 3; i++) await guard.attempt(at("unix:mallory"), "", () => undefined).catch(() => {});
  assert.deepEqual(guard.locks.map(({ address }) => address), ["unix:mallory"]);
  assert.equal(await guard.attempt(at("unix:anna"), "", () => "in"), "in");
});

Deno.test("LoginGuard tells of each lock, and for how long", async () => {
  const told: unknown[] = [];
  const { fail, clock } = guarded({ locked: (event) => void told.push(event) });
  await fail("192.0.2.7:1");
  await fail("192.0.2.7:2");
  await fail("192.0.2.7:3");
  clock.time += 1000;
  await fail("192.0.2.7:4");
  assert.deepEqual(told, [
    { address: "192.0.2.7", user: "anna", failures: 2, seconds: 1 },
    { address: "192.0.2.7", user: "anna", failures: 3, seconds: 2 },
  ]);
});

Deno.test("LoginGuard clears addresses however they are written", async () => {
  const { fail, guard } = guarded();
  const forms = ["192.0.2.7", "192.0.2.7:99"].map((form) => ["192.0.2.7:1", form] as const);
  const network = ["2001:db8:0:1::/64", "2001:db8:0:1::9", "[2001:db8:0:1::9]", "[2001:db8:0:1::9]:77"];
  for (const [peer, form] of [...forms, ...network.map((form) => ["[2001:db8:0:1::7]:1", form] as const)]) {
    await fail(peer);
    assert.equal(guard.clear("192.0.2.70"), 0);
    assert.equal(guard.clear(form), 1, form);
  }
});

Deno.test("LoginGuard takes what :: leaves out for part of the network", async () => {
  const { fail, guard } = guarded();
  await fail("[2001:db8::7]:1");
  await fail("[2001:db8:0:0:1::8]:1");
  assert.deepEqual(guard.locks.map(({ address }) => address), ["2001:db8:0:0::/64"]);
});

Deno.test("LoginGuard answers every failure after the same time, known user or not", async () => {
  const { guard } = guarded();
  const times: number[] = [];
  for (const verify of [() => undefined, () => Promise.resolve(undefined)]) {
    const start = performance.now();
    await guard.attempt(peer("192.0.2.9:1"), "x", verify).catch(() => {});
    times.push(performance.now() - start);
  }
  for (const time of times) assert.ok(time >= PEER_LIMITS.failedLoginMs - 2, `${time} ms`);
});
