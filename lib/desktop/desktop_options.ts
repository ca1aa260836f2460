/**
 * What a desktop is made of.
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";
import type { FrameMemory } from "../core/frame_memory.ts";
import type { ObserverGroup } from "../core/observer_group.ts";
import type { Kernels } from "../kernels/kernels.ts";
import type { DesktopBackend } from "./backend.ts";

/** Given to `Desktop.open()`. */
export interface DesktopOptions {
  /** Opens the display; called again whenever it was lost. */
  open(): Promise<DesktopBackend>;
  readonly memory: FrameMemory;
  readonly kernels: Kernels;
  /** Looks at the screen per second, at most. */
  readonly frameRate: number;
  /** Compare with what clients know, or send whatever was reported as drawn. */
  readonly compare: boolean;
  /** Percent of a processor that looks may take at a screen that does not report damage, but for those after input. */
  readonly pollShare: number;
  readonly observers: ObserverGroup;
  readonly clock?: Clock;
}
