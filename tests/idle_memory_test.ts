/** When a server gives memory back. @module */
import assert from "node:assert/strict";
import { IdleMemory, SETTLED_AFTER_MS } from "../lib/idle_memory.ts";
import { SimulatedTime } from "./support/simulated_time.ts";

/** Counts what it is asked for. */
function stage() {
  const time = new SimulatedTime();
  const counts = { opened: 0, given: 0, closed: 0 };
  const memory = new IdleMemory(time, () => {
    counts.opened++;
    return { giveBack: () => ++counts.given, [Symbol.dispose]: () => counts.closed++ };
  });
  return { time, counts, memory };
}

Deno.test("IdleMemory opens what gives memory back when it is first needed, once", () => {
  const { counts, memory } = stage();
  assert.equal(counts.opened, 0);
  memory.giveBack();
  memory.giveBack();
  assert.deepEqual(counts, { opened: 1, given: 2, closed: 0 });
});

Deno.test("IdleMemory waits until a client that has come has what it needs to begin with", async () => {
  const { time, counts, memory } = stage();
  memory.sessionOpened();
  await time.pass(SETTLED_AFTER_MS - 1);
  assert.equal(counts.given, 0);
  await time.pass(1);
  assert.equal(counts.given, 1);
});

Deno.test("IdleMemory gives back once for many who come and go, and again for those after", async () => {
  const { time, counts, memory } = stage();
  for (let i = 0; i < 10; i++) {
    memory.sessionOpened();
    memory.sessionClosed({ authenticated: true });
    await time.pass(SETTLED_AFTER_MS / 20);
  }
  await time.pass(SETTLED_AFTER_MS);
  assert.equal(counts.given, 1);
  memory.sessionClosed({ authenticated: true });
  await time.pass(SETTLED_AFTER_MS);
  assert.equal(counts.given, 2);
});

Deno.test("IdleMemory takes no notice of those who never came in", async () => {
  const { time, counts, memory } = stage();
  memory.sessionClosed({ authenticated: false });
  await time.pass(2 * SETTLED_AFTER_MS);
  assert.equal(counts.given, 0);
});

Deno.test("IdleMemory gives nothing back once it is disposed, and lets go of what it had opened", async () => {
  const { time, counts, memory } = stage();
  memory.giveBack();
  memory.sessionOpened();
  memory[Symbol.dispose]();
  await time.pass(2 * SETTLED_AFTER_MS);
  memory.sessionOpened();
  memory.giveBack();
  await time.pass(2 * SETTLED_AFTER_MS);
  assert.deepEqual(counts, { opened: 1, given: 1, closed: 1 });
});

Deno.test("IdleMemory does without where memory cannot be given back", () => {
  using memory = new IdleMemory(new SimulatedTime(), () => undefined);
  memory.giveBack();
});
