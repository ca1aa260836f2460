/** What changes on a running server. @module */
import assert from "node:assert/strict";
import { changesBetween } from "../../lib/config/changes.ts";
import { parseConfig } from "../../lib/config/load.ts";

Deno.test("changesBetween() applies live settings and keeps the others until a restart", () => {
  const before = parseConfig({ port: 1, frame_rate: 10, limits: { login_seconds: 20 } });
  const after = parseConfig({ port: 2, frame_rate: 20, limits: { login_seconds: 40 }, password: "new" });
  const { config, applied, needRestart } = changesBetween(before, after);
  assert.deepEqual(applied, ["frame_rate", "password"]);
  assert.deepEqual(needRestart, ["port", "limits.login_seconds"]);
  assert.deepEqual(config, { ...before, frame_rate: 20, password: "new" });
});

Deno.test("changesBetween() finds nothing between equals", () => {
  const { applied, needRestart } = changesBetween(parseConfig({}), parseConfig({}));
  assert.deepEqual([applied, needRestart], [[], []]);
});
