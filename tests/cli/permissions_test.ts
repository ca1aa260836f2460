/** The program's permissions: no more than it needs, and no fewer (SECURITY.md "Permissions of the process"). @module */
import assert from "node:assert/strict";
import { RfbClient } from "../support/rfb_client.ts";
import { ServedProgram } from "../support/served_program.ts";
import { denoDirectory, startCommand } from "../support/start_command.ts";
import { Xvfb } from "../support/xvfb.ts";

const [DENO, ...ARGS] = startCommand() as [string, ...string[]];
const FLAGS = ARGS.filter((word) => word.startsWith("--allow-"));

/** What each of them is needed for: the shortest way to what fails without it. */
const NEEDED_FOR: Readonly<Record<string, readonly string[]>> = {
  net: ["--display", "pattern:"],
  ffi: ["--display", ":4242"],
  read: ["--display", "pattern:"],
  write: ["--display", "pattern:", "--log-file", "log"],
  env: ["--display", "pattern:"],
  sys: ["--display", "pattern:", "--web-port", "0", "--one-port"],
  run: ["--virtual", "320x240"],
};

Deno.test("the program has the permissions that SECURITY.md names, and no others", async () => {
  assert.deepEqual(FLAGS.map((flag) => /^--allow-([a-z]+)/.exec(flag)![1]), [
    "net",
    "ffi",
    "read",
    "write",
    "env",
    "sys",
    "run",
  ]);
  const text = await Deno.readTextFile(new URL("../../SECURITY.md", import.meta.url));
  const [, section = ""] = text.split("## Permissions of the process");
  const named = [...section.matchAll(/`(--allow-[^`]+)`/g)].map(([, flag]) => flag);
  assert.deepEqual(named.toSorted(), FLAGS.toSorted());
});

for (const [name, args] of Object.entries(NEEDED_FOR)) {
  Deno.test(`the program cannot do without --allow-${name}`, async () => {
    const fewer = ARGS.filter((word) => !word.startsWith(`--allow-${name}`));
    const { success, said } = await startAndStop(fewer, args);
    assert.equal(success, false, said);
    assert.match(said, new RegExp(`Requires ${name} access`));
  });
}

// Without the third one, the machine's name, the program goes on, and knows only half of its own names.
for (const kind of ["networkInterfaces", "uid"]) {
  Deno.test(`the program cannot do without the part ${kind} of --allow-sys`, async () => {
    const fewer = ARGS.map((word) =>
      word.startsWith("--allow-sys=")
        ? `--allow-sys=${word.slice(12).split(",").filter((one) => one !== kind).join(",")}`
        : word
    );
    const { said } = await startAndStop(fewer, ["--display", "pattern:", "--web-port", "0", "--one-port"]);
    assert.match(said, new RegExp(`Requires sys access to "${kind}"`));
  });
}

Deno.test("with its permissions the program does all that it can, and never lacks one", async () => {
  await using xvfb = await Xvfb.start();
  const settings = [
    ...["--unix-socket", "socket", "--record", "desktop.phr", "--log-file", "log", "--audit-file", "audit"],
    ...["--control-socket", "control", "--lock-local-input", "--blank-screen", "--accept", "view"],
    ...["--accept-seconds", "1", "--one-port", "--log-level", "DEBUG"],
  ];
  const program = new ServedProgram([DENO, ...ARGS], settings, { ...xvfb.env, ...await denoDirectory() });
  const port = await program.port();
  for (const where of [{ port }, { path: `${program.folder}/socket` }]) {
    await using client = await RfbClient.connect({ ...where, timeoutMs: 10_000 });
    await client.refresh();
    await client.key(0x61, true);
    await client.key(0x1004e2d, true);
  }
  program.kill("SIGTERM");
  assert.equal(await program.ended(), 0);
  const log = await Deno.readTextFile(`${program.folder}/log`);
  assert.match(log, /"uid":/); // who was at the socket
  assert.doesNotMatch(log + program.said, /NotCapable|Requires \w+ access/);
  await program[Symbol.asyncDispose]();
});

/** Runs the program until it serves or fails. */
async function startAndStop(command: readonly string[], args: readonly string[]) {
  const folder = await Deno.makeTempDir();
  const child = new Deno.Command(DENO, {
    args: [...command, "--host", "127.0.0.1", "--port", "0", ...args],
    cwd: folder,
    clearEnv: true,
    env: { PATH: Deno.env.get("PATH")!, HOME: folder, ...await denoDirectory() },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let said = "";
  const decoder = new TextDecoder();
  const read = async (stream: ReadableStream<Uint8Array>) => {
    for await (const chunk of stream) {
      said += decoder.decode(chunk, { stream: true });
      if (/vncviewer localhost/.test(said)) child.kill("SIGTERM");
    }
  };
  await Promise.all([read(child.stdout), read(child.stderr)]);
  const { success } = await child.status;
  await Deno.remove(folder, { recursive: true });
  return { success, said };
}
