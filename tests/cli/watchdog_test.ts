/** What is put back when the whole program is killed: by the watchdog. Needs Xvfb and xinput. @module */
import assert from "node:assert/strict";
import { RfbClient } from "../support/rfb_client.ts";
import { ServedProgram } from "../support/served_program.ts";
import { denoDirectory, startCommand } from "../support/start_command.ts";
import { Xvfb } from "../support/xvfb.ts";

const { success: HAS_XINPUT } = await new Deno.Command("sh", {
  args: ["-c", "command -v xinput"],
  stdout: "null",
}).output();

const devices = (xvfb: Xvfb) => xvfb.run("xinput", "list", "--short");
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Waits until the devices are as they were. */
async function untilBack(xvfb: Xvfb, before: string): Promise<void> {
  for (let tries = 0; await devices(xvfb) !== before; tries++) {
    if (tries > 200) throw new Error(`The devices are still\n${await devices(xvfb)}`);
    await sleep(100);
  }
}

/** Shells that wait for the end of this program, by number. */
async function watchdogsOf(xvfb: Xvfb): Promise<string[]> {
  const found: string[] = [];
  for await (const { name } of Deno.readDir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const line = await Deno.readTextFile(`/proc/${name}/cmdline`).catch(() => "");
    if (line.includes("porthole-watchdog") && line.includes(`--display\0${xvfb.display}\0`)) found.push(name);
  }
  return found;
}

for (const end of ["the viewer goes", "SIGTERM", "SIGKILL"] as const) {
  Deno.test(`local input is locked while a viewer is there, and not any more when ${end}`, {
    ignore: !HAS_XINPUT,
  }, async () => {
    await using xvfb = await Xvfb.start();
    const before = await devices(xvfb);
    const env = { ...xvfb.env, ...await denoDirectory(), PORTHOLE_PASSWORD: "not for children" };
    const program = new ServedProgram(startCommand(), ["--lock-local-input", "--blank-screen"], env);
    const client = await RfbClient.connect({
      port: await program.port(),
      password: "not for children",
      timeoutMs: 10_000,
    });
    await client.refresh();
    const during = await devices(xvfb);
    assert.match(during, /Xvfb mouse.*floating/);
    assert.match(during, /Xvfb keyboard.*floating/);
    // The other half cannot be had on Xvfb, and that is told.
    await program.until(/Monitors cannot be made dark: .* has no extension DPMS/);
    const [watchdog] = await watchdogsOf(xvfb);
    assert.ok(watchdog);
    const environment = await Deno.readTextFile(`/proc/${watchdog}/environ`);
    assert.doesNotMatch(environment, /not for children/);
    if (end === "the viewer goes") await client[Symbol.asyncDispose]();
    else program.kill(end);
    await untilBack(xvfb, before);
    for (let tries = 0; (await watchdogsOf(xvfb)).length > 0 && tries < 100; tries++) await sleep(50);
    assert.deepEqual(await watchdogsOf(xvfb), []);
    await client[Symbol.asyncDispose]();
    await program[Symbol.asyncDispose]();
  });
}

Deno.test("porthole restore says when there is nothing to put back, and when there is no display", async () => {
  await using xvfb = await Xvfb.start();
  const [deno, ...args] = startCommand();
  const env = { PATH: Deno.env.get("PATH")!, ...await denoDirectory() };
  const run = async (...more: string[]) => {
    const { code, stdout, stderr } = await new Deno.Command(deno!, {
      args: [...args, "restore", ...more],
      clearEnv: true,
      env,
    })
      .output();
    return { code, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
  };
  assert.deepEqual(await run("--display", xvfb.display), {
    code: 0,
    said: "There was nothing to put back.\n",
  });
  const { code, said } = await run("--display", ":4242");
  assert.equal(code, 1);
  assert.match(said, /:4242/);
});
