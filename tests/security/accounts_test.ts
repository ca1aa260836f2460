/**
 * Accounts of this machine: who may come in, and what a slow system may cost.
 *
 * @module
 */
import assert from "node:assert/strict";
import { AuthenticationError, NativeError, RefusedError } from "../../lib/core/errors.ts";
import "../../lib/core/log_carried.ts"; // nothing waits from the tests before
import {
  AccountQueue,
  AccountRules,
  type Accounts,
  type AskSystem,
  NO_ACCOUNTS,
  SystemAccounts,
} from "../../lib/security/accounts.ts";
import { configureLogging } from "../../lib/observability/log_sinks.ts";
import { logIn } from "../../lib/security/login.ts";
import { typesFor } from "../../lib/security/registry.ts";
import type { Credentials } from "../../lib/security/security_type.ts";
import { newTotpSecret, UsedCodes } from "../../lib/security/totp.ts";
import { hashPassword } from "../../lib/security/users.ts";
import { ServerAccounts } from "../../lib/server_accounts.ts";
import type { Peer } from "../../lib/transport/transport.ts";

const PEER: Peer = { transport: "tcp", address: "192.0.2.7:1234", local: false, encrypted: false };

Deno.test("AccountRules lets the server's own user in as owner, and others as they are listed", () => {
  const rules = new AccountRules(["viktor:viewer", "otto", "*:viewer", "boss:owner"], "me");
  assert.deepEqual(["me", "viktor", "otto", "boss", "anybody"].map((name) => rules.roleOf(name)), [
    "owner",
    "viewer",
    "operator",
    "owner",
    "viewer",
  ]);
  const alone = new AccountRules([], "me");
  assert.deepEqual(["me", "root", "ME", ""].map((name) => alone.roleOf(name)), [
    "owner",
    undefined,
    undefined,
    undefined,
  ]);
  assert.equal(new AccountRules(["me:viewer"], "me").roleOf("me"), "viewer", "what is said rules");
  assert.equal(new AccountRules([], undefined).roleOf("me"), undefined);
  for (const wrong of ["", "anna:king", "anna:viewer:x", "an na", ":viewer"]) {
    assert.throws(() => new AccountRules([wrong], undefined), /must be NAME, NAME:ROLE/, wrong);
  }
});

Deno.test("SystemAccounts asks the system, and about those who may not come in with nobody's password", async () => {
  const asked: unknown[] = [];
  const ask: AskSystem = (question) => {
    asked.push(question);
    const granted = question.password === "right";
    return Promise.resolve({ refusal: granted ? undefined : "Authentication failure", delayMs: 1 });
  };
  const accounts = new SystemAccounts(ask, new AccountRules(["viktor:viewer"], "me"), new AccountQueue());
  assert.deepEqual(await accounts.verify("me", "right", PEER), {
    user: "me",
    viewOnly: false,
    role: "owner",
  });
  assert.deepEqual(await accounts.verify("viktor", "right", PEER), {
    user: "viktor",
    viewOnly: true,
    role: "viewer",
  });
  assert.equal(await accounts.verify("me", "wrong", PEER), undefined);
  assert.equal(await accounts.verify("root", "right", PEER), undefined);
  assert.deepEqual(asked.at(-1), { user: "root", password: "\b\n\r\x7f", host: "192.0.2.7" });
  for (const name of ["*", "", "a b", "x".repeat(256)]) {
    assert.equal(await accounts.verify(name, "right", PEER), undefined);
  }
  assert.equal(asked.length, 4, "what can be no name is asked about with nobody");
});

Deno.test("SystemAccounts lets nobody in who could come in by nobody's password, or when the system fails", async () => {
  const yes: AskSystem = () => Promise.resolve({ refusal: undefined, delayMs: 0 });
  const no: AskSystem = () => Promise.reject(new Error("there is no such service"));
  for (const [ask, user] of [[yes, "stranger"], [no, "me"]] as const) {
    const accounts = new SystemAccounts(ask, new AccountRules([], "me"), new AccountQueue());
    assert.equal(await accounts.verify(user, "right", PEER), undefined);
  }
});

Deno.test("SystemAccounts holds a refusal back for as long as the system wants", async () => {
  const ask: AskSystem = () => Promise.resolve({ refusal: "no", delayMs: 150 });
  const accounts = new SystemAccounts(ask, new AccountRules([], "me"), new AccountQueue());
  const begun = performance.now();
  assert.equal(await accounts.verify("me", "wrong", PEER), undefined);
  assert.ok(performance.now() - begun >= 145);
});

Deno.test("AccountQueue asks four things at a time, in order, and sends away more than can wait", async () => {
  const queue = new AccountQueue();
  const gates: ((value: string) => void)[] = [];
  const begun: number[] = [];
  const ask = (number: number) =>
    queue.ask(() => {
      begun.push(number);
      return new Promise<string>((resolve) => gates.push(resolve));
    });
  const answers = Array.from({ length: 36 }, (_, number) => ask(number));
  await Promise.resolve();
  assert.deepEqual(begun, [0, 1, 2, 3]);
  await assert.rejects(ask(99), RefusedError);
  for (let number = 0; number < 36; number++) {
    gates[number]!(`answer ${number}`);
    assert.equal(await answers[number], `answer ${number}`);
    assert.ok(begun.length <= number + 5);
  }
  assert.deepEqual(begun, Array.from({ length: 36 }, (_, number) => number));
});

Deno.test("AccountQueue gives up after a while, and keeps the place of what goes on all the same", async () => {
  const queue = new AccountQueue(30);
  const gates: (() => void)[] = [];
  let begun = 0;
  const ask = () =>
    queue.ask(() => {
      begun++;
      return new Promise<string>((resolve) => gates.push(() => resolve("late")));
    });
  const hung = await Promise.allSettled(Array.from({ length: 6 }, ask));
  for (const { status, reason } of hung as PromiseRejectedResult[]) {
    assert.equal(status, "rejected");
    assert.ok(reason instanceof AuthenticationError);
    assert.match(reason.message, /did not say in time/);
  }
  assert.equal(begun, 4, "four hang, and nobody asks a fifth time");
  await assert.rejects(ask(), AuthenticationError);
  assert.equal(begun, 4);
  for (const gate of gates) gate();
  assert.equal(await queue.ask(() => Promise.resolve("in time")), "in time");
});

Deno.test("AccountQueue goes on behind a question that fails", async () => {
  const queue = new AccountQueue();
  for (let i = 0; i < 9; i++) {
    await assert.rejects(queue.ask(() => Promise.reject(new Error("broken"))), /broken/);
  }
  assert.equal(await queue.ask(() => Promise.resolve(1)), 1);
});

Deno.test("typesFor() offers accounts where names can be sent, and opens nothing when the system cannot be asked", () => {
  const key = () => Promise.reject(new Error("is not needed"));
  const names = (peer: Peer, accounts: Accounts | undefined) => {
    const credentials: Credentials = {
      ...{ password: "", viewOnlyPassword: "", insecureNoAuth: false },
      keys: { rsa: key, secure: key },
      ...(accounts && { accounts }),
    };
    return typesFor(peer, credentials).map(({ name }) => name);
  };
  const local: Peer = { ...PEER, address: "127.0.0.1:1", local: true, encrypted: true };
  const some: Accounts = { available: true, verify: () => Promise.resolve(undefined) };
  assert.deepEqual(names(local, undefined), ["None"]);
  assert.deepEqual(names(local, some), ["VeNCrypt", "RA2ne_256", "RA2ne"]);
  assert.deepEqual(names(PEER, some), ["RA2_256", "RA2", "VeNCrypt"]);
  assert.deepEqual([names(local, NO_ACCOUNTS), names(PEER, NO_ACCOUNTS)], [[], []]);
});

Deno.test("ServerAccounts says when PAM is not installed, and lets nobody in that way", async () => {
  const lines: string[] = [];
  configureLogging({ level: "INFO", format: "json", write: (line) => void lines.push(line) });
  let opened = 0;
  using accounts = new ServerAccounts(() => {
    opened++;
    throw new NativeError('Cannot load "libpam.so.0": install it', "dlopen");
  });
  try {
    assert.equal(accounts.of({ pamService: "", pamUsers: [] }), undefined);
    assert.equal(opened, 0, "nobody asked for it");
    const options = { pamService: "porthole", pamUsers: [] };
    const made = accounts.of(options)!;
    assert.equal(accounts.of(options), made, "and it is said once");
    assert.equal(made.available, false);
    assert.equal(await made.verify("root", "x", PEER), undefined);
  } finally {
    configureLogging({ level: "CRITICAL" });
  }
  assert.equal(opened, 1);
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /Nobody can log in by an account.*libpam\.so\.0/);
});

Deno.test("logIn() asks the system about nobody whom the users' file knows: its second factor cannot be got round", async () => {
  const hash = await hashPassword("geheim");
  const users = new Map([["anna", { name: "anna", role: "owner", hash, totp: newTotpSecret() } as const]]);
  const asked: string[] = [];
  const accounts: Accounts = {
    available: true,
    verify(user) {
      asked.push(user);
      return Promise.resolve({ user, viewOnly: false, role: "operator" });
    },
  };
  const nothing = { password: "", viewOnlyPassword: "", insecureNoAuth: false };
  const credentials: Credentials = { ...nothing, users, accounts, codes: new UsedCodes() };
  for (const password of ["geheim", "the system's own", ""]) {
    await assert.rejects(logIn(PEER, credentials, "anna", password), AuthenticationError);
  }
  assert.equal((await logIn(PEER, credentials, "otto", "the system's own")).role, "operator");
  await assert.rejects(logIn(PEER, credentials, "", "the system's own"), AuthenticationError);
  assert.deepEqual(asked, ["otto"]);
});

Deno.test("SystemAccounts tells PAM addresses as they are, without ports and brackets", async () => {
  const hosts: string[] = [];
  const ask: AskSystem = ({ host }) => {
    hosts.push(host);
    return Promise.resolve({ refusal: "no", delayMs: 0 });
  };
  const accounts = new SystemAccounts(ask, new AccountRules([], "me"), new AccountQueue());
  for (const address of ["192.0.2.7:1234", "[2001:db8::7]:1234", "unix:anna"]) {
    await accounts.verify("me", "x", { ...PEER, address });
  }
  assert.deepEqual(hosts, ["192.0.2.7", "2001:db8::7", "unix:anna"]);
});
