/**
 * When a server gives memory back: a little after it has got ready for its first client, and after clients have come or
 * gone. What was needed to begin with, or is not needed any more, is then with the system.
 *
 * @module
 */
import type { Clock } from "./core/clock.ts";
import { getLogger } from "./core/log.ts";
import type { ServerObserver, SessionClosed } from "./core/observer.ts";

/** From somebody's coming or going until then, in ms: pictures have been shown, and code has been compiled. */
export const SETTLED_AFTER_MS = 3000;
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

  /** @param open Called when memory is first given back; `undefined` where that cannot be done. */
  constructor(clock: Clock, open: () => SpareMemory | undefined) {
    this.#clock = clock;
    this.#open = open;
  }

  sessionOpened(): void {
    this.giveBackLater();
  }

  sessionClosed({ authenticated }: Pick<SessionClosed, "authenticated">): void {
    if (authenticated) this.giveBackLater();
  }

  /** Gives back what is not used when nobody has come or gone for a while, and soon where there is no end to it. */
  giveBackLater(): void {
    const now = this.#clock.now();
    this.#quietAt = now + SETTLED_AFTER_MS;
    if (this.#isWaiting) return;
    void this.#giveBackBy(now + LATEST_AFTER_MS);
  }

  [Symbol.dispose](): void {
    this.#disposed.abort();
    this.#memory?.[Symbol.dispose]();
    this.#memory = undefined;
  }

  async #giveBackBy(latest: number): Promise<void> {
    const { signal } = this.#disposed;
    this.#isWaiting = true;
    try {
      signal.throwIfAborted();
      for (
        let left = SETTLED_AFTER_MS;
        left > 0;
        left = Math.min(this.#quietAt, latest) - this.#clock.now()
      ) {
        await this.#clock.sleep(left, signal);
      }
    } catch {
      return; // disposed
    } finally {
      this.#isWaiting = false;
    }
    const bytes = (this.#memory ??= this.#open())?.giveBack();
    getLogger("server").debug("Gave memory back: {bytes} bytes of the program were there", { bytes });
  }
}
