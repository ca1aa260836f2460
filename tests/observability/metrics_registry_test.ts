/** Metrics and their text (Prometheus exposition format 0.0.4). @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { MetricsRegistry } from "../../lib/observability/metrics_registry.ts";
import { samplesOf } from "../support/prometheus_text.ts";

Deno.test("MetricsRegistry writes counters, gauges and histograms with HELP and TYPE, those without labels from 0 on", () => {
  const registry = new MetricsRegistry();
  registry.counter("bytes_sent_total", "Bytes sent");
  const served = registry.counter("pages_total", "Pages", ["result", "kind"]);
  served.with("ok", "html").add();
  served.with("ok", "html").add(2.5);
  registry.gauge("temperature_celsius", "How warm").value = -3.5;
  const seconds = registry.histogram("wait_seconds", "Wait", [0.1, 1]);
  for (const value of [0.05, 0.1, 0.5, 7]) seconds.observe(value);
  assert.equal(
    registry.text(),
    `# HELP bytes_sent_total Bytes sent
# TYPE bytes_sent_total counter
bytes_sent_total 0
# HELP pages_total Pages
# TYPE pages_total counter
pages_total{result="ok",kind="html"} 3.5
# HELP temperature_celsius How warm
# TYPE temperature_celsius gauge
temperature_celsius -3.5
# HELP wait_seconds Wait
# TYPE wait_seconds histogram
wait_seconds_bucket{le="0.1"} 2
wait_seconds_bucket{le="1"} 3
wait_seconds_bucket{le="+Inf"} 4
wait_seconds_sum 7.65
wait_seconds_count 4
`,
  );
});

Deno.test("MetricsRegistry escapes help and label values, so that any text comes back", () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'\\"\n{},= aé\0', "😀") }), (value) => {
      const registry = new MetricsRegistry();
      registry.gauge("g", `help \\ \n of ${value}`, ["label"]).with(value).value = 1;
      const text = registry.text();
      assert.equal(text.split("\n").length, 4);
      assert.deepEqual(samplesOf(text), [{ name: "g", labels: { label: value }, value: 1 }]);
    }),
    { seed: 11, numRuns: 500 },
  );
});

Deno.test("MetricsRegistry bounds the series of a metric: what comes beyond is counted as other", () => {
  const registry = new MetricsRegistry();
  const seen = registry.counter("seen_total", "Seen", ["who"]);
  for (let i = 0; i < 5000; i++) seen.with(`peer ${i}`).add();
  const samples = samplesOf(registry.text());
  assert.ok(samples.length <= 101, `${samples.length} series`);
  assert.equal(samples.reduce((sum, { value }) => sum + value, 0), 5000);
  assert.equal(samples.find(({ labels }) => labels.who === "other")!.value, 4900);
});

Deno.test("MetricsRegistry asks for measured values when the text is made, and leaves out what is not known", () => {
  const registry = new MetricsRegistry();
  let value: number | undefined = 1;
  registry.measured("gauge", "level", "Level", () => value);
  const text = () => registry.text().split("\n").filter((line) => line.startsWith("level"));
  assert.deepEqual(text(), ["level 1"]);
  value = 2;
  assert.deepEqual(text(), ["level 2"]);
  value = undefined;
  assert.equal(registry.text(), "");
});

Deno.test("MetricsRegistry.rendering() writes one metric a step, all of them as they were in the first", () => {
  const registry = new MetricsRegistry();
  const metrics = Array.from({ length: 64 }, (_, at) => registry.counter(`m${at}_total`, "?", ["session"]));
  for (let session = 0; session < 64; session++) {
    for (const metric of metrics) metric.with(`${session}`).add();
  }
  const seconds = registry.histogram("s", "?", [1, 2]);
  seconds.observe(1);
  const before = registry.text();
  assert.equal(samplesOf(before).length, 64 * 64 + 5);
  const steps = registry.rendering();
  let count = 0;
  for (let step = steps.next();; step = steps.next(), count++) {
    if (step.done) {
      assert.equal(step.value, before);
      break;
    }
    for (const metric of metrics) metric.with("0").add();
    seconds.observe(3);
    metrics[0]!.with(`new ${count}`).add();
  }
  assert.equal(count, 65);
  assert.notEqual(registry.text(), before);
});

Deno.test("MetricsRegistry refuses names that Prometheus does not take, and names that are taken", () => {
  const registry = new MetricsRegistry();
  registry.counter("a_total", "A");
  for (const name of ["", "1_total", "a-b_total", "a b_total", "ä_total", "a_total"]) {
    assert.throws(() => registry.counter(name, "?"), TypeError, name);
  }
  assert.throws(() => registry.counter("seconds", "counters end in _total"), TypeError);
  for (const label of ["", "__name", "le", "a-b"]) {
    assert.throws(() => registry.gauge(`g${label.length}`, "?", [label]), TypeError, label);
  }
  const labelled = registry.gauge("labelled", "?", ["one"]);
  assert.throws(() => labelled.with("1", "2"), TypeError);
  assert.throws(() => registry.histogram("h", "?", [1, 1]), RangeError);
});

Deno.test("Counter never falls", () => {
  const counter = new MetricsRegistry().counter("a_total", "A");
  for (const amount of [-1, NaN]) assert.throws(() => counter.add(amount), RangeError);
  assert.equal(counter.value, 0);
});
