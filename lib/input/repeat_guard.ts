/**
 * Keeps the X server from repeating keys by itself.
 *
 * Clients send their own repeats, as further downs. But the server has a timer of its own for keys that are held, which would double the repeats, and fill a text with letters when the network is
 * late with an up. It cannot be switched off for one keyboard of many (its master keyboard has the timer, with the
 * settings of all), but it follows one key only, the last pressed. So shortly before it would run out, a key without a
 * meaning is tapped, which makes the server forget the other.
 *
 * @module
 */

/** Before the server's timer runs out, in ms: our own timers are late sometimes. */
const MARGIN_MS = 100;

/** Watches over one keyboard. */
export class RepeatGuard implements Disposable {
  readonly #delayMs: () => number;
  readonly #tap: (keycode: number) => void;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #keycode: number | undefined;
  /** A key that means nothing; without one, the server repeats. */
  idleKeycode: number | undefined;

  /**
   * @param delayMs How long the server waits for its first repeat.
   * @param tap Presses a key and lets it go.
   */
  constructor(delayMs: () => number, tap: (keycode: number) => void) {
    this.#delayMs = delayMs;
    this.#tap = tap;
  }

  /** A key that the server would repeat went down, or was repeated. */
  pressed(keycode: number): void {
    clearTimeout(this.#timer);
    this.#keycode = keycode;
    const delayMs = this.#delayMs();
    this.#timer = setTimeout(() => {
      this.#keycode = undefined;
      if (this.idleKeycode !== undefined) this.#tap(this.idleKeycode);
    }, Math.max(delayMs / 2, delayMs - MARGIN_MS));
  }

  /** A key went up. */
  released(keycode: number): void {
    if (keycode !== this.#keycode) return;
    clearTimeout(this.#timer);
    this.#keycode = undefined;
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }
}
