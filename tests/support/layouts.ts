/**
 * Keyboards described by hand, for tests without X: the parts of real layouts that matter.
 *
 * @module
 */
import {
  type KeyboardDescription,
  type KeyDescription,
  type KeyGroup,
  type KeyType,
  Modifier,
} from "../../lib/ffi/xkb_description.ts";
import { codePointToKeysym, letterCase, XK } from "../../lib/input/keysyms.ts";

const { Shift, Lock, Control, Mod1, Mod2, Mod4, Mod5 } = Modifier;
/** What the layouts here, as all usual ones, use for Num Lock and AltGr. */
export const NUM_LOCK = Mod2;
export const LEVEL3 = Mod5;

/** Key types of X.Org's xkeyboard-config. */
export const TYPES = {
  ONE_LEVEL: type(0),
  TWO_LEVEL: type(Shift, [Shift, 1]),
  ALPHABETIC: type(Shift | Lock, [Shift, 1], [Lock, 1]),
  KEYPAD: type(Shift | NUM_LOCK, [Shift, 1], [NUM_LOCK, 1]),
  FOUR_LEVEL: type(Shift | LEVEL3, [Shift, 1], [LEVEL3, 2], [Shift | LEVEL3, 3]),
  FOUR_LEVEL_SEMIALPHABETIC: type(
    Shift | Lock | LEVEL3,
    [Shift, 1],
    [Lock, 1],
    [LEVEL3, 2],
    [Shift | LEVEL3, 3],
    [Lock | LEVEL3, 2],
    [Shift | Lock | LEVEL3, 3],
  ),
  "CTRL+ALT": type(
    Shift | Control | Mod1 | LEVEL3,
    [Shift, 1],
    [LEVEL3, 2],
    [Shift | LEVEL3, 3],
    [Control | Mod1, 4],
  ),
  PC_ALT_LEVEL2: type(Mod1, [Mod1, 1]),
} as const;

/** Rows of a PC's keyboard: the keycode of the first key. */
const ROWS = { digits: 10, upper: 24, middle: 38, lower: 52 } as const;

/** What the rows of a layout type: without Shift, with Shift, with AltGr, with both; a space for nothing. */
interface Rows {
  readonly digits: readonly string[];
  readonly upper: readonly string[];
  readonly middle: readonly string[];
  readonly lower: readonly string[];
}

const US: Rows = {
  digits: ["1234567890-=", "!@#$%^&*()_+"],
  upper: ["qwertyuiop[]", "QWERTYUIOP{}"],
  middle: ["asdfghjkl;'`", 'ASDFGHJKL:"~'],
  lower: ["zxcvbnm,./", "ZXCVBNM<>?"],
};
const DE: Rows = {
  digits: ["1234567890ß ", '!"§$%&/()=? ', "¹²³¼½¬{[]}\\ "],
  upper: ["qwertzuiopü+", "QWERTZUIOPÜ*", "@ł€¶ŧ←↓→øþ ~"],
  middle: ["asdfghjklöä^", "ASDFGHJKLÖÄ°", "æſðđŋħ ĸł   "],
  lower: ["yxcvbnm,.-", "YXCVBNM;:_", "»«¢„“”µ·…–"],
};
const FR: Rows = {
  digits: ["&é\"'(-è_çà)=", "1234567890°+", " ~#{[|`\\^@]}"],
  upper: ["azertyuiop $", "AZERTYUIOP £", "  €          "],
  middle: ["qsdfghjklmù*", "QSDFGHJKLM%µ"],
  lower: ["wxcvbn,;:!", "WXCVBN?./§"],
};
const RU: Rows = {
  digits: ["1234567890-=", '!"№;%:?*()_+'],
  upper: ["йцукенгшщзхъ", "ЙЦУКЕНГШЩЗХЪ"],
  middle: ["фывапролджэё", "ФЫВАПРОЛДЖЭЁ"],
  lower: ["ячсмитьбю.", "ЯЧСМИТЬБЮ,"],
};
const LAYOUTS = { us: US, de: DE, fr: FR, ru: RU } as const;

/** Name of a layout that is here. */
export type LayoutName = keyof typeof LAYOUTS;

/** Makes a key type. */
function type(mask: number, ...levels: readonly (readonly [number, number])[]): KeyType {
  return { mask, levels: new Map(levels) };
}

/** Keycodes that have no meaning on all of these keyboards. */
export const SPARE = [248, 249, 250, 251, 252] as const;

/** A PC's keyboard with these layouts as its groups. @param spare How many keycodes are to be free, up to 5. */
export function keyboard(names: readonly LayoutName[], spare: number = SPARE.length): KeyboardDescription {
  const keys: KeyDescription[] = [];
  for (const row of Object.keys(ROWS) as (keyof typeof ROWS)[]) {
    const count = Math.max(...names.map((name) => LAYOUTS[name][row][0]!.length));
    for (let column = 0; column < count; column++) {
      keys.push({
        keycode: ROWS[row] + column,
        groups: names.map((name) => textGroup(LAYOUTS[name][row].map((level) => level[column] ?? " "))),
        outOfRange: "wrap",
        action: undefined,
      });
    }
  }
  const hasAltGr = names.some((name) => LAYOUTS[name].upper.length > 2);
  keys.push(
    plain(9, XK.Escape),
    plain(22, XK.BackSpace),
    special(23, TYPES.TWO_LEVEL, XK.Tab, XK.ISO_Left_Tab),
    plain(36, XK.Return),
    plain(65, 0x20),
    modifier(37, Control, XK.Control_L),
    modifier(50, Shift, XK.Shift_L),
    modifier(62, Shift, XK.Shift_R),
    modifier(64, Mod1, XK.Alt_L, XK.Meta_L),
    special(67, TYPES["CTRL+ALT"], 0xffbe, 0xffbe, 0xffbe, 0xffbe, 0x1008fe01),
    special(87, TYPES.KEYPAD, 0xff9c, 0xffb1),
    special(91, TYPES.KEYPAD, XK.KP_Delete, XK.KP_Decimal),
    modifier(92, LEVEL3, XK.ISO_Level3_Shift),
    plain(96, 0xffc9),
    modifier(105, Control, XK.Control_R),
    special(107, TYPES.PC_ALT_LEVEL2, XK.Print, XK.Sys_Req),
    hasAltGr ? modifier(108, LEVEL3, XK.ISO_Level3_Shift) : modifier(108, Mod1, XK.Alt_R, XK.Meta_R),
    plain(111, XK.Up),
    plain(113, XK.Left),
    modifier(133, Mod4, XK.Super_L),
    { ...plain(66, XK.Caps_Lock), action: { kind: "lock", modifiers: Lock } },
    { ...plain(77, XK.Num_Lock), action: { kind: "lock", modifiers: NUM_LOCK } },
  );
  return { minKeycode: 8, maxKeycode: 255, keys: [...keys, ...fillers(keys, spare)] };
}

/** A key that types `keysyms` by level, of the type that X.Org gives it. */
export function textKey(keycode: number, keysyms: readonly number[]): KeyDescription {
  return { keycode, groups: [keysymGroup(keysyms)], outOfRange: "wrap", action: undefined };
}

function textGroup(levels: readonly string[]): KeyGroup {
  return keysymGroup(
    levels.map((character) => character === " " ? 0 : codePointToKeysym(character.codePointAt(0)!)),
  );
}

function keysymGroup(keysyms: readonly number[]): KeyGroup {
  const isLetter = letterCase(keysyms[0]!)?.upper === keysyms[1];
  const four = keysyms.length > 2;
  const name = isLetter
    ? four ? "FOUR_LEVEL_SEMIALPHABETIC" : "ALPHABETIC"
    : four
    ? "FOUR_LEVEL"
    : "TWO_LEVEL";
  return { type: TYPES[name], keysyms };
}

function special(keycode: number, type: KeyType, ...keysyms: readonly number[]): KeyDescription {
  return { keycode, groups: [{ type, keysyms }], outOfRange: "wrap", action: undefined };
}

function plain(keycode: number, keysym: number): KeyDescription {
  return special(keycode, TYPES.ONE_LEVEL, keysym);
}

function modifier(keycode: number, modifiers: number, ...keysyms: readonly number[]): KeyDescription {
  const keyType = keysyms.length > 1 ? TYPES.TWO_LEVEL : TYPES.ONE_LEVEL;
  return { ...special(keycode, keyType, ...keysyms), action: { kind: "set", modifiers } };
}

/** Keys of no interest on all keycodes but the spare ones. */
function fillers(keys: readonly KeyDescription[], spare: number): KeyDescription[] {
  const used = new Set(keys.map(({ keycode }) => keycode));
  const free = new Set(SPARE.slice(0, spare));
  const found: KeyDescription[] = [];
  for (let keycode = 8; keycode <= 255; keycode++) {
    if (!used.has(keycode) && !(free as ReadonlySet<number>).has(keycode)) {
      found.push(plain(keycode, 0x1008_1000 + keycode));
    }
  }
  return found;
}
