/**
 * @module
 */
import assert from "node:assert/strict";
import { DisplayLostError } from "../../lib/core/errors.ts";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { Latch } from "../../lib/core/latch.ts";
import { ObserverGroup } from "../../lib/core/observer_group.ts";
import { createFrame, type CursorImage } from "../../lib/core/pixels.ts";
import type { DesktopBackend } from "../../lib/desktop/backend.ts";
import { firstLook } from "../../lib/desktop/first_look.ts";
import { FrameClock } from "../../lib/desktop/frame_clock.ts";
import { Looks } from "../../lib/desktop/looks.ts";
import { Monitors } from "../../lib/desktop/monitors.ts";
import { Picture } from "../../lib/desktop/picture.ts";
import { UnreportedChanges } from "../../lib/desktop/unreported.ts";
import { DesktopViews } from "../../lib/desktop/views.ts";
import { DiscardedInput } from "../../lib/input/discard.ts";
import { plainKernels } from "../../lib/kernels/plain.ts";
import { MemoryScreen } from "../support/memory_screen.ts";
import { SimulatedTime } from "../support/simulated_time.ts";

/** Looks at a screen in memory, with everything around them. */
async function setUp() {
  const screen = new MemoryScreen(64, 64);
  const events: unknown[] = [];
  const time = new SimulatedTime();
  const observers = new ObserverGroup([{
    captureSwitched: (event) => events.push(event),
    desktopResized: (event) => events.push(event),
  }]);
  const backend: DesktopBackend = {
    name: "memory",
    screen,
    input: new DiscardedInput(),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const options = {
    open: () => Promise.resolve(backend),
    memory: new FrameMemory(),
    kernels: plainKernels,
    frameRate: 25,
    compare: true,
    pollShare: 100,
    observers,
  };
  const views = new DesktopViews(() => {});
  const present: { backend: DesktopBackend | undefined } = { backend };
  const picture = new Picture(await firstLook(backend, options), views);
  const monitors = new Monitors(screen.layout);
  const looks = new Looks(options, {
    backend: () => present.backend,
    views,
    picture,
    monitors,
    frameClock: new FrameClock(time, 25),
    unreported: new UnreportedChanges(time, observers),
  }, screen);
  return { screen, looks, picture, monitors, views, present, events };
}

Deno.test("Looks.take() looks once at a time, and again for a second caller", async () => {
  const { screen, looks, picture } = await setUp();
  const capture = screen.capture.bind(screen);
  const free = new Latch();
  let [now, most] = [0, 0];
  screen.capture = async (rects) => {
    most = Math.max(most, ++now);
    await free.wait(AbortSignal.timeout(5000));
    now--;
    return capture(rects);
  };
  const { serial } = picture;
  screen.draw({ x: 0, y: 0, width: 9, height: 9 }, 1);
  const first = looks.take("request");
  while (now === 0) await undefined;
  screen.draw({ x: 9, y: 9, width: 9, height: 9 }, 2);
  const second = looks.take("request");
  free.set();
  await first;
  assert.equal(picture.serial, serial + 1);
  free.set();
  await second;
  assert.deepEqual([picture.serial, most], [serial + 2, 1]);
  assert.equal(picture.frame.pixels[9 * picture.frame.stride + 9], 2);
});

Deno.test("Looks.take() goes on after a look that failed, and tells only who asked for it", async () => {
  const { screen, looks, picture } = await setUp();
  const capture = screen.capture;
  screen.capture = () => Promise.reject(new RangeError("broken"));
  screen.draw({ x: 0, y: 0, width: 9, height: 9 }, 1);
  await assert.rejects(looks.takeWhileThere("request"), RangeError);
  screen.capture = capture;
  screen.draw({ x: 0, y: 0, width: 9, height: 9 }, 1);
  await looks.take("request");
  assert.equal(picture.frame.pixels[0], 1);
});

Deno.test("Looks.take() calls a display lost that goes in the middle, whatever came of that", async () => {
  const { screen, looks, present } = await setUp();
  screen.capture = () => {
    present.backend = undefined;
    return Promise.reject(new RangeError("freed memory"));
  };
  screen.draw({ x: 0, y: 0, width: 9, height: 9 }, 1);
  await assert.rejects(looks.take("frame"), DisplayLostError);
  await looks.take("frame"); // there is nothing to look at
});

Deno.test("Looks.takeWhileThere() leaves a display that is lost to those who find it again", async () => {
  const { screen, looks } = await setUp();
  screen.draw({ x: 0, y: 0, width: 9, height: 9 }, 1);
  screen.lose();
  await looks.takeWhileThere("request");
  screen.report({ x: 0, y: 0, width: 9, height: 9 });
  await assert.rejects(looks.take("request"), DisplayLostError);
});

Deno.test("Looks.take() starts over on a screen of another size", async () => {
  const { screen, looks, picture, monitors, events } = await setUp();
  const { frame, serial } = picture;
  screen.become({ width: 32, height: 48 });
  await looks.take("frame");
  assert.notEqual(picture.frame, frame);
  assert.deepEqual([picture.frame.width, picture.frame.height, picture.serial], [32, 48, serial + 1]);
  assert.deepEqual([monitors.layout, monitors.serial], [screen.layout, 2]);
  assert.deepEqual(events, [{ width: 32, height: 48 }]);
});

Deno.test("Looks.take() tells of another cursor once, and of another way to look", async () => {
  const { screen, looks, views, events } = await setUp();
  const news = new Latch();
  views.join(news, undefined);
  const soon = AbortSignal.timeout(5000);
  await news.wait(soon); // that it has come in
  const image = createFrame(1, 1);
  const cursor: CursorImage = {
    serial: 5,
    width: 1,
    height: 1,
    hotspot: { x: 0, y: 0 },
    pixels: image.pixels,
  };
  screen.setCursor(cursor);
  await looks.take("frame");
  await news.wait(soon);
  assert.equal(looks.cursor, cursor);
  Object.assign(screen, { name: "another way" });
  await looks.take("frame");
  await looks.take("frame");
  assert.deepEqual(events, [{ from: "memory", to: "another way" }]);
  assert.equal(await Promise.race([news.wait(soon).then(() => "news"), looks.ended()]), undefined);
});

const LETTER = { x: 3, y: 3, width: 2, height: 2 };
const LETTER_AT = 3 * 64 + 3;
const VIDEO = { x: 0, y: 20, width: 64, height: 40 };
const VIDEO_AT = 20 * 64;

Deno.test("Looks.glance() looks at what is small, and leaves the rest to the next look", async () => {
  const { screen, looks, picture } = await setUp();
  const { pixels } = picture.frame;
  screen.smallDamage = () => [LETTER];
  screen.draw(VIDEO, 1);
  screen.draw(LETTER, 2);
  assert.equal(await looks.glance(), false);
  assert.deepEqual([pixels[LETTER_AT], pixels[VIDEO_AT]], [2, 0]);
  await looks.take("frame");
  assert.deepEqual([pixels[LETTER_AT], pixels[VIDEO_AT]], [2, 1]);
});

Deno.test("Looks.glance() wants all to be looked at where it is small, or has not taken long", async () => {
  const { screen, looks, picture } = await setUp();
  assert.equal(await looks.glance(), true, "a source that does not tell");
  screen.smallDamage = () => undefined;
  assert.equal(await looks.glance(), true, "all is small");
  screen.smallDamage = () => [];
  assert.equal(await looks.glance(), true, "no frame has taken long");
  const { serial } = picture;
  const capture = screen.capture.bind(screen);
  screen.capture = (rects) => {
    for (const begun = performance.now(); performance.now() - begun < 6;);
    return capture(rects);
  };
  screen.draw(VIDEO, 1);
  await looks.take("frame");
  assert.equal(picture.serial, serial + 1);
  assert.equal(await looks.glance(), false, "a frame takes long");
  screen.smallDamage = () => undefined;
  assert.equal(await looks.glance(), true);
});

Deno.test("Looks.glance() finds nothing where there is no display, and tells that one goes", async () => {
  const { screen, looks, present } = await setUp();
  screen.smallDamage = () => [LETTER];
  screen.lose();
  await assert.rejects(looks.glance(), DisplayLostError);
  present.backend = undefined;
  assert.equal(await looks.glance(), false);
});
