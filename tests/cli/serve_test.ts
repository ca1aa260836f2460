/** `porthole serve` around a server that is none: configuration, failures, stop, reading again. @module */
import assert from "node:assert/strict";
import type { ServeCommand } from "../../lib/cli/command.ts";
import { type RunningServer, serve } from "../../lib/cli/serve.ts";
import type { Config } from "../../lib/config/schema.ts";
import { NativeError } from "../../lib/core/errors.ts";

/** Stands for a server: remembers what it was told, and stops when it is. */
class StubServer implements RunningServer {
  readonly port = 5999;
  readonly desktop = "stub";
  readonly #stopped = Promise.withResolvers<void>();
  readonly finished = this.#stopped.promise;
  readonly reloads: Config[] = [];

  stop(): Promise<void> {
    this.#stopped.resolve();
    return this.finished;
  }

  reload(config: Config): void {
    this.reloads.push(config);
  }
}

interface Run {
  readonly code: Promise<number>;
  readonly out: string[];
  readonly err: string[];
  readonly server: StubServer;
  /** Resolves with the configuration that the server was started with. */
  readonly started: Promise<Config>;
  readonly exits: number[];
}

function run(options: {
  flags?: Record<string, string | boolean>;
  configFile?: string;
  environment?: Record<string, string>;
  usualFiles?: string[];
  virtual?: ServeCommand["virtual"];
  fail?: Error;
}): Run {
  const out: string[] = [];
  const err: string[] = [];
  const exits: number[] = [];
  const server = new StubServer();
  const started = Promise.withResolvers<Config>();
  const code = serve(
    {
      name: "serve",
      flags: new Map(Object.entries(options.flags ?? {})),
      configFile: options.configFile,
      virtual: options.virtual,
    },
    {
      environment: options.environment ?? {},
      usualFiles: options.usualFiles ?? [],
      terminal: { out: (line) => out.push(line), err: (line) => err.push(line) },
      startServer: async (config, listening) => {
        if (options.fail) throw options.fail;
        await listening();
        // The listener for signals is there one turn later, as with a real server.
        setTimeout(() => started.resolve(config), 0);
        return server;
      },
      exit: (exitCode) => {
        exits.push(exitCode);
        return undefined as never;
      },
    },
  );
  return { code, out, err, server, started: started.promise, exits };
}

async function waitFor(condition: () => boolean): Promise<void> {
  const giveUp = Date.now() + 5000;
  while (!condition()) {
    assert.ok(Date.now() < giveUp, "Nothing came");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test("serve() starts a server with the configuration, says how to connect, and ends with it", async () => {
  const { code, out, server, started } = run({
    flags: { port: "5999" },
    environment: { PORTHOLE_HOST: "::1" },
  });
  assert.deepEqual([(await started).port, (await started).host], [5999, "::1"]);
  assert.match(out.join("\n"), /vncviewer localhost::5999/);
  await server.stop();
  assert.equal(await code, 0);
});

Deno.test("serve() ends with 2 and tells all problems when the configuration is wrong", async () => {
  const { code, err } = run({
    flags: { port: "x", frame_rate: "0" },
    environment: { PORTHOLE_PASSWORD_FILE: "/nowhere" },
  });
  assert.equal(await code, 2);
  assert.equal(err.length, 3);
  for (const line of err) assert.match(line, /^porthole: (--port|--frame-rate|PORTHOLE_PASSWORD_FILE): /);
});

Deno.test("serve() ends with 2 when a named configuration file is missing, and does without a usual one", async () => {
  assert.equal(await run({ configFile: "/nowhere.json" }).code, 2);
  assert.equal(await run({ environment: { PORTHOLE_CONFIG: "/nowhere.json" } }).code, 2);
  const { code, server } = run({ usualFiles: ["/nowhere.json"] });
  await server.stop();
  assert.equal(await code, 0);
});

Deno.test("serve() ends with 1 and the message when the display or the port cannot be had", async () => {
  for (
    const fail of [
      new NativeError('Cannot open display ":9"', "XOpenDisplay"),
      new Deno.errors.AddrInUse("In use"),
    ]
  ) {
    const { code, err } = run({ fail });
    assert.equal(await code, 1);
    assert.deepEqual(err, [`porthole: ${fail.message}`]);
  }
});

Deno.test("serve() refuses --virtual together with a display", async () => {
  const { code, err } = run({ virtual: { width: 640, height: 480 }, flags: { display: ":1" } });
  assert.equal(await code, 2);
  assert.match(err[0]!, /--virtual: given together with display/);
});

Deno.test("serve() stops on SIGTERM, and a second one ends the process at once", async () => {
  const { code, server, started, exits } = run({});
  await started;
  let stops = 0;
  server.stop = () => (stops++, server.finished); // a server that takes its time
  Deno.kill(Deno.pid, "SIGTERM");
  await waitFor(() => stops === 1);
  assert.deepEqual(exits, []);
  Deno.kill(Deno.pid, "SIGTERM");
  await waitFor(() => exits.length > 0);
  assert.deepEqual([stops, exits], [1, [143]]);
  await StubServer.prototype.stop.call(server);
  assert.equal(await code, 0);
});

Deno.test("serve() reads its configuration again on SIGHUP and says what needs a restart", async () => {
  const file = await Deno.makeTempFile();
  try {
    await Deno.writeTextFile(file, '{ "frame_rate": 10, "port": 1 }');
    const { code, server, started, err } = run({ configFile: file, flags: { max_connections: "3" } });
    await started;
    await Deno.writeTextFile(file, '{ "frame_rate": 20, "port": 2, "max_connections": 9 }');
    Deno.kill(Deno.pid, "SIGHUP");
    await waitFor(() => server.reloads.length === 1);
    const [config] = server.reloads;
    assert.deepEqual([config!.frame_rate, config!.port, config!.max_connections], [20, 1, 3]);
    await waitFor(() => err.some((line) => /after a restart.*port/.test(line)));

    await Deno.writeTextFile(file, '{ "frame_rate": "fast" }');
    Deno.kill(Deno.pid, "SIGHUP");
    await waitFor(() => err.some((line) => /was not applied.*frame_rate/.test(line)));
    assert.equal(server.reloads.length, 1);
    await server.stop();
    assert.equal(await code, 0);
  } finally {
    await Deno.remove(file);
  }
});
