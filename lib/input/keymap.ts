/**
 * What the keys of a keyboard mean, and under which modifiers (The X Keyboard Extension: Protocol Specification,
 * section 12 "Interpreting Key Events"). Pure.
 *
 * @module
 */
import {
  type KeyAction,
  type KeyboardDescription,
  type KeyDescription,
  type KeyGroup,
  Modifier,
  type Modifiers,
} from "../ffi/xkb_description.ts";
import { canonicalKeysym, type Keysym, letterCase, NO_SYMBOL, XK } from "./keysyms.ts";

/** One place on a keyboard where a keysym is to be found. */
export interface KeyPosition {
  readonly keycode: number;
  /** From 0. */
  readonly group: number;
  /** From 0. */
  readonly level: number;
}

/** Keysyms of keys whose modifiers make shortcuts of other keys, and so must stay as the client holds them. */
const SHORTCUT_KEYS: readonly Keysym[] = [
  XK.Control_L,
  XK.Control_R,
  XK.Alt_L,
  XK.Alt_R,
  XK.Meta_L,
  XK.Meta_R,
  XK.Super_L,
  XK.Super_R,
  XK.Hyper_L,
  XK.Hyper_R,
];
/** Keysyms of keys whose modifiers select a level. The first that a layout has is used to get it. */
const LEVEL_KEYS: readonly Keysym[] = [
  XK.Shift_L,
  XK.Shift_R,
  XK.ISO_Level3_Shift,
  XK.ISO_Level5_Shift,
];

/** A keyboard map, indexed. */
export class Keymap {
  /** Keycodes that mean and do nothing, ascending. */
  readonly spareKeycodes: readonly number[];
  /** Number of layouts, 1 to 4. */
  readonly groupCount: number;
  /** Modifiers of shortcuts: Control, Alt, Super … */
  readonly shortcutModifiers: Modifiers;
  /** Keycodes to press to get a modifier alone, by its bit. */
  readonly #modifierKeys = new Map<Modifiers, number>();
  readonly #keys = new Map<number, KeyDescription>();
  readonly #positions = new Map<Keysym, KeyPosition[]>();

  constructor(description: KeyboardDescription) {
    let groupCount = 1;
    for (const key of description.keys) {
      this.#keys.set(key.keycode, key);
      groupCount = Math.max(groupCount, key.groups.length);
      key.groups.forEach(({ keysyms }, group) => {
        keysyms.forEach((keysym, level) => {
          if (keysym === NO_SYMBOL) return;
          const canonical = canonicalKeysym(keysym);
          const positions = this.#positions.get(canonical);
          const position = { keycode: key.keycode, group, level };
          if (positions) positions.push(position);
          else this.#positions.set(canonical, [position]);
        });
      });
    }
    this.groupCount = groupCount;
    const spare: number[] = [];
    for (let keycode = description.minKeycode; keycode <= description.maxKeycode; keycode++) {
      if (!this.#keys.has(keycode)) spare.push(keycode);
    }
    this.spareKeycodes = spare;
    const levels = this.#findModifierKeys();
    this.shortcutModifiers = this.#modifiersOf(SHORTCUT_KEYS) & ~levels | Modifier.Control;
  }

  /** Whether the keycode means or does something. */
  has(keycode: number): boolean {
    return this.#keys.has(keycode);
  }

  /** Where a keysym is, whatever it takes to get there; all of its equivalents count. */
  positions(keysym: Keysym): readonly KeyPosition[] {
    return this.#positions.get(canonicalKeysym(keysym)) ?? [];
  }

  /** Whether a key has a keysym, or an equivalent, anywhere. */
  keyHas(keycode: number, keysym: Keysym): boolean {
    return this.positions(keysym).some((position) => position.keycode === keycode);
  }

  /** What the key does at its first level, besides being pressed. */
  action(keycode: number): KeyAction | undefined {
    return this.#keys.get(keycode)?.action;
  }

  /** Modifiers that the key gives to others while it is held. */
  modifiersWhileHeld(keycode: number): Modifiers {
    const action = this.action(keycode);
    return action?.kind === "set" || action?.kind === "latch" ? action.modifiers : 0;
  }

  /** Whether the key is one that is repeated when it is held: not one that changes modifiers or layouts. */
  repeats(keycode: number): boolean {
    const kind = this.action(keycode)?.kind;
    return kind === undefined || kind === "other";
  }

  /** The key that gives one modifier and nothing else while it is held. @param bit One of the eight. */
  modifierKey(bit: Modifiers): number | undefined {
    return this.#modifierKeys.get(bit);
  }

  /** How the key is read in a group of the keyboard, after what its lack of groups makes of it. */
  groupOf(keycode: number, group: number): KeyGroup | undefined {
    const key = this.#keys.get(keycode);
    const count = key?.groups.length ?? 0;
    if (!key || count === 0) return undefined;
    if (group >= 0 && group < count) return key.groups[group];
    if (key.outOfRange === "wrap") return key.groups[((group % count) + count) % count];
    if (key.outOfRange === "clamp") return key.groups[group < 0 ? 0 : count - 1];
    return key.groups[key.outOfRange.redirect] ?? key.groups[0];
  }

  /** The canonical keysym that programs get when the key is pressed. 0 for none. */
  keysymAt(keycode: number, modifiers: Modifiers, group: number): Keysym {
    const keyGroup = this.groupOf(keycode, group);
    if (!keyGroup) return NO_SYMBOL;
    const { type, keysyms } = keyGroup;
    const keysym = keysyms[type.levels.get(modifiers & type.mask) ?? 0] ?? NO_SYMBOL;
    // Where the key itself does not heed Caps Lock, programs make capitals.
    const capitalised = (modifiers & ~type.mask & Modifier.Lock) !== 0;
    return capitalised ? letterCase(keysym)?.upper ?? canonicalKeysym(keysym) : canonicalKeysym(keysym);
  }

  /** Modifiers that keys with one of these keysyms at the first level set. */
  #modifiersOf(keysyms: readonly Keysym[]): Modifiers {
    let modifiers = 0;
    for (const keysym of keysyms) {
      for (const { keycode, level } of this.positions(keysym)) {
        if (level === 0) modifiers |= this.modifiersWhileHeld(keycode);
      }
    }
    return modifiers;
  }

  /** @returns The modifiers that select levels. */
  #findModifierKeys(): Modifiers {
    for (const keysym of LEVEL_KEYS) {
      for (const { keycode, level } of this.positions(keysym)) {
        const modifiers = this.modifiersWhileHeld(keycode);
        const isSingle = modifiers !== 0 && (modifiers & (modifiers - 1)) === 0;
        if (level === 0 && isSingle && !this.#modifierKeys.has(modifiers)) {
          this.#modifierKeys.set(modifiers, keycode);
        }
      }
    }
    return this.#modifiersOf(LEVEL_KEYS);
  }
}
