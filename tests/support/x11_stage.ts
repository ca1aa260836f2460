/**
 * An X server, a drawing program on it, and a screen source that looks at it.
 *
 * @module
 */
import type { ScreenSource } from "../../lib/capture/screen_source.ts";
import { openX11Source, type X11SourceOptions } from "../../lib/capture/x11_source.ts";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import type { Frame } from "../../lib/core/pixels.ts";
import { XDisplay } from "../../lib/ffi/x_display.ts";
import { compareRgb, type RgbImage } from "./rgb_image.ts";
import { Drawing } from "./x11_desktop.ts";
import { Xvfb, type XvfbOptions } from "./xvfb.ts";

/** An X server with a drawing program on it, and a source that looks at it. */
export interface X11Stage extends AsyncDisposable {
  readonly xvfb: Xvfb;
  readonly drawing: Drawing;
  readonly display: XDisplay;
  readonly memory: FrameMemory;
  readonly source: ScreenSource;
}

/** Sets it up. */
export async function setUpX11(server: XvfbOptions = {}, options: X11SourceOptions = {}): Promise<X11Stage> {
  await using opening = new AsyncDisposableStack();
  const xvfb = opening.use(await Xvfb.start({ width: 640, height: 480, ...server }));
  const drawing = opening.use(await Drawing.start(xvfb.display));
  const display = opening.use(XDisplay.open({ display: xvfb.display }));
  const memory = new FrameMemory();
  const source = opening.use(await openX11Source(display, memory, options));
  const resources = opening.move();
  return {
    xvfb,
    drawing,
    display,
    memory,
    source,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

/** Options for an X server without some extensions. */
export function without(...extensions: string[]): XvfbOptions {
  return { args: extensions.flatMap((name) => ["-extension", name]) };
}

/** A copy of a frame. */
export function imageOf({ pixels, stride, width, height }: Frame): RgbImage {
  const copy = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) copy[y * width + x] = pixels[y * stride + x]! & 0xffffff;
  }
  return { width, height, pixels: copy };
}

/** Captures what is damaged until that is what the X server has. The time limit is for failures. */
export async function followUntilEqual({ source, drawing }: X11Stage): Promise<void> {
  const limit = AbortSignal.timeout(5000);
  const truth = await drawing.screenshot();
  for (;;) {
    await source.changed(limit);
    const frame = await source.capture(source.takeDamage());
    if (compareRgb(imageOf(frame), truth).wrong === 0) return;
  }
}

/** Counts DamageNotify events from now on. */
export function countDamage(display: XDisplay): { count: number } {
  const counted = { count: 0 };
  display.on(display.extension("DAMAGE")!.firstEvent, () => counted.count++);
  return counted;
}
