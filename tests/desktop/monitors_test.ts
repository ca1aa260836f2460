/**
 * @module
 */
import assert from "node:assert/strict";
import { ResizeResult, type ScreenLayout } from "../../lib/capture/screen_source.ts";
import { Latch } from "../../lib/core/latch.ts";
import { Monitors } from "../../lib/desktop/monitors.ts";
import { DesktopViews } from "../../lib/desktop/views.ts";
import { MemoryScreen } from "../support/memory_screen.ts";

const SIZE = { width: 64, height: 48 };
const LAYOUT: readonly ScreenLayout[] = [{ id: 1, x: 0, y: 0, ...SIZE, flags: 0 }];
const CLIENT = new DesktopViews(() => {}).join(new Latch(), undefined);

const noLook = () => Promise.reject(new Error("there is nothing to look at"));

Deno.test("Monitors.found() takes the client that is just asking for the layout's origin, and no other", async () => {
  const monitors = new Monitors(LAYOUT);
  const screen = new MemoryScreen(32, 32);
  const wide: readonly ScreenLayout[] = [{ ...LAYOUT[0]!, width: 128 }];
  const result = await monitors.resize(screen, SIZE, LAYOUT, CLIENT, () => {
    monitors.found(wide);
    return Promise.resolve();
  });
  assert.equal(result, ResizeResult.Done);
  assert.deepEqual([monitors.layout, monitors.serial, monitors.origin], [wide, 2, CLIENT]);
  monitors.found(LAYOUT);
  assert.deepEqual([monitors.layout, monitors.serial, monitors.origin], [LAYOUT, 3, undefined]);
});

Deno.test("Monitors.resize() is prohibited where no screen is, or one that keeps its size", async () => {
  const monitors = new Monitors(LAYOUT);
  assert.equal(await monitors.resize(undefined, SIZE, LAYOUT, CLIENT, noLook), ResizeResult.Prohibited);
  const fixed = new MemoryScreen(32, 32);
  Object.assign(fixed.capabilities, { resize: false });
  assert.equal(await monitors.resize(fixed, SIZE, LAYOUT, CLIENT, noLook), ResizeResult.Prohibited);
});

Deno.test("Monitors.resize() looks at nothing where the screen refuses", async () => {
  const monitors = new Monitors(LAYOUT);
  const screen = new MemoryScreen(32, 32);
  screen.resize = () => Promise.resolve(ResizeResult.InvalidLayout);
  assert.equal(await monitors.resize(screen, SIZE, LAYOUT, CLIENT, noLook), ResizeResult.InvalidLayout);
});

Deno.test("Monitors.resize() asks in nobody's name any more when it has failed", async () => {
  const monitors = new Monitors(LAYOUT);
  const screen = new MemoryScreen(32, 32);
  screen.resize = () => Promise.reject(new Error("lost"));
  await assert.rejects(monitors.resize(screen, SIZE, LAYOUT, CLIENT, noLook), { message: "lost" });
  monitors.found(LAYOUT);
  assert.equal(monitors.origin, undefined);
});
