/** What the server's parts say waits for what carries it. @module */
import assert from "node:assert/strict";
import { carryLog, getLogger, type LogBackend, LogContext, type Logger } from "../../lib/core/log.ts";

/** Keeps what it is given to carry. */
class Notes implements LogBackend {
  readonly records: unknown[][] = [];
  context: unknown;

  logger(category: readonly string[]): Logger {
    const say = (weight: string) => (...words: unknown[]) => {
      this.records.push([category.join("."), weight, ...words, ...(this.context ? [this.context] : [])]);
    };
    return {
      debug: say("debug"),
      info: say("info"),
      warning: say("warning"),
      error: say("error"),
      fatal: say("fatal"),
    };
  }

  run<T>(properties: Readonly<Record<string, unknown>>, callback: () => T): T {
    this.context = properties;
    try {
      return callback();
    } finally {
      this.context = undefined;
    }
  }
}

Deno.test("what is said before anything carries it is carried first, in its order; what is said then, at once", () => {
  const log = getLogger("x11", "keys");
  log.warning("{name} is missing", { name: "RANDR" });
  getLogger("serve").debug("Begun");
  assert.equal(new LogContext({ id: 1 }).run(() => (log.info("Without a context"), 7)), 7);
  const notes = new Notes();
  carryLog(notes);
  log.error("Gone");
  new LogContext({ id: 2 }).run(() => log.fatal("Over", { code: 3 }));
  assert.deepEqual(notes.records, [
    ["porthole.x11.keys", "warning", "{name} is missing", { name: "RANDR" }],
    ["porthole.serve", "debug", "Begun"],
    ["porthole.x11.keys", "info", "Without a context"],
    ["porthole.x11.keys", "error", "Gone"],
    ["porthole.x11.keys", "fatal", "Over", { code: 3 }, { id: 2 }],
  ]);
  const others = new Notes();
  carryLog(others);
  assert.deepEqual(others.records, [], "nothing twice");
});
