/**
 * What the server's parts have to say. LogTape carries it on, as a library does it: silent until an application configures
 * it. LogTape takes the runtime 20 ms to load, so that nothing here needs it: what is said before it is there waits for it.
 *
 * @module
 */

/** Weights of records, the lightest first. */
export type LogWeight = "debug" | "info" | "warning" | "error" | "fatal";

/** Says something: a message, with `{name}` in the place of properties, and properties. Nothing secret. */
export type Say = (message: string, properties?: Record<string, unknown>) => void;

/** Where a part of the server says things. */
export type Logger = { readonly [weight in LogWeight]: Say };

/** What carries records on. See log_backend.ts. */
export interface LogBackend {
  /** The logger of a category. */
  logger(category: readonly string[]): Logger;
  /** Calls `callback` with properties that go with all that is logged from within. */
  run<T>(properties: Readonly<Record<string, unknown>>, callback: () => T): T;
}

/** Records that may wait: many more than a start has. */
const MOST_WAITING = 10_000;

let backend: LogBackend | undefined;
let waiting: (() => void)[] = [];

/** Hands all records to `carrier` from now on, those that have waited first. */
export function carryLog(carrier: LogBackend): void {
  backend = carrier;
  const records = waiting;
  waiting = [];
  for (const record of records) record();
}

/** The logger of a part of the server: `getLogger("session")` is category `["porthole", "session"]`. */
export function getLogger(...category: string[]): Logger {
  let carried: Logger | undefined;
  const say = (weight: LogWeight): Say => (...words) => {
    if (backend) (carried ??= backend.logger(["porthole", ...category]))[weight](...words);
    else if (waiting.length < MOST_WAITING) waiting.push(() => say(weight)(...words));
  };
  return {
    debug: say("debug"),
    info: say("info"),
    warning: say("warning"),
    error: say("error"),
    fatal: say("fatal"),
  };
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
    this.#properties = { ...properties };
  }

  /** Calls `callback`; what it starts belongs to it, too. @returns What it returns. */
  run<T>(callback: () => T): T {
    return backend ? backend.run(this.#properties, callback) : callback();
  }
}
