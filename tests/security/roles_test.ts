/**
 * What each kind of person may do with others.
 *
 * @module
 */
import assert from "node:assert/strict";
import { isOwner, maySendAway } from "../../lib/security/roles.ts";
import type { Principal } from "../../lib/security/security_type.ts";

const OWNER: Principal = { user: "olga", viewOnly: false, role: "owner" };
const OPERATOR: Principal = { user: "otto", viewOnly: false, role: "operator" };
const VIEWER: Principal = { user: "vera", viewOnly: true, role: "viewer" };
const PASSWORD: Principal = { user: "", viewOnly: false };
const LOOKER: Principal = { user: "", viewOnly: true };
/** The person at the desk let her look only. */
const BARRED: Principal = { ...OWNER, viewOnly: true };
const ALL = [OWNER, OPERATOR, VIEWER, PASSWORD, LOOKER, BARRED];

Deno.test("isOwner() is true of owners that may touch anything, and of nobody else", () => {
  assert.deepEqual(ALL.map(isOwner), [true, false, false, false, false, false]);
});

for (
  const [who, principal, expected] of [
    ["An owner sends everybody away", OWNER, [true, true, true, true, true, true]],
    ["An operator sends nobody away", OPERATOR, [false, false, false, false, false, false]],
    ["A viewer sends nobody away", VIEWER, [false, false, false, false, false, false]],
    ["The full password sends everybody away but owners", PASSWORD, [false, true, true, true, true, true]],
    ["The view-only password sends nobody away", LOOKER, [false, false, false, false, false, false]],
    ["An owner that may look only sends nobody away", BARRED, [false, false, false, false, false, false]],
  ] as const
) {
  Deno.test(`maySendAway(): ${who}`, () => {
    assert.deepEqual(ALL.map((other) => maySendAway(principal, other)), expected);
  });
}
