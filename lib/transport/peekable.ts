/**
 * A transport whose first bytes can be looked at before somebody is chosen to read them.
 *
 * @module
 */
import { nextTurn } from "../core/next_turn.ts";
import { TransportLayer } from "./transport_layer.ts";

/** Bytes that are looked at: the first decides among protocols. */
const PEEK_SIZE = 4096;

/** A timer that is later than this, in ms, was held up; so are others then, and all the more on the same machine. */
const BUSY_MS = 1.5;

/** Shorter waits are made of turns, in ms: a timer is late by half of that. */
const LEAST_TIMER_MS = 4;

/** How long to wait. */
export interface Patience {
  /** In ms, when all is quiet. */
  readonly waitMs: number;
  /** In ms, as long as this thread is held up: bytes may lie there and nobody has looked, or their sender may be. */
  readonly mostMs: number;
  /** How much longer to wait for a peer that has said nothing, in ms: there may be a sign that it will. */
  readonly more?: () => number;
}

/** Owns its transport. */
export class PeekableTransport extends TransportLayer {
  /** A read that was begun to look, and that the next reader gets. */
  #ahead: Promise<Uint8Array | null> | undefined;
  /** What is left of it. */
  #unread: Uint8Array | undefined;

  /**
   * Looks at what the peer sends first. Only before the first read.
   *
   * @param late Told what came first when it came later than that.
   * @returns At least one byte; `null` when the peer closed, `undefined` when it said nothing.
   * @throws {DisconnectedError} The connection broke.
   */
  async peek(
    { waitMs, mostMs, more }: Patience,
    late?: (first: Uint8Array) => void,
  ): Promise<Uint8Array | null | undefined> {
    const buffer = new Uint8Array(PEEK_SIZE);
    const ahead = this.#ahead ??= this.inner.read(buffer).then((count) =>
      count === null ? null : buffer.subarray(0, count)
    );
    let arrived = false;
    ahead.then(() => arrived = true, () => arrived = true);
    const hasArrived = () => arrived;
    const first = performance.now();
    for (let busy = true; busy;) {
      const began = performance.now();
      if (await arrives(waitMs, ahead, hasArrived)) return await ahead;
      const late = performance.now() - began - waitMs;
      busy = late > BUSY_MS && performance.now() - first + waitMs <= mostMs;
    }
    const moreMs = more?.() ?? 0;
    if (moreMs > 0 && await arrives(moreMs, ahead, hasArrived)) return await ahead;
    ahead.then((first) => first && late?.(first), () => {});
    return undefined;
  }

  override async read(into: Uint8Array): Promise<number | null> {
    if (this.#ahead) {
      const first = await this.#ahead;
      this.#ahead = undefined;
      if (first === null) return null;
      this.#unread = first;
    }
    if (!this.#unread) return await super.read(into);
    const count = Math.min(into.length, this.#unread.length);
    into.set(this.#unread.subarray(0, count));
    this.#unread = count < this.#unread.length ? this.#unread.subarray(count) : undefined;
    return count;
  }
}

/** Waits for `ms`, or until something has been read or cannot be any more. @returns Whether it has. */
async function arrives(ms: number, reading: Promise<unknown>, hasArrived: () => boolean): Promise<boolean> {
  if (ms < LEAST_TIMER_MS) {
    for (const end = performance.now() + ms; performance.now() < end && !hasArrived();) await nextTurn();
  } else {
    await timerOr(ms, reading);
  }
  // What has arrived meanwhile is seen a turn later, as timers come before it.
  if (!hasArrived()) await nextTurn();
  return hasArrived();
}

function timerOr(ms: number, reading: Promise<unknown>): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    const read = () => {
      clearTimeout(timer);
      resolve();
    };
    reading.then(read, read);
  });
}
