/**
 * The servers that are compared: how each is started, and one that runs.
 *
 * @module
 */
import { freePort } from "../../tests/support/peers.ts";
import type { Screen, Size } from "./screen.ts";

/** Where a server listens, and what it shares. */
export interface Place {
  /** ":N"; a server that draws itself is told to be this display. */
  readonly display: string;
  readonly port: number;
  /** Of the screen; only for a server that draws itself. */
  readonly size: Size;
}

/** A server program. */
export interface ServerKind {
  readonly name: string;
  /** It is an X server itself, and shares what is drawn on it. */
  readonly ownsDisplay?: boolean;
  readonly command: (place: Place) => readonly string[];
}

/** TigerVNC's x0vncserver: the program itself, not the script around it. Defaults, but for access. */
const X0VNCSERVER: ServerKind = {
  name: "x0vncserver",
  command: ({ display, port }) => [
    ...["X0tigervnc", "-display", display, "-rfbport", `${port}`, "-localhost"],
    ...["-SecurityTypes", "None", "-AlwaysShared"],
  ],
};

/** LibVNCServer's x11vnc. Defaults, but for access, and for staying when a viewer leaves. */
const X11VNC: ServerKind = {
  name: "x11vnc",
  command: ({ display, port }) => [
    ...["x11vnc", "-display", display, "-rfbport", `${port}`, "-localhost", "-noipv6"],
    ...["-nopw", "-forever", "-shared", "-quiet"],
  ],
};

/** TigerVNC's Xvnc draws itself and knows what it draws: the ideal that a server of another display can come near. */
const XVNC: ServerKind = {
  name: "xvnc",
  ownsDisplay: true,
  command: ({ display, port, size }) => [
    ...["Xtigervnc", display, "-geometry", `${size.width}x${size.height}`, "-depth", "24"],
    ...["-rfbport", `${port}`, "-localhost", "-SecurityTypes", "None", "-AlwaysShared"],
    ...["-nolisten", "tcp", "-noreset"],
  ],
};

const ROOT = new URL("../../", import.meta.url);

/** Where there is none of its own, `deno run` as the task `start` does it: with the same permissions. */
function portholeCommand(executable: string | undefined): readonly string[] {
  if (executable !== undefined) return [executable];
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  const [deno, ...rest] = String(tasks.start).split(" ");
  if (deno !== "deno" || rest.at(-1) !== "main.ts") {
    throw new Error(`Cannot read the task start: "${tasks.start}"`);
  }
  return [Deno.execPath(), ...rest.slice(0, -1), new URL("main.ts", ROOT).pathname];
}

/** Porthole. 60 frames a second at most, as x0vncserver has it; room for the viewers that are measured. */
function porthole(executable: string | undefined): ServerKind {
  return {
    name: "porthole",
    command: ({ display, port }) => [
      ...portholeCommand(executable),
      ...["--display", display, "--host", "127.0.0.1", "--port", `${port}`, "--shared", "always"],
      ...["--frame-rate", "60", "--max-connections", "100"],
      ...["--limits-pending-connections", "100", "--limits-pending-connections-per-address", "100"],
    ],
  };
}

/** All servers by name, in the order of tables. @param executable Porthole's; `deno run` without. */
export function serverKinds(executable?: string): ReadonlyMap<string, ServerKind> {
  return new Map([porthole(executable), X0VNCSERVER, X11VNC, XVNC].map((kind) => [kind.name, kind]));
}

/** The servers that Porthole is compared with. */
export const PEERS: readonly string[] = [X0VNCSERVER.name, X11VNC.name];

/** Milliseconds that a server may take until it listens. */
const PATIENCE_MS = 20_000;

/**
 * Seconds from listening until measuring. x11vnc draws on its first viewer slowly for a second or two after it has
 * started; none of them is to be judged by that.
 */
export const SETTLING_SECONDS = 2;

/** A server that listens. Disposing it ends it. */
export class RunningServer implements AsyncDisposable {
  readonly kind: ServerKind;
  readonly pid: number;
  readonly place: Place;
  /** Milliseconds from starting the program to its listening socket. */
  readonly listeningAfterMs: number;
  readonly #process: Deno.ChildProcess;

  private constructor(kind: ServerKind, process: Deno.ChildProcess, place: Place, listeningAfterMs: number) {
    this.kind = kind;
    this.#process = process;
    this.pid = process.pid;
    this.place = place;
    this.listeningAfterMs = listeningAfterMs;
  }

  /**
   * Starts a server and waits until it listens.
   *
   * @param screen What it is to share; a server that is an X server itself becomes another display of the same size.
   */
  static async start(kind: ServerKind, screen: Screen): Promise<RunningServer> {
    const display = kind.ownsDisplay ? freeDisplay() : screen.display;
    const place = { display, port: freePort(), size: screen.size };
    const [command, ...args] = kind.command(place);
    const began = performance.now();
    const process = new Deno.Command(command!, {
      args,
      env: { DISPLAY: display },
      stdin: "null",
      stdout: "null",
      stderr: "piped",
    }).spawn();
    const words = lastWords(process.stderr);
    let ended = false;
    process.status.then(() => ended = true);
    while (!isListening(place.port)) {
      if (ended) throw new Error(`${command} ended before it listened: ${await words}`);
      if (performance.now() - began > PATIENCE_MS) {
        process.kill("SIGKILL");
        throw new Error(`${command} does not listen`);
      }
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    return new RunningServer(kind, process, place, performance.now() - began);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGTERM");
    } catch { /* it has ended already */ }
    const timer = setTimeout(() => this.#process.kill("SIGKILL"), 3000);
    await this.#process.status;
    clearTimeout(timer);
  }
}

/** A display number that no X server uses. */
function freeDisplay(): string {
  const used = new Set(Array.from(Deno.readDirSync("/tmp/.X11-unix"), (entry) => entry.name));
  for (let number = 200;; number++) if (!used.has(`X${number}`)) return `:${number}`;
}

/** What a program says in the end; all of it is read, so that it never waits. */
async function lastWords(stream: ReadableStream<Uint8Array>): Promise<string> {
  let words = "";
  for await (const text of stream.pipeThrough(new TextDecoderStream())) words = (words + text).slice(-2000);
  return words;
}

/** State of a socket that waits for connections, in /proc/net/tcp. */
const LISTENING = "0A";

/**
 * Whether a process of this machine listens on a port, by the kernel's list: a connection that only tries would be a
 * viewer that comes and goes, which slows some servers down for seconds.
 */
function isListening(port: number): boolean {
  const wanted = port.toString(16).toUpperCase().padStart(4, "0");
  return ["/proc/net/tcp", "/proc/net/tcp6"].some((path) =>
    readLines(path).some((line) => {
      const [, local, , state] = line.trim().split(/\s+/);
      return state === LISTENING && local?.endsWith(`:${wanted}`);
    })
  );
}

function readLines(path: string): string[] {
  try {
    return Deno.readTextFileSync(path).split("\n");
  } catch {
    return []; // a kernel without IPv6
  }
}
