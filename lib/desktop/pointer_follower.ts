/**
 * Where the pointer is, for clients who do not draw it themselves.
 *
 * @module
 */
import type { ScreenSource } from "../capture/screen_source.ts";
import type { Clock } from "../core/clock.ts";
import type { Point } from "../core/geometry.ts";
import { Latch } from "../core/latch.ts";

/** How often the pointer's place is asked for while somebody's picture has it drawn in, in ms. */
const INTERVAL_MS = 40;

/** Asks for the pointer's place, while somebody wants to know. */
export class PointerFollower {
  readonly #clock: Clock;
  readonly #isWanted: () => boolean;
  readonly #wanted = new Latch();
  #at: Point | undefined;

  /** @param isWanted Whether somebody waits for pixels with the pointer among them. */
  constructor(clock: Clock, isWanted: () => boolean) {
    this.#clock = clock;
    this.#isWanted = isWanted;
  }

  /** Where it was last. */
  get at(): Point | undefined {
    return this.#at;
  }

  /** It may be wanted now. */
  wake(): void {
    this.#wanted.set();
  }

  /** Follows it until `signal` aborts; costs nothing while it is not wanted. @param moved Is called when it has. */
  async follow(screen: ScreenSource, moved: () => void, signal: AbortSignal): Promise<never> {
    for (;;) {
      while (!this.#isWanted()) await this.#wanted.wait(signal);
      const at = screen.pointer();
      if (at?.x !== this.#at?.x || at?.y !== this.#at?.y) {
        this.#at = at;
        moved();
      }
      await this.#clock.sleep(INTERVAL_MS, signal);
    }
  }
}
