/**
 * Log records as lines of text. Peers choose some of the values: none of them can forge a line, or move a terminal's
 * cursor.
 *
 * @module
 */
import type { LogRecord } from "@logtape/logtape";

/** How lines look. */
export type LogFormat =
  /** One line for people and `grep`: time (UTC), level, part, message, `name=value`. */
  | "plain"
  /** For people at a terminal: local time, columns, colours if wanted. */
  | "pretty"
  /** One JSON object. */
  | "json";

/** Makes a line with its end. */
export type FormatRecord = (record: LogRecord) => string;

/** The formatter. @param colours For `pretty`. */
export function formatterOf(format: LogFormat, { colours = false } = {}): FormatRecord {
  switch (format) {
    case "plain":
      return formatPlain;
    case "pretty":
      return (record) => formatPretty(record, colours);
    case "json":
      return formatJson;
  }
}

function formatPlain(record: LogRecord): string {
  const level = levelOf(record).padEnd(8);
  return `${timeOf(record)} ${level} ${partOf(record)}: ${messageOf(record)}${pairsOf(record)}\n`;
}

const COLOURS: Readonly<Record<string, string>> = {
  DEBUG: "\x1b[2m",
  INFO: "\x1b[32m",
  WARNING: "\x1b[33m",
  ERROR: "\x1b[31m",
  CRITICAL: "\x1b[1;31m",
};
const DIM = "\x1b[2m";
const BOLD = "\x1b[1m";
const RESET = "\x1b[0m";

function formatPretty(record: LogRecord, colours: boolean): string {
  const paint = (code: string, text: string) => colours && text !== "" ? `${code}${text}${RESET}` : text;
  const at = new Date(record.timestamp);
  const pad = (value: number, digits = 2) => String(value).padStart(digits, "0");
  const time = `${pad(at.getHours())}:${pad(at.getMinutes())}:${pad(at.getSeconds())}.${
    pad(at.getMilliseconds(), 3)
  }`;
  const level = levelOf(record);
  const message = messageOf(record);
  const heavy = level === "WARNING" || level === "ERROR" || level === "CRITICAL";
  return `${paint(DIM, time)} ${paint(COLOURS[level] ?? "", level.padEnd(8))} ${partOf(record).padEnd(10)} ` +
    `${heavy ? paint(BOLD, message) : message}${paint(DIM, pairsOf(record, wordsOf(record)))}\n`;
}

/** Names that the line has itself; a property of such a name gets an underscore. */
const OWN_NAMES = ["time", "level", "category", "message"];

function formatJson(record: LogRecord): string {
  const line: Record<string, unknown> = {
    time: timeOf(record),
    level: levelOf(record),
    category: partOf(record),
    message: messageOf(record),
  };
  for (const [name, value] of Object.entries(record.properties)) {
    if (value === undefined) continue; // there is nothing to tell
    line[OWN_NAMES.includes(name) ? `_${name}` : name] = plainValue(value);
  }
  return `${escapeRest(JSON.stringify(line))}\n`;
}

function timeOf({ timestamp }: LogRecord): string {
  return new Date(timestamp).toISOString();
}

/** In the spelling of the setting log_level. */
function levelOf({ level }: LogRecord): string {
  return (level === "fatal" ? "critical" : level).toUpperCase();
}

/** The category without what all of ours have in common. */
function partOf({ category }: LogRecord): string {
  return category.slice(category[0] === "porthole" ? 1 : 0).join(".");
}

function messageOf({ message }: LogRecord): string {
  return message.map((piece, index) => index % 2 === 0 ? piece : showValue(piece)).join("");
}

/** @param known Names that need not be said. */
function pairsOf({ properties }: LogRecord, known: readonly string[] = []): string {
  return Object.entries(properties).filter(([name, value]) => value !== undefined && !known.includes(name))
    .map(([name, value]) => ` ${name}=${showValue(value)}`).join("");
}

/** Names of properties that the message has in it. */
function wordsOf({ rawMessage }: LogRecord): string[] {
  return typeof rawMessage === "string"
    ? Array.from(rawMessage.matchAll(/\{(\w+)\}/g), ([, name]) => name!)
    : [];
}

/** A value on one line. */
function showValue(value: unknown): string {
  if (typeof value === "string" && /^[\w.:/@+-]+$/.test(value)) return value;
  return escapeRest(
    JSON.stringify(value instanceof Error ? `${value.name}: ${value.message}` : plainValue(value)),
  );
}

/** Something that JSON has a form for. */
function plainValue(value: unknown): unknown {
  if (value === undefined || typeof value === "bigint" || typeof value === "symbol") return String(value);
  if (typeof value === "function") return "[function]";
  if (value instanceof Error) {
    const { name, message, stack } = value;
    return { name, message, stack, ...(value.cause !== undefined && { cause: plainValue(value.cause) }) };
  }
  try {
    JSON.stringify(value);
    return value;
  } catch {
    return String(value);
  }
}

/** JSON leaves these as they are; terminals and readers of lines may not. */
function escapeRest(json: string): string {
  return json.replaceAll(
    /[\x7f-\x9f\u2028\u2029]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
