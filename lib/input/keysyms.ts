/**
 * Keysyms: what keys mean, as RFC 6143 §7.5.4 sends them and X defines them (X Window System Protocol, appendix A).
 *
 * A character has up to two keysyms, an old one from one of the national sets and one made of its Unicode code point.
 * {@linkcode canonicalKeysym} makes them comparable.
 *
 * @module
 */
import { LEGACY_RUNS } from "./keysym_table.ts";

/** A keysym: u32. 0 is `NoSymbol`. */
export type Keysym = number;

/** `NoSymbol`: nothing is there. */
export const NO_SYMBOL: Keysym = 0;

/** Keysyms that the code speaks of, by their names in X11/keysymdef.h without `XK_`. */
export const XK = {
  BackSpace: 0xff08,
  Tab: 0xff09,
  Linefeed: 0xff0a,
  Return: 0xff0d,
  Pause: 0xff13,
  Scroll_Lock: 0xff14,
  Sys_Req: 0xff15,
  Escape: 0xff1b,
  Multi_key: 0xff20,
  Home: 0xff50,
  Left: 0xff51,
  Up: 0xff52,
  Right: 0xff53,
  Down: 0xff54,
  Page_Up: 0xff55,
  Page_Down: 0xff56,
  End: 0xff57,
  Begin: 0xff58,
  Print: 0xff61,
  Insert: 0xff63,
  Menu: 0xff67,
  Break: 0xff6b,
  Mode_switch: 0xff7e,
  Num_Lock: 0xff7f,
  KP_Space: 0xff80,
  KP_Tab: 0xff89,
  KP_Enter: 0xff8d,
  KP_F1: 0xff91,
  KP_F4: 0xff94,
  KP_Home: 0xff95,
  KP_End: 0xff9c,
  KP_Begin: 0xff9d,
  KP_Insert: 0xff9e,
  KP_Delete: 0xff9f,
  KP_Multiply: 0xffaa,
  KP_Decimal: 0xffae,
  KP_0: 0xffb0,
  KP_9: 0xffb9,
  KP_Equal: 0xffbd,
  F1: 0xffbe,
  F4: 0xffc1,
  F35: 0xffe0,
  Shift_L: 0xffe1,
  Shift_R: 0xffe2,
  Control_L: 0xffe3,
  Control_R: 0xffe4,
  Caps_Lock: 0xffe5,
  Shift_Lock: 0xffe6,
  Meta_L: 0xffe7,
  Meta_R: 0xffe8,
  Alt_L: 0xffe9,
  Alt_R: 0xffea,
  Super_L: 0xffeb,
  Super_R: 0xffec,
  Hyper_L: 0xffed,
  Hyper_R: 0xffee,
  Delete: 0xffff,
  ISO_Lock: 0xfe01,
  ISO_Level3_Shift: 0xfe03,
  ISO_Level5_Lock: 0xfe13,
  ISO_Level5_Shift: 0xfe11,
  ISO_Left_Tab: 0xfe20,
  VoidSymbol: 0xffffff,
} as const;

/** Keysyms from here on, up to {@linkcode LAST_UNICODE}, are a Unicode code point plus this. */
const UNICODE = 0x0100_0000;
const LAST_UNICODE = UNICODE + 0x10_ffff;

/** What clients send who take characters for keysyms: C0 control characters and DEL. */
const CONTROL_CHARACTERS: ReadonlyMap<number, Keysym> = new Map<number, Keysym>([
  [0x08, XK.BackSpace],
  [0x09, XK.Tab],
  [0x0a, XK.Return],
  [0x0d, XK.Return],
  [0x1b, XK.Escape],
  [0x7f, XK.Delete],
]);

/** Characters of the old keysyms, made when first needed. */
let legacy: ReadonlyMap<Keysym, number> | undefined;

/** The character that a keysym types, as a Unicode code point; `undefined` when it types none (keys that do things, dead keys, the keypad). */
export function keysymToCodePoint(keysym: Keysym): number | undefined {
  if ((keysym >= 0x20 && keysym <= 0x7e) || (keysym >= 0xa0 && keysym <= 0xff)) return keysym;
  if (keysym >= UNICODE && keysym <= LAST_UNICODE) {
    const codePoint = keysym - UNICODE;
    const isControl = codePoint < 0x20 || (codePoint >= 0x7f && codePoint < 0xa0);
    const isSurrogate = codePoint >= 0xd800 && codePoint < 0xe000;
    return isControl || isSurrogate ? undefined : codePoint;
  }
  if (keysym > 0xff && keysym <= 0x20ff) return (legacy ??= readRuns()).get(keysym);
  return undefined;
}

/** The keysym for a character that is good everywhere: its Latin-1 number, or the Unicode one. */
export function codePointToKeysym(codePoint: number): Keysym {
  const control = CONTROL_CHARACTERS.get(codePoint);
  if (control !== undefined) return control;
  return codePoint <= 0xff ? codePoint : UNICODE + codePoint;
}

/**
 * One keysym for all that mean the same: old and Unicode keysyms of a character become `codePointToKeysym`'s, control
 * characters the keys that make them. Others stay.
 */
export function canonicalKeysym(keysym: Keysym): Keysym {
  const codePoint = keysymToCodePoint(keysym);
  if (codePoint !== undefined) return codePointToKeysym(codePoint);
  if (keysym < 0x20 || keysym === 0x7f) return CONTROL_CHARACTERS.get(keysym) ?? keysym;
  if (keysym >= UNICODE && keysym < UNICODE + 0x80) return CONTROL_CHARACTERS.get(keysym - UNICODE) ?? keysym;
  return keysym;
}

/** Small and capital form of a letter. */
export interface LetterCase {
  readonly lower: Keysym;
  readonly upper: Keysym;
}

/** Both forms of a letter, canonical; `undefined` for what is no letter or has no single other form (ß, ª, ĸ). */
export function letterCase(keysym: Keysym): LetterCase | undefined {
  const codePoint = keysymToCodePoint(keysym);
  if (codePoint === undefined) return undefined;
  const character = String.fromCodePoint(codePoint);
  const lower = character.toLowerCase();
  const upper = character.toUpperCase();
  // Both ways must lead to each other: "ı" has the capital "I", whose small letter is another.
  const isPair = lower !== upper && lower.toUpperCase() === upper && upper.toLowerCase() === lower;
  const isSingle = [...lower].length === 1 && [...upper].length === 1;
  if (!isPair || !isSingle) return undefined;
  return { lower: codePointToKeysym(lower.codePointAt(0)!), upper: codePointToKeysym(upper.codePointAt(0)!) };
}

/** Whether the key is one that changes what others do: Shift, Control, AltGr, Super, the locks … */
export function isModifierKeysym(keysym: Keysym): boolean {
  return (keysym >= XK.Shift_L && keysym <= XK.Hyper_R) || keysym === XK.Mode_switch ||
    keysym === XK.Num_Lock || keysym === XK.Scroll_Lock || (keysym >= 0xfe01 && keysym <= 0xfe13);
}

/** Whether the key is one of the keypad. */
export function isKeypadKeysym(keysym: Keysym): boolean {
  return keysym >= XK.KP_Space && keysym <= XK.KP_Equal;
}

/** Whether the key does something rather than write: arrows, Tab, F1, modifiers, XF86 keys. Not the keypad, not dead keys. */
export function isFunctionKeysym(keysym: Keysym): boolean {
  if (keysym >= 0xff00 && keysym <= 0xffff) return !isKeypadKeysym(keysym);
  return isModifierKeysym(keysym) || (keysym >= 0x1000_0000 && keysym <= 0x1fff_ffff);
}

/** Keys of the keypad that a main key can stand in for: from `KP_Space` on, those not named have none. */
const KEYPAD_TWINS: ReadonlyMap<Keysym, Keysym> = new Map<Keysym, Keysym>([
  [XK.KP_Space, 0x20],
  [XK.KP_Tab, XK.Tab],
  [XK.KP_Enter, XK.Return],
  ...range(XK.KP_F1, XK.KP_F4).map((keysym): [Keysym, Keysym] => [keysym, XK.F1 + keysym - XK.KP_F1]),
  ...range(XK.KP_Home, XK.KP_Begin).map((
    keysym,
  ): [Keysym, Keysym] => [keysym, XK.Home + keysym - XK.KP_Home]),
  [XK.KP_Insert, XK.Insert],
  [XK.KP_Delete, XK.Delete],
  // KP_Multiply … KP_9 lie as "*" … "9" do in ASCII, as does KP_Equal.
  ...range(XK.KP_Multiply, XK.KP_9).map((keysym): [Keysym, Keysym] => [keysym, keysym - 0xff80]),
  [XK.KP_Equal, 0x3d],
]);

/** Keys that do the same in practice, for layouts that lack the one that is wanted. */
const STAND_INS: ReadonlyMap<Keysym, readonly Keysym[]> = new Map<Keysym, readonly Keysym[]>([
  [XK.Alt_R, [XK.ISO_Level3_Shift, XK.Mode_switch, XK.Alt_L]], // the same key in other countries
  [XK.ISO_Level3_Shift, [XK.Mode_switch]],
  [XK.Mode_switch, [XK.ISO_Level3_Shift]],
  [XK.Shift_R, [XK.Shift_L]],
  [XK.Shift_L, [XK.Shift_R]],
  [XK.Control_R, [XK.Control_L]],
  [XK.Alt_L, [XK.Meta_L]],
  [XK.Meta_L, [XK.Alt_L]],
  [XK.Meta_R, [XK.Meta_L, XK.Alt_L]],
  [XK.Super_R, [XK.Super_L]],
  [XK.Super_L, [XK.Super_R]],
  [XK.Hyper_L, [XK.Super_L]],
  [XK.Hyper_R, [XK.Hyper_L, XK.Super_R, XK.Super_L]],
  [XK.Sys_Req, [XK.Print]],
  [XK.Break, [XK.Pause]],
  [XK.Linefeed, [XK.Return]],
]);

/** Keysyms to try, best first, where a layout has no key for `keysym`. */
export function standIns(keysym: Keysym): readonly Keysym[] {
  const twin = KEYPAD_TWINS.get(keysym);
  return twin !== undefined ? [twin] : STAND_INS.get(keysym) ?? [];
}

/** "Shift_L", "a", "U+20AC", or the number: for people. */
export function keysymName(keysym: Keysym): string {
  for (const [name, value] of Object.entries(XK)) if (value === keysym) return name;
  if (keysym >= XK.F1 && keysym <= XK.F35) return `F${keysym - XK.F1 + 1}`;
  const codePoint = keysymToCodePoint(keysym);
  if (codePoint === 0x20) return "space";
  if (codePoint !== undefined && codePoint < 0x7f) return String.fromCodePoint(codePoint);
  if (codePoint !== undefined) return `U+${codePoint.toString(16).toUpperCase().padStart(4, "0")}`;
  return `0x${keysym.toString(16)}`;
}

function readRuns(): ReadonlyMap<Keysym, number> {
  const meanings = new Map<Keysym, number>();
  for (const [first, characters] of LEGACY_RUNS) {
    let keysym = first;
    for (const character of characters) {
      if (character !== ".") meanings.set(keysym, character.codePointAt(0)!);
      keysym++;
    }
  }
  return meanings;
}

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}
