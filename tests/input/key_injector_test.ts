import assert from "node:assert/strict";
import fc from "fast-check";
import type { Clock } from "../../lib/core/clock.ts";
import { KeyInjector } from "../../lib/input/key_injector.ts";
import type { Steps } from "../../lib/input/input_queue.ts";
import { canonicalKeysym, codePointToKeysym, XK } from "../../lib/input/keysyms.ts";
import { RepeatGuard } from "../../lib/input/repeat_guard.ts";
import { Control, FakeKeyboard, Lock, Shift } from "../support/fake_keyboard.ts";
import { keyboard, type LayoutName, NUM_LOCK } from "../support/layouts.ts";

const TIMES = { settleMs: 3, restMs: 100 };

/** An injector on a fake keyboard; time goes on where something waits for it. */
class Desk implements Disposable {
  readonly fake: FakeKeyboard;
  readonly injector: KeyInjector;
  waits: number[] = [];
  readonly #guard = new RepeatGuard(() => 1_000_000, () => {});
  #now = 0;

  constructor(layouts: readonly LayoutName[], spare?: number) {
    this.fake = new FakeKeyboard(keyboard(layouts, spare));
    const clock: Clock = { now: () => this.#now, sleep: () => Promise.reject(new Error("not used")) };
    this.injector = new KeyInjector(this.fake, this.#guard, clock, TIMES);
  }

  run(steps: Steps): void {
    for (const waitMs of steps) {
      this.waits.push(waitMs);
      this.#now += waitMs;
    }
  }

  down(client: object, keysym: number): void {
    this.run(this.injector.down(client, keysym));
  }

  tap(client: object, ...keysyms: readonly number[]): void {
    for (const keysym of keysyms) {
      this.down(client, keysym);
      this.injector.up(client, keysym);
    }
  }

  downAt(client: object, [scancode, keysym]: readonly [number, number]): void {
    this.run(this.injector.downAt(client, scancode, keysym));
  }

  /** Presses keys by place. */
  tapAt(client: object, ...keys: readonly (readonly [number, number])[]): void {
    for (const one of keys) {
      this.downAt(client, one);
      this.injector.upAt(client, ...one);
    }
  }

  get typed(): number[] {
    return this.fake.typed.map(({ keysym }) => keysym);
  }

  [Symbol.dispose](): void {
    this.#guard[Symbol.dispose]();
  }
}

const keysymsOf = (text: string) =>
  [...text].map((character) => codePointToKeysym(character.codePointAt(0)!));

Deno.test("KeyInjector.prepare() looks at the keyboard, and does nothing to it", () => {
  using desk = new Desk(["us"]);
  let reads = 0;
  const keymap = desk.fake.keymap;
  Object.defineProperty(desk.fake, "keymap", { get: () => (reads++, keymap) });
  desk.injector.prepare();
  assert.ok(reads > 0);
  assert.deepEqual([desk.fake.events, [...desk.fake.bound]], [[], []]);
});

Deno.test("KeyInjector lends keycodes, with a pause after each new meaning, and takes them back", () => {
  using desk = new Desk(["us"]);
  const client = {};
  desk.tap(client, ...keysymsOf("éÉaß"));
  assert.deepEqual(desk.typed, keysymsOf("éÉaß"));
  assert.deepEqual(desk.waits, [TIMES.settleMs, TIMES.settleMs]);
  assert.equal(desk.fake.bound.size, 2);
  assert.ok(desk.injector.restMs > 0);
  desk.injector.unbindAll();
  assert.equal(desk.fake.bound.size, 0);
});

Deno.test("KeyInjector waits before it gives a keycode a third meaning, so that programs have read the second", () => {
  using desk = new Desk(["us"], 3); // one of them stays idle
  const text = "一二三四五";
  desk.tap({}, ...keysymsOf(text));
  assert.deepEqual(desk.typed, keysymsOf(text));
  const [toThird, toFifth] = desk.waits.filter((ms) => ms > TIMES.settleMs);
  assert.equal(toThird, TIMES.restMs - TIMES.settleMs); // since the first was used
  assert.ok(toFifth! > 90);
});

Deno.test("KeyInjector drops what it cannot type where no keycode is free, and goes on", () => {
  using desk = new Desk(["us"], 0);
  desk.tap({}, ...keysymsOf("日a"));
  assert.deepEqual(desk.typed, keysymsOf("a"));
  assert.equal(desk.fake.held.size, 0);
});

Deno.test("KeyInjector does not take a lent keycode from a client that holds it", () => {
  using desk = new Desk(["us"], 2);
  const [first, second] = [{}, {}];
  desk.down(first, 0xe9);
  desk.tap(second, ...keysymsOf("ßa"));
  assert.deepEqual(desk.typed, keysymsOf("éa"));
  desk.injector.up(first, 0xe9);
  desk.tap(second, 0xdf);
  assert.deepEqual(desk.typed, keysymsOf("éaß"));
});

Deno.test("KeyInjector forgets what it lent when the layout is another", () => {
  using desk = new Desk(["us"]);
  desk.tap({}, 0xe9);
  const [keycode] = [...desk.fake.bound.keys()];
  desk.fake.bind(keycode!, []); // setxkbmap makes all anew
  desk.tap({}, 0xe9);
  assert.deepEqual(desk.typed, [0xe9, 0xe9]);
});

Deno.test("KeyInjector repeats as X does, and never a modifier or a lock", () => {
  using desk = new Desk(["us"]);
  const client = {};
  for (let time = 0; time < 3; time++) desk.down(client, 0x61);
  desk.injector.up(client, 0x61);
  assert.deepEqual(desk.fake.events.map(({ down }) => down), [true, false, true, false, true, false]);
  desk.fake.events = [];
  for (let time = 0; time < 3; time++) desk.down(client, XK.Caps_Lock);
  for (let time = 0; time < 3; time++) desk.down(client, XK.Shift_L);
  assert.equal(desk.fake.locked, Lock);
  assert.equal(desk.fake.events.length, 2);
});

Deno.test("KeyInjector lets go of the key that a down pressed, whatever its up is called", () => {
  using desk = new Desk(["us"]);
  const client = {};
  desk.down(client, XK.Shift_L);
  desk.down(client, 0x41);
  desk.injector.up(client, XK.Shift_L);
  desk.injector.up(client, 0x61);
  assert.equal(desk.fake.held.size, 0);
  desk.down(client, 0x21);
  desk.injector.up({}, 0x21); // another client's
  assert.equal(desk.fake.held.size, 1);
  desk.injector.up(client, 0x31);
  assert.equal(desk.fake.held.size, 0);
});

Deno.test("KeyInjector presses places by the layout of the keyboard, and by keysym where there is no key", () => {
  using desk = new Desk(["de"]);
  const client = {};
  desk.tapAt(client, [0x15, 0]); // Y of a US keyboard
  desk.tapAt(client, [0xff, 0x61]);
  desk.injector.upAt(client, 0x10, 0);
  assert.deepEqual(desk.typed, keysymsOf("za"));
  assert.equal(desk.fake.held.size, 0);
  assert.ok(desk.injector.hasPlace(0x15) && !desk.injector.hasPlace(0xff));
});

/** Keys of a client's own keyboard: the place, and what is printed there. */
const KEYS = {
  shift: [0x2a, XK.Shift_L],
  control: [0x1d, XK.Control_L],
  altGr: [0xb8, XK.ISO_Level3_Shift],
  alt: [0xb8, XK.Alt_R],
  up: [0xc8, XK.Up],
} as const;
const key = (place: number, character: string) => [place, keysymsOf(character)[0]!] as const;

Deno.test("KeyInjector types the character of a key that is named by place, whatever the desktop has there", () => {
  for (const layout of ["us", "de", "fr", "ru"] as const) {
    using desk = new Desk([layout]);
    const client = {};
    // A French keyboard's: A, Z, its row of digits without and with Shift, and AltGr with its digits.
    desk.tapAt(client, key(0x10, "a"), key(0x11, "z"), key(0x03, "é"));
    desk.downAt(client, KEYS.shift);
    desk.tapAt(client, key(0x10, "A"), key(0x03, "2"), key(0x33, "."));
    desk.injector.upAt(client, ...KEYS.shift);
    desk.downAt(client, KEYS.altGr);
    desk.tapAt(client, key(0x0b, "@"), key(0x04, "#"));
    desk.injector.upAt(client, ...KEYS.altGr);
    desk.tapAt(client, KEYS.up);
    assert.deepEqual(desk.typed, [...keysymsOf("azéA2.@#"), XK.Up], layout);
    assert.equal(desk.fake.held.size, 0);
    assert.equal(desk.fake.state().modifiers, 0);
  }
});

Deno.test("KeyInjector presses the key at its place when its character is the same, and keeps modifiers where they are", () => {
  using desk = new Desk(["us"]);
  const client = {};
  desk.downAt(client, KEYS.shift);
  desk.tapAt(client, key(0x1e, "A"));
  desk.injector.upAt(client, ...KEYS.shift);
  desk.downAt(client, KEYS.alt);
  desk.tapAt(client, key(0x0f, "\t"));
  desk.injector.upAt(client, ...KEYS.alt);
  desk.tapAt(client, [0x1e, 0], [0x4f, 0xffb1]); // KP_1, where Num Lock is off
  const keycodes = desk.fake.events.filter(({ down }) => down).map(({ keycode }) => keycode);
  assert.deepEqual(keycodes, [50, 38, 108, 23, 38, 87]);
});

Deno.test("KeyInjector lets a key go by its place that went down by its keysym (QEMU Extended Key Event)", () => {
  using desk = new Desk(["us"]);
  const [client, other] = [{}, {}];
  desk.down(client, XK.Control_L);
  desk.down(other, XK.Shift_L);
  desk.downAt(client, KEYS.alt);
  desk.injector.upAt(client, ...KEYS.shift); // somebody else's
  desk.injector.upAt(client, ...KEYS.control);
  desk.injector.upAt(client, ...KEYS.alt);
  assert.deepEqual([...desk.fake.held.keys()], [50], "the other's Shift");
});

Deno.test("KeyInjector finds shortcuts by their letter, and by place where the layout lacks the client's", () => {
  const chord = (layout: LayoutName, ...keys: (readonly [number, number])[]) => {
    using desk = new Desk([layout]);
    const client = {};
    desk.downAt(client, KEYS.control);
    desk.tapAt(client, ...keys);
    desk.injector.upAt(client, ...KEYS.control);
    return desk.fake.typed.map(({ keysym, modifiers }) => [keysym, modifiers]);
  };
  // Dvorak has its C where QWERTY has the I.
  assert.deepEqual(chord("us", key(0x17, "c")), [[0x63, Control]]);
  assert.deepEqual(chord("us", key(0x2e, "с")), [[0x63, Control]], "Cyrillic es lies on C");
  assert.deepEqual(chord("ru", key(0x2e, "c")), [[0x63, Control]], "which is lent where there is none");
  assert.deepEqual(chord("us", key(0x28, "ù")), [[0x27, Control]], "nothing else is");
  assert.deepEqual(chord("us", key(0x2e, "C")), [[0x63, Control]], "Caps Lock is the client's own");
});

Deno.test("KeyInjector lets the same key go that it pressed for a place, through repeats with other modifiers", () => {
  using desk = new Desk(["us"]);
  const client = {};
  desk.downAt(client, key(0x10, "a")); // where QWERTY has the Q
  desk.downAt(client, key(0x10, "a"));
  desk.downAt(client, KEYS.shift);
  desk.downAt(client, key(0x10, "A"));
  desk.downAt(client, [0x10, 0x71]);
  desk.downAt(client, [0x10, 0]);
  desk.injector.upAt(client, ...KEYS.shift);
  desk.injector.upAt(client, 0x10, 0);
  assert.equal(desk.fake.held.size, 0);
  desk.downAt(client, [0x10, 0]);
  desk.downAt(client, key(0x10, "a"));
  desk.injector.upAt(client, 0x10, 0);
  assert.equal(desk.fake.held.size, 0);
});

Deno.test("KeyInjector types each character as it is asked for, in any state, and leaves the keyboard as it was", () => {
  const characters = [..."aAzZ1!2@[]{}\\|éÉßяЯйжµ€日😀 "].map((c) => codePointToKeysym(c.codePointAt(0)!));
  const modifiers: readonly number[] = [XK.Shift_L, XK.Shift_R, XK.ISO_Level3_Shift];
  const action = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ kind: fc.constant("tap" as const), keysym: fc.constantFrom(...characters) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("hold" as const), keysym: fc.constantFrom(...modifiers) }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("up" as const), keysym: fc.constantFrom(...modifiers) }),
    },
    {
      weight: 1,
      arbitrary: fc.record({ kind: fc.constant("hold" as const), keysym: fc.constantFrom(...characters) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("leave" as const), keysym: fc.constant(0) }) },
  );
  const layouts = fc.constantFrom<readonly LayoutName[]>(["us"], ["de"], ["fr"], ["us", "ru"], ["ru", "de"]);
  fc.assert(
    fc.property(
      layouts,
      fc.array(fc.tuple(fc.nat(1), action), { maxLength: 40 }),
      fc.constantFrom(0, Lock, NUM_LOCK, Lock | NUM_LOCK),
      fc.nat(1),
      (names, actions, locked, group) => {
        using desk = new Desk(names, 5);
        const clients = [{}, {}];
        desk.fake.locked = locked;
        desk.fake.group = group % names.length;
        for (const [who, { kind, keysym }] of actions) {
          const client = clients[who]!;
          const before = desk.fake.state();
          const held = new Set(desk.fake.held.keys());
          if (kind === "leave") desk.injector.releaseAll(client);
          else if (kind === "up") desk.injector.up(client, keysym);
          else desk.down(client, keysym);
          if (kind === "tap" || (kind === "hold" && !modifiers.includes(keysym))) {
            // At most four keycodes can be held down by holds of characters that had to be lent.
            if (desk.typed.length > 0) assert.equal(desk.typed.at(-1), canonicalKeysym(keysym));
            const after = desk.fake.state();
            assert.deepEqual({ ...after, group: 0 }, { ...before, group: 0 });
            assert.equal(desk.fake.group, before.group);
            for (const keycode of held) assert.ok(desk.fake.held.has(keycode));
          }
          if (kind === "tap") desk.injector.up(client, keysym);
          if (desk.injector.restMs > 0 && desk.fake.bound.size >= 4) {
            clients.forEach((each) => desk.injector.releaseAll(each));
          }
        }
        clients.forEach((client) => desk.injector.releaseAll(client));
        assert.equal(desk.fake.held.size, 0);
        assert.equal(desk.fake.locked, locked);
        desk.injector.unbindAll();
        assert.equal(desk.fake.bound.size, 0);
      },
    ),
    { seed: 6143, numRuns: 300 },
  );
});

Deno.test("KeyInjector keeps Control while it presses and lets go of Shift", () => {
  using desk = new Desk(["us"]);
  const client = {};
  desk.down(client, XK.Control_L);
  desk.down(client, XK.Shift_L);
  desk.tap(client, ...keysymsOf("t1+"));
  assert.deepEqual(desk.fake.typed.map(({ keysym, modifiers }) => [keysym, modifiers]), [
    [0x54, Control | Shift],
    [0x31, Control],
    [0x2b, Control | Shift],
  ]);
});
