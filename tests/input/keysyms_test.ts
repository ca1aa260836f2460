import assert from "node:assert/strict";
import { LEGACY_RUNS } from "../../lib/input/keysym_table.ts";
import {
  canonicalKeysym,
  codePointToKeysym,
  isFunctionKeysym,
  isModifierKeysym,
  keysymName,
  keysymToCodePoint,
  letterCase,
  standIns,
  XK,
} from "../../lib/input/keysyms.ts";

/** X.Org's own list, of the package x11proto-dev. */
const KEYSYMDEF = "/usr/include/X11/keysymdef.h";
const hasKeysymdef = Deno.permissions.querySync({ name: "read", path: KEYSYMDEF }).state === "granted" &&
  (() => {
    try {
      return Deno.statSync(KEYSYMDEF).isFile;
    } catch {
      return false;
    }
  })();

Deno.test({
  name:
    "keysymToCodePoint gives what X.Org's keysymdef.h says, for every exact meaning (X Protocol appendix A)",
  ignore: !hasKeysymdef,
  fn() {
    const lines = Deno.readTextFileSync(KEYSYMDEF).matchAll(
      /^#define XK_(\w+)\s+0x([0-9a-f]+)\s*\/\*\s*U\+([0-9A-F]{4,6})/gm,
    );
    let count = 0;
    for (const [, name, keysym, codePoint] of lines) {
      assert.equal(keysymToCodePoint(parseInt(keysym!, 16)), parseInt(codePoint!, 16), name);
      count++;
    }
    assert.ok(count > 1400);
    for (const [name, value] of Object.entries(XK)) {
      const defined = new RegExp(`^#define XK_${name}\\s+0x([0-9a-f]+)`, "m").exec(
        Deno.readTextFileSync(KEYSYMDEF),
      );
      assert.equal(value, parseInt(defined?.[1] ?? "", 16), name);
    }
  },
});

Deno.test("keysymToCodePoint knows Latin-1, old and Unicode keysyms, and those that type nothing", () => {
  const cases: [number, number | undefined][] = [
    [0x41, 0x41],
    [0xe9, 0xe9],
    [0x06c1, 0x0430], // Cyrillic_a
    [0x07e1, 0x03b1], // Greek_alpha
    [0x20ac, 0x20ac], // EuroSign
    [0x01b1, 0x0105], // aogonek
    [0x0100_20ac, 0x20ac],
    [0x0101_f600, 0x1f600],
    [0x0100_0041, 0x41],
    [0x0110_ffff, 0x10ffff],
    [0x0111_0000, undefined],
    [0x0100_d800, undefined],
    [0x0100_000d, undefined],
    [XK.Return, undefined],
    [XK.KP_0, undefined],
    [0xfe51, undefined], // dead_acute
    [0, undefined],
    [0x7f, undefined],
  ];
  for (const [keysym, codePoint] of cases) {
    assert.equal(keysymToCodePoint(keysym), codePoint, keysym.toString(16));
  }
});

Deno.test("canonicalKeysym makes one of all keysyms that mean the same", () => {
  assert.equal(canonicalKeysym(0x06c1), 0x0100_0430);
  assert.equal(canonicalKeysym(0x0100_0430), 0x0100_0430);
  assert.equal(canonicalKeysym(0x0100_00e9), 0xe9);
  assert.equal(canonicalKeysym(0x20ac), 0x0100_20ac);
  assert.equal(canonicalKeysym(0x0d), XK.Return);
  assert.equal(canonicalKeysym(0x0100_000d), XK.Return);
  assert.equal(canonicalKeysym(0x08), XK.BackSpace);
  assert.equal(canonicalKeysym(XK.F1), XK.F1);
  assert.equal(codePointToKeysym(0x0a), XK.Return);
  for (const [first, characters] of LEGACY_RUNS) {
    [...characters].forEach((character, at) => {
      if (character !== ".") {
        assert.equal(canonicalKeysym(first + at), codePointToKeysym(character.codePointAt(0)!));
      }
    });
  }
});

Deno.test("letterCase pairs letters that have one other form each", () => {
  assert.deepEqual(letterCase(0x61), { lower: 0x61, upper: 0x41 });
  assert.deepEqual(letterCase(0xc9), { lower: 0xe9, upper: 0xc9 });
  assert.deepEqual(letterCase(0x06e1), { lower: 0x0100_0430, upper: 0x0100_0410 });
  assert.deepEqual(letterCase(0xff), { lower: 0xff, upper: 0x0100_0178 });
  for (const single of [0xdf, 0x31, 0x0100_0131, 0xb5, 0x0100_4e00, XK.Tab, 0]) {
    assert.equal(letterCase(single), undefined, single.toString(16));
  }
});

Deno.test("standIns names main keys for the keypad's, and other sides of modifiers", () => {
  assert.deepEqual(standIns(0xffb5), [0x35]);
  assert.deepEqual(standIns(XK.KP_Home), [XK.Home]);
  assert.deepEqual(standIns(0xff9a), [XK.Page_Up]);
  assert.deepEqual(standIns(0xffab), [0x2b]);
  assert.deepEqual(standIns(XK.KP_Decimal), [0x2e]);
  assert.deepEqual(standIns(XK.KP_Enter), [XK.Return]);
  assert.equal(standIns(XK.Alt_R)[0], XK.ISO_Level3_Shift);
  assert.deepEqual(standIns(0x61), []);
});

Deno.test("isModifierKeysym and isFunctionKeysym sort keys", () => {
  for (const keysym of [XK.Shift_L, XK.Hyper_R, XK.ISO_Level3_Shift, XK.Num_Lock, XK.Mode_switch]) {
    assert.ok(isModifierKeysym(keysym) && isFunctionKeysym(keysym));
  }
  for (const keysym of [XK.Tab, XK.Delete, 0xffbe, 0x1008ff13]) {
    assert.ok(!isModifierKeysym(keysym) && isFunctionKeysym(keysym));
  }
  for (const keysym of [0x61, XK.KP_0, 0xfe51, 0x0100_0430]) assert.ok(!isFunctionKeysym(keysym));
});

Deno.test("keysymName is for people", () => {
  const names: [number, string][] = [
    [XK.Shift_L, "Shift_L"],
    [0x61, "a"],
    [0x20, "space"],
    [0x20ac, "U+20AC"],
    [XK.F1 + 11, "F12"],
    [0x1008ff13, "0x1008ff13"],
  ];
  for (const [keysym, name] of names) assert.equal(keysymName(keysym), name);
});
