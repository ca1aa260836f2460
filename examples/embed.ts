/**
 * A server inside a program of your own: starts, tells who comes and goes, stops on Ctrl+C.
 *
 *     deno run -A examples/embed.ts [PORT] [DISPLAY]
 *
 * Without a display it shows a test card. Connect with `vncviewer localhost::PORT`; the password is "secret".
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { type ServerObserver, VNCServer } from "../lib/mod.ts";

/** Observers hear what happens, and cannot change it. All methods are optional. */
const visitors: ServerObserver = {
  sessionOpened({ session, address, security }) {
    console.log(`Viewer ${session} came from ${address} (${security})`);
  },
  sessionClosed({ session, reason, durationMs }) {
    console.log(`Viewer ${session} went after ${Math.round(durationMs / 1000)} s: ${reason}`);
  },
};

const [port = "5900", display = "pattern:640x480"] = Deno.args;
await using server = new VNCServer({
  port: Number(port),
  hostname: "127.0.0.1",
  display,
  password: "secret",
  name: "An embedded desktop",
  observers: [visitors],
});
await server.start();
console.log(`Listening on port ${server.port}`);

Deno.addSignalListener("SIGINT", () => void server.stop());
await server.finished;
