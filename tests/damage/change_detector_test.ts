/**
 * @module
 */
import assert from "node:assert/strict";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { type Rect, rect, rectOf } from "../../lib/core/geometry.ts";
import type { Frame } from "../../lib/core/pixels.ts";
import { ChangeDetector } from "../../lib/damage/change_detector.ts";
import { loadKernels } from "../../lib/kernels/simd.ts";
import { frameOf } from "../support/images.ts";

const SIZE = { width: 300, height: 200 };

/** A frame, and a detector that knows it. */
function setUp(): Disposable & { readonly frame: Frame; readonly detector: ChangeDetector } {
  const memory = new FrameMemory();
  const stride = 320;
  const bytes = memory.allocate(stride * SIZE.height * 4);
  const pixels = new Uint32Array(bytes.buffer, bytes.byteOffset, stride * SIZE.height);
  const frame = { ...SIZE, stride, pixels };
  for (let i = 0; i < pixels.length; i++) pixels[i] = Math.imul(i, 2654435761) >>> 8;
  const detector = new ChangeDetector(SIZE, stride, loadKernels(memory), memory);
  detector.accept(frame, [rectOf(SIZE)]);
  return { frame, detector, [Symbol.dispose]: () => detector[Symbol.dispose]() };
}

function draw({ pixels, stride }: Frame, { x, y, width, height }: Rect): void {
  for (let row = y; row < y + height; row++) {
    for (let column = x; column < x + width; column++) pixels[row * stride + column]! ^= 0xffffff;
  }
}

Deno.test("ChangeDetector.audit() finds and takes in what was drawn without a report, to the pixel", () => {
  using stage = setUp();
  const { frame, detector } = stage;
  const [first, second] = [rect(10, 70, 5, 6), rect(270, 100, 30, 28)];
  draw(frame, first);
  draw(frame, second);
  const row = rect(0, 64, 300, 64);
  const { changes, tiles, missed } = detector.audit(frame, row, []);
  assert.deepEqual(changes.moves, []);
  assert.deepEqual(changes.changed.rects().toSorted((a, b) => a.x - b.x), [first, second]);
  assert.deepEqual([tiles, missed], [5, 2]);
  assert.equal(detector.audit(frame, row, []).missed, 0, "once");
  assert.deepEqual(
    detector.shadow.pixels.subarray(70 * 320, 70 * 320 + 300),
    frame.pixels.subarray(70 * 320, 70 * 320 + 300),
  );
});

Deno.test("ChangeDetector.audit() leaves out the tiles that something was reported of, for detect()", () => {
  using stage = setUp();
  const { frame, detector } = stage;
  const [silent, told] = [rect(10, 70, 5, 6), rect(120, 60, 20, 20)];
  draw(frame, silent);
  draw(frame, told);
  const { changes, tiles, missed } = detector.audit(frame, rect(0, 64, 300, 64), [told]);
  assert.deepEqual(changes.changed.rects(), [silent]);
  assert.deepEqual([tiles, missed], [3, 1]);
  assert.equal(detector.detect(frame, [told]).changed.area, 400);
  assert.deepEqual(detector.audit(frame, rect(0, 64, 300, 64), [rectOf(SIZE)]).tiles, 0);
});

Deno.test("ChangeDetector.audit() looks at the part it was told of alone", () => {
  using stage = setUp();
  const { frame, detector } = stage;
  draw(frame, rect(10, 10, 5, 5));
  assert.equal(detector.audit(frame, rect(0, 64, 300, 64), []).missed, 0);
  assert.equal(detector.audit(frame, rect(0, 0, 300, 64), []).missed, 1);
});

Deno.test("ChangeDetector.detecting() compares some rows in a step, and takes the change in in the last one", () => {
  const size = { width: 640, height: 1000 };
  const memory = new FrameMemory();
  using detector = new ChangeDetector(size, size.width, loadKernels(memory), memory);
  const frame = frameOf(size.width, size.height, (x, y) => x * y & 0xffffff);
  const before = detector.shadow.pixels.slice();
  const steps = detector.detecting(frame, [rectOf(size)]);
  let count = 0;
  for (let step = steps.next();; step = steps.next()) {
    if (step.done) {
      assert.ok(step.value.changed.area > 600_000);
      break;
    }
    count++;
    assert.deepEqual(detector.shadow.pixels, before);
  }
  assert.equal(count, Math.ceil(1000 / 256));
  assert.deepEqual(detector.shadow.pixels, frame.pixels);
});
