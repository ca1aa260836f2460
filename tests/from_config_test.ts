/** From settings to options. @module */
import assert from "node:assert/strict";
import { toLiveOptions, toOptions } from "../lib/from_config.ts";
import { parseConfig } from "../lib/config/load.ts";
import { entriesOf } from "../lib/config/schema.ts";
import { resolveOptions } from "../lib/server_options.ts";

/** Used by the program around the server, or put into another setting while loading. */
const ELSEWHERE = [
  "audit_file",
  "control.socket",
  "localhost",
  "log_file",
  "log_files",
  "log_format",
  "log_level",
  "log_max_bytes",
  "password_file",
];

/** Which settings `use` reads, by path. */
function settingsReadBy(use: (config: ReturnType<typeof parseConfig>) => unknown): Set<string> {
  const seen = new Set<string>();
  const watch = (object: object, prefix: string): object =>
    new Proxy(object, {
      get(target, key) {
        const value: unknown = Reflect.get(target, key);
        const isGroup = typeof value === "object" && value !== null && !Array.isArray(value);
        if (isGroup) return watch(value, `${prefix}${String(key)}.`);
        seen.add(prefix + String(key));
        return value;
      },
    });
  use(watch(parseConfig({}), "") as ReturnType<typeof parseConfig>);
  return seen;
}

Deno.test("toOptions() uses every setting: one that does nothing is a defect", () => {
  const used = settingsReadBy(toOptions);
  const missing = entriesOf().map(({ path }) => path).filter((path) => !used.has(path));
  assert.deepEqual(missing.sort(), ELSEWHERE);
});

Deno.test("toLiveOptions() uses exactly the settings that are called live", () => {
  const live = entriesOf().filter(({ setting }) => setting.live).map(({ path }) => path);
  const used = settingsReadBy(toLiveOptions);
  assert.deepEqual([...used].sort(), live.filter((path) => !ELSEWHERE.includes(path)).sort());
});

Deno.test("toOptions() of the default configuration is what a server does by default", () => {
  // Embedders ask for browsers; the program serves them unless it is told not to.
  const web = { port: 6080, hostname: "", optional: true };
  assert.deepEqual(resolveOptions(toOptions(parseConfig({}))), resolveOptions({ web }));
  const without = parseConfig({ web: { port: 0 } });
  assert.deepEqual(resolveOptions(toOptions(without)), resolveOptions({}));
});
