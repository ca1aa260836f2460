/** Log lines. @module */
import assert from "node:assert/strict";
import { getLogger } from "../../lib/core/log.ts";
import { configureLogging, type LogLevel } from "../../lib/observability/log_sinks.ts";

function linesAt(level: LogLevel, action: () => void): string[] {
  const lines: string[] = [];
  configureLogging({ level, write: (line) => lines.push(line) });
  action();
  configureLogging({ level: "CRITICAL", write: () => {} });
  return lines;
}

Deno.test("configureLogging() writes time, level, part, message and properties on one line", () => {
  const [line] = linesAt(
    "INFO",
    () => getLogger("session").info("Session ended", { address: "[::1]:5", bytes: 7 }),
  );
  assert.match(
    line!,
    /^\d{4}-\d\d-\d\dT[\d:.]+Z INFO +session: Session ended address="?\[::1\]:5"? bytes=7\n$/,
  );
});

Deno.test("configureLogging() leaves out what weighs less than its level, and a later call replaces it", () => {
  const log = getLogger("x");
  const all = () => (log.debug("d"), log.info("i"), log.warn("w"), log.error("e"), log.fatal("f"));
  assert.equal(linesAt("DEBUG", all).length, 5);
  assert.equal(linesAt("WARNING", all).length, 3);
  assert.match(linesAt("CRITICAL", all).join(), / CRITICAL +x: f\n$/);
});

Deno.test("configureLogging() escapes what a peer could forge lines and colours with", () => {
  const [line] = linesAt(
    "INFO",
    () => getLogger("x").info("Name", { name: "a\n2020 INFO x: \x1b[31m\x9b1m\u2028" }),
  );
  assert.doesNotMatch(line!.slice(0, -1), /[\p{Cc}\u2028]/u);
  assert.match(line!, /name="a\\n2020/);
});

Deno.test("configureLogging() shows errors by name and message", () => {
  const [line] = linesAt("INFO", () => getLogger("x").error("Broke", { error: new RangeError("too far") }));
  assert.match(line!, /error="RangeError: too far"/);
});
