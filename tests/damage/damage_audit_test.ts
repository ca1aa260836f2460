/**
 * @module
 */
import assert from "node:assert/strict";
import { DamageAudit } from "../../lib/damage/damage_audit.ts";
import { SimulatedTime } from "../support/simulated_time.ts";

const SCREEN = { width: 1920, height: 1080 };
const ROWS = 17;

/** Audits whenever one is due. @returns When, and which rows of pixels. */
function run(
  time: SimulatedTime,
  audit: DamageAudit,
  signal: AbortSignal,
): { at: number; y: number; height: number }[] {
  const done: { at: number; y: number; height: number }[] = [];
  (async () => {
    for (;;) {
      await audit.due(signal);
      const { y, height } = audit.next(SCREEN);
      done.push({ at: time.now(), y, height });
    }
  })().catch(() => {});
  return done;
}

Deno.test("DamageAudit goes through the whole screen in some seconds while something goes on", async () => {
  const [time, ended] = [new SimulatedTime(), new AbortController()];
  const audit = new DamageAudit(time);
  const done = run(time, audit, ended.signal);
  for (let frame = 0; frame < 200; frame++) {
    await time.pass(1000 / 30);
    audit.wake();
  }
  ended.abort();
  assert.deepEqual(done.slice(0, ROWS).map(({ y }) => y), Array.from({ length: ROWS }, (_, row) => row * 64));
  assert.equal(done[ROWS]!.y, 0, "and from the start");
  assert.ok(done[ROWS]!.at < 6000, `${done[ROWS]!.at} ms`);
});

Deno.test("DamageAudit costs nearly nothing while nothing goes on, and wakes at once", async () => {
  const [time, ended] = [new SimulatedTime(), new AbortController()];
  const audit = new DamageAudit(time);
  const done = run(time, audit, ended.signal);
  await time.pass(30_000);
  assert.ok(done.length < 10, `${done.length} audits in the first half minute`);
  const looked = done.reduce((sum, { height }) => sum + height, 0);
  assert.ok(looked >= SCREEN.height, `the whole screen once, ${looked} rows`);
  await time.pass(60_000);
  const before = done.length;
  await time.pass(60_000);
  assert.ok(done.length - before <= 6, `${done.length - before} audits a minute`);
  const wake = time.now();
  const count = done.length;
  audit.wake();
  await time.pass(250);
  ended.abort();
  assert.equal(done.length, count + 1);
  assert.ok(done.at(-1)!.at <= wake + 250);
});

Deno.test("DamageAudit hurries through the screen where something was found, and again while it finds more", async () => {
  const [time, ended] = [new SimulatedTime(), new AbortController()];
  const audit = new DamageAudit(time);
  const done = run(time, audit, ended.signal);
  await time.pass(60_000);
  let count = done.length;
  audit.found(SCREEN);
  await time.pass(1000);
  assert.ok(done.length - count >= ROWS, `${done.length - count} in a second`);
  await time.pass(60_000);
  count = done.length;
  await time.pass(10_000);
  ended.abort();
  assert.ok(done.length - count <= 3);
});

Deno.test("DamageAudit.next() stays on the screen whatever becomes of its size", () => {
  const audit = new DamageAudit(new SimulatedTime());
  const sizes = [SCREEN, { width: 100, height: 70 }, { width: 3, height: 1 }, { width: 64, height: 64 }];
  for (let i = 0; i < 50; i++) {
    const size = sizes[i * 7 % 4]!;
    const { x, y, width, height } = audit.next(size);
    assert.ok(x === 0 && width === size.width && y % 64 === 0 && height > 0 && y + height <= size.height);
  }
});
