/**
 * Puts back what processes that were killed have left on an X server: their notes (`x_notes.ts`) say what that is.
 *
 * @module
 */
import { LIBXTST } from "./libxtst.ts";
import { undrawCurtain } from "./x_curtain.ts";
import type { XDisplay } from "./x_display.ts";
import { XKeyboard } from "./x_keyboard.ts";
import { deadNotes, NotePart } from "./x_notes.ts";

/** Bits of the mask of a pointer's state. */
const BUTTON_1_MASK = 1 << 8;
const BUTTONS_IN_MASK = 5;

/**
 * Carries out the notes of the dead.
 *
 * @returns How many there were.
 * @throws {DisplayLostError} The X server has gone.
 */
export function putBackLeftovers(display: XDisplay): number {
  const notes = deadNotes(display);
  if (notes.length === 0) return 0;
  releaseAll(display);
  for (const { parts, remove } of notes) {
    takeBackKeys(display, parts.get(NotePart.SpareKeys) ?? []);
    undrawCurtain(display, parts);
    remove();
  }
  display.sync();
  return notes.length;
}

/** Keys and buttons that somebody pressed who cannot let them go any more; programs cannot tell whose they are. */
function releaseAll(display: XDisplay): void {
  if (!display.extension("XTEST")) return;
  const xtst = display.library(LIBXTST);
  const keys = new Uint8Array(32);
  display.x11.XQueryKeymap(display.handle, keys);
  for (let keycode = 8; keycode < 256; keycode++) {
    if ((keys[keycode >> 3]! >> (keycode & 7) & 1) === 1) {
      xtst.XTestFakeKeyEvent(display.handle, keycode, 0, 0);
    }
  }
  const [ignored, mask] = [new Uint32Array(2), new Uint32Array(1)];
  const { x11, root } = display;
  x11.XQueryPointer(display.handle, root, ignored, ignored, ignored, ignored, ignored, ignored, mask);
  for (let button = 1; button <= BUTTONS_IN_MASK; button++) {
    const isDown = (mask[0]! & BUTTON_1_MASK << (button - 1)) !== 0;
    if (isDown) xtst.XTestFakeButtonEvent(display.handle, button, 0, 0);
  }
}

/** Those that still have the meaning that was lent to them: the layout may be another one by now. */
function takeBackKeys(display: XDisplay, lent: readonly number[]): void {
  if (lent.length === 0) return;
  using keyboard = new XKeyboard(display);
  const { x11 } = display;
  for (let at = 0; at + 2 < lent.length; at += 3) {
    const [keycode, plain, shifted] = lent.slice(at, at + 3) as [number, number, number];
    if (keycode < 8 || keycode > 255) continue;
    const perKeycode = new Int32Array(1);
    const list = x11.XGetKeyboardMapping(display.handle, keycode, 1, perKeycode);
    if (list === null) continue;
    const longs = new Deno.UnsafePointerView(list);
    const keysyms = Array.from(
      { length: Math.max(2, perKeycode[0]!) },
      (_, level) => level < perKeycode[0]! ? longs.getUint32(level * 8) : 0,
    );
    x11.XFree(list);
    // A letter's second level may be implied.
    if (keysyms[0] === plain && (keysyms[1] === shifted || keysyms[1] === 0)) keyboard.bind(keycode, []);
  }
}
