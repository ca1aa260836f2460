/**
 * A server whose process has no file descriptors left (EMFILE): it goes on with the viewers that it has.
 *
 * @module
 */
import assert from "node:assert/strict";
import { RfbClient } from "../support/rfb_client.ts";
import { ServedProgram } from "../support/served_program.ts";
import { denoDirectory, startCommand } from "../support/start_command.ts";

const DESCRIPTORS = 64;
const CONNECTIONS = 150;
/** Longest wait for an answer, in ms: the machine may be busy, and an attempt to accept comes every 5 s at least. */
const PATIENCE_MS = 15_000;

// Lines of JSON tell where an error comes from.
for (const format of ["plain", "json"]) {
  Deno.test(`without descriptors viewers are served on, one line is logged (${format}), and later peers come in again`, async () => {
    const limited = ["prlimit", `--nofile=${DESCRIPTORS}`, ...startCommand()];
    const limits = [
      ...["--limits-pending-connections", "1000", "--limits-pending-connections-per-address", "1000"],
      ...["--log-format", format, "--shared", "always"],
    ];
    await using program = new ServedProgram(
      limited,
      ["--display", "pattern:320x240", ...limits],
      await denoDirectory(),
    );
    const port = await program.port();
    await using viewer = await RfbClient.connect({ port, timeoutMs: PATIENCE_MS });
    await viewer.refresh();
    {
      await using crowd = new AsyncDisposableStack();
      for (let i = 0; i < CONNECTIONS; i++) {
        const connection = await Deno.connect({ hostname: "127.0.0.1", port });
        crowd.defer(() => connection.close());
      }
      await program.until(/Cannot accept connections/);
      for (let i = 0; i < 5; i++) await viewer.refresh();
    }
    await using other = await RfbClient.connect({ port, timeoutMs: PATIENCE_MS });
    await other.refresh();
    await viewer.refresh();
    await program.until(/Accepts connections again/);
    assert.equal(await program.stop(), 0);
    assert.equal(program.said.match(/Cannot accept/g)?.length, 1);
  });
}
