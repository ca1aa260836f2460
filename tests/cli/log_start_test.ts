/** The log is set up when the server listens, and no later than there is something to see in it. @module */
import assert from "node:assert/strict";
import { LogStart } from "../../lib/cli/log_start.ts";

/** Notes when it is set up. */
function stage() {
  const events: string[] = [];
  const logging = new LogStart(() => {
    events.push("log");
    return Promise.resolve("the log");
  });
  return { events, logging };
}

Deno.test("LogStart sets the log up once, when the server listens, and before it lets anybody in", async () => {
  const { events, logging } = stage();
  const started = await logging.untilListening(async (listening) => {
    events.push("listens");
    assert.equal(await listening(), "the log");
    events.push("lets in");
    return "a server";
  });
  assert.equal(started, "a server");
  assert.equal(await logging.begin(), "the log");
  assert.deepEqual(events, ["listens", "log", "lets in"]);
});

Deno.test("LogStart sets the log up when a server cannot start, for what it has said", async () => {
  const failed = stage();
  await assert.rejects(
    failed.logging.untilListening(() => Promise.reject(new Error("no display"))),
    /no display/,
  );
  assert.deepEqual(failed.events, ["log"]);
});
