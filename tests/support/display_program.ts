/**
 * Programs with windows.
 *
 * @module
 */
import { endProcess } from "./processes.ts";
import { scratchDirectory } from "./program.ts";

/** A program that can be asked why it ended. */
export interface DisplayProgram extends AsyncDisposable {
  /** Empty as long as it runs. */
  words(): Promise<string>;
}

/** Starts a program with a home directory that is nobody's. */
export function startOnDisplay(
  command: string,
  args: readonly string[],
  display: string,
  env: Readonly<Record<string, string>> = {},
): DisplayProgram {
  const home = scratchDirectory();
  const process = new Deno.Command(command, {
    args: [...args],
    env: { DISPLAY: display, HOME: home, XDG_RUNTIME_DIR: home, NO_AT_BRIDGE: "1", GTK_A11Y: "none", ...env },
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const errors = new Response(process.stderr).text();
  let ended = false;
  process.status.then(() => ended = true);
  return {
    words: async () => ended ? `; it ended and said: ${await errors}` : "",
    async [Symbol.asyncDispose]() {
      await endProcess(process);
      await errors;
    },
  };
}
