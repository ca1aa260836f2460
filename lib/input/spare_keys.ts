/**
 * Keycodes that mean nothing, lent to keysyms that the layout lacks. Pure: others do the binding.
 *
 * A program looks a keycode up when it gets to the event, not when the event was made. So a keycode must not get
 * another meaning as long as a program may not have come to its last use; and the longest unused one is taken.
 *
 * @module
 */
import { canonicalKeysym, isModifierKeysym, type Keysym, keysymToCodePoint, letterCase } from "./keysyms.ts";

/** One keycode and its keysyms, without and with Shift. */
export interface Binding {
  readonly keycode: number;
  readonly keysyms: readonly [Keysym, Keysym];
}

interface Slot {
  readonly keycode: number;
  binding: Binding | undefined;
  /** When it was pressed last, in ms. */
  usedAt: number;
}

/** Keysyms on which the server itself acts, for whoever presses them: to end it, to switch consoles, to move the pointer. */
const SERVER_KEYSYMS: readonly (readonly [first: Keysym, last: Keysym])[] = [
  [0xfe70, 0xfe7f], // AccessX_Enable …
  [0xfed0, 0xfeff], // First_Virtual_Screen, Terminate_Server, Pointer_Left …
  [0x1008_fe00, 0x1008_feff], // XF86Switch_VT_1, XF86ClearGrab, XF86Next_VMode …
];

/**
 * Whether a keycode may be lent to it: characters, dead keys, function keys, XF86 keys; not modifiers, which would not
 * modify, nor what is no keysym at all.
 */
export function isLendable(keysym: Keysym): boolean {
  if (keysymToCodePoint(keysym) !== undefined) return true;
  if (isModifierKeysym(keysym)) return false;
  if (SERVER_KEYSYMS.some(([first, last]) => keysym >= first && keysym <= last)) return false;
  return (keysym >= 0x100 && keysym <= 0x20ff) || (keysym >= 0xfe00 && keysym <= 0xffff) ||
    (keysym >= 0x1000_0000 && keysym <= 0x1fff_ffff);
}

/** The keycodes that may be lent, and to what they are. */
export class SpareKeys {
  readonly #restMs: number;
  #slots: Slot[] = [];

  /** @param restMs How long a keycode keeps its meaning after it was pressed. */
  constructor(restMs: number) {
    this.#restMs = restMs;
  }

  /** Number of keycodes. */
  get size(): number {
    return this.#slots.length;
  }

  /** What is bound now. */
  get bindings(): readonly Binding[] {
    return this.#slots.flatMap(({ binding }) => binding ? [binding] : []);
  }

  /**
   * Takes note of a new map. @param spare Its keycodes without meaning.
   * @param keeps Whether a keycode still has the meaning that was given to it.
   */
  adopt(spare: readonly number[], keeps: (binding: Binding) => boolean): void {
    const kept = this.#slots.filter((slot) => slot.binding && keeps(slot.binding));
    const known = new Map(this.#slots.map((slot) => [slot.keycode, slot]));
    const bound = new Set(kept.map(({ keycode }) => keycode));
    const free = spare.filter((keycode) => !bound.has(keycode)).map((keycode) => ({
      keycode,
      binding: undefined,
      usedAt: known.get(keycode)?.usedAt ?? -Infinity,
    }));
    this.#slots = [...kept, ...free];
  }

  /**
   * Lends the keycode that has not been used for longest.
   *
   * @param now In ms.
   * @param isHeld Whether a keycode is held down, and so not to be had.
   * @returns What to bind it to, and how long to wait before, in ms; `undefined` when there is none.
   */
  lend(
    keysym: Keysym,
    now: number,
    isHeld: (keycode: number) => boolean,
  ): { readonly binding: Binding; readonly waitMs: number } | undefined {
    let oldest: Slot | undefined;
    for (const slot of this.#slots) {
      if (isHeld(slot.keycode)) continue;
      if (
        !oldest || slot.usedAt < oldest.usedAt ||
        (slot.usedAt === oldest.usedAt && !slot.binding && oldest.binding)
      ) {
        oldest = slot;
      }
    }
    if (!oldest) return undefined;
    const cased = letterCase(keysym);
    const canonical = canonicalKeysym(keysym);
    // Both forms of a letter fit on one key, where Caps Lock does what it should, too.
    const keysyms: readonly [Keysym, Keysym] = cased ? [cased.lower, cased.upper] : [canonical, canonical];
    return {
      binding: { keycode: oldest.keycode, keysyms },
      waitMs: Math.max(0, oldest.usedAt + this.#restMs - now),
    };
  }

  /** The binding has been made. */
  bound(binding: Binding, now: number): void {
    const slot = this.#slots.find(({ keycode }) => keycode === binding.keycode);
    if (!slot) return;
    slot.binding = binding;
    slot.usedAt = now;
  }

  /** The key has been pressed or let go. Others than lent ones are ignored. */
  used(keycode: number, now: number): void {
    const slot = this.#slots.find((slot) => slot.keycode === keycode);
    if (slot) slot.usedAt = now;
  }

  /** How long until all keycodes may lose their meanings, in ms. */
  restOf(now: number): number {
    const used = this.#slots.filter(({ binding }) => binding).map(({ usedAt }) => usedAt);
    return Math.max(0, ...used.map((at) => at + this.#restMs - now));
  }
}
