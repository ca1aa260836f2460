/**
 * Metrics for Prometheus, and a counter of your own among them.
 *
 *     deno run -A examples/metrics.ts [PORT] [METRICS_PORT]
 *     curl http://localhost:METRICS_PORT/metrics
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { MetricsRegistry, PrometheusExporter, type ServerObserver, VNCServer } from "../lib/mod.ts";

const registry = new MetricsRegistry();
const visits = registry.counter(
  "example_visits_total",
  "Viewers that have come in, by how they showed who they are",
  [
    "security",
  ],
);
const visitors: ServerObserver = {
  sessionOpened: ({ security }) => visits.with(security).add(1),
};

const [port = "5900", metricsPort = "9100"] = Deno.args;
await using exporter = new PrometheusExporter({ registry });
await exporter.start({ hostname: "127.0.0.1", port: Number(metricsPort) });

await using server = new VNCServer({
  port: Number(port),
  hostname: "127.0.0.1",
  display: "pattern:320x240",
  observers: [exporter, visitors],
});
await server.start();
console.log(`Listening on port ${server.port}; metrics on http://127.0.0.1:${exporter.port}/metrics`);
Deno.addSignalListener("SIGINT", () => void server.stop());
await server.finished;
