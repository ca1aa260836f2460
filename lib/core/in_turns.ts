/**
 * Long work in steps, between which others may get their turn.
 *
 * @module
 */
import { turnUsedUp } from "./next_turn.ts";

/** What became of it. */
export interface InTurns<T> {
  readonly value: T;
  /** What it took without the pauses, in ms. */
  readonly ranMs: number;
}

/** Does all steps, with a pause at each `yield` where this turn is used up, if it may pause. */
export async function inTurns<T>(steps: Iterator<void, T>, mayPause = true): Promise<InTurns<T>> {
  let ranMs = 0;
  for (;;) {
    const begun = performance.now();
    const { done, value } = steps.next();
    ranMs += performance.now() - begun;
    if (done) return { value, ranMs };
    const pause = mayPause ? turnUsedUp() : undefined;
    if (pause) await pause;
  }
}

/** Does all steps at once. */
export function atOnce<T>(steps: Iterator<void, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
