/** Log lines: where they go, how they look, what goes with them. @module */
import assert from "node:assert/strict";
import { ConfigError } from "../../lib/core/errors.ts";
import { LogContext } from "../../lib/core/log.ts";
import { getLogger } from "../../lib/core/log_backend.ts";
import { configureLogging, type LoggingOptions, type LogRecord } from "../../lib/observability/log_sinks.ts";

/** What is written while `action` goes on. Nothing is logged afterwards. */
function linesOf(options: Partial<LoggingOptions>, action: () => void): string[] {
  const lines: string[] = [];
  configureLogging({ level: "INFO", write: (line) => lines.push(line), ...options });
  try {
    action();
  } finally {
    configureLogging({ level: "CRITICAL" });
  }
  return lines;
}

async function inFolder(action: (folder: string) => void | Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await action(folder);
  } finally {
    configureLogging({ level: "CRITICAL" });
    await Deno.remove(folder, { recursive: true });
  }
}

Deno.test("configureLogging() writes time, level, part, message and properties on one line", () => {
  const [line] = linesOf(
    {},
    () => getLogger("session").info("Session ended", { address: "[::1]:5", bytes: 7 }),
  );
  assert.match(
    line!,
    /^\d{4}-\d\d-\d\dT[\d:.]+Z INFO +session: Session ended address="?\[::1\]:5"? bytes=7\n$/,
  );
});

Deno.test("configureLogging() leaves out what weighs less than its level, and a later call replaces it", () => {
  const log = getLogger("x");
  const all = () => (log.debug("d"), log.info("i"), log.warn("w"), log.error("e"), log.fatal("f"));
  assert.equal(linesOf({ level: "DEBUG" }, all).length, 5);
  assert.equal(linesOf({ level: "WARNING" }, all).length, 3);
  assert.match(linesOf({ level: "CRITICAL" }, all).join(), / CRITICAL +x: f\n$/);
});

Deno.test("configureLogging() takes other levels for parts of the server", () => {
  const logged = linesOf({ level: "WARNING,session=DEBUG,x11.errors=ERROR" }, () => {
    for (const category of [["session"], ["session", "deep"], ["x11"], ["x11", "errors"], ["web"]]) {
      const log = getLogger(...category);
      log.debug("debug");
      log.warn("warning");
    }
  }).map((line) => /Z (\w+) +([\w.]+):/.exec(line)!.slice(1).join(" "));
  assert.deepEqual(logged, [
    "DEBUG session",
    "WARNING session",
    "DEBUG session.deep",
    "WARNING session.deep",
    "WARNING x11",
    "WARNING web",
  ]);
  assert.throws(() => configureLogging({ level: "LOUD" }), RangeError);
});

for (const format of ["plain", "pretty", "json"] as const) {
  Deno.test(`configureLogging() escapes what a peer could forge lines and colours with (${format})`, () => {
    const evil = "a\n2020 INFO x: \x1b[31m\x9b1m\u2028\x7f";
    const [line] = linesOf(
      { format },
      () =>
        getLogger("x").info("Name {name}", { name: evil, deep: { [evil]: [evil] }, error: new Error(evil) }),
    );
    assert.doesNotMatch(line!.slice(0, -1), /[\p{Cc}\u2028]/u);
    assert.match(line!, /a\\n2020/);
  });
}

Deno.test("configureLogging() shows errors by name and message", () => {
  const [line] = linesOf({}, () => getLogger("x").error("Broke", { error: new RangeError("too far") }));
  assert.match(line!, /error="RangeError: too far"/);
});

Deno.test("configureLogging() writes JSON objects with properties of their own types, and errors with their causes", () => {
  const loop: Record<string, unknown> = {};
  loop.self = loop;
  const [line] = linesOf({ format: "json" }, () =>
    getLogger("session").error("{address} failed", {
      address: "192.0.2.7:1",
      bytes: 7,
      big: 2n ** 65n,
      message: "its own",
      nothing: undefined,
      loop,
      error: new TypeError("no", { cause: new RangeError("because") }),
    }));
  const { time, error, ...rest } = JSON.parse(line!);
  assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.deepEqual([error.name, error.message, error.cause.message], ["TypeError", "no", "because"]);
  assert.match(error.stack, /log_sinks_test/);
  assert.deepEqual(rest, {
    level: "ERROR",
    category: "session",
    message: "192.0.2.7:1 failed",
    address: "192.0.2.7:1",
    bytes: 7,
    big: "36893488147419103232",
    _message: "its own",
    loop: "[object Object]",
  });
});

Deno.test("configureLogging() writes for people: local time, colours where wanted, nothing said twice", () => {
  const log = () => getLogger("session").warn("{address} has gone", { address: "192.0.2.7:1", seconds: 3 });
  const [plain] = linesOf({ format: "pretty" }, log);
  assert.match(plain!, /^\d\d:\d\d:\d\d\.\d{3} WARNING {2}session {4}192\.0\.2\.7:1 has gone seconds=3\n$/);
  const [coloured] = linesOf({ format: "pretty", colours: true }, log);
  // deno-lint-ignore no-control-regex
  assert.equal(coloured!.replaceAll(/\x1b\[[\d;]*m/g, "").slice(12), plain!.slice(12));
  assert.ok(coloured!.includes("\x1b[33mWARNING"));
});

Deno.test("configureLogging() gives records to sinks of one's own", () => {
  const records: LogRecord[] = [];
  linesOf({ sinks: [(record) => records.push(record)] }, () => getLogger("x").info("one", { n: 1 }));
  assert.deepEqual(records.map(({ category, properties }) => [category, properties]), [
    [["porthole", "x"], { n: 1 }],
  ]);
});

Deno.test("LogContext goes with every record from within, across awaits, and is asked anew for what changes", async () => {
  const lines: Record<string, unknown>[] = [];
  configureLogging({ level: "INFO", format: "json", write: (line) => lines.push(JSON.parse(line)) });
  const log = getLogger("x");
  const talk = (session: number) => {
    let phase = "handshake";
    return new LogContext({ session, phase: () => phase }).run(async () => {
      log.info("begins");
      await new Promise((resolve) => setTimeout(resolve, 1));
      phase = "running";
      await new LogContext({ inner: true }).run(() =>
        Promise.resolve().then(() => log.info("goes on", { phase: "own" }))
      );
      // Logging is configured anew meanwhile, as by SIGHUP.
      configureLogging({ level: "INFO", format: "json", write: (line) => lines.push(JSON.parse(line)) });
      log.info("ends");
    });
  };
  await Promise.all([talk(1), talk(2)]);
  log.info("outside");
  configureLogging({ level: "CRITICAL" });
  const of = (session: number) =>
    lines.filter((line) => line.session === session).map((
      { message, phase, inner },
    ) => [message, phase, inner]);
  for (const session of [1, 2]) {
    assert.deepEqual(of(session), [
      ["begins", "handshake", undefined],
      ["goes on", "own", true],
      ["ends", "running", undefined],
    ]);
  }
  assert.equal(lines.at(-1)!.session, undefined);
});

Deno.test("LogContext works where nothing is configured, and returns what its callback does", async () => {
  assert.equal(new LogContext({ a: 1 }).run(() => 5), 5);
  await assert.rejects(new LogContext({ a: 1 }).run(() => Promise.reject(new RangeError("no"))), RangeError);
});

Deno.test("configureLogging() puts a full log file aside, keeps so many, and lets nobody else read them", async () => {
  await inFolder((folder) => {
    const path = `${folder}/log`;
    const told = linesOf({ level: "INFO", file: { path, maxBytes: 1000, files: 3 } }, () => {
      for (let i = 0; i < 100; i++) getLogger("x").info("line", { i });
    });
    assert.deepEqual(told, []);
    const names = [...Deno.readDirSync(folder)].map(({ name }) => name).sort();
    assert.deepEqual(names, ["log", "log.1", "log.2"]);
    const numbers = ["log.2", "log.1", "log"].flatMap((name) => {
      const { size, mode } = Deno.statSync(`${folder}/${name}`);
      assert.ok(size > 0 && size <= 1000, `${name}: ${size}`);
      assert.equal(mode! & 0o777, 0o600);
      return Array.from(
        Deno.readTextFileSync(`${folder}/${name}`).matchAll(/i=(\d+)/g),
        ([, i]) => Number(i),
      );
    });
    assert.deepEqual(
      numbers,
      Array.from(numbers, (_, at) => 100 - numbers.length + at),
      "the last ones, in order",
    );
  });
});

Deno.test("configureLogging() goes on with a log file that is there, and makes it anew when it was moved away", async () => {
  await inFolder((folder) => {
    const path = `${folder}/log`;
    const options = { level: "INFO", file: { path } };
    for (const message of ["first", "second"]) linesOf(options, () => getLogger("x").info(message));
    assert.match(Deno.readTextFileSync(path), /first\n.*second\n$/);
    Deno.renameSync(path, `${path}.moved`);
    linesOf(options, () => getLogger("x").info("third"));
    assert.match(Deno.readTextFileSync(path), /: third\n$/);
  });
});

Deno.test("configureLogging() refuses a file that cannot be opened, and what was configured goes on", async () => {
  await inFolder((folder) => {
    const lines: string[] = [];
    configureLogging({ level: "INFO", write: (line) => lines.push(line) });
    for (const option of ["file", "auditFile"]) {
      assert.throws(
        () => configureLogging({ level: "DEBUG", [option]: { path: `${folder}/nowhere/log` } }),
        (error) =>
          error instanceof ConfigError && /^(log|audit)_file: .*cannot be written/.test(error.message),
      );
    }
    getLogger("x").info("still here");
    assert.match(lines.join(), /still here/);
  });
});

Deno.test("configureLogging() tells once that a file cannot be written any more, and goes on", () => {
  const lines = linesOf({ file: { path: "/dev/full" } }, () => {
    for (let i = 0; i < 5; i++) getLogger("x").info("line");
  });
  assert.equal(lines.length, 1);
  assert.match(lines[0]!, /^porthole: log_file: \/dev\/full cannot be written: .*\n$/);
});

Deno.test("configureLogging() writes the audit to its file whatever the level, and to the log by its level", async () => {
  await inFolder((folder) => {
    const auditFile = { path: `${folder}/audit` };
    const log = () => {
      getLogger("audit").info("came");
      getLogger("session").info("other");
    };
    assert.equal(linesOf({ level: "ERROR", auditFile }, log).length, 0);
    assert.equal(linesOf({ level: "ERROR,audit=INFO", auditFile }, log).length, 1);
    assert.equal(linesOf({ level: "INFO", auditFile }, log).length, 2);
    const records = Deno.readTextFileSync(auditFile.path).trimEnd().split("\n").map((line) =>
      JSON.parse(line)
    );
    assert.deepEqual(
      records.map(({ category, message }) => [category, message]),
      Array(3).fill(["audit", "came"]),
    );
  });
});
