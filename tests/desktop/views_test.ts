/**
 * @module
 */
import assert from "node:assert/strict";
import { rectOf } from "../../lib/core/geometry.ts";
import { Latch } from "../../lib/core/latch.ts";
import { Region } from "../../lib/core/region.ts";
import { DesktopViews } from "../../lib/desktop/views.ts";
import { DiscardedInput } from "../../lib/input/discard.ts";

const SCREEN = Region.of(rectOf({ width: 64, height: 64 }));
const CHANGES = { moves: [], changed: Region.of({ x: 1, y: 2, width: 3, height: 4 }) };

Deno.test("DesktopViews tells when somebody begins to wait, and whether anybody does", async () => {
  let calls = 0;
  const views = new DesktopViews(() => calls++);
  const [a, b] = [views.join(new Latch(), undefined), views.join(new Latch(), undefined)];
  assert.deepEqual([views.count, views.areHungry, calls], [2, false, 0]);
  a.hungry = true;
  a.hungry = true;
  assert.deepEqual([views.areHungry, views.wantPointer, calls], [true, false, 1]);
  b.drawsPointer = true;
  assert.deepEqual([views.wantPointer, calls], [false, 2], "it does not wait for pixels");
  b.hungry = true;
  assert.deepEqual([views.wantPointer, calls], [true, 3]);
  await a[Symbol.asyncDispose]();
  await b[Symbol.asyncDispose]();
  assert.deepEqual([views.count, views.areHungry, views.wantPointer], [0, false, false]);
});

Deno.test("DesktopViews.behind() counts those who have not taken what changed", () => {
  const views = new DesktopViews(() => {});
  const [a, b] = [views.join(new Latch(), undefined), views.join(new Latch(), undefined)];
  for (const view of [a, b]) {
    view.tracker.take(Region.of({ x: 0, y: 0, width: 0xffff, height: 0xffff }));
    view.tracker.composed();
  }
  assert.equal(views.behind(SCREEN), 0);
  views.add(CHANGES);
  assert.equal(views.behind(SCREEN), 2);
  a.tracker.take(SCREEN);
  a.tracker.composed();
  assert.equal(views.behind(SCREEN), 1);
  views.reset();
  assert.equal(views.behind(SCREEN), 2);
});

Deno.test("DesktopViews.attach() has everybody's input go to the display that is there, once there is some", () => {
  const views = new DesktopViews(() => {});
  let opened = 0;
  const input = new DiscardedInput();
  const open = input.open.bind(input);
  input.open = () => {
    opened++;
    return open();
  };
  const both = [views.join(new Latch(), input), views.join(new Latch(), undefined)];
  const press = () => {
    for (const view of both) view.input.key(0x61, true);
  };
  for (const view of both) view.input.releaseAll();
  assert.equal(opened, 0, "who only looks has none");
  press();
  press();
  assert.equal(opened, 1);
  views.attach(undefined);
  press();
  views.attach(input);
  press();
  assert.equal(opened, 3);
});
