/** The control socket: what can be asked, and what a peer cannot do to others. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ConfigError } from "../../lib/core/errors.ts";
import { ControlClient, ControlError } from "../../lib/observability/control_client.ts";
import { type ControlTarget, parseControlRequest } from "../../lib/observability/control_protocol.ts";
import { type ControlLimits, ControlServer } from "../../lib/observability/control_server.ts";
import { openControlSocket } from "../../lib/observability/control_socket.ts";
import { Encoding } from "../support/rfb_client.ts";
import { TestServer } from "../support/test_server.ts";

/** A server with a control socket in a folder of its own. */
class ControlledServer implements AsyncDisposable {
  readonly path: string;
  readonly vnc: TestServer;
  stops = 0;
  reload: ControlTarget["reload"] = () => ({ applied: ["frame_rate"], needRestart: ["port"] });
  readonly #folder: string;
  readonly #control: ControlServer;

  private constructor(folder: string, vnc: TestServer, open: (own: ControlledServer) => ControlServer) {
    this.#folder = folder;
    this.path = `${folder}/s`;
    this.vnc = vnc;
    this.#control = open(this);
  }

  static async start(limits?: ControlLimits): Promise<ControlledServer> {
    const folder = await Deno.makeTempDir();
    const vnc = await TestServer.start();
    const listener = await openControlSocket(`${folder}/s`);
    return new ControlledServer(folder, vnc, (own) =>
      new ControlServer(listener, {
        ...vnc.server.operations,
        reload: () => own.reload(),
        stop: () => void own.stops++,
      }, limits));
  }

  connect(): Promise<ControlClient> {
    return ControlClient.connect(this.path);
  }

  raw(): Promise<Deno.UnixConn> {
    return Deno.connect({ transport: "unix", path: this.path });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#control[Symbol.asyncDispose]();
    await this.vnc[Symbol.asyncDispose]();
    await Deno.remove(this.#folder, { recursive: true });
  }
}

/** What a connection says until it is closed. */
async function allOf(connection: Deno.Conn): Promise<string> {
  return await new Response(connection.readable).text();
}

async function say(connection: Deno.Conn, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await connection.write(bytes.subarray(at));
}

Deno.test("ControlServer tells what the server is, and who is connected", async () => {
  await using server = await ControlledServer.start();
  using client = await server.connect();
  const info = await client.ask("info") as Record<string, unknown>;
  const { display, width, height, port, sessions, pid, protocol } = info;
  assert.deepEqual({ display, width, height, port, sessions, pid, protocol }, {
    display: "memory",
    width: 200,
    height: 150,
    port: server.vnc.server.port,
    sessions: 0,
    pid: Deno.pid,
    protocol: 1,
  });
  await using viewer = await server.vnc.connect({ encodings: [Encoding.Zrle, Encoding.Raw] });
  await viewer.refresh();
  const [session, ...others] = await client.ask("list") as Record<string, unknown>[];
  assert.equal(others.length, 0);
  assert.deepEqual(session!.preferred_encodings, ["zrle", "raw"]);
  assert.deepEqual(session!.size, { width: 200, height: 150 });
  assert.deepEqual([session!.view_only, session!.phase, session!.security], [false, "running", "None"]);
  const totals = session!.totals as Record<string, number>;
  assert.deepEqual([totals.updates, totals.sent_bytes], [1, viewer.wire.received]);
  assert.ok((session!.frames_per_second as number) > 0);
});

Deno.test("ControlServer reports again and again, and the processor from the second report on", async () => {
  await using server = await ControlledServer.start();
  using client = await server.connect();
  const reports: Record<string, unknown>[] = [];
  const begun = performance.now();
  for await (const report of client.stats(100, 3)) reports.push(report as Record<string, unknown>);
  assert.ok(performance.now() - begun >= 190);
  assert.deepEqual(reports.map(({ cpu_percent }) => typeof cpu_percent), ["undefined", "number", "number"]);
  assert.ok(reports.every(({ resident_bytes }) => (resident_bytes as number) > 1e6));
  assert.ok(await client.ask("list"), "the connection serves other requests afterwards");
});

Deno.test("ControlServer ends a stream of reports when something else is asked", async () => {
  await using server = await ControlledServer.start();
  const connection = await server.raw();
  await say(connection, '{"command":"stats","interval_ms":60000,"id":"s"}\n');
  await say(connection, '{"command":"list","id":"l"}\n');
  await connection.closeWrite();
  const ids = (await allOf(connection)).trimEnd().split("\n").map((line) => JSON.parse(line).id);
  assert.deepEqual(ids, ["s", "l"]);
});

Deno.test("ControlServer ends a session with the operator's reason, and says when there is none", async () => {
  await using server = await ControlledServer.start();
  using client = await server.connect();
  await using viewer = await server.vnc.connect();
  await viewer.refresh();
  const { id } = server.vnc.server.sessions[0]!;
  await client.ask("disconnect", { session: id, reason: "Go home" });
  await assert.rejects(viewer.nextUpdate());
  await assert.rejects(client.ask("disconnect", { session: id }), {
    name: "ControlError",
    message: /no session/,
  });
});

Deno.test("ControlServer has the configuration read again and the server stopped", async () => {
  await using server = await ControlledServer.start();
  using client = await server.connect();
  assert.deepEqual(await client.ask("reload"), { applied: ["frame_rate"], need_restart: ["port"] });
  server.reload = () => {
    throw new ConfigError(["port: given x", "host: given y"]);
  };
  await assert.rejects(client.ask("reload"), { message: "port: given x\nhost: given y" });
  server.reload = () => {
    throw new TypeError("a defect that is nobody's business");
  };
  await assert.rejects(
    client.ask("reload"),
    (error) => error instanceof ControlError && !/business/.test(error.message),
  );
  assert.deepEqual(await client.ask("stop"), {});
  await client.ask("list");
  assert.equal(server.stops, 1);
});

Deno.test("ControlServer answers nonsense with what is wrong, and goes on", async () => {
  await using server = await ControlledServer.start();
  const connection = await server.raw();
  const nonsense = [
    "",
    "hello",
    "[]",
    "null",
    '{"command":"dance","id":5}',
    '{"command":"stats","interval_ms":1}',
    '{"command":"stats","count":"many"}',
    '{"command":"disconnect"}',
    '{"command":"disconnect","session":1,"reason":7}',
  ];
  await say(connection, `${nonsense.join("\r\n")}\n{"command":"list","id":"last"}\n`);
  await connection.closeWrite();
  const answers = (await allOf(connection)).trimEnd().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(answers.map(({ ok }) => ok), [...nonsense.map(() => false), true]);
  assert.equal(answers[4].id, 5);
  for (const { error } of answers.slice(0, -1)) assert.ok(error.length > 10);
});

Deno.test("parseControlRequest() finds a request or a problem in any line", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (line) => {
      const parsed = parseControlRequest(line);
      assert.ok(("problem" in parsed) !== ("request" in parsed));
    }),
    { seed: 3, numRuns: 300 },
  );
});

Deno.test("ControlServer takes no line without end", async () => {
  await using server = await ControlledServer.start();
  const connection = await server.raw();
  const said = allOf(connection);
  await say(connection, "x".repeat(100_000)).catch(() => {});
  assert.match(await said.catch(() => "longer than"), /longer than/);
});

Deno.test("ControlServer cuts those who say nothing and those who do not read, and others notice nothing", async () => {
  await using server = await ControlledServer.start({ idleMs: 150, writeMs: 150 });
  const silent = await server.raw();
  const deaf = await server.raw();
  await say(deaf, '{"command":"list"}\n'.repeat(100));
  const flood = say(deaf, '{"command":"info"}\n'.repeat(100_000)).catch((error) => error);
  await using viewer = await server.vnc.connect();
  await viewer.refresh();
  const slowest = { ms: 0 };
  using client = await server.connect();
  for (let i = 0; i < 5; i++) {
    const begun = performance.now();
    await client.ask("list");
    slowest.ms = Math.max(slowest.ms, performance.now() - begun);
  }
  assert.ok(slowest.ms < 100, `${slowest.ms} ms`);
  assert.equal(await silent.read(new Uint8Array(1)), null);
  silent.close();
  assert.ok(await flood instanceof Error, "nobody reads what the deaf one says for ever");
  deaf.close();
});

Deno.test("ControlServer closes connections beyond sixteen, and all of them when it ends", async () => {
  const server = await ControlledServer.start();
  const connections = [];
  {
    await using _server = server;
    for (let i = 0; i < 16; i++) {
      const client = await server.connect();
      await client.ask("info");
      connections.push(client);
    }
    using beyond = await server.raw();
    assert.equal(await beyond.read(new Uint8Array(1)), null);
  }
  for (const client of connections) {
    await assert.rejects(client.ask("info"));
    client[Symbol.dispose]();
  }
});

Deno.test("openControlSocket() makes a socket that its owner alone can open, and takes it away again", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/s`;
    {
      using _listener = await openControlSocket(path);
      assert.equal(Deno.lstatSync(path).mode! & 0o777, 0o600);
      assert.deepEqual([...Deno.readDirSync(folder)].map(({ name }) => name), ["s"]);
    }
    assert.deepEqual([...Deno.readDirSync(folder)], []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openControlSocket() replaces what a dead server has left, and nothing else", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/s`;
    const dead = Deno.listen({ transport: "unix", path: `${folder}/dead` });
    Deno.renameSync(`${folder}/dead`, path);
    dead.close();
    const first = await openControlSocket(path);
    await assert.rejects(openControlSocket(path), { name: "NativeError", message: /another server answers/ });
    first[Symbol.dispose]();
    await Deno.writeTextFile(path, "precious");
    await assert.rejects(openControlSocket(path), {
      name: "NativeError",
      message: /another file of that name/,
    });
    assert.equal(await Deno.readTextFile(path), "precious");
    await assert.rejects(openControlSocket(`${folder}/nowhere/s`), { name: "NativeError" });
    await assert.rejects(openControlSocket(`${folder}/${"long".repeat(40)}`), { name: "NativeError" });
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("openControlSocket() leaves a socket alone that has taken the place of its own", async () => {
  const folder = await Deno.makeTempDir();
  try {
    const path = `${folder}/s`;
    const first = await openControlSocket(path);
    await Deno.remove(path);
    using _second = await openControlSocket(path);
    first[Symbol.dispose]();
    assert.ok(Deno.lstatSync(path).isSocket);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("ControlServer tells who has to wait after failed logins, and forgets them", async () => {
  await using server = await ControlledServer.start();
  const peer = { transport: "tcp", address: "192.0.2.7:1", local: false, encrypted: false };
  const { logins, metrics } = server.vnc.server;
  const fails = Array.from(
    { length: 5 },
    () => logins.attempt(peer, "anna", () => undefined).catch(() => {}),
  );
  await Promise.all(fails);
  using client = await server.connect();
  const [lock, ...more] = await client.ask("lockouts") as { left_seconds: number }[];
  assert.deepEqual(more, []);
  assert.deepEqual({ ...lock, left_seconds: 0 }, {
    address: "192.0.2.7",
    user: "anna",
    failures: 5,
    left_seconds: 0,
  });
  assert.ok(lock!.left_seconds > 0 && lock!.left_seconds <= 10);
  assert.match(metrics!.text(), /^porthole_login_lockouts_total 1$/m);
  assert.deepEqual(await client.ask("unlock", { address: "192.0.2.8" }), { unlocked: 0 });
  assert.deepEqual(await client.ask("unlock", { address: "192.0.2.7" }), { unlocked: 1 });
  assert.deepEqual(await client.ask("lockouts"), []);
  assert.equal(await logins.attempt(peer, "anna", () => "in"), "in");
});
