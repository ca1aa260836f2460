/**
 * `porthole passwd`.
 *
 * @module
 */
import assert from "node:assert/strict";
import { parseArguments } from "../../lib/cli/arguments.ts";
import { secretAsker } from "../../lib/cli/ask_secret.ts";
import type { PasswdCommand, Terminal } from "../../lib/cli/command.ts";
import { passwd } from "../../lib/cli/passwd.ts";
import { readPasswordFile } from "../../lib/config/password_file.ts";
import { readUsersFile } from "../../lib/security/users_file.ts";
import { verifyUser } from "../../lib/security/users.ts";

class Folder implements Disposable {
  readonly path = Deno.makeTempDirSync({ prefix: "porthole-passwd-" });
  readonly file = `${this.path}/file`;

  [Symbol.dispose](): void {
    Deno.removeSync(this.path, { recursive: true });
  }
}

/** Runs it with these answers. */
async function run(command: Partial<PasswdCommand> & { file: string }, answers: readonly string[]) {
  const lines: string[] = [];
  const terminal: Terminal = { out: (line) => lines.push(line), err: (line) => lines.push(line) };
  const left = [...answers];
  const whole = { name: "passwd", viewOnly: false, vnc: false, ...command } as const;
  const code = await passwd(whole, terminal, () => Promise.resolve(left.shift()));
  return { code, said: lines.join("\n") };
}

Deno.test("passwd writes a password file that is read again, and that only its owner can read", async () => {
  using folder = new Folder();
  const { code, said } = await run({ file: folder.file, viewOnly: true }, [
    "größer",
    "größer",
    "look",
    "look",
  ]);
  assert.equal(code, 0);
  assert.ok(!said.includes("größer"));
  assert.equal(Deno.statSync(folder.file).mode! & 0o777, 0o600);
  assert.deepEqual(readPasswordFile(folder.file), { password: "größer", readOnlyPassword: "look" });
});

Deno.test("passwd --vnc writes what other VNC programs read", async () => {
  using folder = new Folder();
  assert.equal((await run({ file: folder.file, vnc: true }, ["secret", "secret"])).code, 0);
  assert.equal(Deno.readFileSync(folder.file).length, 8);
  assert.deepEqual(readPasswordFile(folder.file), { password: "secret", readOnlyPassword: "" });
});

Deno.test("passwd --user adds users and changes them, and leaves the others alone", async () => {
  using folder = new Folder();
  const { file } = folder;
  await run({ file, user: "anna", role: "owner" }, ["one", "one"]);
  await run({ file, user: "viktor", role: "viewer" }, ["two", "two"]);
  await run({ file, user: "anna" }, ["three", "three"]);
  await run({ file, user: "berta" }, ["four", "four"]);
  const users = readUsersFile(file);
  assert.deepEqual([...users.values()].map(({ name, role }) => `${name} ${role}`), [
    "anna owner",
    "viktor viewer",
    "berta operator",
  ]);
  assert.ok(await verifyUser(users, "anna", "three"));
  assert.ok(await verifyUser(users, "viktor", "two"));
  assert.equal(Deno.statSync(file).mode! & 0o777, 0o600);
});

Deno.test("passwd --user leaves what else is in the file as it is", async () => {
  using folder = new Folder();
  const { file } = folder;
  await run({ file, user: "anna", role: "owner" }, ["one", "one"]);
  Deno.writeTextFileSync(file, `# the night shift\n\n${Deno.readTextFileSync(file)}# viktor is on leave\n`);
  await run({ file, user: "anna" }, ["two", "two"]);
  await run({ file, user: "berta" }, ["three", "three"]);
  const text = Deno.readTextFileSync(file).replaceAll(/scrypt\S+/g, "HASH");
  assert.equal(
    text,
    "# the night shift\n\nanna:owner:HASH\n# viktor is on leave\nberta:operator:HASH\n",
  );
});

Deno.test("passwd --user leaves a role as it is unless --role says another", async () => {
  using folder = new Folder();
  const { file } = folder;
  const roleOf = (name: string) => readUsersFile(file).get(name)?.role;
  await run({ file, user: "viktor", role: "viewer" }, ["one", "one"]);
  await run({ file, user: "viktor" }, ["two", "two"]);
  assert.equal(roleOf("viktor"), "viewer", "a new password lets nobody do more");
  await run({ file, user: "viktor", role: "operator" }, ["two", "two"]);
  assert.equal(roleOf("viktor"), "operator");
});

Deno.test("passwd --totp gives a user an authenticator, which stays until it is replaced or taken away", async () => {
  using folder = new Folder();
  const { file } = folder;
  const secretOf = (name: string) => readUsersFile(file).get(name)?.totp;
  const { code, said } = await run({ file, user: "anna", totp: true }, ["one", "one"]);
  assert.equal(code, 0);
  const secret = secretOf("anna")!;
  assert.match(said, new RegExp(`otpauth://totp/Porthole:anna%40\\S+\\?secret=${secret}&issuer=Porthole`));
  assert.ok(said.includes(secret.replaceAll(/(.{4})/g, "$1 ").trim()), "by hand, too");
  assert.ok(!(await run({ file, user: "anna" }, ["two", "two"])).said.includes("otpauth"));
  assert.equal(secretOf("anna"), secret, "another password leaves it alone");
  await run({ file, user: "anna", totp: true }, ["two", "two"]);
  assert.notEqual(secretOf("anna"), secret);
  await run({ file, user: "anna", totp: false }, ["two", "two"]);
  assert.equal(secretOf("anna"), undefined);
  assert.equal((await run({ file, totp: true }, ["two", "two"])).code, 2, "there is no user");
});

for (
  const [what, answers] of [
    ["two that differ", ["one", "two"]],
    ["an empty one", [""]],
    ["none", []],
    ["one that is too long", ["x".repeat(256), "x".repeat(256)]],
  ] as const
) {
  Deno.test(`passwd writes nothing when it is given ${what}`, async () => {
    using folder = new Folder();
    assert.equal((await run({ file: folder.file }, answers)).code, 2);
    assert.throws(() => Deno.statSync(folder.file), Deno.errors.NotFound);
  });
}

/** A terminal at which these bytes are typed. */
function typing(text: string) {
  const shown: string[] = [];
  let typed: Uint8Array | null = new TextEncoder().encode(text);
  const ask = secretAsker({
    isTerminal: true,
    setRaw: (raw) => shown.push(raw ? "<raw>" : "<cooked>"),
    show: (text) => shown.push(text),
    read(into) {
      const count = typed?.length ?? null;
      if (typed) into.set(typed);
      typed = null;
      return Promise.resolve(count);
    },
  });
  return { ask, shown };
}

Deno.test("secretAsker() shows nothing of what is typed, and minds the keys that correct", async () => {
  const { ask, shown } = typing("wrong\x15größex\x7f\x7fße\rnext\r");
  assert.equal(await ask("Password: "), "größße");
  assert.deepEqual(shown, ["Password: ", "<raw>", "<cooked>", "\n"]);
  assert.equal(await ask("Once more: "), "next");
});

Deno.test("secretAsker() gives up at Ctrl+C, and leaves the terminal as it was", async () => {
  const { ask, shown } = typing("secr\x03");
  assert.equal(await ask("Password: "), undefined);
  assert.equal(shown.at(-2), "<cooked>");
});

Deno.test("parseArguments() understands passwd", () => {
  const terminal: Terminal = { out() {}, err() {} };
  assert.deepEqual(parseArguments(["passwd", "--user", "anna", "--role", "viewer", "users"], terminal), {
    name: "passwd",
    user: "anna",
    role: "viewer",
    totp: undefined,
    file: "users",
    viewOnly: false,
    vnc: false,
  });
  for (const [flag, totp] of [["--totp", true], ["--no-totp", false]] as const) {
    const command = parseArguments(["passwd", "--user", "anna", flag, "users"], terminal);
    assert.equal((command as PasswdCommand).totp, totp);
  }
  assert.deepEqual(parseArguments(["passwd", "--role", "king", "users"], terminal), {
    name: "exit",
    exitCode: 2,
  });
});
