/**
 * Which log records are wanted: one level for all, and others for parts of the server.
 *
 * @module
 */

/** Levels, the lightest first. */
export const LOG_LEVELS: readonly LogLevel[] = ["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"];

/** Parts of the server that log: first words of categories. Programs that use the library have parts of their own. */
export const LOG_PARTS: readonly string[] = [
  "audit",
  "capture",
  "certificate",
  "clipboard",
  "config",
  "control",
  "desktop",
  "encodings",
  "input",
  "metrics",
  "observers",
  "recording",
  "security",
  "serve",
  "server",
  "session",
  "transport",
  "virtual-desktop",
  "web",
  "workers",
  "x11",
];

/** Least weight of what is logged. */
export type LogLevel = "DEBUG" | "INFO" | "WARNING" | "ERROR" | "CRITICAL";

/** "INFO,session=DEBUG" taken apart. */
export interface LogLevels {
  /** For all parts that are not named. */
  readonly base: LogLevel;
  /** By category: "session", "x11", "audit". */
  readonly parts: ReadonlyMap<string, LogLevel>;
}

/**
 * Reads levels separated by commas: at most one for everything ("INFO" if there is none), and any number for parts.
 * Upper and lower case are the same.
 *
 * @returns `undefined` when the text is something else.
 */
export function parseLogLevels(text: string): LogLevels | undefined {
  const parts = new Map<string, LogLevel>();
  let base: LogLevel | undefined;
  for (const word of text.split(",")) {
    const [, part, name = ""] = /^\s*(?:([a-z][\w.-]*)\s*=\s*)?([a-z]+)\s*$/i.exec(word) ?? [];
    const level = LOG_LEVELS.find((level) => level === name.toUpperCase());
    if (!level || (part === undefined ? base !== undefined : parts.has(part))) return undefined;
    if (part === undefined) base = level;
    else parts.set(part, level);
  }
  return { base: base ?? "INFO", parts };
}

/** The text that {@linkcode parseLogLevels} reads. */
export function showLogLevels({ base, parts }: LogLevels): string {
  return [base, ...parts.entries().map(([part, level]) => `${part}=${level}`)].join(",");
}
