import assert from "node:assert/strict";
import { planKey } from "../../lib/input/key_plan.ts";
import { codePointToKeysym, XK } from "../../lib/input/keysyms.ts";
import { Control, FakeKeyboard, Lock, Mod1, Shift } from "../support/fake_keyboard.ts";
import { keyboard, type LayoutName, LEVEL3, NUM_LOCK } from "../support/layouts.ts";

const SHIFT_L = 50;
const SHIFT_R = 62;
const CONTROL_L = 37;
const ALT_L = 64;
const ALT_GR = 92;

/** What is planned for a character or keysym, when `holds` are held by a client. */
function plan(
  layout: LayoutName | readonly LayoutName[],
  wanted: string | number,
  holds: readonly number[] = [],
  change: (keyboard: FakeKeyboard) => void = () => {},
) {
  const fake = new FakeKeyboard(keyboard(typeof layout === "string" ? [layout] : layout));
  for (const keycode of holds) fake.key(keycode, true);
  change(fake);
  const keysym = typeof wanted === "number" ? wanted : codePointToKeysym(wanted.codePointAt(0)!);
  return planKey(fake.keymap, keysym, fake.state(), new Set(holds));
}

Deno.test("planKey presses the modifiers that a keysym of the layout needs", () => {
  assert.deepEqual(plan("us", "a"), { keycode: 38 });
  assert.deepEqual(plan("us", "A"), { keycode: 38, press: [SHIFT_L] });
  assert.deepEqual(plan("us", "!"), { keycode: 10, press: [SHIFT_L] });
  assert.deepEqual(plan("us", " "), { keycode: 65 });
  assert.deepEqual(plan("de", "@"), { keycode: 24, press: [ALT_GR] });
  assert.deepEqual(plan("de", "z"), { keycode: 29 });
  assert.deepEqual(plan("de", "–"), { keycode: 61, press: [ALT_GR] });
  assert.deepEqual(plan("fr", "1"), { keycode: 10, press: [SHIFT_L] });
  assert.deepEqual(plan("fr", "&"), { keycode: 10 });
  assert.deepEqual(plan("fr", "€"), { keycode: 26, press: [ALT_GR] });
});

Deno.test("planKey takes old and Unicode keysyms for the same", () => {
  assert.deepEqual(plan("ru", 0x06d1), { keycode: 52 }); // Cyrillic_ya
  assert.deepEqual(plan("ru", 0x0100_044f), { keycode: 52 });
  assert.deepEqual(plan("de", 0x20ac), plan("de", 0x0100_20ac));
});

Deno.test("planKey needs nothing for what the client's own modifiers make", () => {
  assert.deepEqual(plan("us", "A", [SHIFT_R]), { keycode: 38 });
  assert.deepEqual(plan("de", "@", [ALT_GR]), { keycode: 24 });
});

Deno.test("planKey lets go for the moment of what would make something else, of both sides", () => {
  assert.deepEqual(plan("us", "a", [SHIFT_R]), { keycode: 38, release: [SHIFT_R] });
  assert.deepEqual(plan("us", "1", [SHIFT_L, SHIFT_R]), { keycode: 10, release: [SHIFT_L, SHIFT_R] });
  assert.deepEqual(plan("de", "q", [ALT_GR]), { keycode: 24, release: [ALT_GR] });
  assert.deepEqual(plan("fr", "&", [SHIFT_L]), { keycode: 10, release: [SHIFT_L] });
  assert.deepEqual(plan("de", "@", [SHIFT_L]), { keycode: 24, release: [SHIFT_L], press: [ALT_GR] });
});

Deno.test("planKey keeps Control and Alt, and does not mind the case of a shortcut's letter", () => {
  assert.deepEqual(plan("us", "c", [CONTROL_L]), { keycode: 54 });
  assert.deepEqual(plan("us", "C", [CONTROL_L]), { keycode: 54 });
  assert.deepEqual(plan("us", "T", [CONTROL_L, SHIFT_L]), { keycode: 28 });
  assert.deepEqual(plan("us", "t", [CONTROL_L, SHIFT_L]), { keycode: 28 });
  assert.deepEqual(plan("us", "c", [CONTROL_L], (keyboard) => keyboard.locked = Lock), { keycode: 54 });
  assert.deepEqual(plan("us", 0xffbe, [CONTROL_L, ALT_L]), { keycode: 67 });
  assert.deepEqual(plan("us", "+", [CONTROL_L]), { keycode: 21, press: [SHIFT_L] });
  assert.deepEqual(plan("us", 0xff9c, [ALT_L]), { keycode: 87 });
});

Deno.test("planKey leaves Shift to function keys, whatever the layout calls them then", () => {
  assert.deepEqual(plan("us", XK.Tab, [SHIFT_L]), { keycode: 23 });
  assert.deepEqual(plan("us", XK.ISO_Left_Tab, [SHIFT_L]), { keycode: 23 });
  assert.deepEqual(plan("us", XK.ISO_Left_Tab), { keycode: 23, press: [SHIFT_L] });
  assert.deepEqual(plan("us", XK.Left, [SHIFT_L]), { keycode: 113 });
  assert.deepEqual(plan("us", XK.Alt_L, [SHIFT_L]), { keycode: ALT_L });
  assert.deepEqual(plan("us", XK.Meta_L), { keycode: ALT_L });
  assert.deepEqual(plan("us", XK.Print, [ALT_L]), { keycode: 107 });
  assert.deepEqual(plan("us", XK.Sys_Req), { keycode: 107 });
  assert.deepEqual(plan("us", XK.Caps_Lock), { keycode: 66 });
});

Deno.test("planKey types letters as they are asked for while Caps Lock is on", () => {
  const caps = (keyboard: FakeKeyboard) => keyboard.locked = Lock;
  assert.deepEqual(plan("us", "A", [], caps), { keycode: 38 });
  assert.deepEqual(plan("us", "a", [], caps), { keycode: 38, press: [SHIFT_L] });
  assert.deepEqual(plan("us", "a", [SHIFT_R], caps), { keycode: 38 });
  assert.deepEqual(plan("us", "A", [SHIFT_R], caps), { keycode: 38, release: [SHIFT_R] });
  assert.deepEqual(plan("us", "1", [], caps), { keycode: 10 });
  assert.deepEqual(plan("de", "æ", [], caps)?.press, [ALT_GR]);
  // "é" stands on a key that does not heed Caps Lock, so programs would make a capital.
  const acute = plan("fr", "é", [], caps);
  assert.deepEqual(acute, { keycode: 11, lockModifiers: { affect: Lock, values: 0 } });
});

Deno.test("planKey changes Num Lock for the moment rather than Shift, for the keypad", () => {
  const num = (keyboard: FakeKeyboard) => keyboard.locked = NUM_LOCK;
  assert.deepEqual(plan("us", 0xffb1, [], num), { keycode: 87 });
  assert.deepEqual(plan("us", 0xff9c), { keycode: 87 });
  assert.deepEqual(plan("us", 0xffb1), {
    keycode: 87,
    lockModifiers: { affect: NUM_LOCK, values: NUM_LOCK },
  });
  assert.deepEqual(plan("us", 0xff9c, [], num), {
    keycode: 87,
    lockModifiers: { affect: NUM_LOCK, values: 0 },
  });
});

Deno.test("planKey switches to another layout of the keyboard where that has the character", () => {
  assert.deepEqual(plan(["us", "ru"], "я"), { keycode: 52, lockGroup: 1 });
  assert.deepEqual(plan(["us", "ru"], "Я"), { keycode: 52, lockGroup: 1, press: [SHIFT_L] });
  assert.deepEqual(plan(["us", "ru"], "z"), { keycode: 52 });
  assert.deepEqual(plan(["us", "ru"], "1", [], (keyboard) => keyboard.group = 1), { keycode: 10 });
  assert.deepEqual(plan(["us", "ru"], "z", [], (keyboard) => keyboard.group = 1), {
    keycode: 52,
    lockGroup: 0,
  });
  assert.deepEqual(plan(["us", "ru"], XK.Return, [], (keyboard) => keyboard.group = 1), { keycode: 36 });
});

Deno.test("planKey takes a key that does the same where the layout lacks the one that is wanted", () => {
  assert.deepEqual(plan("de", XK.Alt_R), { keycode: ALT_GR });
  assert.deepEqual(plan("us", XK.Alt_R), { keycode: 108 });
  assert.deepEqual(plan("us", XK.Mode_switch), { keycode: ALT_GR });
  assert.deepEqual(plan("us", XK.Super_R), { keycode: 133 });
  assert.deepEqual(plan("us", 0xffb5), { keycode: 14 }); // KP_5
  assert.deepEqual(plan("us", 0x0d), { keycode: 36 });
});

Deno.test("planKey finds no way for what the layout lacks, nor against modifiers that are not ours", () => {
  assert.equal(plan("us", "é"), undefined);
  assert.equal(plan("us", "日"), undefined);
  assert.equal(plan("us", 0xfe51), undefined);
  assert.equal(plan("us", "1", [], (keyboard) => keyboard.foreign = Shift), undefined);
  assert.deepEqual(plan("us", "a", [], (keyboard) => keyboard.foreign = Shift), {
    keycode: 38,
    lockModifiers: { affect: Lock, values: Lock },
  });
  assert.deepEqual(plan("us", "A", [], (keyboard) => keyboard.foreign = Shift), { keycode: 38 });
  assert.deepEqual(plan("us", "a", [], (keyboard) => keyboard.foreign = Control | Mod1), { keycode: 38 });
  assert.equal(plan("de", "q", [], (keyboard) => keyboard.foreign = LEVEL3), undefined);
});
