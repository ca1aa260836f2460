/**
 * Logging as the settings have it.
 *
 * @module
 */
import type { Config } from "../config/schema.ts";
import { configureLogging } from "../observability/log_sinks.ts";
import type { Terminal } from "./command.ts";

/**
 * Sends the log where `config` says; files are opened again.
 *
 * @throws {ConfigError} A file cannot be written; what was before goes on.
 */
export function setUpLogging(
  config: Config,
  terminal: Terminal,
  environment: Readonly<Record<string, string>>,
): void {
  const { log_format: format, log_file, log_max_bytes: maxBytes, log_files: files, audit_file } = config;
  const isForPeople = terminal.isInteractive === true && log_file === "";
  configureLogging({
    level: config.log_level,
    format: format === "auto" ? (isForPeople ? "pretty" : "json") : format,
    colours: isForPeople && !environment.NO_COLOR,
    write: (line) => terminal.err(line),
    file: log_file === "" ? undefined : { path: log_file, maxBytes, files },
    auditFile: audit_file === "" ? undefined : { path: audit_file, maxBytes, files },
  });
}
