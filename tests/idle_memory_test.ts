/** When a server gives memory back. @module */
import assert from "node:assert/strict";
import {
  AT_WORK_UPDATES,
  IdleMemory,
  LATEST_AFTER_MS,
  SETTLED_AFTER_MS,
  SHOWN_AFTER_MS,
} from "../lib/idle_memory.ts";
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

Deno.test("IdleMemory opens what gives memory back when it is first needed, once", async () => {
  const { time, counts, memory } = stage();
  for (let i = 0; i < 2; i++) {
    memory.giveBackLater();
    assert.equal(counts.opened, i);
    await time.pass(SETTLED_AFTER_MS);
  }
  assert.deepEqual(counts, { opened: 1, given: 2, closed: 0 });
});

Deno.test("IdleMemory waits until a client that has come has its first picture, and not for more", async () => {
  const { time, counts, memory } = stage();
  memory.giveBackLater();
  await time.pass(1);
  memory.sessionOpened();
  await time.pass(SHOWN_AFTER_MS - 1);
  assert.equal(counts.given, 0);
  await time.pass(1);
  assert.equal(counts.given, 1);
});

Deno.test("IdleMemory gives back once more when clients that have come are shown much, and not when nothing happens", async () => {
  const { time, counts, memory } = stage();
  for (let i = 0; i < AT_WORK_UPDATES; i++) memory.updateSent();
  await time.pass(LATEST_AFTER_MS);
  assert.equal(counts.given, 0, "nobody has come");
  memory.sessionOpened();
  await time.pass(LATEST_AFTER_MS);
  assert.equal(counts.given, 1);
  for (let i = 1; i < AT_WORK_UPDATES; i++) memory.updateSent();
  await time.pass(LATEST_AFTER_MS);
  assert.equal(counts.given, 1);
  for (let i = 0; i < 3 * AT_WORK_UPDATES; i++) memory.updateSent();
  await time.pass(LATEST_AFTER_MS);
  assert.equal(counts.given, 2);
});

Deno.test("IdleMemory waits for the last of those who come and go one after the other", async () => {
  const { time, counts, memory } = stage();
  memory.giveBackLater();
  await time.pass(SETTLED_AFTER_MS / 2);
  memory.sessionOpened();
  await time.pass(SHOWN_AFTER_MS / 2);
  memory.sessionClosed({ authenticated: true });
  await time.pass(SETTLED_AFTER_MS - 1);
  assert.equal(counts.given, 0);
  await time.pass(1);
  assert.equal(counts.given, 1);
});

Deno.test("IdleMemory gives back once in a while where there is no end to coming and going", async () => {
  const { time, counts, memory } = stage();
  const step = SHOWN_AFTER_MS / 10;
  for (let passed = 0; passed < 4 * LATEST_AFTER_MS; passed += step) {
    memory.sessionOpened();
    memory.sessionClosed({ authenticated: true });
    await time.pass(step);
  }
  assert.ok(counts.given >= 3 && counts.given <= 4, `${counts.given} times`);
});

Deno.test("IdleMemory takes no notice of those who never came in", async () => {
  const { time, counts, memory } = stage();
  memory.sessionClosed({ authenticated: false });
  await time.pass(2 * SETTLED_AFTER_MS);
  assert.equal(counts.given, 0);
});

Deno.test("IdleMemory gives nothing back once it is disposed, and lets go of what it had opened", async () => {
  const { time, counts, memory } = stage();
  memory.giveBackLater();
  await time.pass(SETTLED_AFTER_MS);
  memory.sessionOpened();
  memory[Symbol.dispose]();
  await time.pass(2 * SETTLED_AFTER_MS);
  memory.sessionOpened();
  await time.pass(2 * SETTLED_AFTER_MS);
  assert.deepEqual(counts, { opened: 1, given: 1, closed: 1 });
});

Deno.test("IdleMemory does without where memory cannot be given back", async () => {
  const time = new SimulatedTime();
  using memory = new IdleMemory(time, () => undefined);
  memory.giveBackLater();
  await time.pass(SETTLED_AFTER_MS);
});
