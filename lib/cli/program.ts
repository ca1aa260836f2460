/**
 * From arguments to an exit code.
 *
 * @module
 */
import type { Config } from "../config/schema.ts";
import type { Command, ExportCommand, PasswdCommand, PlayCommand, Terminal } from "./command.ts";
import { tellFailure } from "./failure.ts";
import { readPlainArguments } from "./plain_arguments.ts";
import type { RestoreDisplay } from "./restore.ts";
import { type Listening, type RunningServer, serve, type StartServer } from "./serve.ts";
import { installedFiles } from "./sources.ts";
import type { Screen } from "./top.ts";
import type { ResizeDisplay } from "./virtual_desktop.ts";

/** What makes a program out of this library. */
export interface Program {
  readonly startServer: StartServer;
  readonly resizeDisplay: ResizeDisplay;
  readonly restoreDisplay: RestoreDisplay;
  /** Starts a server that shows a recording. @throws {VncError} It cannot start, in words for the user. */
  readonly playRecording: (
    command: PlayCommand,
    config: Config,
    listening: Listening,
  ) => Promise<RunningServer>;
  /** @returns The file that was written. @throws {VncError} It cannot be done, in words for the user. */
  readonly exportRecording: (command: ExportCommand) => Promise<string>;
  /** The configuration file beside the program's sources; `undefined` for an executable. */
  readonly configFile?: string | undefined;
}

/** Runs the program. @returns Its exit code. */
export async function main(args: readonly string[], program: Program): Promise<number> {
  const { configFile } = program;
  const command = await commandOf(args);
  if (command.name === "exit") return command.exitCode;
  if (command.name === "passwd") return await makePasswords(command);
  const environment = Deno.env.toObject();
  if (command.name === "ctl") return await (await import("./ctl.ts")).ctl(command, terminal, environment);
  if (command.name === "top") return await (await import("./top.ts")).top(command, screen, environment);
  if (command.name === "licenses") {
    terminal.out(await (await import("./licenses.ts")).licensesText());
    return 0;
  }
  if (command.name === "restore") {
    return await (await import("./restore.ts")).restore(command, program.restoreDisplay, terminal);
  }
  if (command.name === "export") return await exportRecording(command, program);
  const startServer: StartServer = command.name === "play"
    ? (config, listening) => program.playRecording(command, config, listening)
    : program.startServer;
  return await serve({ ...command, name: "serve" }, {
    startServer,
    resizeDisplay: program.resizeDisplay,
    terminal,
    environment,
    usualFiles: configFile ? [configFile] : installedFiles(environment),
    exit: Deno.exit,
  });
}

async function exportRecording(command: ExportCommand, program: Program): Promise<number> {
  try {
    terminal.out(`${command.file} was exported to ${await program.exportRecording(command)}`);
    return 0;
  } catch (error) {
    return tellFailure(error, terminal);
  }
}

async function makePasswords(command: PasswdCommand): Promise<number> {
  const [{ passwd }, { secretAsker }] = await Promise.all([import("./passwd.ts"), import("./ask_secret.ts")]);
  const ask = secretAsker({
    isTerminal: Deno.stdin.isTerminal(),
    setRaw: (raw) => Deno.stdin.setRaw(raw),
    read: (into) => Deno.stdin.read(into),
    show: (text) => write(Deno.stderr, text),
  });
  return await passwd(command, terminal, ask);
}

/** The parser is loaded only when there is something for it to say: it takes most of the time to start. */
async function commandOf(args: readonly string[]): Promise<Command> {
  const plain = readPlainArguments(args);
  if (plain) return plain;
  const { parseArguments } = await import("./arguments.ts");
  return parseArguments(args, terminal);
}

const terminal: Terminal = {
  get isInteractive() {
    return Deno.stderr.isTerminal();
  },
  out: (line) => write(Deno.stdout, withEnd(line)),
  err: (line) => write(Deno.stderr, withEnd(line)),
};

const screen: Screen = {
  ...terminal,
  draw: (text) => write(Deno.stdout, text),
  size: () => Deno.stdout.isTerminal() ? Deno.consoleSize() : undefined,
  onStop(stop) {
    Deno.addSignalListener("SIGINT", stop);
    Deno.addSignalListener("SIGTERM", stop);
    return {
      [Symbol.dispose]() {
        Deno.removeSignalListener("SIGINT", stop);
        Deno.removeSignalListener("SIGTERM", stop);
      },
    };
  },
};

function withEnd(line: string): string {
  return line.endsWith("\n") ? line : `${line}\n`;
}

/** A reader that has gone, as of `porthole --help | head -1` or of a log, is no reason to end. */
function write(stream: { writeSync(bytes: Uint8Array): number }, text: string): void {
  const bytes = new TextEncoder().encode(text);
  try {
    for (let at = 0; at < bytes.length;) at += stream.writeSync(bytes.subarray(at));
  } catch { /* nobody to tell */ }
}
