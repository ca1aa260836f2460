/**
 * A keyboard as the X Keyboard Extension describes it, in plain values (The X Keyboard Extension: Protocol
 * Specification, sections 2, 6, 7).
 *
 * @module
 */

/** Modifiers as a bit set: the eight real ones of X. */
export type Modifiers = number;

/** Bits of {@linkcode Modifiers} (X Window System Protocol, "KEYBUTMASK"). What Mod1 to Mod5 are is up to the layout. */
export const Modifier = {
  Shift: 0x01,
  Lock: 0x02,
  Control: 0x04,
  Mod1: 0x08,
  Mod2: 0x10,
  Mod3: 0x20,
  Mod4: 0x40,
  Mod5: 0x80,
} as const;

/** How modifiers select a key's level. */
export interface KeyType {
  /** Those that count; the others are ignored. */
  readonly mask: Modifiers;
  /** Level, from 0, by the modifiers that count. What is not in here is level 0. */
  readonly levels: ReadonlyMap<Modifiers, number>;
}

/** What a key means in one group (one of up to four layouts). */
export interface KeyGroup {
  readonly type: KeyType;
  /** By level. 0 where there is nothing. */
  readonly keysyms: readonly number[];
}

/** What a key has when the keyboard's group is one that it lacks. */
export type OutOfRangeGroup = "wrap" | "clamp" | { readonly redirect: number };

/** What a key does to the keyboard's state, besides being pressed. */
export interface KeyAction {
  readonly kind: "set" | "latch" | "lock" | "group" | "other";
  /** Of "set", "latch" and "lock". */
  readonly modifiers: Modifiers;
}

/** A key that means something or does something. */
export interface KeyDescription {
  /** 8 to 255. */
  readonly keycode: number;
  readonly groups: readonly KeyGroup[];
  readonly outOfRange: OutOfRangeGroup;
  /** What it does at its first level. */
  readonly action: KeyAction | undefined;
}

/** A whole keyboard. Keycodes that are missing in `keys` mean and do nothing. */
export interface KeyboardDescription {
  readonly minKeycode: number;
  readonly maxKeycode: number;
  readonly keys: readonly KeyDescription[];
}

/** What the keyboard is in at a moment. */
export interface KeyboardState {
  /** Those in effect: held, latched or locked. */
  readonly modifiers: Modifiers;
  /** Those that some key holds down. */
  readonly held: Modifiers;
  readonly latched: Modifiers;
  readonly locked: Modifiers;
  /** The group in effect, from 0. */
  readonly group: number;
  /** What {@linkcode group} is when no key changes it. */
  readonly lockedGroup: number;
}
