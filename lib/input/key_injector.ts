/**
 * Types keysyms on a keyboard that several clients share.
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";
import { getLogger } from "../core/log.ts";
import type { KeyboardState, Modifiers } from "../ffi/xkb_description.ts";
import { HeldKeys, type Holder, type KeyName } from "./held_keys.ts";
import type { Steps } from "./input_queue.ts";
import { isMeantByKeysym } from "./key_choice.ts";
import { type KeyPlan, planKey } from "./key_plan.ts";
import type { Keymap } from "./keymap.ts";
import { canonicalKeysym, type Keysym } from "./keysyms.ts";
import type { RepeatGuard } from "./repeat_guard.ts";
import { keycodeOfScancode } from "./scancodes.ts";
import { type Binding, isLendable, SpareKeys } from "./spare_keys.ts";

/** A keyboard, as far as typing needs it. */
export interface KeyboardDevice {
  /** What its keys mean now; another object when that has changed. */
  readonly keymap: Keymap;
  state(): KeyboardState;
  key(keycode: number, down: boolean): void;
  lockModifiers(affect: Modifiers, values: Modifiers): void;
  lockGroup(group: number): void;
  /** Gives a keycode keysyms: without Shift, with Shift; none at all. */
  bind(keycode: number, keysyms: readonly Keysym[]): void;
}

/** Times, in ms. */
export interface KeyTimes {
  /** Between a keycode's new meaning and its use. */
  readonly settleMs: number;
  /** Between a lent keycode's use and another meaning for it. */
  readonly restMs: number;
}

/** Names of keys that are named by their place lie above all keysyms. */
const PLACES = 0x1_0000_0000;
/** Where evdev's keycodes have the key Up, and what it means: tells whether the server uses them. */
const EVDEV_UP = { keycode: 111, keysym: 0xff52 } as const;

/** On every keyboard: Return. */
const SOME_KEYSYM = 0xff0d;

const logger = getLogger("input");

/** See the module. */
export class KeyInjector {
  readonly #device: KeyboardDevice;
  readonly #clock: Clock;
  readonly #times: KeyTimes;
  readonly #guard: RepeatGuard;
  readonly #held = new HeldKeys();
  readonly #spare: SpareKeys;
  #adopted: Keymap | undefined;
  #warned = false;

  constructor(device: KeyboardDevice, guard: RepeatGuard, clock: Clock, times: KeyTimes) {
    this.#device = device;
    this.#guard = guard;
    this.#clock = clock;
    this.#times = times;
    this.#spare = new SpareKeys(times.restMs);
  }

  /** Finds a key, as for the first that is pressed, and leaves it alone. */
  prepare(): void {
    this.#plan(SOME_KEYSYM);
  }

  /** A client's key goes down, named by its keysym. Down again: auto-repeat. */
  *down(holder: Holder, keysym: Keysym): Steps {
    yield* this.#down(holder, canonicalKeysym(keysym), keysym);
  }

  /** A client's key goes up, named by its keysym. */
  up(holder: Holder, keysym: Keysym): void {
    const name = canonicalKeysym(keysym);
    if (this.#held.keycode(holder, name) !== undefined) return this.#release(holder, name);
    // Some clients name the key by what it would type now: Shift down, "A" down, Shift up, "a" up.
    const keymap = this.#keymap();
    const other = this.#held.find(holder, (keycode) => keymap.keyHas(keycode, keysym));
    if (other !== undefined && other < PLACES) this.#release(holder, other);
  }

  /**
   * A client's key goes down, named by its place.
   *
   * @param keysym Counts when there is no key at that place, or one that types another character.
   */
  *downAt(holder: Holder, scancode: number, keysym: Keysym): Steps {
    const name = PLACES + scancode;
    const keycode = this.#keycodeAt(scancode);
    const held = this.#held.keycode(holder, name);
    if (keycode === undefined || (held !== undefined && held !== keycode)) {
      yield* this.#down(holder, name, keysym);
    } else if (isMeantByKeysym(this.#keymap(), keycode, keysym, this.#device.state())) {
      yield* this.#down(holder, name, keysym);
    } else {
      this.#press(holder, name, { keycode }, undefined);
    }
  }

  /**
   * A client's key goes up, named by its place.
   *
   * @param keysym Counts when the key went down by that: clients name keys by their places from the moment on at which
   *   they know that the server understands it, and may hold some then.
   */
  upAt(holder: Holder, scancode: number, keysym: Keysym): void {
    const name = PLACES + scancode;
    if (this.#held.keycode(holder, name) !== undefined) this.#release(holder, name);
    else this.up(holder, keysym);
  }

  /** Whether there is a key at a place, so that its keysym is not needed. */
  hasPlace(scancode: number): boolean {
    return this.#keycodeAt(scancode) !== undefined;
  }

  /** All that a client holds goes up, the last one first. */
  releaseAll(holder: Holder): void {
    for (const name of this.#held.names(holder).toReversed()) this.#release(holder, name);
  }

  /** How long the programs may still need the lent keycodes' meanings, in ms. */
  get restMs(): number {
    return this.#spare.restOf(this.#clock.now());
  }

  /** Takes back all that was lent. */
  unbindAll(): void {
    this.#keymap(); // some may have been taken away already
    for (const { keycode } of this.#spare.bindings) this.#device.bind(keycode, []);
  }

  *#down(holder: Holder, name: KeyName, keysym: Keysym): Steps {
    const repeated = this.#held.keycode(holder, name);
    if (repeated !== undefined) {
      const state = this.#device.state();
      const plan = planKey(this.#keymap(), keysym, state, this.#held.keycodes);
      return this.#press(holder, name, plan?.keycode === repeated ? plan : { keycode: repeated }, state);
    }
    let plan = this.#plan(keysym);
    if (!plan && (yield* this.#bind(keysym))) plan = this.#plan(keysym);
    if (plan) this.#press(holder, name, plan, plan.state);
  }

  #plan(keysym: Keysym): KeyPlan & { readonly state: KeyboardState } | undefined {
    const keymap = this.#keymap();
    const state = this.#device.state();
    const plan = planKey(keymap, keysym, state, this.#held.keycodes);
    if (plan) return { ...plan, state };
    // What keeps a lent key from its keysym is a modifier that somebody else holds: better typed with it than not.
    const lent = this.#spare.bindings.find(({ keycode }) => keymap.keyHas(keycode, keysym));
    return lent && { keycode: lent.keycode, state };
  }

  /** @param state What `plan` was made for; needed to undo its locks. */
  #press(holder: Holder, name: KeyName, plan: KeyPlan, state: KeyboardState | undefined): void {
    const device = this.#device;
    const { keycode, lockGroup, lockModifiers, release = [], press = [] } = plan;
    const repeats = this.#keymap().repeats(keycode);
    if (this.#held.has(keycode)) {
      // X takes no notice of a down of a key that is down; an up and a down of the same time is what its own auto-repeat
      // looks like. A lock or a modifier must not come twice.
      if (!repeats) return this.#hold(holder, name, keycode);
      device.key(keycode, false);
    }
    if (lockGroup !== undefined) device.lockGroup(lockGroup);
    if (lockModifiers) device.lockModifiers(lockModifiers.affect, lockModifiers.values);
    for (const other of release) device.key(other, false);
    for (const other of press) device.key(other, true);

    device.key(keycode, true);

    for (const other of press.toReversed()) device.key(other, false);
    for (const other of release.toReversed()) device.key(other, true);
    if (lockModifiers) {
      device.lockModifiers(lockModifiers.affect, (state?.locked ?? 0) & lockModifiers.affect);
    }
    if (lockGroup !== undefined) device.lockGroup(state?.lockedGroup ?? 0);

    this.#hold(holder, name, keycode);
    this.#spare.used(keycode, this.#clock.now());
    if (repeats) this.#guard.pressed(keycode);
  }

  #hold(holder: Holder, name: KeyName, keycode: number): void {
    if (this.#held.keycode(holder, name) === undefined) this.#held.press(holder, name, keycode);
  }

  #release(holder: Holder, name: KeyName): void {
    const keycode = this.#held.release(holder, name);
    if (keycode === undefined) return;
    this.#device.key(keycode, false);
    this.#spare.used(keycode, this.#clock.now());
    this.#guard.released(keycode);
  }

  /** Makes the layout have `keysym`. @returns Whether it does now. */
  *#bind(keysym: Keysym): Generator<number, boolean, void> {
    while (isLendable(keysym)) {
      const lent = this.#spare.lend(keysym, this.#clock.now(), (keycode) => this.#held.has(keycode));
      if (!lent) {
        if (!this.#warned) {
          logger.warning(
            "The keyboard layout leaves no keycode free: characters that it lacks cannot be typed",
          );
        }
        this.#warned = true;
        return false;
      }
      if (lent.waitMs === 0) {
        this.#device.bind(lent.binding.keycode, lent.binding.keysyms);
        this.#spare.bound(lent.binding, this.#clock.now());
        yield this.#times.settleMs;
        return true;
      }
      yield lent.waitMs;
      if (this.#plan(keysym)) return true; // another client has bound it meanwhile
    }
    return false;
  }

  /** The keymap, and what hangs on it brought up to date. */
  #keymap(): Keymap {
    const keymap = this.#device.keymap;
    if (keymap !== this.#adopted) {
      this.#adopted = keymap;
      const spare = keymap.spareKeycodes;
      // One stays as it is, unless it is the only one: what the guard against repeats needs is a key without a meaning.
      const before = this.#guard.idleKeycode;
      const other = spare.length > 1 ? spare[0] : undefined;
      const idle = this.#guard.idleKeycode = before !== undefined && spare.includes(before) ? before : other;
      this.#spare.adopt(
        spare.filter((keycode) => keycode !== idle),
        (binding) => keepsMeaning(keymap, binding),
      );
    }
    return keymap;
  }

  #keycodeAt(scancode: number): number | undefined {
    const keymap = this.#keymap();
    const keycode = keycodeOfScancode(scancode);
    if (keycode === undefined || !keymap.has(keycode)) return undefined;
    if (this.#spare.bindings.some((binding) => binding.keycode === keycode)) return undefined;
    return keymap.keyHas(EVDEV_UP.keycode, EVDEV_UP.keysym) ? keycode : undefined;
  }
}

function keepsMeaning(keymap: Keymap, { keycode, keysyms }: Binding): boolean {
  return keysyms.every((keysym) => keymap.keyHas(keycode, keysym));
}
