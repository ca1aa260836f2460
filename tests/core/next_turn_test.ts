/** The main thread is shared slice by slice. @module */
import assert from "node:assert/strict";
import { nextTurn, SLICE_MS, turnUsedUp, type Work } from "../../lib/core/next_turn.ts";
import { assertSocketsAreRead, spend } from "../support/event_loop.ts";

Deno.test("nextTurn() lets a socket be read that has something to say", async () => {
  await assertSocketsAreRead(nextTurn, { pauses: 20, workMs: 1 });
});

Deno.test("nextTurn() lets many with little to do share a turn", async () => {
  let turns = 0;
  const counting = setInterval(() => turns++, 0);
  const waiting = 500;
  const order: number[] = [];
  await Promise.all(Array.from({ length: waiting }, async (_, i) => {
    await nextTurn();
    order.push(i);
  }));
  clearInterval(counting);
  assert.deepEqual(order, Array.from({ length: waiting }, (_, i) => i));
  assert.ok(turns < waiting / 4, `${turns} turns`);
});

Deno.test("nextTurn() gives each of those who have much to do a turn of its own, in order", async () => {
  const order: string[] = [];
  const worker = async (name: string) => {
    for (let slice = 0; slice < 3; slice++) {
      await nextTurn();
      order.push(name);
      setTimeout(() => order.push("|"), 0);
      spend(2); // so that the timer is due in the next turn
    }
  };
  await Promise.all([worker("a"), worker("b")]);
  assert.equal(order.join("").replace(/\|+$/, ""), "a|b|a|b|a|b");
});

/** What waits for turns, whose order goes to `order`, with a bar between turns of the event loop. */
function workers(order: string[]) {
  return async (name: string, work: Work, slices: number, ms: number) => {
    for (let slice = 0; slice < slices; slice++) {
      await nextTurn(work);
      order.push(name);
      spend(ms);
    }
  };
}

Deno.test("nextTurn() lets what is new go before the rest of what has taken slices", async () => {
  const order: string[] = [];
  const worker = workers(order);
  const flood = Array.from({ length: 10 }, (_, i) => worker(`${i}`, "rest", 3, SLICE_MS));
  const isOver = Promise.all(flood);
  await nextTurn("new");
  await worker("new", "new", 1, 0);
  await isOver;
  // One slice may have been under way, and each wait takes one turn.
  assert.ok(order.indexOf("new") <= 2, order.join(" "));
});

Deno.test("nextTurn() gives the rest every other turn, however much is new", async () => {
  const order: string[] = [];
  const worker = workers(order);
  await Promise.all([
    ...Array.from({ length: 5 }, () => worker("new", "new", 4, SLICE_MS)),
    worker("rest", "rest", 5, SLICE_MS),
  ]);
  const places = order.flatMap((name, at) => name === "rest" ? [at] : []);
  assert.deepEqual(places, [1, 3, 5, 7, 9], order.join(" "));
});

Deno.test("turnUsedUp() counts the work of all in one turn of the event loop", async () => {
  for (;;) {
    await nextTurn();
    const begun = performance.now();
    assert.equal(turnUsedUp(), undefined);
    spend(SLICE_MS / 2);
    const pause = turnUsedUp();
    // Again where the machine was busy with something else meanwhile.
    if (performance.now() - begun > SLICE_MS * 0.9) continue;
    assert.equal(pause, undefined);
    break;
  }
  await Promise.resolve(); // another task, the same turn
  spend(SLICE_MS / 2 + 0.1);
  const pause = turnUsedUp();
  assert.ok(pause);
  await pause;
  assert.equal(turnUsedUp(), undefined);
});

Deno.test("turnUsedUp() starts anew when the event loop has turned by itself", async () => {
  await nextTurn();
  turnUsedUp();
  await new Promise((resolve) => setTimeout(resolve, SLICE_MS + 1));
  assert.equal(turnUsedUp(), undefined);
});
