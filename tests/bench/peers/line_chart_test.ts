import assert from "node:assert/strict";
import { growthPanels, type GrowthPoint } from "../../../bench/peers/growth.ts";
import { lineCharts, niceTicks } from "../../../bench/peers/line_chart.ts";

Deno.test("niceTicks() goes from 0 over the greatest value in round steps", () => {
  assert.deepEqual(niceTicks(37), [0, 10, 20, 30, 40]);
  assert.deepEqual(niceTicks(0.7), [0, 0.2, 0.4, 0.6, 0.8]);
  assert.deepEqual(niceTicks(0), [0, 1]);
});

Deno.test("lineCharts() places points on their axes and escapes words", () => {
  const series = [{ name: "a<b", points: [{ x: 1, y: 0 }, { x: 4, y: 40 }, { x: 2, y: NaN }] }];
  const svg = lineCharts(
    [{ title: "T", xLabel: "x", yLabel: "y", doubling: true, series }],
    1,
    "A & B",
    "note",
  );
  assert.match(svg, /^<svg xmlns=/);
  assert.match(svg, /<title>A &amp; B<\/title>/);
  assert.match(svg, /a&lt;b/);
  assert.match(
    svg,
    /<path d="M52 208L316 34" /,
    "lower left to upper right, without the point that is missing",
  );
});

Deno.test("growthPanels() takes the median of repetitions, for processor time and memory", () => {
  const point = (rep: number, cpuPerFrame: number): GrowthPoint => ({
    ...{
      dimension: "viewers",
      server: "s",
      x: 1,
      rep,
      cpuPerFrame,
      residentMegabytes: 10 * rep,
      fps: 1,
      latencyP50: 1,
    },
  });
  const panels = growthPanels([point(0, 1), point(1, 9), point(2, 2)]);
  assert.deepEqual(panels.map(({ series }) => series[0]!.points), [[{ x: 1, y: 2 }], [{ x: 1, y: 10 }]]);
});
