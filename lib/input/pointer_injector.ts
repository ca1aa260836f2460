/**
 * Moves a pointer that several clients share, and presses its buttons.
 *
 * @module
 */
import type { Point } from "../core/geometry.ts";
import type { Holder } from "./held_keys.ts";

/** A pointer, as far as moving and pressing needs it. */
export interface PointerDevice {
  /** Goes to a place, inside of the screen. */
  motion(x: number, y: number): void;
  /** @param button From 1 upwards. */
  button(button: number, down: boolean): void;
}

/** Buttons 1 to 9: as many as RFB knows of (rfbproto "Extended Mouse Buttons"). */
const BUTTONS = 9;
/** X's coordinates are signed 16-bit numbers. */
const MAX_COORDINATE = 0x7fff;

/** See the module. A button is down as long as somebody holds it. */
export class PointerInjector {
  readonly #device: PointerDevice;
  readonly #byHolder = new Map<Holder, number>();
  readonly #counts = new Uint32Array(BUTTONS);

  constructor(device: PointerDevice) {
    this.#device = device;
  }

  /** A client's pointer is at `at` with `buttons` held; goes there first. */
  move(holder: Holder, at: Point, buttons: number): void {
    // The server moves it back onto the screen, whose size it alone knows at every moment.
    this.#device.motion(clamp(at.x), clamp(at.y));
    this.#hold(holder, buttons & ((1 << BUTTONS) - 1));
  }

  /** A client lets all its buttons go. */
  releaseAll(holder: Holder): void {
    this.#hold(holder, 0);
  }

  #hold(holder: Holder, buttons: number): void {
    const before = this.#byHolder.get(holder) ?? 0;
    if (buttons === before) return;
    if (buttons === 0) this.#byHolder.delete(holder);
    else this.#byHolder.set(holder, buttons);
    for (let at = 0; at < BUTTONS; at++) {
      const isDown = (buttons >>> at & 1) === 1;
      if (isDown === ((before >>> at & 1) === 1)) continue;
      if (isDown && ++this.#counts[at]! === 1) this.#device.button(at + 1, true);
      if (!isDown && --this.#counts[at]! === 0) this.#device.button(at + 1, false);
    }
  }
}

function clamp(coordinate: number): number {
  return Math.max(0, Math.min(MAX_COORDINATE, Math.round(coordinate)));
}
