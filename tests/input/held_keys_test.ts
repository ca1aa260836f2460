import assert from "node:assert/strict";
import { HeldKeys } from "../../lib/input/held_keys.ts";

Deno.test("HeldKeys lets a keycode go with the last of those who hold it", () => {
  const held = new HeldKeys();
  const [first, second] = [{}, {}];
  held.press(first, 0x61, 38);
  held.press(first, 0x41, 38);
  held.press(second, 0x61, 38);
  assert.ok(held.has(38));
  assert.equal(held.release(first, 0x61), undefined);
  assert.equal(held.release(first, 0x61), undefined); // not held any more
  assert.equal(held.release(second, 0x61), undefined);
  assert.equal(held.release(first, 0x41), 38);
  assert.ok(!held.has(38));
  assert.equal(held.keycodes.size, 0);
});

Deno.test("HeldKeys remembers which keycode a name has pressed", () => {
  const held = new HeldKeys();
  const holder = {};
  held.press(holder, 0x21, 10);
  held.press(holder, 0x61, 38);
  assert.equal(held.keycode(holder, 0x21), 10);
  assert.equal(held.keycode({}, 0x21), undefined);
  assert.equal(held.find(holder, (keycode) => keycode === 38), 0x61);
  assert.equal(held.find(holder, () => false), undefined);
  assert.deepEqual(held.names(holder), [0x21, 0x61]);
  assert.deepEqual(held.keycodes, new Set([10, 38]));
});
