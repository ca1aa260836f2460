/**
 * One-time passwords as people use them: `porthole ctl invite`, TigerVNC's viewer, the page.
 *
 * @module
 */
import assert from "node:assert/strict";
import { passwordFile } from "../support/rfb/password_file.ts";
import { TestBrowser } from "../support/browser.ts";
import { Refused, RfbClient } from "../support/rfb_client.ts";
import { ServedProgram } from "../support/served_program.ts";
import { denoDirectory, startCommand } from "../support/start_command.ts";
import { TestServer } from "../support/test_server.ts";
import { ViewerDesk, VIEWERS } from "../support/viewers.ts";

const tigervnc = VIEWERS.find(({ name }) => name === "xtigervncviewer")!;
const MINUTE = { role: "operator", validMs: 60_000, uses: 1 } as const;

/** A folder for the control socket and the log, a program that uses it, and `porthole` beside it. */
async function served(...args: string[]) {
  const folder = await Deno.makeTempDir();
  const environment = { ...await denoDirectory(), XDG_RUNTIME_DIR: folder, XDG_STATE_HOME: folder };
  const program = new ServedProgram(startCommand(), ["--display", "pattern:320x200", ...args], environment);
  const porthole = async (...args: string[]) => {
    const [deno, ...before] = startCommand();
    const { code, stdout, stderr } = await new Deno.Command(deno!, {
      args: [...before, ...args],
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH")!, HOME: folder, ...environment },
      stdin: "null",
    }).output();
    return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
  };
  return {
    folder,
    program,
    porthole,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

Deno.test("porthole ctl invites, lists invitations, and takes them back; logs know them by their numbers alone", async () => {
  await using place = await served("--log-level", "DEBUG", "--one-port", "--password", "own");
  const { program, porthole } = place;
  const port = await program.port();
  assert.equal((await porthole("ctl", "invites")).out, "Nobody is invited.\n");
  const made = await porthole("ctl", "invite", "--view-only", "--expires", "10m", "--uses", "2");
  assert.deepEqual([made.code, made.err], [0, ""]);
  const password = /^Password {2}(\w{8})$/m.exec(made.out)![1]!;
  const link = /^Link {6}(https:\/\/\S+:\d+\/#token=\w+)$/m.exec(made.out)![1]!;
  assert.equal(new URL(link).hash, `#token=${password}`);
  assert.match(made.out, /^Invitation 1: 2 logins as viewer within 10 min\. /m);
  {
    await using client = await RfbClient.connect({ port, password });
    await client.refresh();
    assert.match((await porthole("ctl", "list")).out, / look /);
  }
  assert.match((await porthole("ctl", "invites")).out, /^ 1 +viewer +1 +(9|10) min$/m);
  const json = JSON.parse((await porthole("ctl", "invite", "--expires", "90s", "--json")).out);
  assert.deepEqual([json.id, json.role, json.uses_left], [2, "operator", 1]);
  assert.ok(json.left_seconds > 89 && json.left_seconds <= 90);
  assert.match((await porthole("ctl", "revoke", "1")).out, /^Invitation 1 lets nobody in any more$/m);
  assert.equal((await porthole("ctl", "revoke", "1")).err, "porthole: There is no invitation 1\n");
  await assert.rejects(RfbClient.connect({ port, password }), Refused);
  for (const wrong of [["--expires", "0s"], ["--expires", "31d"], ["--uses", "1001"]]) {
    assert.equal((await porthole("ctl", "invite", ...wrong)).code, 1, wrong.join(" "));
  }
  for (const wrong of [["--expires", "soon"], ["--uses", "0"], ["--role", "king"]]) {
    assert.equal((await porthole("ctl", "invite", ...wrong)).code, 2, wrong.join(" "));
  }
  await porthole("ctl", "stop");
  await program.ended();
  assert.match(program.said, /Invitation 1: "?used"?/);
  assert.match(program.said, /"user":"invite:1"/);
  for (const secret of [password, json.password]) assert.ok(!program.said.includes(secret));
});

Deno.test("xtigervncviewer comes in by a one-time password, once", async () => {
  await using server = await TestServer.start({ password: "another" });
  server.screen.draw({ x: 20, y: 20, width: 60, height: 50 }, 0x3366cc);
  const { id, password } = server.server.invitations.make(MINUTE);
  await using desk = await ViewerDesk.start();
  {
    await using viewer = await desk.open(tigervnc, { port: server.server.port, password });
    await viewer.shows(() => Promise.resolve(server.rgb()));
    assert.equal(server.server.sessions[0]!.user, `invite:${id}`);
  }
  const file = await passwordFile(password);
  const { stderr } = await new Deno.Command(tigervnc.name, {
    args: [...tigervnc.args({ port: server.server.port }, file)],
    env: { DISPLAY: desk.display },
    stdout: "null",
    stderr: "piped",
    signal: AbortSignal.timeout(20_000),
  }).output();
  assert.match(new TextDecoder().decode(stderr), /one-time password that has been used up/);
});

/** Chromium's pipes stay with Playwright for a while. */
function browserTest(name: string, test: () => Promise<void>): void {
  Deno.test({ name, fn: test, sanitizeOps: false, sanitizeResources: false });
}

for (const users of [false, true]) {
  const what = users ? "where names are asked for" : "where a password is asked for";
  browserTest(`the page comes in by a link once, ${what}, and shows its secret nowhere`, async () => {
    const hash = "scrypt$16384$8$1$" + "A".repeat(22) + "$" + "A".repeat(43);
    await using test = await TestServer.start({
      web: { port: 0 },
      ...(users
        ? { users: new Map([["anna", { name: "anna", role: "owner", hash }]]) }
        : { password: "own" }),
    });
    const { server } = test;
    const { id, password, links } = server.invitations.make(MINUTE);
    assert.equal(links[0], `https://localhost:${server.webPort}/#token=${password}`);
    const link = links[0]!.replace("https://localhost", "http://127.0.0.1");
    await using browser = await TestBrowser.start();
    await using page = await browser.open(link);
    await page.reaches("connected");
    assert.equal(server.sessions[0]!.user, `invite:${id}`);
    assert.equal(page.page.url(), `http://127.0.0.1:${server.webPort}/`, "the address bar shows no secret");
    for (const url of page.requests) {
      assert.ok(!url.replace(/#.*/, "").includes(password), "no request has the secret");
    }
    await page.page.click("#tool-view-only");
    await page.page.waitForSelector("text=Connected, view only");
    assert.equal(server.sessions.length, 1, "which takes no second login");
    await page.page.reload();
    await page.reaches("asking");
    await using late = await browser.open(link);
    await late.reaches("refused");
    assert.match(await late.says(), /one-time password that has been used up or has expired/);
    await late.page.click("#connect");
    await late.reaches("asking");
    const fresh = server.invitations.make(MINUTE);
    await late.page.goto(`http://127.0.0.1:${server.webPort}/#token=${fresh.password}`);
    await late.reaches("connected");
    assert.equal(server.sessions.length, 1);
    assert.deepEqual(page.problems, []);
  });
}
