/**
 * A program that opens the screen of $DISPLAY, prints how it is read, and holds it until it is killed.
 *
 * @module
 */
import { openX11Source } from "../../lib/capture/x11_source.ts";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { rectOf } from "../../lib/core/geometry.ts";
import { XDisplay } from "../../lib/ffi/x_display.ts";

const display = XDisplay.open();
const source = await openX11Source(display, new FrameMemory());
await source.capture([rectOf(source.size)]);
await Deno.stdout.write(new TextEncoder().encode(`${source.name}\n`));
