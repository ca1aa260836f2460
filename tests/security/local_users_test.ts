/** Users of this machine at its Unix socket. @module */
import assert from "node:assert/strict";
import { LocalUsers } from "../../lib/security/local_users.ts";

const PASSWD = `root:x:0:0:root:/root:/bin/sh
alice:x:1000:1000::/home/alice:/bin/sh
alias:x:1000:1000::/home/alice:/bin/sh
bob:x:1001:1001::/home/bob:/bin/sh

broken line
nobody:x:65534:65534::/:/bin/false
`;

function trusted(users: readonly string[], uid: number, self = 1001): boolean | undefined {
  return new LocalUsers(users, PASSWD, self).peer({ pid: 7, uid, gid: 1 }, true).trusted;
}

Deno.test("LocalUsers trusts those that are listed by name, by number, and who runs the server", () => {
  assert.deepEqual([0, 1000, 1001].map((uid) => trusted(["@self", "root"], uid)), [true, false, true]);
  assert.deepEqual([0, 1000, 1001].map((uid) => trusted(["alias"], uid)), [false, true, false]);
  assert.deepEqual([0, 1000, 4711].map((uid) => trusted(["4711"], uid)), [false, false, true]);
  assert.deepEqual([0, 1001].map((uid) => trusted([], uid)), [false, false]);
});

Deno.test("LocalUsers gives a peer the first name of its user", () => {
  const users = new LocalUsers([], PASSWD, 1001);
  const alice = users.peer({ pid: 7, uid: 1000, gid: 1 }, true);
  assert.equal(alice.address, "unix:alice");
  assert.deepEqual(alice.owner, { pid: 7, uid: 1000, gid: 1, name: "alice" });
  assert.equal(users.peer({ pid: 7, uid: 4711, gid: 1 }, true).address, "unix:uid-4711");
});

Deno.test("LocalUsers leaves a peer that nobody knows to the socket's mode", () => {
  const users = new LocalUsers(["root"], PASSWD, 1001);
  assert.equal(users.peer(undefined, true).trusted, undefined);
  assert.equal(users.peer(undefined, false).trusted, false);
});

for (const user of ["carol", "", "@me", "99999999999", "4294967295", "-1"]) {
  Deno.test(`LocalUsers refuses "${user}"`, () => {
    assert.throws(() => new LocalUsers([user], PASSWD, 1001), RangeError);
  });
}

Deno.test("LocalUsers does without knowing who it is", () => {
  assert.equal(
    new LocalUsers(["@self", "root"], "", undefined).peer({ pid: 1, uid: 0, gid: 0 }, true).trusted,
    true,
  );
});
