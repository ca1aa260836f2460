/**
 * Sharing the main thread: work is done a slice at a time, and what the event loop has to say is heard in between.
 *
 * Waiting for a write is no pause: when the system takes the bytes at once, the promise resolves without a turn of the
 * event loop, and input that has long arrived goes unread. So long work asks `turnUsedUp()` between its pieces.
 *
 * @module
 */
import { setImmediate } from "node:timers";

/**
 * Work goes on for so long, in ms, before others get their turn. A peer that wants everything all the time has one such
 * slice between two of everybody else.
 */
export const SLICE_MS = 2.5;

/**
 * Deno's event loop looks at its sockets when it is idle, or else at every 61st of its rounds (tokio's event interval);
 * a single round, which is what an immediate or a message waits for, leaves them unread for tens of slices. So many
 * rounds take 0.1 ms. A timer of 0 would make the loop idle as well, for 1.9 ms: nearly as long as a slice.
 */
const ROUNDS = 64;

/** When the work of this turn began, in ms of `performance.now()`; `undefined` before there is any. */
let began: number | undefined;
/** Who waits for a slice, in order. */
const waiting: (() => void)[] = [];
let giving = false;

/**
 * Waits until the event loop has looked at everything that it waits for: sockets, timers, other threads. What waits at
 * the same time goes on one after another, in turns that are no longer than a slice and a half.
 */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    if (!giving) void giveTurns();
  });
}

/**
 * Asks whether to pause: `await` what this returns, if it returns something, and go on. The time counts from the first
 * piece of work of this turn of the event loop, whoever did it. Costs 0.2 µs; call it at least every millisecond.
 */
export function turnUsedUp(): Promise<void> | undefined {
  const now = performance.now();
  if (began !== undefined) return now - began < SLICE_MS ? undefined : nextTurn();
  began = now;
  setImmediate(() => began = undefined);
  return undefined;
}

function immediate(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

async function giveTurns(): Promise<void> {
  giving = true;
  while (waiting.length > 0) {
    for (let round = 0; round < ROUNDS; round++) await immediate();
    // Many with little to do each, such as two hundred viewers of one change, share a turn. Who waits again waits for the next.
    const turnBegan = performance.now();
    let left = waiting.length;
    do {
      began = undefined;
      waiting.shift()!();
      await immediate(); // it does its work now
    } while (--left > 0 && performance.now() - turnBegan < SLICE_MS / 2);
  }
  giving = false;
}
