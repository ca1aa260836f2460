/**
 * When a server gives memory back: a little after it has got ready for its first client, after clients have come or gone,
 * and once more when those who came have been shown so much that it is clear what that takes. What was needed to begin
 * with, or is not needed any more, is then with the system.
 *
 * @module
 */
import type { Clock } from "./core/clock.ts";
import { getLogger } from "./core/log.ts";
import { MovingDeadline } from "./core/moving_deadline.ts";
import type { ServerObserver, SessionClosed } from "./core/observer.ts";

/** From somebody's going until then, in ms, and from the end of practice: the next one may be at the door. */
export const SETTLED_AFTER_MS = 3000;
/** From somebody's coming until then, in ms: the first picture has been shown, and nothing is held up for it. */
export const SHOWN_AFTER_MS = 1000;
/** And again when so many updates have been sent since somebody came: compilers have done their work by then. */
export const AT_WORK_UPDATES = 100;
/** It does not wait longer for others who come and go meanwhile, in ms. */
export const LATEST_AFTER_MS = 15_000;

/** What can be given back: `ProcessMemory` is one. */
export interface SpareMemory extends Disposable {
  /** @returns How much there was of what is told apart, in bytes. */
  giveBack(): number;
}

/** Waits for the right moment. An observer of the server; disposing it makes it wait no more. */
export class IdleMemory implements ServerObserver, Disposable {
  readonly #clock: Clock;
  readonly #open: () => SpareMemory | undefined;
  #memory: SpareMemory | undefined;
  readonly #disposed = new AbortController();
  #isWaiting = false;
  #quietAt = 0;
  #latestAt = 0;
  /** Updates to be sent until the work is as it is going to be; 0 when it is. */
  #updatesLeft = 0;
  readonly #deadline: MovingDeadline;

  /** @param open Called when memory is first given back; `undefined` where that cannot be done. */
  constructor(clock: Clock, open: () => SpareMemory | undefined) {
    this.#clock = clock;
    this.#open = open;
    this.#deadline = new MovingDeadline(
      clock,
      () => Math.min(this.#quietAt, this.#latestAt) - clock.now(),
    );
  }

  sessionOpened(): void {
    this.#giveBackAfter(SHOWN_AFTER_MS);
    this.#updatesLeft = AT_WORK_UPDATES;
  }

  updateSent(): void {
    if (this.#updatesLeft > 0 && --this.#updatesLeft === 0) this.#giveBackAfter(0);
  }

  sessionClosed({ authenticated }: Pick<SessionClosed, "authenticated">): void {
    if (authenticated) this.giveBackLater();
  }

  /** Gives back what is not used when nobody has come or gone for a while, and soon where there is no end to it. */
  giveBackLater(): void {
    this.#giveBackAfter(SETTLED_AFTER_MS);
  }

  [Symbol.dispose](): void {
    this.#disposed.abort();
    this.#memory?.[Symbol.dispose]();
    this.#memory = undefined;
  }

  /** Whatever was to be waited for before. */
  #giveBackAfter(ms: number): void {
    const now = this.#clock.now();
    this.#quietAt = now + ms;
    if (this.#isWaiting) return this.#deadline.moved();
    this.#latestAt = now + LATEST_AFTER_MS;
    void this.#giveBack();
  }

  async #giveBack(): Promise<void> {
    const { signal } = this.#disposed;
    this.#isWaiting = true;
    try {
      signal.throwIfAborted();
      await this.#deadline.reached(signal);
    } catch {
      return; // disposed
    } finally {
      this.#isWaiting = false;
    }
    const bytes = (this.#memory ??= this.#open())?.giveBack();
    getLogger("server").debug("Gave memory back: {bytes} bytes of the program were there", { bytes });
  }
}
