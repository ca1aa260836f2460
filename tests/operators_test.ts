/** `porthole ctl` and `porthole top` against the program that they are part of, and what its logs say of all that. @module */
import assert from "node:assert/strict";
import { Program } from "./support/program.ts";
import { Encoding, Refused, RfbClient } from "./support/rfb_client.ts";
import { ServedProgram } from "./support/served_program.ts";
import { denoDirectory, startCommand } from "./support/start_command.ts";

/** A folder for control sockets and logs, and programs that use it. */
class Place implements AsyncDisposable {
  readonly folder: string;
  readonly #environment: Record<string, string>;

  private constructor(folder: string, environment: Record<string, string>) {
    this.folder = folder;
    this.#environment = environment;
  }

  static async make(): Promise<Place> {
    const folder = await Deno.makeTempDir();
    return new Place(folder, { ...await denoDirectory(), XDG_RUNTIME_DIR: folder });
  }

  serve(...args: string[]): ServedProgram {
    return new ServedProgram(startCommand(), ["--display", "pattern:320x200", ...args], this.#environment);
  }

  async run(...args: string[]): Promise<{ code: number; out: string; err: string }> {
    const [program, ...before] = startCommand();
    const { code, stdout, stderr } = await new Deno.Command(program!, {
      args: [...before, ...args],
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH")!, HOME: this.folder, ...this.#environment },
      stdin: "null",
    }).output();
    return { code, out: new TextDecoder().decode(stdout), err: new TextDecoder().decode(stderr) };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

Deno.test("porthole ctl lists, tells, disconnects, reloads and stops", async () => {
  await using place = await Place.make();
  assert.match((await place.run("ctl", "list")).err, /^porthole: No server of this user runs here.*--socket/);
  await using program = place.serve();
  const port = await program.port();
  const folder = Deno.statSync(`${place.folder}/porthole`);
  const socket = Deno.lstatSync(`${place.folder}/porthole/${port}.sock`);
  assert.deepEqual([folder.mode! & 0o777, socket.mode! & 0o777, socket.isSocket], [0o700, 0o600, true]);
  assert.deepEqual(await place.run("ctl", "list"), { code: 0, out: "Nobody is connected.\n", err: "" });
  await using client = await RfbClient.connect({ port, encodings: [Encoding.Zrle] });
  await client.refresh();
  const list = (await place.run("ctl", "list")).out.split("\n");
  assert.match(list[0]!, /^ID +ADDRESS +VIA +MAY +FPS +SENT\/S/);
  assert.match(list[1]!, /^ 1 +127\.0\.0\.1:\d+ +tcp +control +\d+\.\d +[\d.]+ k?B.* 320x200 /);
  const info = JSON.parse((await place.run("ctl", "info", "--json", "--port", String(port))).out);
  assert.deepEqual([info.port, info.display, info.sessions], [port, "pattern", 1]);
  assert.match((await place.run("ctl", "reload")).out, /Nothing changed/);
  const missing = await place.run("ctl", "disconnect", "99");
  assert.deepEqual(missing, { code: 1, out: "", err: "porthole: There is no session 99\n" });
  assert.equal((await place.run("ctl", "disconnect", "1", "--reason", "Time is up")).code, 0);
  await assert.rejects(client.nextUpdate());
  assert.deepEqual(await place.run("ctl", "stop"), { code: 0, out: "The server stops\n", err: "" });
  await program.ended();
  assert.match(program.said, /"category":"audit","message":"\S+ has gone: Time is up"|has gone.*Time is up/);
  assert.deepEqual([...Deno.readDirSync(`${place.folder}/porthole`)], [], "the socket is gone");
});

Deno.test("tools/serve asks a server, and starts no virtual desktop for that", async () => {
  await using place = await Place.make();
  const { code, stderr } = await new Deno.Command(new URL("../tools/serve", import.meta.url), {
    args: ["ctl", "list"],
    clearEnv: true, // without DISPLAY
    env: {
      PATH: Deno.env.get("PATH")!,
      HOME: place.folder,
      XDG_RUNTIME_DIR: place.folder,
      ...await denoDirectory(),
    },
    stdin: "null",
  }).output();
  assert.match(new TextDecoder().decode(stderr), /^porthole: No server of this user runs here/m);
  assert.equal(code, 1);
});

Deno.test("porthole top tells of a viewer what that viewer measures itself", async () => {
  await using place = await Place.make();
  await using program = place.serve("--frame-rate", "20");
  await using client = await RfbClient.connect({
    port: await program.port(),
    encodings: [Encoding.Zrle],
    keepMessages: false,
  });
  await client.refresh();
  const stop = new AbortController();
  let updates = 0;
  const watching = (async () => {
    while (!stop.signal.aborted) {
      await client.requestUpdate({ incremental: true });
      await client.nextUpdate();
      updates++;
    }
  })();
  await new Promise((resolve) => setTimeout(resolve, 2500)); // the window of the figures, and some
  const before = { updates, bytes: client.wire.received, at: performance.now() };
  const { code, out } = await place.run("top", "--once", "--json", "--interval", "2");
  const seconds = (performance.now() - before.at) / 1000;
  const measured = {
    fps: (updates - before.updates) / seconds,
    bytes: (client.wire.received - before.bytes) / seconds,
  };
  const shown = await place.run("top", "--once");
  stop.abort();
  await watching;
  assert.equal(code, 0);
  const { sessions: [session], cpu_percent, desktop } = JSON.parse(out);
  const near = (actual: number, expected: number, what: string) =>
    assert.ok(Math.abs(actual - expected) < expected * 0.25, `${what}: ${actual}, measured ${expected}`);
  near(session.frames_per_second, measured.fps, "frames");
  near(session.sent_bytes_per_second, measured.bytes, "bytes");
  assert.deepEqual(session.encodings.map(({ encoding }: { encoding: string }) => encoding), ["zrle"]);
  assert.ok(session.encode_ms > 0 && session.encode_ms < 1000);
  assert.ok(cpu_percent > 0 && desktop.captures_per_second > 5);
  assert.match(shown.out, /^Porthole on pattern, 320x200 · up .* · CPU [\d.]+ % · .* · 1 viewer\nScreen: /);
  assert.match(shown.out, / zrle +320x200 /);
});

Deno.test("porthole top goes on until the server goes", async () => {
  await using place = await Place.make();
  await using program = place.serve();
  await program.port();
  const [command, ...before] = startCommand();
  await using top = Program.start(command!, [...before, "top", "--json"], { XDG_RUNTIME_DIR: place.folder });
  for (let i = 0; i < 2; i++) assert.equal(JSON.parse(await top.line()).width, 320);
  await program.stop();
  await assert.rejects(async () => {
    for (;;) await top.line();
  }, { message: "deno ended with 1: porthole: The server has gone\n" });
});

Deno.test("porthole ctl asks which server is meant when several run, and takes no dead one for one", async () => {
  await using place = await Place.make();
  await using first = place.serve();
  await using second = place.serve();
  const ports = [await first.port(), await second.port()];
  const { code, err } = await place.run("ctl", "list");
  assert.equal(code, 1);
  for (const port of ports) assert.match(err, new RegExp(`Choose one:.*--port ${port}`));
  assert.equal((await place.run("ctl", "list", "--port", String(ports[1]))).code, 0);
  first.kill("SIGKILL");
  await first.ended();
  assert.deepEqual(JSON.parse((await place.run("ctl", "info", "--json")).out).port, ports[1]);
  await using third = place.serve();
  await third.port();
  const names = Array.from(Deno.readDirSync(`${place.folder}/porthole`), ({ name }) => name);
  assert.ok(!names.includes(`${ports[0]}.sock`), "what the dead server left is tidied up");
});

Deno.test("porthole serve takes the control socket that it is told, or does without", async () => {
  await using place = await Place.make();
  const path = `${place.folder}/own.sock`;
  {
    await using program = place.serve("--control-socket", path);
    await program.port();
    assert.equal((await place.run("ctl", "info", "--socket", path)).code, 0);
    assert.equal(await program.stop(), 0);
  }
  {
    await using program = place.serve("--control-socket", "off");
    await program.port();
    assert.deepEqual([...Deno.readDirSync(place.folder)].map(({ name }) => name), []);
  }
  const { code, err } = await place.run(
    "serve",
    "--display",
    "pattern:",
    "--port",
    "0",
    "--web-port",
    "0",
    "--control-socket",
    "/nowhere/s",
  );
  assert.deepEqual(
    [code, /^porthole: control\.socket: Cannot make .*\/nowhere\/s/m.test(err)],
    [2, true],
    err,
  );
});

Deno.test("porthole serve does without a control socket where others can write, and says so", async () => {
  await using place = await Place.make();
  Deno.mkdirSync(`${place.folder}/porthole`);
  Deno.chmodSync(`${place.folder}/porthole`, 0o777);
  await using program = place.serve();
  await RfbClient.connect({ port: await program.port() }).then((client) => client.close());
  await program.until(/cannot reach this server.*belongs to this user/);
  const { code, err } = await place.run("ctl", "list");
  assert.deepEqual([code, /belongs to this user/.test(err)], [1, true]);
});

/** Nothing of this may be found anywhere. U+1F5DD, an old key, is keysym 0x0101f5dd. */
const PASSWORDS = ["xyzzy-42", "plugh-43", "fee-fie!"];
const KEYSYM = 0x0101f5dd;
const CLIPBOARD = "clip-of-the-board";
const SECRETS = [...PASSWORDS, CLIPBOARD, String(KEYSYM), KEYSYM.toString(16), String.fromCodePoint(0x1f5dd)];

Deno.test("no output has passwords, typed keys or clipboard texts at any level, and each line of a session tells which", async () => {
  await using place = await Place.make();
  const passwordFile = `${place.folder}/passwords`;
  await Deno.writeTextFile(passwordFile, `${PASSWORDS[0]}\n${PASSWORDS[1]}`, { mode: 0o600 });
  const [log, audit] = [`${place.folder}/log`, `${place.folder}/audit`];
  await using program = place.serve(
    ...["--log-level", "DEBUG", "--log-file", log, "--audit-file", audit, "--password-file", passwordFile],
    ...["--metrics-port", "0", "--shared", "always"],
  );
  const port = await program.port();
  await using full = await RfbClient.connect({ port, password: PASSWORDS[0]! });
  await using looking = await RfbClient.connect({ port, password: PASSWORDS[1]! });
  await assert.rejects(RfbClient.connect({ port, password: PASSWORDS[2]! }), Refused);
  for (const client of [full, looking]) {
    for (const down of [true, false]) await client.key(KEYSYM, down);
    await client.cutText(CLIPBOARD);
    await client.pointer(5, 5, 1);
    await client.refresh();
  }
  // A peer that puts a secret where something else belongs.
  using nonsense = await Deno.connect({ port });
  await nonsense.write(new TextEncoder().encode(`RFB 003.008\n`));
  const outputs = [
    (await place.run("ctl", "list", "--json")).out,
    (await place.run("top", "--once", "--json")).out,
  ];
  assert.equal(await program.stop(), 0);
  const [logText, auditText] = [await Deno.readTextFile(log), await Deno.readTextFile(audit)];
  for (const text of [logText, auditText, program.said, ...outputs]) {
    for (const secret of SECRETS) assert.ok(!text.includes(secret), `${secret} is in ${text}`);
  }
  const records = logText.trimEnd().split("\n").map((line) => JSON.parse(line));
  const ofSessions = records.filter(({ category }) => ["session", "audit"].includes(category));
  assert.ok(ofSessions.length >= 8);
  for (const record of ofSessions) {
    assert.equal(typeof record.session, "number", JSON.stringify(record));
    // A server that waits practises with a session of its own, number 0.
    assert.match(record.address, record.session === 0 ? /^nobody$/ : /^127\.0\.0\.1:\d+$/);
    assert.match(record.phase, /^(handshake|authentication|running|closing)$/);
  }
  const addresses = Map.groupBy(ofSessions, ({ session }) => session).values()
    .map((lines) => new Set(lines.map(({ address }) => address)).size).toArray();
  assert.ok(addresses.every((count) => count === 1), "a session has one address");
  const audited = auditText.trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.ok(audited.every(({ category }) => category === "audit"));
  const came = audited.filter(({ message }) => / came in$/.test(message));
  assert.deepEqual(came.map(({ view_only }) => view_only), [false, true]);
  const refused = audited.filter(({ message }) => / was not let in: /.test(message));
  assert.deepEqual(refused.map(({ security, level }) => [security, level]), [[
    "VNC Authentication",
    "WARNING",
  ]]);
  const gone = audited.filter(({ message }) => / has gone: /.test(message));
  assert.deepEqual(gone.map(({ reason }) => reason), Array(2).fill("The server has stopped"));
  for (const path of [log, audit]) assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
});

Deno.test("porthole ctl hands control over, and takes it away", async () => {
  await using place = await Place.make();
  await using program = place.serve("--input-control-policy", "single-controller");
  const port = await program.port();
  await using _first = await RfbClient.connect({ port });
  await using _second = await RfbClient.connect({ port });
  const may = async () => {
    const { out } = await place.run("ctl", "list");
    return out.trim().split("\n").slice(1).map((line) => /tcp +(\w+)/.exec(line)?.[1]);
  };
  assert.deepEqual(await may(), ["control", "wait"]);
  assert.equal((await place.run("ctl", "control", "2")).out, "Session 2 has control\n");
  assert.deepEqual(await may(), ["wait", "control"]);
  assert.match((await place.run("ctl", "release")).out, /Nobody has control now/);
  assert.deepEqual(await may(), ["wait", "wait"]);
  assert.deepEqual(await place.run("ctl", "release"), {
    code: 1,
    out: "",
    err: "porthole: Nobody has control\n",
  });
  assert.match(program.said, /Session 2 has control: operator|"message":"Session 2 has control/);
  assert.deepEqual((await place.run("ctl", "lockouts")).out, "Nobody has to wait.\n");
  assert.deepEqual((await place.run("ctl", "unlock", "192.0.2.7")).out, "No failed logins were remembered\n");
});
