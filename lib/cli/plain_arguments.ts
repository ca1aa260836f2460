/**
 * The usual command line, read without the parser: settings with their values and nothing else. The parser takes twice
 * as long to load and run as the server takes to start; it is for everything that wants to be answered: help, other
 * commands, mistakes.
 *
 * @module
 */
import { entriesOf, type Entry } from "../config/schema.ts";
import type { ServeCommand } from "./command.ts";

/**
 * Reads `[serve] [--flag value | --flag=value | --switch | --no-switch | --config FILE]...`.
 *
 * @returns What the parser would say; `undefined` for anything that is not plainly of this form.
 */
export function readPlainArguments(args: readonly string[]): ServeCommand | undefined {
  const entries = new Map(entriesOf().map((entry) => [entry.flag as string, entry]));
  const flags = new Map<string, string | boolean>();
  let configFile: string | undefined;
  const rest = args[0] === "serve" ? args.slice(1) : [...args];
  while (rest.length > 0) {
    const [name, given] = splitAtEquals(rest.shift()!);
    const setting = switchOf(name, entries);
    if (setting) {
      if (given !== undefined || flags.has(setting.path)) return undefined;
      flags.set(setting.path, !name.startsWith("--no-") || entries.has(name));
      continue;
    }
    const value = given ?? rest.shift();
    // What looks like a flag may be one whose own value was forgotten.
    if (value === undefined || (given === undefined && value.startsWith("-"))) return undefined;
    if (name === "--config" && configFile === undefined) {
      configFile = value;
      continue;
    }
    const entry = entries.get(name);
    if (!entry || flags.has(entry.path)) return undefined;
    flags.set(entry.path, value);
  }
  // In the table's order, as the parser has it.
  const ordered = [...entries.values()].flatMap(({ path }): [string, string | boolean][] =>
    flags.has(path) ? [[path, flags.get(path)!]] : []
  );
  return { name: "serve", flags: new Map(ordered), configFile, virtual: undefined };
}

function splitAtEquals(word: string): [name: string, value: string | undefined] {
  const at = word.indexOf("=");
  return at < 0 ? [word, undefined] : [word.slice(0, at), word.slice(at + 1)];
}

/** The switch that `--name` or `--no-name` is about. */
function switchOf(name: string, entries: ReadonlyMap<string, Entry>): Entry | undefined {
  const entry = entries.get(name) ??
    (name.startsWith("--no-") ? entries.get(`--${name.slice(5)}`) : undefined);
  return entry?.setting.kind === "switch" ? entry : undefined;
}
