/**
 * When a server gives memory back: as soon as it has got ready for its first client, and a little after clients have come
 * or gone. What they needed to begin with, or will need no more, is then with the system.
 *
 * @module
 */
import type { Clock } from "./core/clock.ts";
import { getLogger } from "./core/log.ts";
import type { ServerObserver, SessionClosed } from "./core/observer.ts";

/** From somebody's coming or going until then, in ms: pictures have been shown, and code has been compiled. */
export const SETTLED_AFTER_MS = 3000;

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

  /** @param open Called when memory is first given back; `undefined` where that cannot be done. */
  constructor(clock: Clock, open: () => SpareMemory | undefined) {
    this.#clock = clock;
    this.#open = open;
  }

  sessionOpened(): void {
    void this.#giveBackLater();
  }

  sessionClosed({ authenticated }: Pick<SessionClosed, "authenticated">): void {
    if (authenticated) void this.#giveBackLater();
  }

  /** Gives back now what is not used. */
  giveBack(): void {
    if (this.#disposed.signal.aborted) return;
    const bytes = (this.#memory ??= this.#open())?.giveBack();
    getLogger("server").debug("Gave memory back: {bytes} bytes of the program were there", { bytes });
  }

  [Symbol.dispose](): void {
    this.#disposed.abort();
    this.#memory?.[Symbol.dispose]();
    this.#memory = undefined;
  }

  /** Once for all that come and go within that time. */
  async #giveBackLater(): Promise<void> {
    if (this.#isWaiting) return;
    this.#isWaiting = true;
    try {
      await this.#clock.sleep(SETTLED_AFTER_MS, this.#disposed.signal);
    } catch {
      return; // disposed
    } finally {
      this.#isWaiting = false;
    }
    this.giveBack();
  }
}
