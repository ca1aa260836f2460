/**
 * Logs: where they go, what goes with them, and how your own lines come among them.
 *
 *     deno run -A examples/logging.ts [PORT]
 *
 * The library says nothing until it is told where to. Each line of a session carries its number and address; nothing
 * that was typed, copied or shown is ever in a log.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { configureLogging, getLogger, LogContext, VNCServer } from "../lib/mod.ts";

const encoder = new TextEncoder();
configureLogging({
  // All from INFO on, and everything that sessions say.
  level: "INFO,session=DEBUG",
  format: "json",
  write: (line) => void Deno.stderr.writeSync(encoder.encode(line)),
});

const log = getLogger("example");

await using server = new VNCServer({
  port: Number(Deno.args[0] ?? 5900),
  hostname: "127.0.0.1",
  display: "pattern:320x240",
});
// What is logged from within carries these properties, whoever logs it.
await new LogContext({ machine: "demo", attempt: 1 }).run(async () => {
  await server.start();
  log.info("Started", { port: server.port });
});
console.log(`Listening on port ${server.port}`);
Deno.addSignalListener("SIGINT", () => void server.stop());
await server.finished;
log.info("Stopped");
