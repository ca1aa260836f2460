/**
 * What a desktop begins with: all of the screen.
 *
 * @module
 */
import type { FrameMemory } from "../core/frame_memory.ts";
import { rectOf } from "../core/geometry.ts";
import { ChangeDetector } from "../damage/change_detector.ts";
import type { Kernels } from "../kernels/kernels.ts";
import type { DesktopBackend } from "./backend.ts";

/** Captures the whole screen into a shadow of its size. */
export async function firstLook(
  { screen }: DesktopBackend,
  { kernels, memory }: { readonly kernels: Kernels; readonly memory: FrameMemory },
): Promise<ChangeDetector> {
  screen.takeDamage();
  const whole = [rectOf(screen.size)];
  const frame = await screen.capture(whole);
  const detector = new ChangeDetector(screen.size, frame.stride, kernels, memory);
  detector.accept(frame, whole);
  return detector;
}
