/**
 * Logging as a library does it: silent until an application configures it (LogTape).
 *
 * @module
 */
import { getLogger as logtape, lazy, type Logger, withContext } from "@logtape/logtape";

export type { Logger };

/** The logger of a part of the server: `getLogger("session")` is category `["porthole", "session"]`. */
export function getLogger(...category: string[]): Logger {
  return logtape(["porthole", ...category]);
}

/**
 * Properties that go with everything that is logged from within, whoever logs it and however long it takes.
 *
 * ```ts ignore
 * await new LogContext({ requestId: 7 }).run(async () => {
 *   await something();
 *   getLogger("mine").info("Done"); // … requestId=7
 * });
 * ```
 */
export class LogContext {
  readonly #properties: Readonly<Record<string, unknown>>;

  /** @param properties A function is called for each record: for what changes meanwhile. Must not be secret. */
  constructor(properties: Readonly<Record<string, unknown>>) {
    this.#properties = Object.fromEntries(
      Object.entries(properties).map(([name, value]) => [
        name,
        typeof value === "function" ? lazy(value as () => unknown) : value,
      ]),
    );
  }

  /** Calls `callback`; what it starts belongs to it, too. @returns What it returns. */
  run<T>(callback: () => T): T {
    return withContext({ ...this.#properties }, callback);
  }
}
