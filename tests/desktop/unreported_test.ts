/**
 * @module
 */
import assert from "node:assert/strict";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { rectOf } from "../../lib/core/geometry.ts";
import type { DamageAudited } from "../../lib/core/observer.ts";
import { ObserverGroup } from "../../lib/core/observer_group.ts";
import { ChangeDetector } from "../../lib/damage/change_detector.ts";
import { UnreportedChanges } from "../../lib/desktop/unreported.ts";
import { plainKernels } from "../../lib/kernels/plain.ts";
import { MemoryScreen } from "../support/memory_screen.ts";
import { SimulatedTime } from "../support/simulated_time.ts";

const SIZE = { width: 128, height: 256 };

Deno.test("UnreportedChanges.find() finds what is drawn without a word, and looks sooner then", async () => {
  const time = new SimulatedTime();
  const events: DamageAudited[] = [];
  const unreported = new UnreportedChanges(
    time,
    new ObserverGroup([{ damageAudited: (event) => events.push(event) }]),
  );
  const screen = new MemoryScreen(SIZE.width, SIZE.height);
  const whole = [rectOf(SIZE)];
  const first = await screen.capture(whole);
  using detector = new ChangeDetector(SIZE, first.stride, plainKernels, new FrameMemory());
  detector.accept(first, whole);
  const signal = AbortSignal.timeout(60_000);

  /** Time until the next audit, and what it finds if nothing is reported. */
  const audit = async () => {
    const from = time.now();
    const due = unreported.due(signal);
    await time.pass(1000);
    await due;
    const part = unreported.next(SIZE);
    const changes = unreported.find(detector, await screen.capture([part]), part, []);
    return { part, changes, from };
  };

  const nothing = await audit();
  assert.equal(nothing.changes, undefined);
  assert.deepEqual(events, [{ tiles: 2, missed: 0 }]);
  screen.draw({ x: 70, y: 65, width: 3, height: 3 }, 0xff);
  const { part, changes } = await audit();
  assert.ok(part.y <= 65 && part.y + part.height >= 68, "the row after that");
  assert.ok(changes?.changed.intersects({ x: 70, y: 65, width: 3, height: 3 }));
  assert.equal(events.at(-1)!.missed, 1);
  let isDue = false;
  unreported.due(signal).then(() => isDue = true);
  await time.pass(100);
  assert.ok(isDue, "in alert, less than the 250 ms of a busy screen");
});

Deno.test("UnreportedChanges.restart() puts off what is long due, for a moment", async () => {
  const time = new SimulatedTime();
  const unreported = new UnreportedChanges(time, new ObserverGroup([]));
  await time.pass(60_000);
  unreported.restart();
  let isDue = false;
  unreported.due(AbortSignal.timeout(60_000)).then(() => isDue = true);
  await time.pass(240);
  assert.ok(!isDue, "pictures go first");
  await time.pass(20);
  assert.ok(isDue);
});
