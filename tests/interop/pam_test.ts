/**
 * Real PAM: services made for these tests, with modules that let in, keep out, run a program, or read /etc/shadow.
 *
 * @module
 */
import assert from "node:assert/strict";
import { Pam } from "../../lib/ffi/pam.ts";
import { Refused } from "../support/rfb/handshake.ts";
import { comeIn } from "../support/rfb/security_client.ts";
import { TestServer } from "../support/test_server.ts";

const isRoot = Deno.uid() === 0;

/** A test that writes to /etc/pam.d. */
function pamTest(name: string, fn: () => Promise<void>): void {
  Deno.test({
    name: isRoot ? name : `${name} (not tried: only root can add services to PAM)`,
    ignore: !isRoot,
    fn,
  });
}

/** A service of PAM's, until it is disposed. */
class Service implements Disposable {
  readonly name = `porthole-test-${Deno.pid}-${crypto.randomUUID().slice(0, 8)}`;
  readonly #folder = Deno.makeTempDirSync({ prefix: "porthole-pam-" });

  constructor(auth: string, account = "required pam_permit.so") {
    const text = `auth ${auth.replace("FOLDER", this.#folder)}\naccount ${account}\n`;
    Deno.writeTextFileSync(`/etc/pam.d/${this.name}`, text);
  }

  /** One that asks a script, which is given the password and PAM's variables. */
  static running(script: string): Service {
    const service = new Service("required pam_exec.so expose_authtok quiet FOLDER/script");
    const file = `${service.#folder}/script`;
    Deno.writeTextFileSync(file, `#!/bin/sh\nread -r password\n${script}\n`);
    Deno.chmodSync(file, 0o700);
    return service;
  }

  [Symbol.dispose](): void {
    Deno.removeSync(`/etc/pam.d/${this.name}`);
    Deno.removeSync(this.#folder, { recursive: true });
  }
}

const WHO = { user: "root", password: "geheim", host: "192.0.2.7" };

pamTest("Pam.ask() lets in whom pam_permit lets in, and nobody whom pam_deny does not", async () => {
  using pam = new Pam();
  using permit = new Service("required pam_permit.so");
  using deny = new Service("required pam_deny.so");
  using account = new Service("required pam_permit.so", "required pam_deny.so");
  assert.deepEqual(await pam.ask({ ...WHO, service: permit.name }), { refusal: undefined, delayMs: 0 });
  for (const { name: service } of [deny, account, { name: "porthole-there-is-none" }]) {
    const { refusal } = await pam.ask({ ...WHO, service });
    assert.ok(refusal, service);
  }
  for (const change of [{ user: "ro\0ot" }, { password: "ge\0heim" }]) {
    assert.equal((await pam.ask({ ...WHO, ...change, service: permit.name })).refusal, "a zero byte");
  }
});

pamTest("Pam.ask() hands password, name and host on, UTF-8 as it is, and runs aside meanwhile", async () => {
  using service = Service.running(
    `sleep 0.3; [ "$password" = "größer geheim" ] && [ "$PAM_USER" = anna ] && [ "$PAM_RHOST" = 192.0.2.7 ]`,
  );
  using pam = new Pam();
  const question = { ...WHO, user: "anna", password: "größer geheim", service: service.name };
  let ticks = 0;
  const timer = setInterval(() => ticks++, 10);
  const answers = await Promise.all([
    pam.ask(question),
    pam.ask({ ...question, password: "falsch" }),
    pam.ask({ ...question, user: "berta" }),
    pam.ask({ ...question, host: "elsewhere" }),
  ]);
  clearInterval(timer);
  assert.deepEqual(answers.map(({ refusal }) => refusal === undefined), [true, false, false, false]);
  assert.ok(ticks >= 10, `the main thread went on: ${ticks} times 10 ms in more than 300 ms`);
});

pamTest("Pam that is disposed lets go when the last conversation is over", async () => {
  using service = Service.running("sleep 0.2");
  const pam = new Pam();
  const answer = pam.ask({ ...WHO, service: service.name });
  pam[Symbol.dispose]();
  assert.equal((await answer).refusal, undefined);
});

/** A folder with the server's RSA key, which takes long to make. */
const state = await Deno.makeTempDir({ prefix: "porthole-keys-" });
globalThis.addEventListener("unload", () => Deno.removeSync(state, { recursive: true }));

pamTest(
  "accounts of this machine log in by pam_service: its own user as owner, others as pam_users says",
  async () => {
    using service = Service.running(`[ "$password" = "$PAM_USER's own" ]`);
    await using test = await TestServer.start({
      stateFolder: state,
      pamService: service.name,
      pamUsers: ["daemon:viewer"],
    });
    const { server } = test;
    const ways = [
      { name: "VeNCrypt Plain", type: 19, subtype: 256 },
      { name: "RA2ne_256", type: 130 },
    ];
    for (const { name, ...way } of ways) {
      for (const [user, viewOnly] of [["root", false], ["daemon", true]] as const) {
        const { transport } = await comeIn({ port: server.port, ...way, user, password: `${user}'s own` });
        const last = server.sessions.at(-1)!;
        assert.deepEqual([last.security, last.user, last.viewOnly], [name, user, viewOnly]);
        transport[Symbol.dispose]();
      }
      for (
        const [user, password] of [["root", "wrong"], ["root", ""], ["nobody", "nobody's own"], ["", ""]]
      ) {
        await assert.rejects(
          comeIn({ port: server.port, ...way, user: user!, password: password! }),
          (error) => error instanceof Refused && error.reason === "Authentication failed",
        );
      }
    }
    const { password } = server.invitations.make({ role: "viewer", validMs: 60_000, uses: 1 });
    const { transport } = await comeIn({ port: server.port, type: 130, user: "root", password });
    transport[Symbol.dispose]();
    server.reload({ pamUsers: [], pamService: "" });
    const free = await comeIn({ port: server.port, type: 1 });
    free.transport[Symbol.dispose]();
  },
);

pamTest("an account of /etc/shadow logs in by pam_unix, and not with a wrong password", async () => {
  const user = `ph${Deno.pid}`;
  const made = await new Deno.Command("openssl", {
    args: ["passwd", "-6", "-salt", "porthole", "geheim"],
    stderr: "null",
  }).output();
  const shadow = new TextDecoder().decode(made.stdout).trim();
  const added = await new Deno.Command("useradd", {
    args: ["--no-create-home", "--shell", "/bin/false", "--password", shadow, user],
    stderr: "null",
  }).output();
  assert.ok(added.success, "useradd");
  try {
    using service = new Service("required pam_unix.so", "required pam_unix.so");
    using pam = new Pam();
    const question = { user, host: "192.0.2.7", service: service.name };
    assert.deepEqual(await pam.ask({ ...question, password: "geheim" }), { refusal: undefined, delayMs: 0 });
    const begun = performance.now();
    const wrong = await pam.ask({ ...question, password: "falsch" });
    assert.ok(wrong.refusal);
    assert.ok(wrong.delayMs >= 1000, "PAM wants a refusal to take about 2 s");
    assert.ok(performance.now() - begun < 1500, "and no thread waits for it");
  } finally {
    await new Deno.Command("userdel", { args: [user], stderr: "null", stdout: "null" }).output();
  }
});
