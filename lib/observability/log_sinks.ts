/**
 * Where log records go. Libraries stay silent until an application calls `configureLogging()`.
 *
 * @module
 */
import { AsyncLocalStorage } from "node:async_hooks";
import {
  configureSync,
  type LoggerConfig,
  type LogLevel as LogTapeLevel,
  type LogRecord,
  type Sink as LogSink,
} from "@logtape/logtape";
import { ConfigError } from "../core/errors.ts";
import { carryWithLogTape } from "../core/log_backend.ts";
import { LOG_LEVELS, type LogLevel, parseLogLevels } from "../core/log_levels.ts";
import { formatterOf, type LogFormat } from "./log_format.ts";
import { RotatingFile } from "./rotating_file.ts";

export type { LogFormat, LogLevel, LogRecord, LogSink };

const LEVELS: Readonly<Record<LogLevel, LogTapeLevel>> = {
  DEBUG: "debug",
  INFO: "info",
  WARNING: "warning",
  ERROR: "error",
  CRITICAL: "fatal",
};

/** A log file that is put aside when it is full. */
export interface LogFileOptions {
  readonly path: string;
  /** Size at which it is put aside; 10 MiB by default. */
  readonly maxBytes?: number;
  /** Files that are kept, the one that is written counted; 5 by default. */
  readonly files?: number;
}

/** How logging is to be. */
export interface LoggingOptions {
  /** Least weight of what is logged: "INFO", or "INFO,session=DEBUG,x11=WARNING" with others for parts. */
  readonly level: string;
  /** How lines look; "plain" by default. */
  readonly format?: LogFormat;
  /** Colours for `pretty`. */
  readonly colours?: boolean;
  /** Takes one line at a time, with its end. With `file`, it is told only when the file cannot be written. */
  readonly write?: (line: string) => void;
  readonly file?: LogFileOptions | undefined;
  /** Gets the records of category "audit" as JSON lines, whatever the level. */
  readonly auditFile?: LogFileOptions | undefined;
  /** Get all records, besides. */
  readonly sinks?: readonly LogSink[];
}

/** One for all times, so that what began before a change keeps its context. */
let contexts: AsyncLocalStorage<Record<string, unknown>> | undefined;

/**
 * Sends the log to where `options` say. A later call replaces what an earlier one said, and opens files again.
 *
 * @throws {RangeError} The level is none. @throws {ConfigError} A file cannot be opened; what was configured before goes on.
 */
export function configureLogging(options: LoggingOptions): void {
  const levels = parseLogLevels(options.level);
  if (!levels) {
    throw new RangeError(`Cannot log at level "${options.level}": must be such as INFO,session=DEBUG`);
  }
  const { base, parts } = levels;
  using opened = new DisposableStack();
  const lines = linesSink(options, opened);
  const audit = options.auditFile && fileSink(options.auditFile, "audit_file", "json", options.write, opened);
  const others = Object.fromEntries((options.sinks ?? []).map((sink, at) => [`own${at}`, sink]));
  const usual = ["lines", ...Object.keys(others)];
  const auditLevel = parts.get("audit") ?? base;
  const loggers: LoggerConfig<string, string>[] = [
    { category: ["porthole"], lowestLevel: LEVELS[base], sinks: usual },
    ...Array.from(parts, ([part, level]): LoggerConfig<string, string> => ({
      category: ["porthole", ...part.split(".")],
      lowestLevel: LEVELS[level],
      sinks: usual,
      parentSinks: "override",
    })).filter(({ category }) => !(audit && category[1] === "audit")),
    { category: ["logtape", "meta"], lowestLevel: "warning", sinks: usual },
  ];
  if (audit) {
    loggers.push({
      category: ["porthole", "audit"],
      lowestLevel: auditLevel === "DEBUG" ? "debug" : "info",
      sinks: ["audit", ...usual.map((name) => `heavy ${name}`)],
      parentSinks: "override",
    });
  }
  const heavy = Object.entries({ lines, ...others }).map(([name, sink]) => [
    `heavy ${name}`,
    (record: LogRecord) => weight(record.level) >= LOG_LEVELS.indexOf(auditLevel) && sink(record),
  ]);
  contexts ??= new AsyncLocalStorage();
  configureSync({
    reset: true,
    contextLocalStorage: contexts,
    sinks: { lines, ...others, ...(audit && { audit, ...Object.fromEntries(heavy) }) },
    loggers,
  });
  opened.move(); // LogTape disposes the sinks when they are replaced
  carryWithLogTape();
}

/** Place of one of LogTape's levels in ours. Its "trace" is lighter than all. */
function weight(level: LogTapeLevel): number {
  return LOG_LEVELS.findIndex((name) => LEVELS[name] === level);
}

function linesSink(
  { file, format = "plain", colours, write }: LoggingOptions,
  opened: DisposableStack,
): LogSink {
  if (file) return fileSink(file, "log_file", format, write, opened);
  const formatted = formatterOf(format, { colours: colours ?? false });
  return (record) => write?.(formatted(record));
}

/** @param setting Names the file in messages. */
function fileSink(
  { path, maxBytes = 10 * 1024 * 1024, files = 5 }: LogFileOptions,
  setting: string,
  format: LogFormat,
  write: ((line: string) => void) | undefined,
  opened: DisposableStack,
): LogSink & Disposable {
  const failed = (error: unknown) =>
    write?.(`porthole: ${setting}: ${path} cannot be written: ${reasonOf(error)}\n`);
  let file: RotatingFile;
  try {
    file = opened.use(new RotatingFile({ path, maxBytes, files, failed }));
  } catch (cause) {
    throw new ConfigError([`${setting}: ${path} cannot be written: ${reasonOf(cause)}`], { cause });
  }
  const formatted = formatterOf(format);
  return Object.assign((record: LogRecord) => file.write(formatted(record)), {
    [Symbol.dispose]: () => file[Symbol.dispose](),
  });
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
