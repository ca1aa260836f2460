/** The command line: flags, help, version, completions, mistakes. @module */
import assert from "node:assert/strict";
import { parseArguments } from "../../lib/cli/arguments.ts";
import type { Command } from "../../lib/cli/command.ts";
import { entriesOf } from "../../lib/config/schema.ts";
import { RELEASE } from "../../lib/core/release.ts";
import { hasProgram } from "../support/processes.ts";

function parse(...args: string[]): { command: Command; out: string; err: string } {
  const out: string[] = [];
  const err: string[] = [];
  const command = parseArguments(args, { out: (line) => out.push(line), err: (line) => err.push(line) });
  return { command, out: out.join("\n"), err: err.join("\n") };
}

function serveFlags(...args: string[]): Record<string, string | boolean> {
  const { command } = parse(...args);
  assert.equal(command.name, "serve");
  return Object.fromEntries((command as Command & { name: "serve" }).flags);
}

Deno.test("parseArguments() takes flags with and without the command serve", () => {
  const expected = { port: "5901", display: ":1", view_only: true, enable_region_detection: false };
  const flags = ["--port", "5901", "--display=:1", "--view-only", "--no-enable-region-detection"];
  assert.deepEqual(serveFlags(...flags), expected);
  assert.deepEqual(serveFlags("serve", ...flags), expected);
});

Deno.test("parseArguments() has a flag for every setting", () => {
  for (const { path, flag, setting } of entriesOf()) {
    const given = setting.kind === "switch" ? serveFlags(flag) : serveFlags(flag, "1");
    assert.deepEqual(given, { [path]: setting.kind === "switch" ? true : "1" });
  }
});

Deno.test("parseArguments() takes settings of a server to play a recording, and none that would do nothing", () => {
  const { command } = parse("play", "file", "--port", "5901", "--scale-factor", "0.5", "--speed", "2");
  assert.deepEqual(command.name === "play" && [...command.flags], [["port", "5901"], [
    "scale_factor",
    "0.5",
  ]]);
  for (
    const flag of ["--display=:1", "--record=again.phr", "--record-keys", "--clipboard=off", "--virtual=9x9"]
  ) {
    const { command, err } = parse("play", "file", flag);
    assert.deepEqual(command, { name: "exit", exitCode: 2 }, flag);
    assert.match(err, /cannot be used together/, flag);
  }
});

Deno.test("parseArguments() takes an empty text, and a negative number as a value to be refused later", () => {
  assert.deepEqual(serveFlags("--display", "", "--port=-1"), { display: "", port: "-1" });
});

Deno.test("parseArguments() reads the size of a virtual desktop", () => {
  const { command } = parse("--virtual", "1280x800");
  assert.deepEqual(command.name === "serve" && command.virtual, { width: 1280, height: 800 });
  for (const wrong of ["1280", "0x0", "99999x10", "1280x800x24", "axb"]) {
    const { command, err } = parse("--virtual", wrong);
    assert.deepEqual(command, { name: "exit", exitCode: 2 }, wrong);
    assert.match(err, /--virtual.*allowed: WIDTHxHEIGHT/);
  }
});

Deno.test("parseArguments() prints every flag with its help", () => {
  for (const args of [["--help"], ["serve", "--help"], ["-h"]]) {
    const { command, out } = parse(...args);
    assert.deepEqual(command, { name: "exit", exitCode: 0 });
    const words = out.replaceAll(/\s+/g, " ");
    for (const { flag, setting } of entriesOf()) {
      assert.ok(words.includes(flag) && words.includes(setting.help), flag);
    }
  }
});

Deno.test("parseArguments() prints the version", () => {
  assert.deepEqual(parse("--version"), { command: { name: "exit", exitCode: 0 }, out: RELEASE, err: "" });
});

Deno.test("RELEASE is the version that deno.json says", async () => {
  const { version } = JSON.parse(await Deno.readTextFile(new URL("../../deno.json", import.meta.url)));
  assert.equal(RELEASE, version);
});

Deno.test("parseArguments() answers an unknown flag with the one that was meant, and exit code 2", () => {
  const { command, err } = parse("--frame-rat", "3");
  assert.deepEqual(command, { name: "exit", exitCode: 2 });
  assert.match(err, /--frame-rat[\s\S]*--frame-rate/);
});

Deno.test("parseArguments() says where help is for what was not understood", () => {
  for (
    const [args, help] of [
      [["ctl"], /^porthole ctl --help tells what there is$/m],
      [["play"], /^porthole play --help /m],
      [["dance"], /^porthole --help /m],
      [["--prot", "1"], /^porthole --help /m],
    ] as const
  ) {
    assert.match(parse(...args).err, help);
  }
});

Deno.test("parseArguments() refuses unknown commands, stray words, doubled flags and missing values", () => {
  for (const args of [["dance"], ["serve", "x"], ["--port", "1", "--port", "2"], ["--port"]]) {
    const { command, err } = parse(...args);
    assert.deepEqual(command, { name: "exit", exitCode: 2 }, args.join(" "));
    assert.notEqual(err, "");
  }
});

Deno.test("parseArguments() reads what operators ask for", () => {
  const where = { socket: undefined, port: undefined, json: false };
  const read = (...args: string[]) => parse(...args).command;
  for (const action of ["list", "info", "reload", "stop"] as const) {
    assert.deepEqual(read("ctl", action), { name: "ctl", action, ...where });
  }
  assert.deepEqual(read("ctl", "list", "--json", "--socket", "/s", "--port", "5901"), {
    name: "ctl",
    action: "list",
    json: true,
    socket: "/s",
    port: 5901,
  });
  assert.deepEqual(read("ctl", "disconnect", "7", "--reason", "Go home"), {
    name: "ctl",
    action: "disconnect",
    session: 7,
    reason: "Go home",
    ...where,
  });
  const guest = { name: "ctl", action: "invite", ...where } as const;
  const unsaid = { role: undefined, expiresSeconds: undefined, uses: undefined };
  assert.deepEqual(read("ctl", "invite"), { ...guest, ...unsaid });
  assert.deepEqual(read("ctl", "invite", "--view-only"), { ...guest, ...unsaid, role: "viewer" });
  assert.deepEqual(read("ctl", "invite", "--role", "owner", "--expires", "2h", "--uses", "3"), {
    ...guest,
    role: "owner",
    expiresSeconds: 7200,
    uses: 3,
  });
  assert.deepEqual(read("ctl", "invites"), { name: "ctl", action: "invites", ...where });
  assert.deepEqual(read("ctl", "revoke", "4"), { name: "ctl", action: "revoke", invitation: 4, ...where });
  assert.deepEqual(read("top"), { name: "top", once: false, intervalMs: 1000, ...where });
  assert.deepEqual(read("top", "--once", "--json", "--interval", "5"), {
    name: "top",
    once: true,
    intervalMs: 5000,
    ...where,
    json: true,
  });
});

Deno.test("parseArguments() refuses what operators cannot ask for", () => {
  for (
    const args of [
      ["ctl"],
      ["ctl", "dance"],
      ["ctl", "disconnect"],
      ["ctl", "disconnect", "x"],
      ["ctl", "disconnect", "0"],
      ["ctl", "list", "--reason", "x"],
      ["ctl", "invite", "--expires", "10 weeks"],
      ["ctl", "invite", "--uses", "0"],
      ["ctl", "revoke"],
      ["top", "--interval", "0"],
      ["top", "--port", "99999"],
    ]
  ) {
    const { command, err } = parse(...args);
    assert.deepEqual(command, { name: "exit", exitCode: 2 }, args.join(" "));
    assert.notEqual(err, "");
  }
});

for (const shell of ["bash", "zsh", "fish"]) {
  Deno.test(`parseArguments() prints completions that ${shell} accepts`, async () => {
    const { command, out } = parse("completions", shell);
    assert.deepEqual(command, { name: "exit", exitCode: 0 });
    assert.match(out, /porthole/);
    // A shell that is not there cannot judge; bash always is.
    if (!await hasProgram(shell)) return;
    const process = new Deno.Command(shell, { args: ["-n"], stdin: "piped", stderr: "piped" }).spawn();
    const writer = process.stdin.getWriter();
    await writer.write(new TextEncoder().encode(out));
    await writer.close();
    const { success, stderr } = await process.output();
    assert.ok(success, new TextDecoder().decode(stderr));
  });
}

Deno.test("parseArguments() completes flags and the words of a choice", () => {
  assert.match(parse("completions", "bash", "--clip").out, /^--clipboard/);
  assert.deepEqual(parse("completions", "bash", "--clipboard", "pr").out, "primary");
});
