/**
 * From arguments to an exit code.
 *
 * @module
 */
import { parseArguments, type Terminal } from "./arguments.ts";
import { serve, type StartServer } from "./serve.ts";
import { installedFiles } from "./sources.ts";

/** What makes a program out of this library. */
export interface Program {
  readonly startServer: StartServer;
  /** The configuration file beside the program's sources; `undefined` for an executable. */
  readonly configFile?: string | undefined;
}

/** Runs the program. @returns Its exit code. */
export function main(
  args: readonly string[],
  { startServer, configFile }: Program,
): Promise<number> | number {
  const command = parseArguments(args, terminal);
  if (command.name === "exit") return command.exitCode;
  const environment = Deno.env.toObject();
  return serve(command, {
    startServer,
    terminal,
    environment,
    usualFiles: configFile ? [configFile] : installedFiles(environment),
    exit: Deno.exit,
  });
}

const terminal: Terminal = {
  out: (line) => write(Deno.stdout, line),
  err: (line) => write(Deno.stderr, line),
};

/** A reader that has gone, as of `porthole --help | head -1` or of a log, is no reason to end. */
function write(stream: { writeSync(bytes: Uint8Array): number }, line: string): void {
  const bytes = new TextEncoder().encode(line.endsWith("\n") ? line : `${line}\n`);
  try {
    for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
  } catch { /* nobody to tell */ }
}
