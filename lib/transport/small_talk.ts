/**
 * Frames of a layer (WebSocket, RSA-AES) that carry nothing for the session: pings, empty ones. Each takes its time all the
 * same, and the session, which lets messages count, never hears of them: so they are counted here.
 *
 * @module
 */
import { PEER_LIMITS } from "../core/limits.ts";

/** Counts those of one peer. */
export class SmallTalk {
  #left: number = PEER_LIMITS.emptyFrames.burst;
  #at = performance.now();

  /** One more. @returns Whether that is too many. */
  isTooMuch(): boolean {
    const { burst, perSecond } = PEER_LIMITS.emptyFrames;
    const now = performance.now();
    this.#left = Math.min(burst, this.#left + (now - this.#at) * perSecond / 1000) - 1;
    this.#at = now;
    return this.#left < 0;
  }
}
