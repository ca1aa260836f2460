/** From config.json, environment and flags to a configuration. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { loadConfig, parseConfig, readConfigFile, resolveConfig } from "../../lib/config/load.ts";
import { entriesOf, valueAt } from "../../lib/config/schema.ts";
import { ConfigError } from "../../lib/core/errors.ts";

function problemsOf(action: () => unknown): readonly string[] {
  try {
    action();
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems;
  }
  assert.fail("No ConfigError");
}

async function withFile<T>(content: string | Uint8Array, use: (path: string) => T | Promise<T>): Promise<T> {
  const path = await Deno.makeTempFile();
  try {
    await Deno.writeFile(path, typeof content === "string" ? new TextEncoder().encode(content) : content);
    await Deno.chmod(path, 0o600);
    return await use(path);
  } finally {
    await Deno.remove(path);
  }
}

Deno.test("parseConfig() gives every setting its default when nothing is said", () => {
  const config = parseConfig({});
  for (const { path, setting } of entriesOf()) assert.deepEqual(valueAt(config, path), setting.default, path);
});

Deno.test("parseConfig() takes values of groups and ignores $schema and names with an underscore", () => {
  const config = parseConfig({
    $schema: "./docs/config.schema.json",
    _comment: 1,
    port: 5901,
    log_level: "debug",
    limits: { login_seconds: 40, _comment: "longer" },
  });
  assert.equal(config.port, 5901);
  assert.equal(config.log_level, "DEBUG");
  assert.equal(config.limits.login_seconds, 40);
  assert.equal(config.limits.handshake_seconds, 10);
});

Deno.test("parseConfig() reports all problems at once with path, what was given and what is allowed", () => {
  const problems = problemsOf(() =>
    parseConfig({
      prot: 1,
      port: "5900",
      frame_rate: 61,
      limits: { login_second: 1, cut_text_bytes: 1.5 },
      clipboard: [],
    })
  );
  assert.deepEqual(problems, [
    "prot (configuration): is unknown, did you mean port?",
    'port (configuration): given "5900", allowed: an integer from 0 to 65535',
    "frame_rate (configuration): given 61, allowed: an integer from 1 to 60",
    "limits.login_second (configuration): is unknown, did you mean limits.login_seconds?",
    "limits.cut_text_bytes (configuration): given 1.5, allowed: an integer from 0 to 16777216",
    'clipboard (configuration): given [], allowed: "both", "clipboard", "primary", "off"',
  ]);
});

Deno.test("parseConfig() refuses texts that are no networks, and no origins", () => {
  const problems = problemsOf(() =>
    parseConfig({ allowed_origins: ["https://desk.example.org/page"], trusted_proxies: ["proxy"] })
  );
  assert.match(problems[0]!, /^trusted_proxies \(configuration\): Cannot use "proxy" as an address/);
  assert.match(
    problems[1]!,
    /^allowed_origins \(.*Cannot use "https:\/\/desk\.example\.org\/page" as an origin/,
  );
  assert.equal(problems.length, 2);
});

Deno.test("parseConfig() refuses what is no object, and groups that are none", () => {
  assert.match(problemsOf(() => parseConfig([]))[0]!, /given \[\], allowed: an object/);
  assert.match(problemsOf(() => parseConfig({ limits: 3 }))[0]!, /^limits .*given 3, allowed: an object/);
  assert.match(problemsOf(() => parseConfig({ constructor: 3 }))[0]!, /^constructor .*is unknown/);
});

Deno.test("parseConfig() never shows a password in its errors", () => {
  const text = problemsOf(() => parseConfig({ password: ["hunter2"], read_only_password: 20260 })).join("\n");
  assert.doesNotMatch(text, /hunter2|20260/);
  assert.match(text, /password .*not shown/);
});

Deno.test("parseConfig() finds only ConfigError or a configuration in any object", () => {
  const keys = fc.constantFrom(...entriesOf().map(({ path }) => path.split(".")[0]!), "x", "_y", "__proto__");
  fc.assert(
    fc.property(fc.dictionary(keys, fc.anything({ maxDepth: 2 })), (object) => {
      try {
        parseConfig(object);
      } catch (error) {
        if (!(error instanceof ConfigError)) throw error;
      }
    }),
    { seed: 5900, numRuns: 300 },
  );
});

Deno.test("resolveConfig() lets the environment rule over the file and flags over both", () => {
  const { config } = resolveConfig({
    object: { port: 1, frame_rate: 1, max_connections: 1 },
    environment: { PORTHOLE_FRAME_RATE: "2", PORTHOLE_MAX_CONNECTIONS: "2", PORTHOLE_HOST: "", HOME: "/x" },
    flags: new Map<string, string | boolean>([["max_connections", "3"], ["view_only", true]]),
  });
  assert.deepEqual([config.port, config.frame_rate, config.max_connections], [1, 2, 3]);
  assert.equal(config.view_only, true);
  assert.equal(config.host, "0.0.0.0");
});

Deno.test("resolveConfig() reports problems of file, environment and flags together", () => {
  const problems = problemsOf(() =>
    resolveConfig({
      object: { port: -1 },
      objectName: "/etc/porthole/config.json",
      environment: { PORTHOLE_FRAME_RATE: "fast", PORTHOLE_LIMITS_LOGIN: "1", PORTHOLE_VIEW_ONLY: "maybe" },
      flags: new Map([["log_level", "LOUD"]]),
    })
  );
  assert.deepEqual(problems, [
    "port (/etc/porthole/config.json): given -1, allowed: an integer from 0 to 65535",
    'PORTHOLE_FRAME_RATE: given "fast", allowed: an integer from 1 to 60',
    "PORTHOLE_LIMITS_LOGIN (the environment): is unknown, did you mean PORTHOLE_LIMITS_LOGIN_SECONDS?",
    'PORTHOLE_VIEW_ONLY: given "maybe", allowed: true or false',
    '--log-level: given "LOUD", allowed: DEBUG, INFO, WARNING, ERROR, CRITICAL, and others for parts: "INFO,session=DEBUG"',
  ]);
});

Deno.test("resolveConfig() takes numbers with a decimal point where a setting has them", () => {
  const factor = (given: string) =>
    resolveConfig({ flags: new Map([["scale_factor", given]]) }).config.scale_factor;
  assert.deepEqual(["0.5", "2", "1.", ".75", " +1.25 "].map(factor), [0.5, 2, 1, 0.75, 1.25]);
  assert.equal(resolveConfig({ object: { scale_factor: 0.25 } }).config.scale_factor, 0.25);
  const problems = ["0.05", "4.5", "-1", "1e0", "half", "", "NaN", "1.5.2"].flatMap((given) =>
    problemsOf(() => factor(given))
  );
  assert.equal(problems.length, 8);
  assert.equal(problems[0], "--scale-factor: given 0.05, allowed: a number from 0.1 to 4");
});

Deno.test("resolveConfig() warns of passwords that VNC Authentication cuts, and of two that are equal", () => {
  const { warnings } = resolveConfig({ object: { password: "123456789", read_only_password: "123456789" } });
  assert.equal(warnings.length, 3);
  assert.doesNotMatch(warnings.join(), /123456789/);
});

Deno.test("resolveConfig() warns of settings that let everybody in, or nobody", () => {
  const warned = (object: unknown) => resolveConfig({ object }).warnings.join("\n");
  assert.match(warned({ insecure_no_auth: true }), /lets everybody in/);
  assert.match(warned({ insecure_no_auth: true, password: "x" }), /does nothing while a password is set/);
  assert.match(warned({ read_only_password: "x" }), /nobody can have control/);
  assert.equal(warned({ password: "x", read_only_password: "y" }), "");
});

Deno.test("resolveConfig() warns of settings that do nothing together", () => {
  const warningsOf = (object: unknown) => resolveConfig({ object }).warnings;
  assert.deepEqual(warningsOf({ metrics: { port: 9100 }, enable_metrics: false }), [
    "metrics.port does nothing while enable_metrics is off",
  ]);
  assert.deepEqual(warningsOf({ record_keys: true }), ["record_keys does nothing without record"]);
  assert.deepEqual(warningsOf({ record: "a.fbs", record_keys: true, record_format: "fbs" }), [
    "record_keys does nothing with record_format fbs, which has pictures only",
  ]);
  assert.deepEqual(warningsOf({ metrics: { port: 9100 }, record: "a.phr", record_keys: true }), []);
});

Deno.test("resolveConfig() warns of log levels for parts that there are not", () => {
  const warningsOf = (log_level: string) => resolveConfig({ object: { log_level } }).warnings;
  assert.deepEqual(warningsOf("INFO,session=DEBUG,x11.errors=ERROR"), []);
  assert.deepEqual(warningsOf("INFO,sesion=DEBUG,mine=DEBUG"), [
    'log_level: no part of the server is called "sesion", did you mean session?',
    'log_level: no part of the server is called "mine"',
  ]);
});

Deno.test("loadConfig() reads a file and the password file beside it", async () => {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/config.json`, '\ufeff{ "port": 0, "password_file": "secret" }');
    await Deno.writeTextFile(`${folder}/secret`, "full\nlook\n", { mode: 0o600 });
    const config = await loadConfig(`${folder}/config.json`);
    assert.equal(config.port, 0);
    assert.deepEqual([config.password, config.read_only_password], ["full", "look"]);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("loadConfig() says line and column of wrong JSON and quotes nothing", async () => {
  await withFile('{\n  "password": "hunter2\n}', async (path) => {
    await assert.rejects(loadConfig(path), (error: ConfigError) => {
      assert.match(error.message, /is not JSON at line 2, column 15/);
      assert.doesNotMatch(error.message, /hunter2/);
      return error instanceof ConfigError;
    });
  });
});

Deno.test("readConfigFile() says which file is missing", () => {
  assert.deepEqual(problemsOf(() => readConfigFile("/nowhere/config.json")), [
    "/nowhere/config.json: cannot be read: there is no such file",
  ]);
});

Deno.test("resolveConfig() takes the password of the stronger source, and refuses two of the same", async () => {
  await withFile("filed", (path) => {
    const fileOverEnvironment = resolveConfig({
      environment: { PORTHOLE_PASSWORD: "env" },
      flags: new Map([["password_file", path]]),
    });
    assert.equal(fileOverEnvironment.config.password, "filed");
    const flagOverFile = resolveConfig({
      object: { password_file: path },
      flags: new Map([["password", "flag"]]),
    });
    assert.equal(flagOverFile.config.password, "flag");
    const both = problemsOf(() => resolveConfig({ object: { password_file: path, password: "x" } }));
    assert.match(both[0]!, /^password_file .*given together with password .*one of the two/);
  });
});

for (
  const [name, content, expected] of [
    ["an empty file", "", /no password on its first line/],
    ["an empty first line", "\nlook", /no password on its first line/],
    ["three lines", "a\nb\nc", /more than two lines/],
    ["a file of other bytes", new Uint8Array([0xd7, 0xa5, 0x14, 0xd8, 0xc5, 0x56, 0xaa]), /is not text/],
    ["a long file", "x".repeat(5000), /too long/],
  ] as const
) {
  Deno.test(`resolveConfig() refuses ${name} as password_file without showing it`, async () => {
    await withFile(content, (path) => {
      const problems = problemsOf(() => resolveConfig({ flags: new Map([["password_file", path]]) }));
      assert.match(problems[0]!, expected);
    });
  });
}

Deno.test("resolveConfig() takes a file of vncpasswd as password_file", async () => {
  const file = Uint8Array.fromHex("2e2dbf576eb06c9e2e2dbf576eb06c9e");
  await withFile(file, (path) => {
    const { config } = resolveConfig({ flags: new Map([["password_file", path]]) });
    assert.deepEqual([config.password, config.read_only_password], ["secret", "secret"]);
  });
});

Deno.test("resolveConfig() warns of a password file that others can read", async () => {
  await withFile("full", async (path) => {
    await Deno.chmod(path, 0o644);
    const { warnings } = resolveConfig({ flags: new Map([["password_file", path]]) });
    assert.match(warnings.join(), /can be read by other users/);
  });
});

Deno.test("parseConfig() tells what cannot be a service of PAM, and what no account", () => {
  const { pam_service, pam_users } = parseConfig({
    pam_service: "porthole",
    pam_users: ["anna:viewer", "*"],
  });
  assert.deepEqual([pam_service, pam_users], ["porthole", ["anna:viewer", "*"]]);
  const wrong = { pam_service: "../shadow", pam_users: ["anna", "viktor:king"] };
  assert.throws(() => parseConfig(wrong), (error) => {
    assert.ok(error instanceof ConfigError);
    assert.match(error.problems[0]!, /^pam_service .*"..\/shadow".*name of a file in \/etc\/pam.d$/);
    assert.match(error.problems[1]!, /^pam_users .*"viktor:king".*NAME:ROLE/);
    return true;
  });
});
