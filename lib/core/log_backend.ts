/**
 * LogTape, which carries the log.
 *
 * @module
 */
import { getLogger as logtape, lazy, type Logger, withContext } from "@logtape/logtape";
import { carryLog } from "./log.ts";

export type { Logger };

/** Gives LogTape all records from now on, and those that have waited. It drops what comes before it is configured. */
export function carryWithLogTape(): void {
  carryLog({
    logger: (category) => logtape(category),
    run: (properties, callback) => withContext(ready(properties), callback),
  });
}

/** A logger of category `["porthole", ...category]`, with all that LogTape's loggers can. */
export function getLogger(...category: string[]): Logger {
  return logtape(["porthole", ...category]);
}

function ready(properties: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(properties).map(([name, value]) => [
      name,
      typeof value === "function" ? lazy(value as () => unknown) : value,
    ]),
  );
}
