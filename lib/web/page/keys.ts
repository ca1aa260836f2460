/**
 * Keys that a browser keeps for itself or a device does not have: keysyms as in X11's keysymdef.h, with the names that
 * browsers have for the keys (UI Events, KeyboardEvent code).
 *
 * @module
 */

/** A key as RFB knows it. */
export interface Key {
  readonly keysym: number;
  readonly code: string;
}

/** Keys by the names that index.html uses. */
export const KEYS: Readonly<Record<string, Key>> = {
  Control: { keysym: 0xffe3, code: "ControlLeft" },
  Alt: { keysym: 0xffe9, code: "AltLeft" },
  Shift: { keysym: 0xffe1, code: "ShiftLeft" },
  Super: { keysym: 0xffeb, code: "MetaLeft" },
  Delete: { keysym: 0xffff, code: "Delete" },
  Escape: { keysym: 0xff1b, code: "Escape" },
  Tab: { keysym: 0xff09, code: "Tab" },
  Print: { keysym: 0xff61, code: "PrintScreen" },
  ...Object.fromEntries(
    Array.from({ length: 12 }, (_, i) => [`F${i + 1}`, { keysym: 0xffbe + i, code: `F${i + 1}` }]),
  ),
};

/** What receives keys: a viewer. */
export interface KeyTarget {
  sendKey(keysym: number, code: string | null, down?: boolean): void;
}

/** Presses keys one after the other, and lets them go in reverse. @param names Of {@linkcode KEYS}, with spaces between. */
export function sendChord(target: KeyTarget, names: string): void {
  const keys = names.split(" ").map((name) => KEYS[name]!);
  for (const { keysym, code } of keys) target.sendKey(keysym, code, true);
  for (const { keysym, code } of keys.reverse()) target.sendKey(keysym, code, false);
}

/** The keysym of a character: Latin-1 as it is, everything else by its number in Unicode; line ends and tabs are keys. */
export function keysymOf(character: string): number {
  const codePoint = character.codePointAt(0)!;
  if (codePoint === 0x0a || codePoint === 0x0d) return 0xff0d;
  if (codePoint === 0x09) return 0xff09;
  const latin1 = codePoint >= 0x20 && codePoint <= 0x7e || codePoint >= 0xa0 && codePoint <= 0xff;
  return latin1 ? codePoint : 0x0100_0000 + codePoint;
}

/** BackSpace. */
export const BACKSPACE = 0xff08;

/**
 * What to type so that a text becomes another one: keyboards of phones change words that are there, and report texts
 * instead of keys.
 *
 * @returns How many characters to take away at the end, then what to add.
 */
export function difference(
  before: string,
  after: string,
): { readonly removed: number; readonly added: string } {
  const [old, fresh] = [Array.from(before), Array.from(after)];
  let same = 0;
  while (same < old.length && same < fresh.length && old[same] === fresh[same]) same++;
  return { removed: old.length - same, added: fresh.slice(same).join("") };
}
