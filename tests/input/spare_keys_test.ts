import assert from "node:assert/strict";
import { isLendable, SpareKeys } from "../../lib/input/spare_keys.ts";
import { XK } from "../../lib/input/keysyms.ts";

const free = () => false;
const REST = 100;

Deno.test("SpareKeys lends each keycode before it takes one back, and then the longest unused", () => {
  const spare = new SpareKeys(REST);
  spare.adopt([200, 201, 202], () => true);
  for (const [keysym, now, keycode] of [[0x4e00, 0, 200], [0x4e01, 10, 201], [0x4e02, 20, 202]] as const) {
    const lent = spare.lend(keysym + 0x0100_0000, now, free)!;
    assert.deepEqual([lent.binding.keycode, lent.waitMs], [keycode, 0]);
    spare.bound(lent.binding, now);
  }
  spare.used(200, 50);
  const lent = spare.lend(0x0100_5000, 60, free)!;
  assert.deepEqual([lent.binding.keycode, lent.waitMs], [201, 10 + REST - 60]);
  assert.equal(spare.lend(0x0100_5000, 200, free)!.waitMs, 0);
  assert.equal(spare.restOf(60), 50 + REST - 60);
  assert.equal(spare.restOf(500), 0);
});

Deno.test("SpareKeys never takes a keycode that is held", () => {
  const spare = new SpareKeys(REST);
  spare.adopt([200, 201], () => true);
  assert.equal(spare.lend(0xe9, 0, (keycode) => keycode === 200)!.binding.keycode, 201);
  assert.equal(spare.lend(0xe9, 0, () => true), undefined);
  assert.equal(new SpareKeys(REST).lend(0xe9, 0, free), undefined);
});

Deno.test("SpareKeys gives both forms of a letter one keycode", () => {
  const spare = new SpareKeys(REST);
  spare.adopt([200], () => true);
  assert.deepEqual(spare.lend(0xc9, 0, free)!.binding.keysyms, [0xe9, 0xc9]);
  assert.deepEqual(spare.lend(0x06c1, 0, free)!.binding.keysyms, [0x0100_0430, 0x0100_0410]);
  assert.deepEqual(spare.lend(0xdf, 0, free)!.binding.keysyms, [0xdf, 0xdf]);
});

Deno.test("SpareKeys.adopt keeps what still means the same, and forgets what others have taken", () => {
  const spare = new SpareKeys(REST);
  spare.adopt([200, 201, 202], () => true);
  for (const keysym of [0xe9, 0xdf]) spare.bound(spare.lend(keysym, 0, free)!.binding, 0);
  assert.deepEqual(spare.bindings.map(({ keycode }) => keycode), [200, 201]);
  // Another layout: 200 is free again, 201 is as it was, 202 is used.
  spare.adopt([200], ({ keycode }) => keycode === 201);
  assert.deepEqual(spare.bindings.map(({ keycode }) => keycode), [201]);
  assert.equal(spare.size, 2);
  assert.equal(spare.lend(0x0100_4e00, 10, free)!.waitMs, 90); // programs may still be busy with its last use
});

Deno.test("isLendable lets no keysym through on which the server acts, and none that is no keysym", () => {
  for (const keysym of [0xe9, 0x0101_f600, 0xfe51, XK.Multi_key, 0x1008ff13, 0xffca]) {
    assert.ok(isLendable(keysym));
  }
  const others = [
    0,
    XK.Shift_L,
    XK.ISO_Level5_Lock,
    0xfed5, // Terminate_Server
    0x1008fe01, // XF86Switch_VT_1
    0xfee0, // Pointer_Left
    0x7f,
    0x0111_0000,
    0x2000_0000,
    0xdead_beef,
    0x0001_0000,
  ];
  for (const keysym of others) assert.ok(!isLendable(keysym), keysym.toString(16));
});
