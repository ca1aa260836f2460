/**
 * Acting as a keyboard and a pointer: the XTEST extension.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import { LIBXTST, type LibXtst } from "./libxtst.ts";
import type { XDisplay } from "./x_display.ts";

/** Presses, lets go and moves. What it does has been done when the next request of the same connection is. */
export class XTest {
  readonly #display: XDisplay;
  readonly #xtst: LibXtst;

  /**
   * @param display Stays the caller's, and must live longer.
   * @throws {NativeError} libXtst is missing, or the server does not have XTEST.
   */
  constructor(display: XDisplay) {
    this.#display = display;
    this.#xtst = display.library(LIBXTST);
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

  /** A button goes down or up. @param button From 1 upwards. */
  button(button: number, down: boolean): void {
    this.#xtst.XTestFakeButtonEvent(this.#display.handle, button, down ? 1 : 0, 0);
  }

  /** The pointer goes to a place on the default screen; the server moves it inside. @param x,y 0 to 32767. */
  motion(x: number, y: number): void {
    this.#xtst.XTestFakeMotionEvent(this.#display.handle, this.#display.screen, x, y, 0);
  }
}
