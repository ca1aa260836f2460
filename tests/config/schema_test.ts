/** The table of settings: its own consistency, and that what comes from it is current. @module */
import assert from "node:assert/strict";
import * as v from "valibot";
import { entriesOf } from "../../lib/config/schema.ts";
import { generatedFiles } from "../../tools/make_config_docs.ts";

Deno.test("SETTINGS has a default of the right type and range for every setting", () => {
  for (const { path, setting } of entriesOf()) {
    assert.ok(v.safeParse(setting.schema, setting.default).success, path);
  }
});

Deno.test("SETTINGS yields flags and variables that are all different", () => {
  const entries = entriesOf();
  assert.equal(new Set(entries.map((entry) => entry.flag)).size, entries.length);
  assert.equal(new Set(entries.map((entry) => entry.variable)).size, entries.length);
});

Deno.test("SETTINGS keeps the names, types and defaults that configurations in use have", () => {
  const defaults = new Map(entriesOf().map(({ path, setting }) => [path, setting.default]));
  for (
    const [path, value] of Object.entries({
      host: "0.0.0.0",
      port: 5900,
      password: "",
      frame_rate: 30,
      max_connections: 10,
      enable_region_detection: true,
      log_level: "INFO",
      read_only_password: "",
      scale_factor: 1,
    })
  ) assert.deepEqual(defaults.get(path), value, path);
});

for (const { path, text } of await generatedFiles()) {
  Deno.test(`${path} is what the table of settings gives (else: deno task docs)`, async () => {
    assert.equal(await Deno.readTextFile(new URL(`../../${path}`, import.meta.url)), text);
  });
}
