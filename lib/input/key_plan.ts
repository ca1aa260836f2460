/**
 * How to type a keysym on a keyboard that is in some state: which key, and what has to be different for the moment.
 * Pure.
 *
 * A client sends keysyms, what its own keyboard made of its own modifiers. The desktop makes keysyms anew, of keycodes
 * and its modifiers. So the keysym is looked for in the desktop's layout; where other modifiers are needed than are in
 * effect, they are pressed or let go around the key. Shortcuts keep their Control, Alt and Super.
 *
 * @module
 */
import { type KeyboardState, Modifier, type Modifiers } from "../ffi/xkb_description.ts";
import type { Keymap, KeyPosition } from "./keymap.ts";
import {
  canonicalKeysym,
  isFunctionKeysym,
  isModifierKeysym,
  type Keysym,
  keysymToCodePoint,
  letterCase,
  standIns,
  XK,
} from "./keysyms.ts";

/** What to do for a key to be what it is meant to be. In this order; the key between, then all of it undone. */
export interface KeyPlan {
  readonly keycode: number;
  /** Layout to switch to: the group to be locked. */
  readonly lockGroup?: number;
  /** Locks to change: which, and how they are to be. */
  readonly lockModifiers?: { readonly affect: Modifiers; readonly values: Modifiers };
  /** Keycodes that are held and must be let go. */
  readonly release?: readonly number[];
  /** Keycodes that are not held and must be. */
  readonly press?: readonly number[];
}

/** What a change costs, in the disturbance that programs and people may notice. */
const Cost = { Key: 1, Lock: 3, ShiftOfFunctionKey: 5, Group: 8 } as const;

/**
 * Plans how to type `keysym`, or the nearest thing that the layout has.
 *
 * @param state The keyboard's, now.
 * @param held Keycodes that are held by us, and could be let go.
 * @returns `undefined` when the layout does not have it, or not within reach.
 */
export function planKey(
  keymap: Keymap,
  keysym: Keysym,
  state: KeyboardState,
  held: ReadonlySet<number>,
): KeyPlan | undefined {
  const wanted = canonicalKeysym(keysym);
  const plan = planExactly(keymap, wanted, state, held);
  if (plan) return plan;
  if (wanted === XK.ISO_Left_Tab) return planShifted(keymap, XK.Tab, state, held);
  for (const other of standIns(wanted)) {
    const plan = planExactly(keymap, other, state, held);
    if (plan) return plan;
  }
  return undefined;
}

/** @param wanted Canonical. */
function planExactly(
  keymap: Keymap,
  wanted: Keysym,
  state: KeyboardState,
  held: ReadonlySet<number>,
): KeyPlan | undefined {
  const positions = keymap.positions(wanted);
  const shortcut = state.modifiers & keymap.shortcutModifiers;
  if (shortcut !== 0) {
    const plan = planShortcutLetter(keymap, wanted, state);
    if (plan) return plan;
  }
  const cased = letterCase(wanted);
  // Caps Lock makes capitals of letters that a key only has as small ones.
  const all = cased && state.modifiers & Modifier.Lock
    ? [...positions, ...keymap.positions(wanted === cased.lower ? cased.upper : cased.lower)]
    : positions;
  if (all.length === 0) return undefined;
  return planFunctionKey(keymap, wanted, positions) ??
    cheapest(keymap, wanted, all, state, held, 0) ??
    // With Control and Alt, some keys mean something else (Ctrl+Alt+F1): then it is what the client wants, too.
    (shortcut !== 0 ? cheapest(keymap, wanted, all, state, held, shortcut) : undefined);
}

/**
 * Keys that are not for text mean the same with any modifiers, as far as clients can tell: Shift+Tab is sent as Shift
 * and Tab by some, and must not lose its Shift because the layout calls it ISO_Left_Tab.
 */
function planFunctionKey(
  keymap: Keymap,
  wanted: Keysym,
  positions: readonly KeyPosition[],
): KeyPlan | undefined {
  if (!isFunctionKeysym(wanted)) return undefined;
  const first = positions.find(({ level }) => level === 0);
  if (first) return { keycode: first.keycode };
  if (!isModifierKeysym(wanted)) return undefined;
  const other = positions.find(({ keycode }) => keymap.modifiersWhileHeld(keycode) !== 0);
  return other && { keycode: other.keycode };
}

/** With Control, Alt or Super a letter is a letter: some clients send Ctrl+Shift+T as a small t, or Ctrl+C with Caps Lock as a capital. */
function planShortcutLetter(keymap: Keymap, wanted: Keysym, state: KeyboardState): KeyPlan | undefined {
  const cased = letterCase(wanted);
  if (!cased) return undefined;
  for (const keysym of [wanted, cased.lower, cased.upper]) {
    for (const { keycode } of keymap.positions(keysym)) {
      const typed = keymap.keysymAt(keycode, state.modifiers, state.group);
      if (typed === cased.lower || typed === cased.upper) return { keycode };
    }
  }
  return undefined;
}

/** A key with Shift, whatever it means then. */
function planShifted(
  keymap: Keymap,
  keysym: Keysym,
  state: KeyboardState,
  held: ReadonlySet<number>,
): KeyPlan | undefined {
  const plan = planExactly(keymap, keysym, state, held);
  if (!plan || state.modifiers & Modifier.Shift) return plan;
  const shift = keymap.modifierKey(Modifier.Shift);
  return shift === undefined ? plan : { ...plan, press: [...plan.press ?? [], shift] };
}

/** @param ignored Modifiers that are in effect and shall not count for what a key means. */
function cheapest(
  keymap: Keymap,
  wanted: Keysym,
  positions: readonly KeyPosition[],
  state: KeyboardState,
  held: ReadonlySet<number>,
  ignored: Modifiers,
): KeyPlan | undefined {
  let best: KeyPlan | undefined;
  let bestCost = Infinity;
  const current = state.modifiers & ~ignored;
  for (const position of positions) {
    const { keycode } = position;
    for (const group of new Set([state.group, position.group])) {
      const type = keymap.groupOf(keycode, group)?.type;
      if (!type) continue;
      const groupCost = group === state.group ? 0 : Cost.Group;
      // What counts for the key; and Caps Lock, which programs heed where the key does not.
      const mask = (type.mask | state.locked & Modifier.Lock) & ~ignored;
      for (const subset of subsets(mask)) {
        const modifiers = current & ~mask | subset;
        if (keymap.keysymAt(keycode, modifiers, group) !== wanted) continue;
        const change = planChange(keymap, wanted, current, modifiers, state, held);
        if (!change || groupCost + change.cost >= bestCost) continue;
        bestCost = groupCost + change.cost;
        best = {
          keycode,
          ...change.plan,
          ...(groupCost > 0 ? { lockGroup: locked(group, state, keymap) } : {}),
        };
      }
    }
  }
  return best;
}

/** How to get from some modifiers to others, or `undefined` if that cannot or must not be. */
function planChange(
  keymap: Keymap,
  wanted: Keysym,
  from: Modifiers,
  to: Modifiers,
  state: KeyboardState,
  held: ReadonlySet<number>,
): { readonly cost: number; readonly plan: Omit<KeyPlan, "keycode"> } | undefined {
  if ((from ^ to) & keymap.shortcutModifiers) return undefined;
  const release: number[] = [];
  const press: number[] = [];
  let affect = 0;
  let cost = 0;
  const isText = keysymToCodePoint(wanted) !== undefined;
  for (const bit of bits(from ^ to)) {
    const keyCost = bit === Modifier.Shift && !isText ? Cost.ShiftOfFunctionKey : Cost.Key;
    if (from & bit) {
      if (state.latched & bit) return undefined;
      if (state.locked & bit) {
        affect |= bit;
        cost += Cost.Lock;
      }
      if (state.held & bit) {
        const ours = [...held].filter((keycode) => keymap.modifiersWhileHeld(keycode) & bit);
        // Somebody at the machine's own keyboard holds it, or it hangs together with what must stay.
        if (ours.length === 0 || ours.some((keycode) => keymap.modifiersWhileHeld(keycode) & to)) {
          return undefined;
        }
        for (const keycode of ours) if (!release.includes(keycode)) release.push(keycode);
        cost += keyCost;
      }
    } else {
      const keycode = keymap.modifierKey(bit);
      if (keycode === undefined) {
        affect |= bit;
        cost += Cost.Lock;
      } else {
        press.push(keycode);
        cost += keyCost;
      }
    }
  }
  return {
    cost,
    plan: {
      ...(affect ? { lockModifiers: { affect, values: to & affect } } : {}),
      ...(release.length > 0 ? { release } : {}),
      ...(press.length > 0 ? { press } : {}),
    },
  };
}

/** The group to be locked for `group` to be in effect while the same keys are held. */
function locked(group: number, state: KeyboardState, keymap: Keymap): number {
  const byKeys = state.group - state.lockedGroup;
  const count = keymap.groupCount;
  return ((group - byKeys) % count + count) % count;
}

/** All subsets of a bit set, the empty one last. */
function* subsets(mask: number): Generator<number> {
  for (let subset = mask; subset > 0; subset = (subset - 1) & mask) yield subset;
  yield 0;
}

/** The single bits of a bit set. */
function* bits(mask: number): Generator<number> {
  for (let rest = mask; rest !== 0; rest &= rest - 1) yield rest & -rest;
}
