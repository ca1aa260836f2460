/**
 * Logging as a library does it: silent until an application configures it (LogTape).
 *
 * @module
 */
import { getLogger as logtape, type Logger } from "@logtape/logtape";

export type { Logger };

/** The logger of a part of the server: `getLogger("session")` is category `["porthole", "session"]`. */
export function getLogger(...category: string[]): Logger {
  return logtape(["porthole", ...category]);
}
