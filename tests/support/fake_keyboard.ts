/**
 * A keyboard that does what X's does with a described layout, and writes down what programs would get.
 *
 * @module
 */
import {
  type KeyboardDescription,
  type KeyboardState,
  Modifier,
  type Modifiers,
} from "../../lib/ffi/xkb_description.ts";
import type { KeyboardDevice } from "../../lib/input/key_injector.ts";
import { Keymap } from "../../lib/input/keymap.ts";
import type { Keysym } from "../../lib/input/keysyms.ts";
import { textKey } from "./layouts.ts";

/** A key event, as a program sees it. */
export interface KeyEvent {
  readonly keycode: number;
  readonly down: boolean;
  /** Canonical. */
  readonly keysym: Keysym;
  /** Before the event. */
  readonly modifiers: Modifiers;
}

/** See the module. */
export class FakeKeyboard implements KeyboardDevice {
  keymap: Keymap;
  group = 0;
  locked: Modifiers = 0;
  /** Modifiers that somebody at the machine holds. */
  foreign: Modifiers = 0;
  events: KeyEvent[] = [];
  readonly bound = new Map<number, readonly Keysym[]>();
  /** Keycodes that are down, and the modifiers that each gives. */
  readonly held = new Map<number, Modifiers>();
  readonly #description: KeyboardDescription;

  constructor(description: KeyboardDescription) {
    this.#description = description;
    this.keymap = new Keymap(description);
  }

  state(): KeyboardState {
    let held = this.foreign;
    for (const modifiers of this.held.values()) held |= modifiers;
    return {
      modifiers: held | this.locked,
      held,
      latched: 0,
      locked: this.locked,
      group: this.group,
      lockedGroup: this.group,
    };
  }

  key(keycode: number, down: boolean): void {
    if (down === this.held.has(keycode)) return; // as X does
    const { modifiers, group } = this.state();
    this.events.push({ keycode, down, keysym: this.keymap.keysymAt(keycode, modifiers, group), modifiers });
    if (!down) {
      this.held.delete(keycode);
      return;
    }
    this.held.set(keycode, this.keymap.modifiersWhileHeld(keycode));
    const action = this.keymap.action(keycode);
    if (action?.kind === "lock") this.locked ^= action.modifiers;
  }

  lockModifiers(affect: Modifiers, values: Modifiers): void {
    this.locked = this.locked & ~affect | values & affect;
  }

  lockGroup(group: number): void {
    this.group = group;
  }

  bind(keycode: number, keysyms: readonly Keysym[]): void {
    if (keysyms.length > 0) this.bound.set(keycode, keysyms);
    else this.bound.delete(keycode);
    const bound = [...this.bound].map(([keycode, keysyms]) => textKey(keycode, keysyms));
    this.keymap = new Keymap({ ...this.#description, keys: [...this.#description.keys, ...bound] });
  }

  /** Downs of keys that are no modifiers. */
  get typed(): readonly KeyEvent[] {
    return this.events.filter(({ keycode, down }) => down && this.keymap.repeats(keycode));
  }
}

/** Bits of modifiers by name, for tests to read well. */
export const { Shift, Lock, Control, Mod1 } = Modifier;
