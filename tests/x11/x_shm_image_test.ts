import assert from "node:assert/strict";
import { NativeError } from "../../lib/core/errors.ts";
import { type Rect, rectOf } from "../../lib/core/geometry.ts";
import { XShmImage } from "../../lib/ffi/x_shm_image.ts";
import { setUpX11 } from "../support/x11_stage.ts";

const SIZE = { width: 640, height: 480 };
const UNTOUCHED = 0xa5a5a5;

/** What an image has after it was filled with one colour and `rects` were copied. */
function copied(image: XShmImage, rects: readonly Rect[]): Uint32Array {
  image.bytes.fill(UNTOUCHED & 0xff);
  image.copy(rects);
  const words = new Uint32Array(image.bytes.buffer, image.bytes.byteOffset, SIZE.width * SIZE.height);
  return words.map((pixel) => pixel & 0xffffff);
}

function differing(pixels: Uint32Array, wanted: Uint32Array): number {
  return pixels.filter((pixel, at) => pixel !== (wanted[at]! & 0xffffff)).length;
}

Deno.test("XShmImage.copy() puts rectangles of the screen with all its windows to their places, and no more", async () => {
  await using stage = await setUpX11(SIZE);
  await stage.drawing.draw(
    "noise -1 0 0 640 480 1",
    "window 1 100 80 200 150 ff8800",
    "noise 1 20 20 90 60 2",
    "warp 130 110", // the pointer is no part of the picture
  );
  using image = XShmImage.create(stage.display, SIZE);
  assert.ok(image.canCopy);
  const truth = await stage.drawing.screenshot();
  const rects = [
    { x: 90, y: 70, width: 77, height: 61 },
    { x: 639, y: 0, width: 1, height: 480 },
    { x: 0, y: 479, width: 3, height: 1 },
  ];
  const isIn = (x: number, y: number) =>
    rects.some((r) => x >= r.x && x < r.x + r.width && y >= r.y && y < r.y + r.height);
  const wanted = truth.pixels.map((pixel, at) =>
    isIn(at % SIZE.width, Math.floor(at / SIZE.width)) ? pixel & 0xffffff : UNTOUCHED
  );
  assert.equal(differing(copied(image, rects), wanted), 0);
  assert.equal(differing(copied(image, [rectOf(SIZE)]), truth.pixels), 0);
});

Deno.test("XShmImage.copy() leaves alone what the screen does not have", async () => {
  await using stage = await setUpX11(SIZE);
  await stage.drawing.draw("fill -1 0 0 640 480 112233");
  using image = XShmImage.create(stage.display, SIZE);
  const pixels = copied(image, [{ x: 638, y: 479, width: 10, height: 10 }, {
    x: 700,
    y: 0,
    width: 5,
    height: 5,
  }]);
  assert.deepEqual([...pixels.subarray(-3)], [UNTOUCHED, 0x112233, 0x112233]);
  assert.equal(pixels.filter((pixel) => pixel !== UNTOUCHED).length, 2);
});

Deno.test("XShmImage.copy() is refused where there is no pixmap, and of an image that is gone", async () => {
  await using stage = await setUpX11(SIZE);
  const image = XShmImage.create(stage.display, SIZE, undefined, { pixmap: false });
  assert.ok(!image.canCopy);
  assert.throws(() => image.copy([rectOf(SIZE)]), NativeError);
  image[Symbol.dispose]();
  assert.throws(() => image.copy([rectOf(SIZE)]), NativeError);
  assert.throws(() => image.grab(0, 1), NativeError);
});
