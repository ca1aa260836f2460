/**
 * What changes on a running server when its configuration is read again.
 *
 * @module
 */
import { type Config, entriesOf, isSetting, SETTINGS, type SettingTable, valueAt } from "./schema.ts";

/** The difference between two configurations. */
export interface ConfigChanges {
  /** What a running server goes on with: `before`, with the changes that can be made live. */
  readonly config: Config;
  /** Settings that changed and take effect at once, by path. */
  readonly applied: readonly string[];
  /** Settings that changed and wait for a restart, by path. */
  readonly needRestart: readonly string[];
}

/** Compares two configurations. */
export function changesBetween(before: Config, after: Config): ConfigChanges {
  const changed = entriesOf().filter(({ path }) => !areEqual(valueAt(before, path), valueAt(after, path)));
  const applied = changed.filter(({ setting }) => setting.live).map(({ path }) => path);
  const needRestart = changed.filter(({ setting }) => !setting.live).map(({ path }) => path);
  return { config: merge(SETTINGS, before, after) as unknown as Config, applied, needRestart };
}

/** Values are texts, numbers, switches, and lists of texts. */
function areEqual(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function merge(table: SettingTable, before: object, after: object): Record<string, unknown> {
  const [old, fresh] = [before as Record<string, unknown>, after as Record<string, unknown>];
  return Object.fromEntries(
    Object.entries(table).map(([key, value]) => [
      key,
      isSetting(value)
        ? (value.live ? fresh[key] : old[key])
        : merge(value, old[key] as object, fresh[key] as object),
    ]),
  );
}
