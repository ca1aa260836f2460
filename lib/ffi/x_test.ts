/**
 * Acting as a keyboard and a pointer: the XTEST extension.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import { LIBX11_INPUT } from "./libx11_input.ts";
import { LIBXTST, type LibXtst } from "./libxtst.ts";
import type { XDisplay } from "./x_display.ts";

/** Presses, lets go and moves. What it does has been done when the next request of the same connection is. */
export class XTest {
  readonly #display: XDisplay;
  readonly #xtst: LibXtst;
  readonly #x11;
  /** The device's button that each button was pressed with. */
  readonly #pressed = new Map<number, number>();
  readonly #mapping = new Uint8Array(255);

  /**
   * @param display Stays the caller's, and must live longer.
   * @throws {NativeError} libXtst is missing, or the server does not have XTEST.
   */
  constructor(display: XDisplay) {
    this.#display = display;
    this.#xtst = display.library(LIBXTST);
    this.#x11 = display.library(LIBX11_INPUT);
    const [events, errors, major, minor] = [0, 0, 0, 0].map(() => new Int32Array(1));
    if (!this.#xtst.XTestQueryExtension(display.handle, events!, errors!, major!, minor!)) {
      display.throwIfLost();
      throw new NativeError(
        `The X server at "${display.name}" takes no input from programs: it lacks the XTEST extension`,
        "XTestQueryExtension",
      );
    }
    // Otherwise a program that has grabbed the server, a menu or a window manager, could not be operated.
    this.#xtst.XTestGrabControl(display.handle, 1);
  }

  /** A key goes down or up. A down of one that is down counts as its auto-repeat. @param keycode 8 to 255. */
  key(keycode: number, down: boolean): void {
    this.#xtst.XTestFakeKeyEvent(this.#display.handle, keycode, down ? 1 : 0, 0);
  }

  /**
   * A button goes down or up, as programs are to see it: clients have swapped the sides for the left-handed already, so
   * what the server would swap is swapped before. Costs a round trip when it goes down.
   *
   * @param button From 1 upwards.
   */
  button(button: number, down: boolean): void {
    const source = down ? this.#sourceOf(button) : this.#pressed.get(button) ?? button;
    if (down) this.#pressed.set(button, source);
    else this.#pressed.delete(button);
    this.#xtst.XTestFakeButtonEvent(this.#display.handle, source, down ? 1 : 0, 0);
  }

  /** The pointer goes to a place on the default screen; the server moves it inside. @param x,y 0 to 32767. */
  motion(x: number, y: number): void {
    this.#xtst.XTestFakeMotionEvent(this.#display.handle, this.#display.screen, x, y, 0);
  }

  /** The button of our device that programs see as `button`. The map is that of the device that was used last: ours. */
  #sourceOf(button: number): number {
    const count = this.#x11.XGetPointerMapping(this.#display.handle, this.#mapping, this.#mapping.length);
    const at = this.#mapping.subarray(0, Math.max(0, count)).indexOf(button);
    return at < 0 ? button : at + 1;
  }
}
