import assert from "node:assert/strict";
import { type Bar, BARS, judge } from "../../../bench/peers/bars.ts";
import { CASES } from "../../../bench/peers/cases.ts";
import type { Sample } from "../../../bench/peers/measure.ts";
import { HELP, parseOptions } from "../../../bench/peers/options.ts";
import { figure, range, toMarkdown } from "../../../bench/peers/report.ts";
import { ratioOf, type Repeated, type Results } from "../../../bench/peers/results.ts";
import { percentile, spread } from "../../../bench/peers/statistics.ts";

const EMPTY: Omit<Sample, "server" | "case" | "cpuPerFrame"> = {
  ...{
    viewers: 1,
    linked: false,
    seconds: 1,
    drawn: 20,
    delivered: 20,
    fps: 20,
    updatesPerSecond: 20,
    rectsPerSecond: 20,
  },
  ...{
    kilobytesPerSecond: 1,
    kilobytesPerFrame: 1,
    serverCpu: 1,
    xCpu: 0,
    totalCpu: 1,
    latencyP50: 1,
    latencyP99: 1,
  },
  ...{
    stalenessP50: 1,
    stalenessP99: 1,
    firstFrameMs: 1,
    listeningMs: 1,
    residentMegabytes: 1,
    unclear: 0,
    backward: 0,
  },
  ...{ samePicture: true, continuousUpdates: false, encodings: {} },
};

function results(
  ...samples: readonly (Partial<Sample> & { server: string; cpuPerFrame: number; rep?: number })[]
): Results {
  return {
    date: "today",
    command: "bench",
    machine: { processor: "one", cores: 1, kernel: "1" },
    seconds: 1,
    samples: samples.map((given): Repeated<Sample> => ({ ...EMPTY, case: "terminal", rep: 0, ...given })),
    keys: [],
  };
}

const BAR: Bar = {
  what: "CPU a frame",
  selection: { case: "terminal" },
  metric: "cpuPerFrame",
  reference: "better peer",
  limit: 0.7,
  sense: "at most",
};

Deno.test("percentile() lies between neighbours in proportion", () => {
  assert.equal(percentile([30, 10, 20], 0.5), 20);
  assert.equal(percentile([10, 20], 0.25), 12.5);
  assert.ok(Number.isNaN(percentile([], 0.5)));
});

Deno.test("spread() leaves out what was not measured", () => {
  assert.deepEqual(spread([3, NaN, 1, 2]), { median: 2, min: 1, max: 3 });
});

Deno.test("ratioOf() compares with the better peer of the same repetition", () => {
  const measured = results(
    { server: "porthole", cpuPerFrame: 2, rep: 0 },
    { server: "x0vncserver", cpuPerFrame: 4, rep: 0 },
    { server: "x11vnc", cpuPerFrame: 8, rep: 0 },
    { server: "porthole", cpuPerFrame: 2, rep: 1 },
    { server: "x0vncserver", cpuPerFrame: 20, rep: 1 },
    { server: "x11vnc", cpuPerFrame: 10, rep: 1 },
    { server: "xvnc", cpuPerFrame: 0.1, rep: 1 },
  );
  assert.deepEqual(ratioOf(measured, { case: "terminal" }, "cpuPerFrame"), {
    median: 0.35,
    min: 0.2,
    max: 0.5,
  });
});

Deno.test("ratioOf() keeps crowds and links apart", () => {
  const measured = results(
    { server: "porthole", cpuPerFrame: 3, viewers: 4 },
    { server: "porthole", cpuPerFrame: 2 },
    { server: "x0vncserver", cpuPerFrame: 9, linked: true },
  );
  const four = ratioOf(measured, { case: "terminal", viewers: 4 }, "cpuPerFrame", "itself with one viewer");
  assert.equal(four.median, 1.5);
  assert.ok(Number.isNaN(ratioOf(measured, { case: "terminal" }, "cpuPerFrame").median), "a link is no peer");
});

Deno.test("judge() says reached, missed, or nothing", () => {
  const peer = { server: "x11vnc", cpuPerFrame: 10 };
  assert.equal(judge(results(peer, { server: "porthole", cpuPerFrame: 7 }), BAR).reached, true);
  assert.equal(judge(results(peer, { server: "porthole", cpuPerFrame: 7.1 }), BAR).reached, false);
  assert.equal(judge(results(peer), BAR).reached, undefined);
  const fps: Bar = { ...BAR, metric: "fps", reference: "x0vncserver", limit: 1, sense: "at least" };
  const slower = results({ server: "porthole", cpuPerFrame: 1, fps: 19 }, {
    server: "x0vncserver",
    cpuPerFrame: 1,
    fps: 20,
  });
  assert.equal(judge(slower, fps).reached, false);
});

Deno.test("judge() takes a bar of no case for one of all of them, with one viewer and no link", () => {
  const started = (listeningMs: number, more = {}) => ({
    ...{ server: "porthole", cpuPerFrame: 1, listeningMs },
    ...more,
  });
  const measured = results(
    ...[started(300), started(150, { case: "typing" }), started(160, { case: "idle" })],
    ...[started(900, { viewers: 4 }), started(901, { linked: true }), started(1, { server: "x11vnc" })],
  );
  const bar: Bar = { what: "start", selection: {}, metric: "listeningMs", limit: 200, sense: "at most" };
  const { value, reached } = judge(measured, bar);
  assert.deepEqual(value, { median: 160, min: 150, max: 300 });
  assert.equal(reached, true);
  const start = BARS.find(({ metric }) => metric === "listeningMs")!;
  assert.match(
    toMarkdown(measured),
    /^\| all \| start to listening \| 160 \(150–300\) ms \| ≤ 200 ms \| reached \|$/m,
  );
  assert.equal(start.selection.case, undefined);
});

Deno.test("BARS are of cases that there are", () => {
  for (const { selection } of BARS) {
    const { case: of } = selection;
    assert.ok(of === undefined || CASES.some(({ name }) => name === of), of);
  }
});

Deno.test("toMarkdown() shows figures, ratios, bars and what was strange", () => {
  const text = toMarkdown(results(
    { server: "porthole", cpuPerFrame: 9, backward: 2 },
    { server: "x11vnc", cpuPerFrame: 10, samePicture: false },
  ));
  assert.match(text, /^\| terminal scroll 20\/s \| Tight \| 9\.00, 1\.00, 1\.00 \/ 1\.00, 20\.0 \| 10\.0, /m);
  assert.match(
    text,
    /^\| terminal scroll 20\/s, Tight \| CPU a frame \| 0\.90x \| ≤ 0\.7x \| \*\*missed\*\* \|$/m,
  );
  assert.match(text, /porthole, terminal, 1 viewers: 2 frames came after later ones/);
  assert.match(text, /x11vnc, terminal, 1 viewers: pixels were wrong in the end/);
});

Deno.test("figure() and range() show as many digits as say something", () => {
  assert.deepEqual([0.0123, 1.234, 12.34, 123.4, NaN].map(figure), ["0.012", "1.23", "12.3", "123", "–"]);
  assert.equal(range({ median: 1, min: 0.5, max: 2 }), "1.00 (0.50–2.00)");
});

Deno.test("parseOptions() names what there is not", () => {
  assert.throws(() => parseOptions(["--workloads", "dancing"]), /"dancing"; there are terminal, /);
  assert.throws(() => parseOptions(["--reps", "0"]), /--reps: "0"/);
  assert.equal(parseOptions(["--help"]), undefined);
  assert.match(HELP, /--quick/);
  assert.deepEqual(parseOptions(["--quick", "--viewers", "1,8"])!.viewers, [1, 8]);
});
