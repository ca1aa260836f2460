/**
 * What every screen source promises (lib/capture/screen_source.ts), for all backends of the registry.
 *
 * @module
 */
import assert from "node:assert/strict";
import { CAPTURE_BACKENDS, type CaptureBackend, captureBackendFor } from "../../lib/capture/registry.ts";
import { ScaledSource } from "../../lib/capture/scaled_source.ts";
import { ResizeResult, type ScreenSource } from "../../lib/capture/screen_source.ts";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { contains, type Rect, rectOf } from "../../lib/core/geometry.ts";
import type { Frame } from "../../lib/core/pixels.ts";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import { loadKernels } from "../../lib/kernels/simd.ts";
import { compareRgb, type RgbImage } from "../support/rgb_image.ts";
import { Drawing } from "../support/x11_desktop.ts";
import { Xvfb } from "../support/xvfb.ts";

/** A source that is open, on a screen of at most 400 x 300, with a way to change what it shows. */
interface Stage extends AsyncDisposable {
  readonly source: ScreenSource;
  readonly memory: FrameMemory;
  /** Opens another source of the same screen. */
  readonly reopen: () => Promise<ScreenSource>;
  /** Changes pixels. The source may do so by itself. */
  readonly change: () => Promise<void>;
}

async function setUp(backend: CaptureBackend, factor: number): Promise<Stage> {
  await using opening = new AsyncDisposableStack();
  const memory = new FrameMemory();
  const [width, height] = [400 / factor, 300 / factor];
  const address = `pattern:${width}x${height}`;
  let open = () => backend.open({ address, memory });
  let change = () => Promise.resolve();
  if (backend.needsDisplay) {
    const xvfb = opening.use(await Xvfb.start({ width, height }));
    const drawing = opening.use(await Drawing.start(xvfb.display));
    const display = opening.use(XDisplay.open({ display: xvfb.display }));
    let seed = 0;
    open = () => backend.open({ address: xvfb.display, memory, display });
    change = () => drawing.draw(`rects -1 5 ${++seed}`, `noise -1 ${seed % 300} 40 31 17 ${seed}`);
  }
  if (factor !== 1) {
    const openUnscaled = open;
    open = async () => new ScaledSource(await openUnscaled(), memory, loadKernels(memory), factor);
  }
  const source = opening.use(await open());
  const resources = opening.move();
  return {
    source,
    memory,
    reopen: open,
    change,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Waits for something to be taken. The limit is for failures. */
async function changed(source: ScreenSource): Promise<void> {
  await source.changed(AbortSignal.timeout(5000));
}

async function captureAll(source: ScreenSource): Promise<Frame> {
  return await source.capture([rectOf(source.size)]);
}

/** A copy of a frame's colours. */
function colours({ pixels, stride, width, height }: Frame): RgbImage {
  const copy = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) copy[y * width + x] = pixels[y * stride + x]! & 0xffffff;
  }
  return { width, height, pixels: copy };
}

function copyRects(from: RgbImage, to: RgbImage, rects: readonly Rect[]): void {
  for (const { x, y, width, height } of rects) {
    for (let row = y; row < y + height; row++) {
      const at = row * to.width + x;
      to.pixels.set(from.pixels.subarray(at, at + width), at);
    }
  }
}

const [pattern, x11] = CAPTURE_BACKENDS as [CaptureBackend, CaptureBackend];
const SCREENS = [
  ...CAPTURE_BACKENDS.map((backend) => ({ backend, factor: 1 })),
  { backend: pattern, factor: 0.5 },
  { backend: x11, factor: 0.5 },
  { backend: x11, factor: 2 },
];

for (const { backend, factor } of SCREENS) {
  const title = factor === 1 ? backend.name : `${backend.name}, ${factor} times as large`;
  const test = (name: string, body: (stage: Stage) => Promise<void>) =>
    Deno.test(`ScreenSource "${title}" ${name}`, async () => {
      await using stage = await setUp(backend, factor);
      await body(stage);
    });

  test("begins with the whole screen as damage, without waiting", async ({ source }) => {
    assert.deepEqual(source.size, { width: 400, height: 300 });
    await source.changed(AbortSignal.timeout(5000));
    assert.deepEqual(source.takeDamage(), [rectOf(source.size)]);
  });

  test("captures a frame of its size, in the same memory every time", async ({ source }) => {
    source.takeDamage();
    const frame = await captureAll(source);
    assert.deepEqual({ width: frame.width, height: frame.height }, source.size);
    assert.ok(frame.stride >= frame.width);
    assert.ok(frame.pixels.length >= frame.stride * frame.height);
    const again = await source.capture([]);
    assert.equal(again.pixels.byteOffset, frame.pixels.byteOffset);
    assert.equal(again.pixels.buffer, frame.pixels.buffer);
  });

  test("captures into the memory that it was given", async ({ source, memory }) => {
    assert.equal((await captureAll(source)).pixels.buffer, memory.memory.buffer);
  });

  test("reports damage that holds every pixel that changed", async ({ source, change }) => {
    source.takeDamage();
    const known = colours(await captureAll(source));
    for (let round = 0; round < 5; round++) {
      await change();
      // Several reports may make up one change. One that is missing ends in the time limit of changed().
      do {
        await changed(source);
        const damage = source.takeDamage();
        for (const rect of damage) assert.ok(contains(rectOf(source.size), rect), JSON.stringify(rect));
        copyRects(colours(await source.capture(damage)), known, damage);
      } while (compareRgb(known, colours(await captureAll(source))).wrong > 0);
    }
  });

  test("clips captures to the screen", async ({ source }) => {
    source.takeDamage();
    await source.capture([
      { x: -10, y: -10, width: 20, height: 20 },
      { x: 390, y: 290, width: 100, height: 100 },
      { x: 1000, y: 1000, width: 5, height: 5 },
    ]);
  });

  test("ends a wait with the signal's reason", async ({ source }) => {
    const reason = new Error("enough");
    await assert.rejects(source.changed(AbortSignal.abort(reason)), reason);
    source.takeDamage();
    const controller = new AbortController();
    const waiting = (async () => {
      for (;;) {
        await source.changed(controller.signal);
        source.takeDamage();
      }
    })();
    controller.abort(reason);
    await assert.rejects(waiting, reason);
  });

  test("takes another size when it is asked to, as it takes damage", async ({ source }) => {
    assert.ok(source.capabilities.resize);
    source.takeDamage();
    const before = source.size;
    // Twice as large, all sizes are even.
    const odd = factor === 2 ? [124, 78] as const : [123, 77] as const;
    for (const [width, height] of [[320, 200], odd, [400, 300], [320, 240]] as const) {
      const layout = [{ id: 1, x: 0, y: 0, width, height, flags: 0 }];
      assert.equal(await source.resize({ width, height }, layout), ResizeResult.Done);
      while (source.size.width !== width || source.size.height !== height) {
        await changed(source);
        const sizeBefore = source.size;
        const damage = source.takeDamage();
        if (source.size !== sizeBefore && source.size.width !== sizeBefore.width) {
          assert.deepEqual(damage, [rectOf(source.size)]);
        }
      }
      const frame = await captureAll(source);
      assert.deepEqual({ width: frame.width, height: frame.height }, { width, height });
      assert.equal(source.layout.length, 1);
      const [{ x, y, width: w, height: h }] = source.layout as [ScreenSource["layout"][number]];
      assert.deepEqual({ x, y, width: w, height: h }, rectOf(source.size));
    }
    assert.notDeepEqual(source.size, before);
  });

  test("refuses sizes and layouts that cannot be, and stays as it is", async ({ source }) => {
    source.takeDamage();
    const outside = [{ id: 1, x: 10, y: 0, width: 320, height: 200, flags: 0 }];
    assert.equal(await source.resize({ width: 320, height: 200 }, outside), ResizeResult.InvalidLayout);
    assert.equal(await source.resize({ width: 320, height: 200 }, []), ResizeResult.InvalidLayout);
    const side = 30000 * Math.min(1, factor); // what X has no numbers for is another fault
    const large = [{ id: 1, x: 0, y: 0, width: side, height: side, flags: 0 }];
    assert.equal(await source.resize({ width: side, height: side }, large), ResizeResult.OutOfResources);
    source.takeDamage();
    assert.deepEqual(source.size, { width: 400, height: 300 });
  });

  test("knows the pointer's picture", ({ source }) => {
    assert.ok(source.capabilities.cursor);
    const cursor = source.cursor()!;
    assert.equal(cursor.pixels.length, cursor.width * cursor.height);
    assert.ok(cursor.hotspot.x >= 0 && cursor.hotspot.x < Math.max(1, cursor.width));
    assert.ok(cursor.hotspot.y >= 0 && cursor.hotspot.y < Math.max(1, cursor.height));
    for (const pixel of cursor.pixels) {
      const alpha = pixel >>> 24;
      assert.ok([16, 8, 0].every((shift) => (pixel >>> shift & 0xff) <= alpha), pixel.toString(16));
    }
    assert.equal(source.cursor(), cursor);
    return Promise.resolve();
  });

  test("says where the pointer is as far as it knows", ({ source }) => {
    const at = source.pointer();
    assert.ok(at === undefined || contains(rectOf(source.size), { ...at, width: 1, height: 1 }));
    return Promise.resolve();
  });

  test("gives back what it had, and can do nothing any more, when it is disposed", async ({ source, memory, reopen }) => {
    source.takeDamage();
    const { byteOffset } = (await captureAll(source)).pixels;
    await source[Symbol.asyncDispose]();
    await source[Symbol.asyncDispose]();
    await assert.rejects(captureAll(source), TypeError);
    await assert.rejects(source.changed(new AbortController().signal), TypeError);
    assert.throws(() => source.takeDamage(), TypeError);
    assert.throws(() => source.cursor(), TypeError);
    assert.throws(() => source.pointer(), TypeError);
    assert.throws(() => source.takeWindowMoves(), TypeError);
    await assert.rejects(source.resize(source.size, source.layout), TypeError);
    const bytes = memory.memory.buffer.byteLength;
    for (let round = 0; round < 10; round++) {
      await using another = await reopen();
      another.takeDamage();
      assert.equal((await captureAll(another)).pixels.byteOffset, byteOffset);
    }
    assert.equal(memory.memory.buffer.byteLength, bytes);
  });

  test("ends a wait when it is disposed", async ({ source }) => {
    source.takeDamage();
    const waiting = (async () => {
      for (;;) {
        await source.changed(new AbortController().signal);
        source.takeDamage();
      }
    })();
    const rejected = assert.rejects(waiting, TypeError);
    await source[Symbol.asyncDispose]();
    await rejected;
  });
}

Deno.test("captureBackendFor() finds the test card and the X display by address", () => {
  assert.equal(captureBackendFor("pattern:")?.name, "pattern");
  assert.equal(captureBackendFor(":0")?.name, "x11 auto");
  assert.equal(captureBackendFor("pattern:800x600", []), undefined);
});
