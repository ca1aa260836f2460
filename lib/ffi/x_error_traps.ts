/**
 * Telling whose an X error is: errors come later than the requests that they are about, with those requests' numbers.
 *
 * @module
 */
import type { XError } from "./x_error.ts";

/** Catches the first error of some requests. */
export interface XErrorTrap {
  readonly error: XError | undefined;
}

interface Trap {
  /** Serial of the first request inside. */
  readonly from: number;
  error: XError | undefined;
}

/** The traps of one connection. An error belongs to the innermost open one that its request is in. */
export class XErrorTraps {
  readonly #open: Trap[] = [];

  /** Opens a trap for requests from serial `from` on; disposing it closes it. */
  open(from: number): XErrorTrap & Disposable {
    const trap = { from, error: undefined };
    this.#open.push(trap);
    return Object.assign(trap, {
      [Symbol.dispose]: () => void this.#open.splice(this.#open.indexOf(trap), 1),
    });
  }

  /** Gives `error` to its trap. @returns Whether there is one. */
  catch(error: XError): boolean {
    for (let at = this.#open.length - 1; at >= 0; at--) {
      const trap = this.#open[at]!;
      // Serials wrap around after 2^32 requests.
      if (((error.serial - trap.from) | 0) < 0) continue;
      trap.error ??= error;
      return true;
    }
    return false;
  }
}
