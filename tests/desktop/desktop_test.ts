/** Whose look at the screen delays whom, in simulated time. @module */
import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { Latch } from "../../lib/core/latch.ts";
import { ObserverGroup } from "../../lib/core/observer_group.ts";
import { rectOf } from "../../lib/core/geometry.ts";
import { Region } from "../../lib/core/region.ts";
import { Desktop } from "../../lib/desktop/desktop.ts";
import type { DesktopView } from "../../lib/desktop/desktop_view.ts";
import { DiscardedInput } from "../../lib/input/discard.ts";
import { plainKernels } from "../../lib/kernels/plain.ts";
import { MemoryScreen } from "../support/memory_screen.ts";
import { SimulatedTime } from "../support/simulated_time.ts";

const SIZE = { width: 64, height: 64 };
const INTERVAL_MS = 40;

/** Turns of the event loop, in no time: enough for work that asks for its turn. */
async function turns(): Promise<void> {
  for (let turn = 0; turn < 200; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** A desktop and a client that has seen all of it and waits for changes. */
async function setUp() {
  const stack = new AsyncDisposableStack();
  const screen = new MemoryScreen(SIZE.width, SIZE.height);
  const time = new SimulatedTime();
  const desktop = stack.use(
    await Desktop.open({
      open: () =>
        Promise.resolve({
          name: "memory",
          screen,
          input: new DiscardedInput(),
          [Symbol.asyncDispose]: () => Promise.resolve(),
        }),
      memory: new FrameMemory(),
      kernels: plainKernels,
      frameRate: 1000 / INTERVAL_MS,
      compare: true,
      pollShare: 100,
      observers: new ObserverGroup([]),
      clock: time,
    }),
  );
  const view: DesktopView = stack.use(desktop.join(new Latch()));
  const all = Region.of(rectOf(SIZE));
  view.tracker.take(Region.of({ x: 0, y: 0, width: 0xffff, height: 0xffff }));
  view.tracker.composed();
  view.hungry = true;
  let colour = 0;
  return {
    desktop,
    time,
    screen,
    view,
    /** Draws. @returns Until the client could be sent it, in ms. */
    async delayOfChange(): Promise<number> {
      const drawn = time.now();
      screen.draw({ x: 1, y: 1, width: 2, height: 2 }, ++colour);
      while (!view.tracker.isPending(all)) {
        assert.ok(time.now() - drawn < 1000, "nothing is seen of it");
        await turns();
        if (!view.tracker.isPending(all)) await time.pass(1);
      }
      view.tracker.take(all);
      view.tracker.composed();
      return time.now() - drawn;
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

Deno.test("lookIfDue() delays nobody when it finds nothing, however often a client comes back", async () => {
  await using stage = await setUp();
  const { desktop, time } = stage;
  await stage.delayOfChange();
  for (let i = 0; i < 20; i++) {
    await time.pass(INTERVAL_MS + 5);
    await desktop.lookIfDue();
    const delay = await stage.delayOfChange();
    assert.ok(delay <= 2, `${delay} ms`);
  }
});

Deno.test("who comes after nobody was there gets pixels before parts are looked at that nothing is reported of", async () => {
  await using stage = await setUp();
  const { screen, time, view } = stage;
  view.hungry = false;
  await time.pass(60_000); // the next audit has long been due
  await turns();
  const before = screen.captures;
  view.hungry = true;
  await turns();
  await time.pass(200);
  await turns();
  assert.equal(screen.captures, before);
  await time.pass(100);
  await turns();
  assert.ok(screen.captures > before, "a moment later");
});
