/**
 * Other people's VNC servers, to try the harness of tests on, and to compare ours with.
 *
 * @module
 */
import { endProcess } from "./processes.ts";
import { passwordFile } from "./rfb/password_file.ts";
import { TimedOut, Wire } from "./rfb/wire.ts";

/** A running server. Disposing it ends it. */
export interface RunningServer extends AsyncDisposable {
  /** On 127.0.0.1. */
  readonly port: number;
}

/** Starts a server for a display: what all interoperation tests are parametrised by. */
export type StartServer = (display: string, options?: PeerOptions) => Promise<RunningServer>;

/** What can be asked of any server. */
export interface PeerOptions {
  readonly password?: string;
}

/** A TCP port that nobody listens on at this moment. */
export function freePort(): number {
  using listener = Deno.listen({ port: 0, hostname: "127.0.0.1" });
  return listener.addr.port;
}

/** Runs a server program and waits until it greets. */
export async function startProgram(
  command: string,
  args: (port: number) => readonly string[],
  env: Record<string, string> = {},
): Promise<RunningServer> {
  const port = freePort();
  const process = new Deno.Command(command, {
    args: [...args(port)],
    env,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  const server: RunningServer = {
    port,
    async [Symbol.asyncDispose]() {
      await endProcess(process);
    },
  };
  let ended = false;
  process.status.then(() => ended = true);
  for (const deadline = performance.now() + 15_000; performance.now() < deadline;) {
    if (ended) throw new Error(`${command} ended at once`);
    try {
      using wire = await Wire.tcp(port, "127.0.0.1", { timeoutMs: 2000 });
      await wire.bytes(12);
      return server;
    } catch (error) {
      if (error instanceof TimedOut) break;
      await new Promise((resolve) => setTimeout(resolve, 20)); // there is no event for "it listens now"
    }
  }
  await server[Symbol.asyncDispose]();
  throw new Error(`${command} does not greet on port ${port}`);
}

/** LibVNCServer's x11vnc. */
export const startX11vnc: StartServer = (display, { password } = {}) =>
  startProgram("x11vnc", (port) => [
    ...[
      "-rfbport",
      `${port}`,
      "-localhost",
      "-forever",
      "-shared",
      "-quiet",
      "-noipv6",
      "-nocursor",
      "-display",
      display,
    ],
    ...(password === undefined ? ["-nopw"] : ["-passwd", password]),
  ]);

/** TigerVNC's x0vncserver: the program itself, not the script around it, which would outlive our signals. */
export const startX0tigervnc: StartServer = async (display, { password } = {}) => {
  const file = password === undefined ? undefined : await passwordFile(password);
  const server = await startProgram("X0tigervnc", (port) => [
    ...["-rfbport", `${port}`, "-localhost", "-display", display, "-AlwaysShared", "-AcceptSetDesktopSize"],
    ...(file === undefined
      ? ["-SecurityTypes", "None"]
      : ["-SecurityTypes", "VncAuth", "-PasswordFile", file]),
  ]);
  return {
    port: server.port,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      if (file !== undefined) await Deno.remove(file);
    },
  };
};
