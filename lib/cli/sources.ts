/**
 * Where the command line finds its configuration: which file, which environment, which flags.
 *
 * @module
 */
import { readConfigFile, resolveConfig, type ResolvedConfig } from "../config/load.ts";
import type { ServeCommand } from "./command.ts";

/** What the program stands in. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string>>;
  /** Files that are looked for, in this order, when none is named. */
  readonly usualFiles: readonly string[];
}

/** A configuration, and the file that it was read from. */
export interface FoundConfig extends ResolvedConfig {
  readonly file: string | undefined;
}

/**
 * Reads everything anew.
 *
 * @throws {ConfigError} With every problem of every source; also when a named file is not there.
 */
export function findConfig(command: ServeCommand, { environment, usualFiles }: Surroundings): FoundConfig {
  const named = command.configFile ?? (environment.PORTHOLE_CONFIG || undefined);
  const file = named ?? usualFiles.find(exists);
  const resolved = resolveConfig({
    ...(file === undefined ? {} : { object: readConfigFile(file), objectName: file }),
    environment,
    flags: command.flags,
  });
  return { ...resolved, file };
}

/** The usual places of an installed program: the user's own, then the machine's. */
export function installedFiles(environment: Readonly<Record<string, string>>): string[] {
  const own = environment.XDG_CONFIG_HOME || (environment.HOME && `${environment.HOME}/.config`);
  return [...(own ? [`${own}/porthole/config.json`] : []), "/etc/porthole/config.json"];
}

/** Where what is to outlive the program is kept; "" when there is no such place. */
export function stateFolder(environment: Readonly<Record<string, string>>): string {
  const own = environment.XDG_STATE_HOME || (environment.HOME && `${environment.HOME}/.local/state`);
  return own ? `${own}/porthole` : "";
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}
