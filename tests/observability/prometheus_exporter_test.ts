/** Metrics of a server at work, and how they are served. @module */
import assert from "node:assert/strict";
import { restBy, SLICE_MS } from "../../lib/core/next_turn.ts";
import { MetricsRegistry, PrometheusExporter } from "../../lib/mod.ts";
import { spend } from "../support/event_loop.ts";
import { sampleOf } from "../support/prometheus_text.ts";
import { Encoding, Refused, RfbClient } from "../support/rfb_client.ts";
import { TestServer } from "../support/test_server.ts";

/** Waits for what other tasks do; fails when it does not come. */
async function eventually(condition: () => boolean, what: () => string): Promise<void> {
  for (const giveUp = Date.now() + 5000; !condition();) {
    assert.ok(Date.now() < giveUp, what());
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test("PrometheusExporter counts what two clients count themselves", async () => {
  await using server = await TestServer.start({ metrics: {} });
  const text = () => server.server.metrics!.text();
  server.screen.draw({ x: 0, y: 0, width: 200, height: 150 }, (x, y) => x * 7919 ^ y * 104729);
  await using one = await server.connect({ encodings: [Encoding.Zrle] });
  await using two = await server.connect({ encodings: [Encoding.Hextile] });
  for (const client of [one, two]) {
    await client.refresh();
    await client.pointer(5, 5, 0);
    await client.key(0x61, true);
    await client.key(0x61, false);
    for (let i = 0; i < 3; i++) {
      await client.requestUpdate({ incremental: true });
      server.screen.draw({ x: 10 * i, y: 0, width: 20, height: 20 }, (x, y) => x * 31 + y * 77 + i);
      await client.nextUpdate();
    }
  }
  await eventually(
    () => sampleOf(text(), "porthole_received_bytes_total") === one.wire.sent + two.wire.sent,
    () => `${sampleOf(text(), "porthole_received_bytes_total")} of ${one.wire.sent + two.wire.sent} bytes`,
  );
  const rects = (client: RfbClient, encoding: number) =>
    client.received.flatMap((message) => message.kind === "update" ? message.rects : [])
      .filter((rect) => rect.encoding === encoding);
  const counted = (name: string, encoding?: string) => sampleOf(text(), name, encoding ? { encoding } : {});
  assert.equal(counted("porthole_sent_bytes_total"), one.wire.received + two.wire.received);
  for (const [client, encoding, name] of [[one, 16, "zrle"], [two, 5, "hextile"]] as const) {
    const received = rects(client, encoding);
    assert.equal(counted("porthole_rectangles_total", name), received.length);
    const bytes = received.reduce((sum, { length }) => sum + length + 12, 0);
    assert.equal(counted("porthole_rectangle_bytes_total", name), bytes);
    const pixels = received.reduce((sum, { width, height }) => sum + width * height, 0);
    assert.equal(counted("porthole_rectangle_pixels_total", name), pixels);
  }
  const updates = [...one.received, ...two.received].filter(({ kind }) => kind === "update").length;
  assert.equal(counted("porthole_updates_total"), updates);
  assert.equal(counted("porthole_encode_seconds_count"), updates);
  assert.equal(counted("porthole_key_events_total"), 4);
  assert.equal(counted("porthole_pointer_events_total"), 2);
  assert.equal(counted("porthole_sessions"), 2);
  assert.ok(counted("porthole_capture_seconds_count") >= 4);
  assert.equal(sampleOf(text(), "porthole_desktop_pixels", { dimension: "width" }), 200);
  assert.equal(sampleOf(text(), "porthole_connections_total", { transport: "tcp", result: "accepted" }), 2);
});

Deno.test("PrometheusExporter tells what became of connections, and a full server from a wrong password", async () => {
  await using server = await TestServer.start({ metrics: {}, password: "secret", maxConnections: 1 });
  const text = () => server.server.metrics!.text();
  const count = (result: string) => sampleOf(text(), "porthole_connections_total", { result });
  await assert.rejects(server.connect({ password: "wrong" }), Refused);
  {
    await using _client = await server.connect({ password: "secret" });
    await assert.rejects(server.connect({ password: "secret" }), Refused);
    await using nonsense = await Deno.connect({ port: server.server.port });
    await nonsense.write(new TextEncoder().encode("GET / HTTP/1.1\r\n\r\n"));
    await eventually(() => count("refused") + count("protocol_error") === 2, text);
  }
  await eventually(() => sampleOf(text(), "porthole_sessions") === 0, text);
  const results = ["accepted", "authentication_failed", "refused", "protocol_error", "gone", "turned_away"];
  // Whether the third peer speaks nonsense or comes when all places are taken: it is told that there is no place.
  assert.deepEqual(results.map(count).slice(0, 2), [1, 1]);
  assert.equal(
    sampleOf(text(), "porthole_authentication_failures_total", { security: "VNC Authentication" }),
    1,
  );
  assert.equal(sampleOf(text(), "porthole_errors_total", { error: "AuthenticationError" }), 1);
  assert.equal(sampleOf(text(), "porthole_pending_connections"), 0);
  assert.equal(sampleOf(text(), "porthole_session_duration_seconds_count"), 1);
});

Deno.test("PrometheusExporter counts peers that are turned away at the door", async () => {
  await using server = await TestServer.start({ metrics: {}, limits: { pendingConnectionsPerAddress: 1 } });
  using _first = await Deno.connect({ port: server.server.port });
  await eventually(() => server.server.status().pending === 1, () => "the first peer did not come");
  using second = await Deno.connect({ port: server.server.port });
  assert.equal(await second.read(new Uint8Array(1)), null);
  assert.equal(
    sampleOf(server.server.metrics!.text(), "porthole_connections_total", { result: "turned_away" }),
    1,
  );
});

Deno.test("PrometheusExporter tells of the process", () => {
  const before = Date.now() / 1000;
  const text = new PrometheusExporter({ countDescriptors: () => 17 }).text();
  assert.equal(sampleOf(text, "process_open_fds"), 17);
  assert.ok(sampleOf(text, "process_cpu_seconds_total") > 0);
  assert.ok(sampleOf(text, "process_resident_memory_bytes") > 10e6);
  const started = sampleOf(text, "process_start_time_seconds");
  assert.ok(started > before - 3600 && started < before, `${started}`);
  assert.equal(sampleOf(text, "porthole_build_info"), 1);
  assert.doesNotMatch(new PrometheusExporter().text(), /process_open_fds/);
});

Deno.test("PrometheusExporter serves metrics and health on a port of its own, and nothing else", async () => {
  await using server = await TestServer.start({ metrics: { port: 0 } });
  const at = `http://127.0.0.1:${server.server.metrics!.port}`;
  const metrics = await fetch(`${at}/metrics`);
  assert.equal(metrics.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.match(await metrics.text(), /^# HELP porthole_/);
  const health = await fetch(`${at}/healthz`);
  assert.deepEqual([health.status, await health.text()], [200, "ok\n"]);
  const head = await fetch(`${at}/metrics`, { method: "HEAD" });
  assert.deepEqual([head.status, await head.text()], [200, ""]);
  for (
    const [path, method, status] of [["/", "GET", 404], ["/metrics/", "GET", 404], [
      "/metrics",
      "POST",
      405,
    ]] as const
  ) {
    const answer = await fetch(at + path, { method });
    await answer.body?.cancel();
    assert.equal(answer.status, status, `${method} ${path}`);
  }
  await server.server.stop();
  await assert.rejects(fetch(`${at}/metrics`), TypeError);
});

Deno.test("PrometheusExporter is on the web port, too, where metrics are for programs on this machine", async () => {
  await using server = await TestServer.start({ web: { port: 0 } });
  const at = `http://127.0.0.1:${server.server.webPort}`;
  const metrics = await fetch(`${at}/metrics`);
  assert.equal(metrics.headers.get("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  assert.match(await metrics.text(), /^porthole_sessions 0$/m);
  // By a proxy on this machine, for somebody elsewhere.
  const headers = { "X-Forwarded-For": "192.0.2.7" };
  const forwarded = await fetch(`${at}/metrics`, { headers });
  assert.deepEqual([forwarded.status, /metrics\.port/.test(await forwarded.text())], [403, true]);
  const health = await fetch(`${at}/healthz`, { headers });
  assert.deepEqual([health.status, await health.text()], [200, "ok\n"]);
});

Deno.test("PrometheusExporter says that something is wrong while the display is lost", async () => {
  await using server = await TestServer.start({ metrics: {} });
  const status = async () => (await server.server.metrics!.handle(new Request("http://x/healthz"))!).status;
  assert.equal(await status(), 200);
  await using client = await server.connect();
  await client.refresh();
  await client.requestUpdate({ incremental: true });
  server.screen.lose();
  const isUp = () => sampleOf(server.server.metrics!.text(), "porthole_display_up");
  await eventually(() => isUp() === 0, () => "the display is not missed");
  assert.equal(await status(), 503);
  assert.equal(sampleOf(server.server.metrics!.text(), "porthole_display_losses_total"), 1);
});

Deno.test("PrometheusExporter.handle() leaves other paths to others", async () => {
  const exporter = new PrometheusExporter();
  assert.equal(exporter.handle(new Request("http://x/index.html")), undefined);
  assert.equal((await exporter.handle(new Request("http://x/metrics", { method: "DELETE" }))!).status, 405);
  const page = await exporter.handle(new Request("http://x/metrics?x=1"))!;
  assert.match(await page.text(), /porthole_build_info\{version=/);
});

Deno.test("PrometheusExporter lets others have their turn when the text takes longer than one", async () => {
  const registry = new MetricsRegistry();
  let asked = 0;
  registry.measured("gauge", "slow", "Takes a whole turn", () => {
    spend(SLICE_MS);
    return ++asked;
  });
  const exporter = new PrometheusExporter({ registry });
  let pauses = 0;
  using _rest = restBy(() => Promise.resolve(pauses++));
  const scrape = async () => (await exporter.handle(new Request("http://x/metrics"))!).text();
  const texts = await Promise.all([scrape(), scrape()]);
  assert.ok(pauses >= 1);
  assert.equal(texts[0], texts[1], "what is being made is for all who ask");
  assert.equal(sampleOf(texts[0], "slow"), 1);
});

Deno.test("PrometheusExporter says so when a metric cannot be asked for, and answers again afterwards", async () => {
  const registry = new MetricsRegistry();
  let broken = true;
  registry.measured("gauge", "level", "Level", () => {
    if (broken) throw new Error("broken");
    return 7;
  });
  await using exporter = new PrometheusExporter({ registry });
  await exporter.start({ port: 0 });
  const scrape = () => fetch(`http://127.0.0.1:${exporter.port}/metrics`);
  const failed = await scrape();
  assert.deepEqual([failed.status, /log/.test(await failed.text())], [500, true]);
  broken = false;
  assert.equal(sampleOf(await (await scrape()).text(), "level"), 7);
});

Deno.test("PrometheusExporter works as an embedder's own observer, in a registry of the embedder's", async () => {
  const registry = new MetricsRegistry();
  registry.counter("my_total", "Mine").add(3);
  await using exporter = new PrometheusExporter({ registry });
  await using server = await TestServer.start({ metrics: false, observers: [exporter] });
  await using client = await server.connect();
  await client.refresh();
  await exporter.start({ port: 0 });
  await assert.rejects(exporter.start({ port: 0 }), TypeError);
  const text = await (await fetch(`http://127.0.0.1:${exporter.port}/metrics`)).text();
  assert.deepEqual([sampleOf(text, "my_total"), sampleOf(text, "porthole_sessions")], [3, 1]);
  assert.equal(server.server.metrics, undefined);
});

Deno.test("VNCServer.start() says so when the port for metrics is taken, and lets go of everything", async () => {
  using taken = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  await assert.rejects(TestServer.start({ metrics: { port: taken.addr.port } }), {
    name: "NativeError",
    message: /for metrics: another program does.*metrics\.port/,
  });
});

Deno.test("a scraper that never reads, and one that never asks, hold up nobody", async () => {
  await using server = await TestServer.start({ metrics: { port: 0 } });
  const port = server.server.metrics!.port!;
  using lazy = await Deno.connect({ port });
  await lazy.write(new TextEncoder().encode("GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n".repeat(500)));
  using _slow = await Deno.connect({ port });
  await using client = await server.connect({ encodings: [Encoding.Zrle] });
  await client.refresh();
  const begun = performance.now();
  for (let i = 0; i < 10; i++) {
    await client.requestUpdate({ incremental: true });
    server.screen.draw({ x: i, y: 0, width: 20, height: 20 }, i + 1);
    await client.nextUpdate();
  }
  assert.ok(performance.now() - begun < 2000);
  assert.equal((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
});
