/**
 * Place or character: what counts of a key that a client names by both (rfbproto "QEMU Extended Key Event"). Pure.
 *
 * See docs/decisions/0009-characters-before-places.md.
 *
 * @module
 */
import type { KeyboardState } from "../ffi/xkb_description.ts";
import type { Keymap } from "./keymap.ts";
import { canonicalKeysym, type Keysym, keysymToCodePoint, letterCase, XK } from "./keysyms.ts";

/** Keys whose work is done already when a client sends characters: those say which level they are of. */
const LEVEL_SHIFTS: readonly Keysym[] = [XK.ISO_Level3_Shift, XK.ISO_Level5_Shift, XK.Mode_switch];

/**
 * Whether the keysym counts, since the key at that place means something else on this keyboard now.
 *
 * @param keycode The key at the place.
 * @param keysym What the client's own keyboard makes of it; 0 where the client does not know.
 * @param state The keyboard's, now.
 */
export function isMeantByKeysym(
  keymap: Keymap,
  keycode: number,
  keysym: Keysym,
  state: KeyboardState,
): boolean {
  const wanted = canonicalKeysym(keysym);
  const { shortcutModifiers } = keymap;
  // Not as the shortcuts' key that AltGr is in other countries: all characters would become shortcuts.
  if (LEVEL_SHIFTS.includes(wanted)) return (keymap.modifiersWhileHeld(keycode) & shortcutModifiers) !== 0;
  if (keysymToCodePoint(wanted) === undefined) return false;
  const typed = keymap.keysymAt(keycode, state.modifiers, state.group);
  if (typed === wanted) return false;
  if ((state.modifiers & shortcutModifiers) === 0) return true;
  // Programs know shortcuts by letters, mostly those of ASCII. What else the layout lacks means the key at its place.
  const cased = letterCase(wanted);
  if (cased && (typed === cased.lower || typed === cased.upper)) return false;
  return wanted <= 0x7f || (wanted <= 0xff && keymap.positions(wanted).length > 0);
}
