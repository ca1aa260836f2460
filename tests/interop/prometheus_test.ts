/** Prometheus itself, and its promtool, on what the server tells and on what we give its users. @module */
import assert from "node:assert/strict";
import { PrometheusExporter } from "../../lib/mod.ts";
import { dashboardText, expressions } from "../../tools/make_dashboard.ts";
import { samplesOf } from "../support/prometheus_text.ts";
import { Encoding } from "../support/rfb_client.ts";
import { TestServer } from "../support/test_server.ts";

const DOCS = new URL("../../docs/metrics/", import.meta.url);

async function promtool(args: readonly string[], input = ""): Promise<{ code: number; said: string }> {
  const process = new Deno.Command("promtool", {
    args: [...args],
    cwd: DOCS,
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = process.stdin.getWriter();
  await writer.write(new TextEncoder().encode(input));
  await writer.close();
  const { code, stdout, stderr } = await process.output();
  return { code, said: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
}

/** A server that two viewers have looked at, one of them in vain. */
async function busyServer(): Promise<TestServer> {
  const server = await TestServer.start({ metrics: { port: 0 }, password: "secret" });
  await server.connect({ password: "wrong" }).catch(() => {});
  await using client = await server.connect({
    password: "secret",
    encodings: [Encoding.Tight, Encoding.CopyRect, Encoding.Fence, Encoding.quality(5)],
  });
  await client.refresh();
  for (let i = 1; i <= 5; i++) {
    await client.requestUpdate({ incremental: true });
    server.screen.draw({ x: 3 * i, y: 0, width: 100, height: 100 }, (x, y) => x * y * i);
    await client.nextUpdate();
    await client.key(0x61, i % 2 === 1);
    await client.pointer(i, i);
  }
  return server;
}

Deno.test("promtool finds nothing wrong with the metrics of a busy server", async () => {
  await using server = await busyServer();
  const text = server.server.metrics!.text();
  assert.ok(samplesOf(text).length > 100);
  assert.deepEqual(await promtool(["check", "metrics"], text), { code: 0, said: "" });
  const wrong = await promtool(
    ["check", "metrics"],
    text.replace("porthole_updates_total", "porthole-updates"),
  );
  assert.notEqual(wrong.code, 0, "promtool looks");
});

Deno.test("docs/metrics/alerts.yml is what Prometheus takes, and alerts fire when they should and not otherwise", async () => {
  for (const args of [["check", "rules", "alerts.yml"], ["test", "rules", "alerts_test.yml"]]) {
    const { code, said } = await promtool(args);
    assert.equal(code, 0, said);
  }
});

Deno.test("docs/metrics/dashboard.json is what tools/make_dashboard.ts makes (else: deno task docs)", async () => {
  assert.equal(await Deno.readTextFile(new URL("dashboard.json", DOCS)), dashboardText());
});

/** As Grafana fills them in. */
function filled(expression: string): string {
  return expression.replaceAll("$__rate_interval", "1m").replaceAll(/\$(job|instance)/g, ".*");
}

Deno.test("the expressions of docs/metrics/dashboard.json are what Prometheus takes", async () => {
  const rules = expressions().map((expr, at) => ({ record: `panel:${at}`, expr: filled(expr) }));
  const path = await Deno.makeTempFile({ suffix: ".yml" });
  try {
    // JSON is YAML.
    await Deno.writeTextFile(path, JSON.stringify({ groups: [{ name: "dashboard", rules }] }));
    const { code, said } = await promtool(["check", "rules", path]);
    assert.equal(code, 0, said);
  } finally {
    await Deno.remove(path);
  }
});

Deno.test("dashboard and alerts speak of metrics that there are, and docs/metrics.md of all of them", async () => {
  await using server = await busyServer();
  const text = server.server.metrics!.text();
  const families = new Set(Array.from(text.matchAll(/^# TYPE (\S+)/gm), ([, name]) => name!));
  // Those of which nothing has happened yet have no series.
  const quiet = ["capture_switches", "control_changes", "invitations", "session_ends"];
  for (const name of ["process_open_fds", ...quiet.map((name) => `porthole_${name}_total`)]) {
    families.add(name);
  }
  const alerts = await Deno.readTextFile(new URL("alerts.yml", DOCS));
  const used = new Set(
    Array.from(
      [...expressions(), alerts].join("\n").matchAll(/\b(?:porthole|process)_\w+/g),
      ([name]) => name!.replace(/_(bucket|count|sum)$/, ""),
    ),
  );
  assert.ok(used.size > 20);
  for (const name of used) assert.ok(families.has(name), `${name} is used, and there is no such metric`);
  const manual = await Deno.readTextFile(new URL("../metrics.md", DOCS));
  for (const name of families) {
    assert.ok(manual.includes(`\`${name}`), `docs/metrics.md does not explain ${name}`);
  }
  const explained = new Set(
    Array.from(manual.matchAll(/^\| `((?:porthole|process)_\w+)/gm), ([, name]) => name!),
  );
  assert.deepEqual([...explained].filter((name) => !families.has(name)), [], "explained, and not there");
});

/** A port that nobody had a moment ago. */
function freePort(): number {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  return listener.addr.port;
}

/** A real Prometheus that scrapes `target` each second. */
class Prometheus implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #folder: string;
  readonly #base: string;

  constructor(target: string) {
    this.#folder = Deno.makeTempDirSync();
    const config = {
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: [new URL("alerts.yml", DOCS).pathname],
      scrape_configs: [{ job_name: "porthole", static_configs: [{ targets: [target] }] }],
    };
    Deno.writeTextFileSync(`${this.#folder}/prometheus.yml`, JSON.stringify(config));
    const address = `127.0.0.1:${freePort()}`;
    this.#base = `http://${address}`;
    this.#process = new Deno.Command("prometheus", {
      args: [
        `--config.file=${this.#folder}/prometheus.yml`,
        `--storage.tsdb.path=${this.#folder}/data`,
        `--web.listen-address=${address}`,
        "--log.level=error",
      ],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
  }

  /** The value of an expression; `undefined` while there is none. */
  async value(expression: string): Promise<number | undefined> {
    try {
      const answer = await fetch(`${this.#base}/api/v1/query?query=${encodeURIComponent(expression)}`);
      const { data } = await answer.json();
      const [first] = data.result;
      return first && Number(first.value[1]);
    } catch {
      return undefined; // it has not started yet
    }
  }

  /** Waits until an expression has a value. @throws {Error} It does not come. */
  async until(expression: string, wanted: number, timeoutMs = 20_000): Promise<void> {
    let value: number | undefined;
    for (const giveUp = Date.now() + timeoutMs; Date.now() < giveUp;) {
      value = await this.value(expression);
      if (value === wanted) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`${expression} is ${value}, not ${wanted}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.status;
    await Deno.remove(this.#folder, { recursive: true });
  }
}

Deno.test("a real Prometheus scrapes the server, and has the numbers that a client counts", async () => {
  await using server = await TestServer.start({ metrics: { port: 0 } });
  await using prometheus = new Prometheus(`127.0.0.1:${server.server.metrics!.port}`);
  await prometheus.until('up{job="porthole"}', 1);
  await using client = await server.connect({ encodings: [Encoding.Zrle] });
  await client.refresh();
  for (let i = 1; i <= 20; i++) {
    await client.requestUpdate({ incremental: true });
    server.screen.draw({ x: 3 * i, y: 2 * i, width: 50, height: 50 }, (x, y) => x * y * i);
    await client.nextUpdate();
  }
  const rects = client.received.flatMap((message) => message.kind === "update" ? message.rects : []);
  await prometheus.until("porthole_sessions", 1);
  await prometheus.until("porthole_updates_total", 21);
  await prometheus.until("porthole_sent_bytes_total", client.wire.received);
  await prometheus.until("porthole_received_bytes_total", client.wire.sent);
  await prometheus.until('porthole_rectangles_total{encoding="zrle"}', rects.length);
  await prometheus.until('ALERTS{alertstate="firing"} or vector(0)', 0);
  client.close();
  await prometheus.until("porthole_sessions", 0);
});

Deno.test("a new exporter has a metric for everything that can be at 0, so that first rises are seen", () => {
  const text = new PrometheusExporter().text();
  for (
    const name of ["porthole_updates_total", "porthole_sent_bytes_total", "porthole_encode_seconds_count"]
  ) {
    assert.match(text, new RegExp(`^${name} 0$`, "m"));
  }
});
