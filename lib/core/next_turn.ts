/**
 * Sharing the main thread: work is done a slice at a time, and what the event loop has to say is heard in between.
 *
 * Waiting for a write is no pause: when the system takes the bytes at once, the promise resolves without a turn of the
 * event loop, and input that has long arrived goes unread. So long work asks `turnUsedUp()` between its pieces.
 *
 * @module
 */
import { nodeTimers } from "./node_builtins.ts";

/**
 * Work goes on for so long, in ms, before others get their turn. A peer that wants everything all the time has one such
 * slice between two of everybody else.
 */
export const SLICE_MS = 2.5;

/**
 * Deno's event loop looks at its sockets when it is idle, or else at every 61st of its rounds (tokio's event interval);
 * a single round, which is what an immediate or a message waits for, leaves them unread for tens of slices. So many
 * rounds take 0.3 ms of work. A timer of 0 would make the loop idle as well, for 1.9 ms: nearly as long as a slice.
 */
const ROUNDS = 64;

/** Lets the event loop look at its sockets. */
export type Rest = () => Promise<unknown>;

/** Better ways than to go round; the last one is used. */
const rests: Rest[] = [];

/** Has all pauses made in this way, until what is returned is disposed. */
export function restBy(rest: Rest): Disposable {
  rests.push(rest);
  return { [Symbol.dispose]: () => void rests.splice(rests.indexOf(rest), 1) };
}

/** When the work of this turn began, in ms of `performance.now()`; `undefined` before there is any. */
let began: number | undefined;
/** Who waits for a slice, in order: with new work, and with the rest of what has taken a slice. */
const beginning: (() => void)[] = [];
const goingOn: (() => void)[] = [];
let giving = false;

/** What a slice is wanted for: something new, which may be little, or the rest of what has had a slice already. */
export type Work = "new" | "rest";

/**
 * Waits until the event loop has looked at everything that it waits for: sockets, timers, other threads. What waits at
 * the same time goes on one after another, in turns that are no longer than a slice and a half. New work goes first, so
 * that it does not wait for a slice of everybody who has much to do; of those, somebody has every other turn at the least.
 */
export function nextTurn(work: Work = "rest"): Promise<void> {
  return new Promise((resolve) => {
    (work === "new" ? beginning : goingOn).push(resolve);
    if (!giving) void giveTurns();
  });
}

/**
 * Asks whether to pause: `await` what this returns, if it returns something, and go on. The time counts from the first
 * piece of work of this turn of the event loop, whoever did it. Costs 0.2 µs; call it at least every millisecond.
 */
export function turnUsedUp(work: Work = "rest"): Promise<void> | undefined {
  if (began !== undefined) return performance.now() - began < SLICE_MS ? undefined : nextTurn(work);
  nodeTimers().setImmediate(() => began = undefined); // to load them the first time is nobody's work
  began = performance.now();
  return undefined;
}

/** Resolves when the work of this turn of the event loop has been done. */
export function endOfTurn(): Promise<void> {
  return new Promise((resolve) => nodeTimers().setImmediate(resolve));
}

async function goRound(): Promise<void> {
  for (let round = 0; round < ROUNDS; round++) await endOfTurn();
}

async function giveTurns(): Promise<void> {
  giving = true;
  let isRestDue = false;
  while (beginning.length + goingOn.length > 0) {
    await (rests.at(-1) ?? goRound)();
    // Many with little to do each, such as two hundred viewers of one change, share a turn. Who waits again waits for the next.
    const turnBegan = performance.now();
    let [fresh, rest] = [beginning.length, goingOn.length];
    let isRestNext = isRestDue;
    isRestDue = rest > 0;
    do {
      began = undefined;
      const isRest = rest > 0 && (isRestNext || fresh === 0);
      isRestNext = false;
      if (isRest) {
        isRestDue = false;
        rest--;
        goingOn.shift()!();
      } else {
        fresh--;
        beginning.shift()!();
      }
      await endOfTurn(); // it does its work now
    } while (fresh + rest > 0 && performance.now() - turnBegan < SLICE_MS / 2);
  }
  giving = false;
}
