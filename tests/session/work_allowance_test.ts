/** @module */
import assert from "node:assert/strict";
import { WorkAllowance } from "../../lib/session/work_allowance.ts";

/** A client whose messages take `workMs` each and come every `everyMs`, or as fast as they may; for a minute. */
function minuteOf(workMs: number, everyMs: number) {
  const allowance = new WorkAllowance(0);
  let now = 0, worked = 0, longestWait = 0, longestWork = 0, workInARow = 0;
  while (now < 60_000) {
    now += workMs;
    worked += workMs;
    workInARow += workMs;
    allowance.spend(workMs, now);
    longestWork = Math.max(longestWork, workInARow);
    longestWait = Math.max(longestWait, allowance.waitMs);
    const pause = Math.max(everyMs, allowance.waitMs);
    if (pause > 0) workInARow = 0;
    now += pause;
  }
  return { share: worked / now, longestWait, longestWork };
}

Deno.test("WorkAllowance never holds up a client that does what people do", () => {
  // A mouse with a thousand reports a second, and a key each 20 ms on a slow machine.
  assert.equal(minuteOf(0.2, 1).longestWait, 0);
  assert.equal(minuteOf(2, 20).longestWait, 0);
});

Deno.test("WorkAllowance gives a client that floods a tenth of the time, a moment after another", () => {
  const { share, longestWait, longestWork } = minuteOf(0.01, 0);
  assert.ok(share > 0.09 && share < 0.13, `${share}`);
  assert.ok(longestWork < 12, `${longestWork} ms without a pause`);
  assert.ok(longestWait < 10, `${longestWait} ms`);
});

Deno.test("WorkAllowance gives a quarter of the time for a moment, and again after a pause", () => {
  const allowance = new WorkAllowance(0);
  let now = 0;
  /** Work without a pause for so long, and the share of it. */
  const flood = (ms: number) => {
    let worked = 0;
    for (const end = now + ms; now < end; now += 0.1 + allowance.waitMs) {
      worked += 0.1;
      allowance.spend(0.1, now + 0.1);
    }
    return worked / ms;
  };
  flood(10);
  const before = flood(180);
  assert.ok(before > 0.22 && before < 0.28, `${before}`);
  flood(20);
  const after = flood(180);
  assert.ok(after > 0.08 && after < 0.12, `${after}`);
  now += 100;
  flood(10);
  const again = flood(180);
  assert.ok(again > 0.22 && again < 0.28, `${again}`);
});

Deno.test("WorkAllowance forgets a fright: who takes a fifth of the time has it again soon after a standstill", () => {
  const allowance = new WorkAllowance(0);
  allowance.spend(100, 100); // something else had the processor
  let now = 100, waits = 0;
  now += allowance.waitMs;
  for (let i = 0; i < 10_000; i++) {
    allowance.spend(0.2, now += 1);
    if (i > 5000) waits += allowance.waitMs;
    now += allowance.waitMs;
  }
  assert.equal(waits, 0);
});

Deno.test("WorkAllowance has a burst at hand, and saves up no more than that", () => {
  const allowance = new WorkAllowance(0);
  allowance.spend(7, 60_000);
  assert.equal(allowance.waitMs, 0);
  allowance.spend(7, 60_000);
  assert.ok(allowance.waitMs > 20, `${allowance.waitMs} ms`);
  allowance.spend(0, 60_000 + allowance.waitMs);
  assert.equal(allowance.waitMs, 0);
});

Deno.test("WorkAllowance, for texts, lets one of the longest through at once, and what follows one by one", () => {
  const longest = 1024 * 1024;
  const texts = new WorkAllowance(0, { share: 512 * 1024 / 1000, burst: longest, portion: 0 });
  texts.spend(longest, 0);
  assert.equal(texts.waitMs, 0);
  texts.spend(longest, 0);
  assert.equal(texts.waitMs, 2000);
  texts.spend(0, 1000);
  assert.equal(texts.waitMs, 1000);
  texts.spend(0, 2000);
  assert.equal(texts.waitMs, 0);
});
