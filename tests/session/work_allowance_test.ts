/** @module */
import assert from "node:assert/strict";
import { CommonWork } from "../../lib/session/common_work.ts";
import { MESSAGES, WorkAllowance } from "../../lib/session/work_allowance.ts";

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

/** Clients of one server that do nothing but send; each is obeyed for a tenth of a ms at a time, whenever it may. */
class Crowd {
  readonly common = new CommonWork();
  #now = 0;
  readonly #members: { readonly allowance: WorkAllowance; free: number; worked: number }[];

  constructor(count: number) {
    this.#members = Array.from({ length: count }, () => ({
      allowance: new WorkAllowance(0, MESSAGES, this.common),
      free: 0,
      worked: 0,
    }));
  }

  /** Goes on for so long. @returns The share of the time that each of them had. */
  run(ms: number): number[] {
    const from = this.#now;
    for (const member of this.#members) member.worked = 0;
    while (this.#now < from + ms) {
      const next = this.#members.reduce((first, other) => other.free < first.free ? other : first);
      this.#now = Math.max(this.#now, next.free) + 0.1;
      next.worked += 0.1;
      next.allowance.spend(0.1, this.#now);
      next.free = this.#now + next.allowance.waitMs;
    }
    return this.#members.map(({ worked }) => worked / ms);
  }

  /** All but so many go. */
  leave(count: number): void {
    for (const { allowance } of this.#members.splice(count)) allowance[Symbol.dispose]();
  }
}

for (const clients of [1, 3, 4, 10, 64]) {
  Deno.test(`WorkAllowance leaves others most of the time beside ${clients} that flood, of which none goes short`, () => {
    const crowd = new Crowd(clients);
    crowd.run(1200); // what each has saved up is spent first
    const shares = crowd.run(6000);
    assert.ok(sum(shares) > 0.1 && sum(shares) < 0.3, `${sum(shares)}`);
    assert.ok(Math.max(...shares) < 5 * Math.min(...shares), `${shares}`);
  });
}

Deno.test("WorkAllowance leaves the floods' tenth to who stays behind", () => {
  const crowd = new Crowd(4);
  crowd.run(700);
  assert.equal(crowd.common.floods, 4);
  crowd.leave(1);
  assert.equal(crowd.common.floods, 1);
  const [share] = crowd.run(1000);
  assert.ok(share! > 0.08 && share! < 0.12, `${share}`);
});

Deno.test("WorkAllowance lets somebody type and point beside a crowd that floods", () => {
  const crowd = new Crowd(20);
  const person = new WorkAllowance(0, MESSAGES, crowd.common);
  let waits = 0;
  for (let now = 20; now < 1500; now += 20) {
    crowd.run(20);
    person.spend(0.2, now);
    waits += person.waitMs;
  }
  assert.equal(waits, 0);
});

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

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
