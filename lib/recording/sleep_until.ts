/**
 * Waiting for what may be days away.
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";

/** Timers take 31 bits of milliseconds; longer waits are made of several. */
const MOST_MS = 24 * 60 * 60 * 1000;

/**
 * Waits until the clock has come to `due`.
 *
 * @returns Whether there was anything to wait for.
 * @throws The signal's reason when it aborts.
 */
export async function sleepUntil(due: number, clock: Clock, signal: AbortSignal): Promise<boolean> {
  let waited = false;
  for (let left = due - clock.now(); left > 0; left = due - clock.now()) {
    await clock.sleep(Math.min(left, MOST_MS), signal);
    waited = true;
  }
  return waited;
}
