/**
 * The users' file.
 *
 * @module
 */
import assert from "node:assert/strict";
import type { Buffer } from "node:buffer";
import type { scrypt } from "node:crypto";
import { nodeCrypto } from "../../lib/core/node_builtins.ts";
import {
  formatUser,
  hashPassword,
  parseUsers,
  UsersFileError,
  verifyUser,
  withUser,
} from "../../lib/security/users.ts";

const HASH = await hashPassword("ein Passwort: mit Zeichen ✓");

Deno.test("parseUsers() reads what formatUser() writes", () => {
  const users = parseUsers(`# people\n\nanna:owner:${HASH}\r\n  björn:viewer:${HASH}\n`);
  assert.deepEqual([...users.keys()], ["anna", "björn"]);
  assert.deepEqual(parseUsers(Array.from(users.values(), formatUser).join("\n")), users);
});

Deno.test("withUser() changes one line of a file, or adds one, and leaves all else as it is", () => {
  const file =
    `# people\r\n\r\nanna:owner:${HASH}\r\n#björn:owner:${HASH}\n\n  björn:viewer:${HASH}  \n# the end`;
  const other = {
    name: "björn",
    role: "operator",
    hash: HASH,
    totp: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP",
  } as const;
  const line = `björn:operator:${HASH}:totp=${other.totp}`;
  assert.equal(withUser(file, other), file.replace(`  björn:viewer:${HASH}  `, line));
  assert.equal(
    withUser(file, { ...other, name: "anna" }),
    file.replace(`anna:owner:${HASH}`, line.replace("björn", "anna")),
  );
  assert.equal(withUser(file, { ...other, name: "ann" }), `${file}\n${line.replace("björn", "ann")}\n`);
  assert.equal(withUser("", other), `${line}\n`);
  assert.equal(withUser(`björn:viewer:${HASH}`, other), `${line}\n`);
});

Deno.test("verifyUser() knows the right password of the right user only", async () => {
  const users = parseUsers(`anna:operator:${HASH}\n`);
  assert.equal((await verifyUser(users, "anna", "ein Passwort: mit Zeichen ✓"))?.role, "operator");
  assert.equal(await verifyUser(users, "anna", "ein Passwort"), undefined);
  assert.equal(await verifyUser(users, "anna", ""), undefined);
  assert.equal(await verifyUser(users, "nobody", "ein Passwort: mit Zeichen ✓"), undefined);
  assert.equal(await verifyUser(users, "nobody", ""), undefined);
});

Deno.test("verifyUser() hashes for one peer after another: each takes 16 MiB and a processor", async () => {
  const users = parseUsers(`anna:operator:${HASH}\n`);
  const crypto = nodeCrypto() as { scrypt: typeof scrypt };
  const { scrypt: own } = crypto;
  let [running, most] = [0, 0];
  crypto.scrypt = ((...given: Parameters<typeof scrypt>) => {
    const done = given.pop() as unknown as (error: Error | null, key: Buffer) => void;
    most = Math.max(most, ++running);
    (own as (...given: unknown[]) => void)(...given, (error: Error | null, key: Buffer) => {
      running--;
      done(error, key);
    });
  }) as typeof scrypt;
  try {
    const names = ["anna", "nobody", "anna", "nobody", "anna"];
    const found = await Promise.all(
      names.map((name) => verifyUser(users, name, "ein Passwort: mit Zeichen ✓")),
    );
    assert.deepEqual(found.map((user) => user?.name), ["anna", undefined, "anna", undefined, "anna"]);
  } finally {
    crypto.scrypt = own;
  }
  assert.equal(most, 1);
});

Deno.test("hashPassword() salts", async () => {
  assert.notEqual(await hashPassword("x"), await hashPassword("x"));
});

for (
  const [what, text, line] of [
    ["no hash", "anna:owner:", 1],
    ["no role", `\nanna:admin:${HASH}`, 2],
    ["no name", `:owner:${HASH}`, 1],
    ["the same name twice", `anna:owner:${HASH}\nanna:viewer:${HASH}`, 2],
    ["a space in a name", `an na:owner:${HASH}`, 1],
    ["a password instead of a hash", "anna:owner:secret", 1],
    ["a hash that costs gigabytes", `anna:owner:${HASH.replace("$16384$", "$16777216$")}`, 1],
    ["a cost that is no power of two", `anna:owner:${HASH.replace("$16384$", "$16385$")}`, 1],
  ] as const
) {
  Deno.test(`parseUsers() refuses ${what}, and tells the line but not the content`, () => {
    assert.throws(() => parseUsers(text), (error) => {
      assert.ok(error instanceof UsersFileError);
      assert.equal(error.line, line);
      assert.ok(!error.message.includes("secret") && !error.message.includes("scrypt"));
      return true;
    });
  });
}
