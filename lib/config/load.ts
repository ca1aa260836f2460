/**
 * From config.json, environment and flags to a checked {@linkcode Config}.
 *
 * @module
 */
import * as v from "valibot";
import { ConfigError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import { LOG_PARTS, parseLogLevels } from "../core/log_levels.ts";
import { WebOrigins } from "../core/web_origins.ts";
import { findJsonError } from "./json_position.ts";
import { type Config, entriesOf, type Entry, isSetting, SETTINGS, type SettingTable } from "./schema.ts";
import { AccountRules, checkPamService } from "../security/accounts.ts";
import { AddressList, AddressRules } from "../security/address_rules.ts";
import { readPasswordFile } from "./password_file.ts";
import { suggest } from "./suggestion.ts";

const log = getLogger("config");

/** Values that flags or the environment give: path to text. A switch may come as a boolean. */
export type GivenTexts = ReadonlyMap<string, string | boolean>;

/** Where values come from; what comes later in this list rules over what comes before. */
export interface ConfigSources {
  /** A parsed config.json. */
  readonly object?: unknown;
  /** Its name for messages; relative names in it are relative to its folder. */
  readonly objectName?: string;
  /** Variables that start with PORTHOLE_ are looked at. An empty one counts as not set. */
  readonly environment?: Readonly<Record<string, string>>;
  readonly flags?: GivenTexts;
}

/** A configuration, and what its author should know. */
export interface ResolvedConfig {
  readonly config: Config;
  /** Sentences without secrets. */
  readonly warnings: readonly string[];
}

/** Variables of ours that are not settings. */
const OTHER_VARIABLES = ["PORTHOLE_CONFIG"];

/**
 * Reads a configuration file; what it does not say has its default.
 *
 * @throws {ConfigError} With every problem found: unreadable, not JSON (line and column), unknown keys, wrong values.
 */
export function loadConfig(path: string): Promise<Config> {
  // A promise, though reading is synchronous now: a later source may not be.
  return Promise.try(() => parseConfig(readConfigFile(path), path));
}

/**
 * Checks a configuration object as it stands in config.json; what it does not say has its default.
 *
 * @param name For messages; a relative `password_file` is relative to the folder of this name.
 * @throws {ConfigError} With every problem found.
 */
export function parseConfig(object: unknown, name = "configuration"): Config {
  const { config, warnings } = resolveConfig({ object, objectName: name });
  for (const warning of warnings) log.warning(warning);
  return config;
}

/**
 * Reads a file that holds one JSON value.
 *
 * @throws {ConfigError} It cannot be read or is not JSON; says where, and quotes nothing of it.
 */
export function readConfigFile(path: string): unknown {
  let text: string;
  try {
    text = Deno.readTextFileSync(path);
  } catch (cause) {
    const why = cause instanceof Deno.errors.NotFound ? "there is no such file" : (cause as Error).message;
    throw new ConfigError([`${path}: cannot be read: ${why}`], { cause });
  }
  text = text.replace(/^\ufeff/, "");
  try {
    return JSON.parse(text);
  } catch {
    const { line, column } = findJsonError(text) ?? { line: 1, column: 1 };
    throw new ConfigError([`${path}: is not JSON at line ${line}, column ${column}`]);
  }
}

/**
 * Puts all sources together: defaults < file < environment < flags.
 *
 * @throws {ConfigError} With every problem of every source.
 */
export function resolveConfig(sources: ConfigSources): ResolvedConfig {
  const entries = entriesOf();
  const gathering = new Gathering(entries);
  if (sources.object !== undefined) gathering.takeObject(sources.object, sources.objectName ?? "config.json");
  if (sources.environment) gathering.takeEnvironment(sources.environment);
  if (sources.flags) gathering.takeFlags(sources.flags);
  gathering.takePasswordFile(folderOf(sources.objectName));
  gathering.findFile("users_file", folderOf(sources.objectName));
  gathering.stayLocal();
  gathering.checkTexts();
  const { problems, warnings } = gathering;
  if (problems.length > 0) throw new ConfigError(problems);
  const config = build(SETTINGS, "", gathering.values) as Config;
  warnings.push(...adviceOn(config));
  return { config, warnings };
}

/** Where a value came from. */
interface Origin {
  /** How the source calls the setting: "--port", "PORTHOLE_PORT", "port (config.json)". */
  readonly name: string;
  /** Higher ones rule. 0 is the file, 1 the environment, 2 the flags. */
  readonly rank: number;
}

/** Collects values and problems from one source after the other. */
class Gathering {
  readonly problems: string[] = [];
  readonly warnings: string[] = [];
  readonly values = new Map<string, unknown>();
  readonly #origins = new Map<string, Origin>();
  readonly #entries: ReadonlyMap<string, Entry>;

  constructor(entries: readonly Entry[]) {
    this.#entries = new Map(entries.map((entry) => [entry.path, entry]));
  }

  takeObject(object: unknown, source: string): void {
    if (!isRecord(object)) {
      this.problems.push(`${source}: given ${show(object)}, allowed: an object with settings`);
      return;
    }
    this.#takeGroup(object, SETTINGS, "", source);
  }

  takeEnvironment(environment: Readonly<Record<string, string>>): void {
    const byVariable = new Map([...this.#entries.values()].map((entry) => [entry.variable, entry]));
    for (const [variable, given] of Object.entries(environment)) {
      if (!variable.startsWith("PORTHOLE_") || given === "" || OTHER_VARIABLES.includes(variable)) continue;
      const entry = byVariable.get(variable);
      if (entry) this.#set(entry, entry.setting.fromText(given), { name: variable, rank: 1 });
      else this.#unknown(variable, "the environment", [...byVariable.keys(), ...OTHER_VARIABLES]);
    }
  }

  takeFlags(flags: GivenTexts): void {
    for (const [path, given] of flags) {
      const entry = this.#entries.get(path)!;
      const value = typeof given === "string" ? entry.setting.fromText(given) : given;
      this.#set(entry, value, { name: entry.flag, rank: 2 });
    }
  }

  /** Replaces `password_file` by the passwords in it, unless a stronger source says a password itself. */
  takePasswordFile(folder: string): void {
    const origin = this.#origins.get("password_file");
    const given = this.values.get("password_file") as string | undefined;
    if (!origin || !given) return;
    const path = given.startsWith("/") || origin.rank > 0 ? given : `${folder}${given}`;
    const rivals = ["password", "read_only_password"]
      .map((key) => this.#origins.get(key)).filter((rival) => rival !== undefined);
    const equal = rivals.find((rival) => rival.rank === origin.rank);
    if (equal) {
      this.problems.push(`${origin.name}: given together with ${equal.name}, allowed: one of the two`);
      return;
    }
    if (rivals.some((rival) => rival.rank > origin.rank)) return;
    const { password, readOnlyPassword, problem, warning } = readPasswordFile(path);
    if (problem) this.problems.push(`${origin.name}: ${path} ${problem}`);
    if (warning) this.warnings.push(`${origin.name}: ${path} ${warning}`);
    this.values.set("password", password);
    this.values.set("read_only_password", readOnlyPassword);
  }

  /** Files that a file of settings names lie beside it. */
  findFile(path: string, folder: string): void {
    const given = this.values.get(path) as string | undefined;
    const inFile = this.#origins.get(path)?.rank === 0;
    if (given && inFile && !given.startsWith("/")) this.values.set(path, folder + given);
  }

  /** What the schema cannot tell: whether texts are networks, origins, and accounts. */
  checkTexts(): void {
    const checks: Readonly<Record<string, (value: unknown) => unknown>> = {
      allow: (networks) => new AddressRules(networks as readonly string[], []),
      deny: (networks) => new AddressRules(networks as readonly string[], []),
      trusted_proxies: (networks) => new AddressList(networks as readonly string[]),
      allowed_origins: (origins) => new WebOrigins(origins as readonly string[]),
      pam_service: (name) => checkPamService(name as string),
      pam_users: (accounts) => new AccountRules(accounts as readonly string[], undefined),
    };
    for (const [path, check] of Object.entries(checks)) {
      const value = this.values.get(path);
      if (value === undefined) continue;
      try {
        check(value);
      } catch (error) {
        this.problems.push(`${this.#origins.get(path)!.name}: ${(error as Error).message}`);
      }
    }
  }

  /** `localhost` rules over what else is said about addresses. */
  stayLocal(): void {
    if (this.values.get("localhost") !== true) return;
    this.values.set("host", "127.0.0.1");
    this.values.set("web.host", "127.0.0.1");
  }

  #takeGroup(group: Record<string, unknown>, table: SettingTable, prefix: string, source: string): void {
    for (const [key, given] of Object.entries(group)) {
      const path = prefix + key;
      // JSON has no comments: names that start with an underscore are taken for them.
      if (key.startsWith("_") || path === "$schema") continue;
      const known = Object.hasOwn(table, key) ? table[key] : undefined;
      if (known === undefined) {
        this.#unknown(path, source, [...this.#entries.keys()]);
      } else if (isSetting(known)) {
        this.#set(this.#entries.get(path)!, given, { name: `${path} (${source})`, rank: 0 });
      } else if (isRecord(given)) {
        this.#takeGroup(given, known, `${path}.`, source);
      } else {
        this.problems.push(`${path} (${source}): given ${show(given)}, allowed: an object with settings`);
      }
    }
  }

  #set(entry: Entry, given: unknown, origin: Origin): void {
    const { path, setting } = entry;
    const result = v.safeParse(setting.schema, given);
    if (!result.success) {
      const what = setting.secret ? "a value that is not shown" : show(given);
      this.problems.push(`${origin.name}: given ${what}, allowed: ${setting.allowed}`);
      return;
    }
    this.values.set(path, result.output);
    this.#origins.set(path, origin);
  }

  #unknown(name: string, source: string, known: readonly string[]): void {
    const meant = suggest(name, known);
    const way = meant ? `did you mean ${meant}?` : "there is no such setting";
    this.problems.push(`${name} (${source}): is unknown, ${way}`);
  }
}

/** What is legal and still probably not meant. */
function adviceOn(config: Config): string[] {
  const advice: string[] = [];
  for (const key of ["password", "read_only_password"] as const) {
    if (config[key].length > 8) {
      advice.push(`${key} is longer than 8 characters: VNC Authentication looks at the first 8 only`);
    }
  }
  if (config.password !== "" && config.password === config.read_only_password) {
    advice.push("read_only_password equals password: whoever knows it has full access");
  }
  const anyPassword = config.password !== "" || config.read_only_password !== "";
  if (config.insecure_no_auth) {
    advice.push(
      anyPassword
        ? "insecure_no_auth does nothing while a password is set"
        : "insecure_no_auth lets everybody in who can reach this machine, with full access",
    );
  }
  if (config.password === "" && anyPassword) {
    advice.push("read_only_password is set and password is not: nobody can have control");
  }
  if (config.limits.login_seconds < config.limits.handshake_seconds) {
    advice.push("limits.login_seconds is shorter than limits.handshake_seconds, and ends both");
  }
  if (config.metrics.port !== 0 && !config.enable_metrics) {
    advice.push("metrics.port does nothing while enable_metrics is off");
  }
  if (config.record_keys && config.record === "") {
    advice.push("record_keys does nothing without record");
  } else if (config.record_keys && config.record_format === "fbs") {
    advice.push("record_keys does nothing with record_format fbs, which has pictures only");
  }
  for (const part of parseLogLevels(config.log_level)?.parts.keys() ?? []) {
    if (LOG_PARTS.includes(part.split(".")[0]!)) continue;
    const meant = suggest(part, LOG_PARTS);
    advice.push(
      `log_level: no part of the server is called "${part}"` + (meant ? `, did you mean ${meant}?` : ""),
    );
  }
  return advice;
}

function build(
  table: SettingTable,
  prefix: string,
  values: ReadonlyMap<string, unknown>,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(table).map(([key, value]) => {
      const path = prefix + key;
      if (!isSetting(value)) return [key, build(value, `${path}.`, values)];
      return [key, values.has(path) ? values.get(path) : value.default];
    }),
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** A value for a message, on one line and not too long. */
function show(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}

/** "/etc/porthole/" of "/etc/porthole/config.json". */
function folderOf(name: string | undefined): string {
  return name?.includes("/") ? name.slice(0, name.lastIndexOf("/") + 1) : "";
}
