/**
 * The X11 source on X servers of all kinds: depths, missing extensions, sizes; its pointer and its windows.
 *
 * @module
 */
import assert from "node:assert/strict";
import { ShmReader } from "../../lib/capture/x11_shm.ts";
import { openX11Source, type X11SourceOptions } from "../../lib/capture/x11_source.ts";
import { NativeError } from "../../lib/core/errors.ts";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { contains, rectOf } from "../../lib/core/geometry.ts";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import { followUntilEqual, setUpX11, without } from "../support/x11_stage.ts";
import { perform, type Workload, WORKLOADS } from "../support/x11_desktop.ts";

const DEPTHS = [
  { depth: 24, pixels: "0x00RRGGBB" },
  { depth: 16, pixels: "5:6:5 bits" },
  { depth: 15, pixels: "5:5:5 bits" },
  { depth: 30, pixels: "10:10:10 bits" },
  { depth: 8, pixels: "a colour map" },
];

const WAYS: Record<string, X11SourceOptions> = {
  "shm": { capture: "shm" },
  "shm without shared pixmaps": {
    readers: [(display, memory, size) => new ShmReader(display, memory, size, { pixmap: false })],
  },
  "get-image": { capture: "get-image" },
};

/** A little of everything. */
const small: Workload = function* (_screen, frames) {
  for (let frame = 0; frame < frames; frame++) {
    yield [
      `rects -1 9 ${frame}`,
      `gradient -1 ${frame} 20 40 20`,
      `noise -1 100 ${frame * 20} 16 16 ${frame}`,
      `text -1 200 ${20 + frame * 20} ffaa00 the quick brown fox`,
      "scroll -1 90 0 200 150 3 -7",
    ];
  }
};

for (const { depth, pixels } of DEPTHS) {
  for (const [way, options] of Object.entries(WAYS)) {
    Deno.test(`openX11Source() shows a screen of depth ${depth}, ${pixels}, by ${way}`, async () => {
      await using stage = await setUpX11({ depth }, options);
      // The other depths look every single colour up in the server: little is drawn there.
      for (const workload of Object.values(depth === 24 ? WORKLOADS : { small })) {
        await perform(stage.drawing, workload, 6, async () => {
          await stage.source.capture(stage.source.takeDamage());
        });
        await stage.drawing.draw("fill -1 7 0 3 3 ff00ff");
        await followUntilEqual(stage);
      }
    });
  }
}

Deno.test("openX11Source() reads by core requests where MIT-SHM is missing", async () => {
  await using stage = await setUpX11(without("MIT-SHM"));
  assert.equal(stage.source.name, "XGetImage");
  await followUntilEqual(stage);
  await assert.rejects(openX11Source(stage.display, stage.memory, { capture: "shm" }), NativeError);
});

Deno.test("openX11Source() polls where DAMAGE is missing", async () => {
  await using stage = await setUpX11(without("DAMAGE", "Composite"), { pollIntervalMs: 20 });
  assert.ok(!stage.source.capabilities.damage);
  for (let round = 0; round < 3; round++) {
    await stage.drawing.draw(`rects -1 20 ${round}`);
    await followUntilEqual(stage);
  }
  const started = performance.now();
  for (let round = 0; round < 5; round++) {
    await stage.source.changed(AbortSignal.timeout(5000));
    assert.deepEqual(stage.source.takeDamage(), [rectOf(stage.source.size)]);
  }
  assert.ok(performance.now() - started > 4 * 19, "keeps its pace");
});

Deno.test("openX11Source() does without the pointer's picture where XFIXES is missing", async () => {
  await using stage = await setUpX11(without("XFIXES", "DAMAGE", "Composite"));
  assert.ok(!stage.source.capabilities.cursor);
  assert.equal(stage.source.cursor(), undefined);
  await followUntilEqual(stage);
});

Deno.test("openX11Source() shows one monitor, as large as the screen, where RANDR is missing", async () => {
  await using stage = await setUpX11(without("RANDR"));
  assert.ok(!stage.source.capabilities.resize);
  assert.deepEqual(stage.source.layout, [{ id: 0, flags: 0, x: 0, y: 0, width: 640, height: 480 }]);
  assert.equal(await stage.source.resize({ width: 320, height: 200 }, stage.source.layout), 1);
  await followUntilEqual(stage);
});

Deno.test("openX11Source() follows what another program does to the screen's size", async () => {
  await using stage = await setUpX11({ width: 800, height: 600 });
  await using other = XDisplay.open({ display: stage.xvfb.display });
  await using second = await openX11Source(other, new FrameMemory());
  for (const [width, height] of [[640, 480], [801, 600], [333, 222], [800, 600]] as const) {
    const result = await second.resize({ width, height }, [{ id: 0, x: 0, y: 0, width, height, flags: 0 }]);
    assert.equal(result, width > 800 ? 2 : 0);
    await stage.drawing.draw(`rects -1 9 ${width}`);
    await followUntilEqual(stage);
  }
  assert.deepEqual(stage.source.size, { width: 800, height: 600 });
});

Deno.test("ScreenSource.capture() survives that the screen has become smaller", async () => {
  await using stage = await setUpX11();
  stage.source.takeDamage();
  await using other = XDisplay.open({ display: stage.xvfb.display });
  await using second = await openX11Source(other, new FrameMemory());
  const layout = [{ id: 0, x: 0, y: 0, width: 200, height: 100, flags: 0 }];
  assert.equal(await second.resize({ width: 200, height: 100 }, layout), 0);
  const frame = await stage.source.capture([rectOf(stage.source.size)]);
  assert.deepEqual({ width: frame.width, height: frame.height }, { width: 640, height: 480 });
  await stage.source.changed(AbortSignal.timeout(5000));
  assert.deepEqual(stage.source.takeDamage(), [{ x: 0, y: 0, width: 200, height: 100 }]);
});

Deno.test("ScreenSource.cursor() is the picture that the window under the pointer has", async () => {
  await using stage = await setUpX11();
  await stage.drawing.draw("window 1 0 0 300 300 ffffff", "cursor 1 68", "warp 100 100");
  stage.source.takeDamage();
  const arrow = stage.source.cursor()!;
  assert.ok(arrow.pixels.some((pixel) => pixel >>> 24 === 255));
  assert.deepEqual(stage.source.pointer(), { x: 100, y: 100 });
  const changed = stage.source.changed(AbortSignal.timeout(5000));
  await stage.drawing.draw("cursor 1 34");
  await changed;
  const cross = stage.source.cursor()!;
  assert.notEqual(cross.serial, arrow.serial);
  assert.notDeepEqual(cross.pixels, arrow.pixels);
  const gone = stage.source.changed(AbortSignal.timeout(5000));
  stage.source.takeDamage();
  await stage.drawing.draw("cursor 1 -1");
  await gone;
  assert.ok(stage.source.cursor()!.pixels.every((pixel) => pixel === 0));
});

Deno.test("ScreenSource.takeWindowMoves() tells from where to where windows went, as far as they are seen", async () => {
  await using stage = await setUpX11();
  await stage.drawing.draw("window 1 10 20 100 80 ff0000", "window 2 300 300 50 50 00ff00");
  stage.source.takeDamage();
  stage.source.takeWindowMoves();
  await stage.drawing.draw("move 1 30 25", "move 1 50 40", "move 2 620 300", "resize 2 60 60");
  stage.display.sync();
  stage.display.dispatch();
  assert.deepEqual(stage.source.takeWindowMoves(), [{
    from: { x: 10, y: 20, width: 100, height: 80 },
    to: { x: 50, y: 40, width: 100, height: 80 },
  }]);
  await stage.drawing.draw("move 1 600 40");
  stage.display.sync();
  stage.display.dispatch();
  assert.deepEqual(stage.source.takeWindowMoves(), [{
    from: { x: 50, y: 40, width: 40, height: 80 },
    to: { x: 600, y: 40, width: 40, height: 80 },
  }]);
  assert.deepEqual(stage.source.takeWindowMoves(), []);
});

Deno.test("ScreenSource.takeDamage() keeps few rectangles as they are", async () => {
  await using stage = await setUpX11();
  stage.source.takeDamage();
  await stage.drawing.draw("fill -1 10 20 30 40 ff0000", "fill -1 200 20 5 5 ff0000");
  stage.display.sync();
  stage.display.dispatch();
  const damage = stage.source.takeDamage();
  assert.ok(
    damage.every((one) => contains({ x: 0, y: 0, width: 210, height: 70 }, one)),
    JSON.stringify(damage),
  );
  assert.equal(damage.length, 2);
});

Deno.test("ScreenSource.smallDamage() tells of a letter drawn upon a video, and leaves it to takeDamage()", async () => {
  await using stage = await setUpX11();
  const { source, drawing } = stage;
  source.takeDamage();
  await drawing.draw("fill -1 0 0 400 300 ff0000", "fill -1 200 20 9 16 ffffff");
  await source.ready!();
  const letter = { x: 200, y: 20, width: 9, height: 16 };
  assert.deepEqual(source.smallDamage!(), [letter]);
  assert.deepEqual(source.smallDamage!(), []);
  const damage = source.takeDamage();
  assert.ok(damage.some((one) => contains(one, letter)), JSON.stringify(damage));
  await drawing.draw("fill -1 200 20 9 16 000000");
  await source.ready!();
  assert.equal(source.smallDamage!(), undefined, "that is all");
  assert.deepEqual(source.takeDamage(), [letter]);
});
