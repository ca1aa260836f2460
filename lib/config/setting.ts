/**
 * What one setting is: its type, default, range and words. The table of all of them is `schema.ts`.
 *
 * @module
 */
import * as v from "valibot";
import { LOG_LEVELS, parseLogLevels, showLogLevels } from "../core/log_levels.ts";

/** Traits that most settings do not have. */
export interface SettingTraits {
  /** Takes effect on a running server when the configuration is read again. */
  readonly live?: boolean;
  /** Is never printed: not in errors, not in help. */
  readonly secret?: boolean;
  /** What stands for the value in help: "HOST". */
  readonly metavar?: string;
}

/** One setting with values of type `T`. */
export interface Setting<T> extends Required<SettingTraits> {
  readonly kind: "text" | "integer" | "number" | "switch" | "choice" | "list" | "levels";
  readonly default: T;
  /** One sentence without a period at its end. */
  readonly help: string;
  /** What it takes, in words: "an integer from 1 to 60". */
  readonly allowed: string;
  /** The values of a choice, in order; empty for other kinds. */
  readonly choices: readonly string[];
  /** Checks a value, and brings a choice to its own spelling. */
  readonly schema: v.GenericSchema<unknown, T>;
  /** Reads what a flag or an environment variable says; a text that means nothing is returned as it is. */
  fromText(text: string): unknown;
}

/** Any text. */
export function text(byDefault: string, help: string, traits: SettingTraits = {}): Setting<string> {
  return {
    kind: "text",
    default: byDefault,
    help,
    allowed: "a text",
    choices: [],
    schema: v.string(),
    fromText: (given) => given,
    ...withDefaults(traits, "TEXT"),
  };
}

/** A whole number from `min` to `max`. */
export function integer(
  byDefault: number,
  min: number,
  max: number,
  help: string,
  traits: SettingTraits = {},
): Setting<number> {
  return {
    kind: "integer",
    default: byDefault,
    help,
    allowed: `an integer from ${min} to ${max}`,
    choices: [],
    schema: v.pipe(v.number(), v.integer(), v.minValue(min), v.maxValue(max)),
    fromText: (given) => /^[+-]?\d{1,15}$/.test(given.trim()) ? Number(given) : given,
    ...withDefaults(traits, "NUMBER"),
  };
}

/** A number from `min` to `max`, whole or not. */
export function number(
  byDefault: number,
  min: number,
  max: number,
  help: string,
  traits: SettingTraits = {},
): Setting<number> {
  return {
    kind: "number",
    default: byDefault,
    help,
    allowed: `a number from ${min} to ${max}`,
    choices: [],
    schema: v.pipe(v.number(), v.minValue(min), v.maxValue(max)),
    fromText: (given) =>
      /^[+-]?(\d{1,15}(\.\d{0,15})?|\.\d{1,15})$/.test(given.trim()) ? Number(given) : given,
    ...withDefaults(traits, "NUMBER"),
  };
}

const SWITCH_WORDS: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  1: true,
  false: false,
  no: false,
  off: false,
  0: false,
};

/** On or off. */
export function toggle(byDefault: boolean, help: string, traits: SettingTraits = {}): Setting<boolean> {
  return {
    kind: "switch",
    default: byDefault,
    help,
    allowed: "true or false",
    choices: [],
    schema: v.boolean(),
    fromText: (given) => SWITCH_WORDS[given.trim().toLowerCase()] ?? given,
    ...withDefaults(traits, ""),
  };
}

/** Some texts: in JSON an array, elsewhere with commas between. */
export function list(
  byDefault: readonly string[],
  help: string,
  traits: SettingTraits = {},
): Setting<readonly string[]> {
  return {
    kind: "list",
    default: byDefault,
    help,
    allowed: "a list of texts",
    choices: [],
    schema: v.array(v.string()),
    fromText: (given) => given.split(",").map((one) => one.trim()).filter((one) => one !== ""),
    ...withDefaults(traits, "TEXT,..."),
  };
}

/** One of a few words; upper and lower case are the same. */
export function choice<const Choices extends readonly string[]>(
  byDefault: Choices[number],
  choices: Choices,
  help: string,
  traits: SettingTraits = {},
): Setting<Choices[number]> {
  const spelling = (given: string) => choices.find((one) => one.toLowerCase() === given.trim().toLowerCase());
  return {
    kind: "choice",
    default: byDefault,
    help,
    allowed: choices.map((one) => `"${one}"`).join(", "),
    choices,
    schema: v.pipe(v.string(), v.transform((given) => spelling(given) ?? given), v.picklist(choices)),
    fromText: (given) => given,
    ...withDefaults(traits, "WORD"),
  };
}

/** Log levels: one for everything, and others for parts of the server; brought to one spelling. */
export function levels(byDefault: string, help: string, traits: SettingTraits = {}): Setting<string> {
  const spelling = (given: string) => {
    const known = parseLogLevels(given);
    return known && showLogLevels(known);
  };
  return {
    kind: "levels",
    default: byDefault,
    help,
    allowed: `${LOG_LEVELS.join(", ")}, and others for parts: "INFO,session=DEBUG"`,
    choices: [],
    schema: v.pipe(
      v.string(),
      v.check((given) => spelling(given) !== undefined),
      v.transform((given) => spelling(given) ?? given),
    ),
    fromText: (given) => given,
    ...withDefaults(traits, "LEVELS"),
  };
}

function withDefaults(traits: SettingTraits, metavar: string): Required<SettingTraits> {
  return { live: false, secret: false, metavar, ...traits };
}
