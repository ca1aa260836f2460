/** When the screen is looked at. @module */
import assert from "node:assert/strict";
import { FrameClock } from "../../lib/desktop/frame_clock.ts";
import { SimulatedTime } from "../support/simulated_time.ts";

/** A screen on which something changes all the time. @returns When it is looked at, in whole ms. */
function watch(time: SimulatedTime, clock: FrameClock) {
  const looks: number[] = [];
  const end = new AbortController();
  const watching = (async () => {
    for (;;) {
      await clock.due(end.signal);
      clock.taken();
      looks.push(Math.round(time.now()));
    }
  })();
  return {
    looks,
    async stop() {
      end.abort();
      await watching.catch(() => {});
    },
  };
}

Deno.test("due() keeps to the frame rate, and is due at once after a pause", async () => {
  const time = new SimulatedTime();
  const clock = new FrameClock(time, 25);
  const { looks, stop } = watch(time, clock);
  await time.pass(130);
  assert.deepEqual(looks, [0, 40, 80, 120]);
  await stop();
  await time.pass(1000);
  await clock.due(new AbortController().signal);
  assert.equal(time.now(), 1130);
});

Deno.test("hurry() shortens the wait that is under way, and those of the next 100 ms", async () => {
  const time = new SimulatedTime();
  const clock = new FrameClock(time, 25);
  const { looks, stop } = watch(time, clock);
  await time.pass(45);
  clock.hurry();
  await time.pass(155);
  assert.deepEqual(looks, [0, 40, 50, 60, 70, 80, 120, 130, 170]);
  await stop();
});

Deno.test("glanced() puts off what is early, and not what is in its turn", async () => {
  const time = new SimulatedTime();
  const clock = new FrameClock(time, 25);
  const end = new AbortController();
  const seen: string[] = [];
  clock.taken();
  clock.hurry();
  const watching = (async () => {
    for (;;) {
      await clock.due(end.signal);
      seen.push(`${clock.isDue ? "frame" : "glance"} ${Math.round(time.now())}`);
      if (clock.isDue) clock.taken();
      else clock.glanced();
    }
  })();
  await time.pass(55);
  assert.deepEqual(seen, ["glance 10", "glance 20", "glance 30", "frame 40", "glance 50"]);
  end.abort();
  await watching.catch(() => {});
});

Deno.test("hurry() goes on for 100 ms only, however few frames came of it", async () => {
  const time = new SimulatedTime();
  const clock = new FrameClock(time, 25);
  const never = new AbortController().signal;
  clock.taken();
  clock.hurry();
  await time.pass(99);
  await clock.due(never); // in any case
  clock.taken();
  await time.pass(2);
  const waiting = clock.due(never);
  await time.pass(100);
  await waiting;
  assert.equal(time.now(), 201);
  const { looks, stop } = watch(time, clock);
  await time.pass(100);
  assert.deepEqual(looks, [201, 241, 281]);
  await stop();
});

Deno.test("input without end makes frames come twice as often, not more", async () => {
  const time = new SimulatedTime();
  const clock = new FrameClock(time, 25);
  const { looks, stop } = watch(time, clock);
  for (let ms = 0; ms < 4000; ms += 5) {
    clock.hurry();
    await time.pass(5);
  }
  assert.ok(looks.length > 150 && looks.length <= 205, `${looks.length} looks in 4 s`);
  await stop();
});

Deno.test("taken() counts a look that did not wait for its turn", async () => {
  const time = new SimulatedTime();
  const clock = new FrameClock(time, 25);
  assert.ok(clock.isDue);
  await time.pass(500);
  clock.taken();
  assert.ok(!clock.isDue);
  const { looks, stop } = watch(time, clock);
  await time.pass(50);
  assert.deepEqual(looks, [540]);
  await stop();
});

Deno.test("leastIntervalMs rules over the frame rate, and frames after input come early all the same", async () => {
  const time = new SimulatedTime();
  const clock = new FrameClock(time, 50);
  clock.leastIntervalMs = 100;
  const { looks, stop } = watch(time, clock);
  await time.pass(250);
  assert.deepEqual(looks, [0, 100, 200]);
  clock.hurry();
  await time.pass(0);
  assert.equal(looks.at(-1), 250);
  clock.leastIntervalMs = 0;
  await time.pass(400);
  assert.equal(looks.at(-1)! - looks.at(-2)!, 20);
  await stop();
});

Deno.test("looked() holds up looks out of turn for an interval, and no frame", async () => {
  const time = new SimulatedTime();
  const clock = new FrameClock(time, 25);
  const signal = new AbortController().signal;
  await clock.due(signal);
  clock.taken();
  assert.ok(!clock.mayLook(0));
  await time.pass(40);
  assert.ok(clock.mayLook(0) && !clock.mayLook(100));
  clock.looked();
  assert.ok(!clock.mayLook(0));
  // What is drawn now need not wait.
  await clock.due(signal);
  assert.equal(time.now(), 40);
  await time.pass(40);
  assert.ok(clock.mayLook(0));
});
