import assert from "node:assert/strict";
import type { Clock } from "../../lib/core/clock.ts";
import { InputQueue, type Steps } from "../../lib/input/input_queue.ts";

/** A clock that goes on when it is told to. */
class ManualClock implements Clock {
  #now = 0;
  #sleepers: { readonly at: number; readonly resolve: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#sleepers.push({ at: this.#now + ms, resolve });
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    });
  }

  async advance(ms: number): Promise<void> {
    this.#now += ms;
    const due = this.#sleepers.filter(({ at }) => at <= this.#now);
    this.#sleepers = this.#sleepers.filter(({ at }) => at > this.#now);
    for (const { resolve } of due) resolve();
    for (let turn = 0; turn < 5; turn++) await Promise.resolve();
  }
}

/** Does numbers: negative ones take 10 ms in the middle, 99 fails; 1000 and more can be merged. */
function make(limit = 100) {
  const clock = new ManualClock();
  const done: (number | string)[] = [];
  const queue = new InputQueue<number>({
    handle(event) {
      if (event === 99) throw new Error("99");
      if (event < 0) return slowly(event);
      done.push(event);
    },
    failed: (error) => done.push((error as Error).message),
    merge: (earlier, later) => earlier >= 1000 && later >= 1000 ? later : undefined,
    limit,
    overflowed: () => done.push("overflow"),
    clock,
  });
  function* slowly(event: number): Steps {
    done.push(`begin ${event}`);
    yield 10;
    done.push(`end ${event}`);
  }
  return { queue, clock, done };
}

Deno.test("InputQueue does at once what has not to wait", () => {
  const { queue, done } = make();
  queue.push(1);
  assert.deepEqual(done, [1]);
});

Deno.test("InputQueue keeps the order while one event takes its time", async () => {
  const { queue, clock, done } = make();
  for (const event of [1, -2, 3, -4, 5]) queue.push(event);
  assert.deepEqual(done, [1, "begin -2"]);
  let idle = false;
  const waiting = queue.idle().then(() => idle = true);
  await clock.advance(10);
  assert.deepEqual(done, [1, "begin -2", "end -2", 3, "begin -4"]);
  assert.equal(idle, false);
  await clock.advance(10);
  await waiting;
  assert.deepEqual(done.slice(-2), ["end -4", 5]);
  await queue.idle();
});

Deno.test("InputQueue goes on behind an event that fails", async () => {
  const { queue, clock, done } = make();
  for (const event of [-1, 99, 2]) queue.push(event);
  await clock.advance(10);
  assert.deepEqual(done, ["begin -1", "end -1", "99", 2]);
});

Deno.test("InputQueue merges only neighbours that wait", async () => {
  const { queue, clock, done } = make();
  for (const event of [1000, -1, 1001, 1002, 5, 1003, 1004]) queue.push(event);
  await clock.advance(10);
  assert.deepEqual(done, [1000, "begin -1", "end -1", 1002, 5, 1004]);
});

Deno.test("InputQueue forgets everything when too much waits, and works again", async () => {
  const { queue, clock, done } = make(2);
  for (const event of [-1, 1, 2, 3]) queue.push(event);
  await queue.idle();
  assert.deepEqual(done, ["begin -1", "overflow"]);
  queue.push(4);
  await clock.advance(10);
  assert.deepEqual(done, ["begin -1", "overflow", 4]);
});

Deno.test("InputQueue.clear ends what is being done and what waits", async () => {
  const { queue, clock, done } = make();
  queue.push(-1);
  queue.push(1);
  const idle = queue.idle();
  queue.clear();
  await idle;
  await clock.advance(10);
  assert.deepEqual(done, ["begin -1"]);
});
