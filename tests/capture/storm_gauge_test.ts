/**
 * @module
 */
import assert from "node:assert/strict";
import { StormGauge } from "../../lib/capture/storm_gauge.ts";

const FULL_HD = { width: 1920, height: 1080 };

/** Counts reports at a rate. @returns After how many it is a storm, if it becomes one within `ms`. */
function stormAfter(gauge: StormGauge, perSecond: number, from: number, ms: number): number | undefined {
  for (let count = 1; count * 1000 / perSecond <= ms; count++) {
    if (gauge.count(from + count * 1000 / perSecond)) return count;
  }
  return undefined;
}

Deno.test("StormGauge lets a page be drawn by thousands of requests at once, again and again", () => {
  const gauge = new StormGauge(FULL_HD);
  for (let second = 0; second < 5; second++) {
    for (let i = 0; i < 3000; i++) assert.ok(!gauge.count(second * 1000), `${i} in second ${second}`);
  }
  assert.ok(gauge.count(4000));
});

Deno.test("StormGauge finds a storm within half a second at 20 000 a second, and sooner when there was one", () => {
  const gauge = new StormGauge(FULL_HD);
  const first = stormAfter(gauge, 20_000, 0, 10_000)!;
  assert.ok(first > 3000 && first < 10_000, `${first}`);
  gauge.restart(2000);
  const second = stormAfter(gauge, 20_000, 2000, 10_000)!;
  assert.ok(second > 300 && second < 1000, `${second}`);
});

Deno.test("StormGauge goes on with what costs less than looking at the whole screen, which depends on its size", () => {
  const gauge = new StormGauge(FULL_HD);
  assert.ok(gauge.perSecond > 10_000 && gauge.perSecond < 16_000, `${gauge.perSecond}`);
  assert.equal(stormAfter(gauge, gauge.perSecond * 0.99, 0, 60_000), undefined);
  const [small, large] = [{ width: 640, height: 480 }, { width: 3840, height: 2160 }];
  assert.notEqual(stormAfter(new StormGauge(small), gauge.perSecond, 0, 2000), undefined);
  assert.equal(stormAfter(new StormGauge(large), 3 * gauge.perSecond, 0, 60_000), undefined);
});
