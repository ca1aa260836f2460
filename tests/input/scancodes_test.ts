import assert from "node:assert/strict";
import { keycodeOfScancode } from "../../lib/input/scancodes.ts";

Deno.test("keycodeOfScancode knows the keys of a PC (rfbproto QEMU Extended Key Event)", () => {
  const keys: [string, number, number][] = [
    ["Esc", 0x01, 9],
    ["1", 0x02, 10],
    ["Q", 0x10, 24],
    ["Ctrl left", 0x1d, 37],
    ["Ctrl right", 0x9d, 105],
    ["Alt left", 0x38, 64],
    ["AltGr", 0xb8, 108],
    ["Shift left", 0x2a, 50],
    ["Shift right", 0x36, 62],
    ["F1", 0x3b, 67],
    ["F12", 0x58, 96],
    ["Num Lock", 0x45, 77],
    ["keypad 7", 0x47, 79],
    ["Home", 0xc7, 110],
    ["Up", 0xc8, 111],
    ["keypad Enter", 0x9c, 104],
    ["keypad /", 0xb5, 106],
    ["Delete", 0xd3, 119],
    ["Super left", 0xdb, 133],
    ["Menu", 0xdd, 135],
    ["Print", 0x54, 107],
    ["Print of old clients", 0xb7, 107],
    ["Pause", 0xc6, 127],
    ["the key beside the left Shift", 0x56, 94],
    ["Ro", 0x73, 97],
    ["Yen", 0x7d, 132],
    ["volume up", 0xb0, 123],
  ];
  for (const [name, scancode, keycode] of keys) assert.equal(keycodeOfScancode(scancode), keycode, name);
});

Deno.test("keycodeOfScancode gives keycodes that X can have, each for one place but Print, Hangul and Hanja", () => {
  const seen = new Map<number, number[]>();
  for (let scancode = 0; scancode < 256; scancode++) {
    const keycode = keycodeOfScancode(scancode);
    if (keycode === undefined) continue;
    assert.ok(keycode > 8 && keycode <= 255);
    seen.set(keycode, [...seen.get(keycode) ?? [], scancode]);
  }
  const doubles = [...seen.values()].filter(({ length }) => length > 1);
  assert.deepEqual(doubles, [[0x54, 0xb7], [0x72, 0xf2], [0x71, 0xf1]].toSorted((a, b) => a[0]! - b[0]!));
});

Deno.test("keycodeOfScancode has no keycode for what is no scancode", () => {
  for (const scancode of [0, -1, 0xe0, 0xff, 0x100, 0xffff_ffff, 1.5, NaN]) {
    assert.equal(keycodeOfScancode(scancode), undefined);
  }
});
