/**
 * Where log records go. Libraries stay silent until an application calls `configureLogging()`.
 *
 * @module
 */
import { configureSync, type LogLevel as LogTapeLevel, type LogRecord } from "@logtape/logtape";

/** Least weight of what is logged. */
export type LogLevel = "DEBUG" | "INFO" | "WARNING" | "ERROR" | "CRITICAL";

const LEVELS: Readonly<Record<LogLevel, LogTapeLevel>> = {
  DEBUG: "debug",
  INFO: "info",
  WARNING: "warning",
  ERROR: "error",
  CRITICAL: "fatal",
};

/** How logging is to be. */
export interface LoggingOptions {
  readonly level: LogLevel;
  /** Takes one line at a time, with its end. */
  readonly write: (line: string) => void;
}

/** Sends the log to `write`. A later call replaces what an earlier one said. */
export function configureLogging({ level, write }: LoggingOptions): void {
  configureSync({
    reset: true,
    sinks: { lines: (record) => write(formatRecord(record)) },
    loggers: [
      { category: ["porthole"], lowestLevel: LEVELS[level], sinks: ["lines"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["lines"] },
    ],
  });
}

/** One line: time (UTC), level, part of the server, message, then properties as `name=value`. */
export function formatRecord(record: LogRecord): string {
  const part = record.category.slice(1).join(".");
  const text = record.message.map((piece, index) => index % 2 === 0 ? piece : show(piece)).join("");
  const properties = Object.entries(record.properties).map(([name, value]) => ` ${name}=${show(value)}`).join(
    "",
  );
  const level = (record.level === "fatal" ? "critical" : record.level).toUpperCase().padEnd(8);
  return `${new Date(record.timestamp).toISOString()} ${level} ${part}: ${text}${properties}\n`;
}

/** A value on one line. Peers choose some of them: what could forge a line or move a cursor is escaped. */
function show(value: unknown): string {
  if (value instanceof Error) return JSON.stringify(`${value.name}: ${value.message}`);
  if (typeof value === "string" && /^[\w.:/@+-]+$/.test(value)) return value;
  const text = typeof value === "bigint" ? String(value) : JSON.stringify(value) ?? String(value);
  return text.replaceAll(
    /[\x7f-\x9f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
