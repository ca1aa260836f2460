/** MovingDeadline, in simulated time. @module */
import assert from "node:assert/strict";
import { MovingDeadline } from "../../lib/core/moving_deadline.ts";
import { SimulatedTime } from "../support/simulated_time.ts";

function deadlineAt(clock: SimulatedTime, first: number) {
  let at = first;
  const deadline = new MovingDeadline(clock, () => at - clock.now());
  return {
    deadline,
    moveTo(moment: number): void {
      at = moment;
      deadline.moved();
    },
  };
}

Deno.test("MovingDeadline.reached() waits for the moment, and not at all for one that has come", async () => {
  const clock = new SimulatedTime();
  const { deadline } = deadlineAt(clock, clock.now() + 100);
  let isReached = false;
  const reaching = deadline.reached(new AbortController().signal).then(() => isReached = true);
  await clock.pass(99);
  assert.equal(isReached, false);
  await clock.pass(1);
  await reaching;
  await deadline.reached(new AbortController().signal);
});

Deno.test("MovingDeadline.moved() lets who waits look again: nearer is sooner, farther is later", async () => {
  const clock = new SimulatedTime();
  const start = clock.now();
  const { deadline, moveTo } = deadlineAt(clock, start + 100);
  const reaching = deadline.reached(new AbortController().signal).then(() => clock.now() - start);
  await clock.pass(10);
  moveTo(start + 40);
  await clock.pass(10);
  moveTo(start + 60);
  await clock.pass(100);
  assert.equal(await reaching, 60);
  deadline.moved(); // nobody waits
});

Deno.test("MovingDeadline.reached() ends with the signal's reason, also when the moment moves at the same time", async () => {
  const clock = new SimulatedTime();
  const { deadline } = deadlineAt(clock, clock.now() + 100);
  for (const alsoMoves of [false, true]) {
    const ending = new AbortController();
    const reaching = deadline.reached(ending.signal);
    ending.abort(new Error("over"));
    if (alsoMoves) deadline.moved();
    await assert.rejects(reaching, /over/);
  }
});
