/**
 * Where the control sockets of servers are: in a folder of the user's own, named after the viewers' port.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";

type Environment = Readonly<Record<string, string>>;

/** Which server is meant. */
export interface ServerChoice {
  /** The socket's path. */
  readonly socket?: string | undefined;
  /** The viewers' port. */
  readonly port?: number | undefined;
}

/** The folder of all sockets of this user that have no name of their own. */
export function controlFolder({ XDG_RUNTIME_DIR: runtime }: Environment): string {
  return runtime?.startsWith("/") ? `${runtime}/porthole` : `/tmp/porthole-${Deno.uid()}`;
}

/** The socket of the server on `port`. */
export function controlPath(folder: string, port: number): string {
  return `${folder}/${port}.sock`;
}

/**
 * Makes the folder, for its owner alone.
 *
 * @throws {NativeError} Somebody else can write there, who might put another server's socket in place of ours.
 */
export function makeControlFolder(folder: string): void {
  try {
    Deno.mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if (!(error instanceof Deno.errors.AlreadyExists)) {
      throw new NativeError(`Cannot make the folder ${folder}: ${(error as Error).message}`, "mkdir", {
        cause: error,
      });
    }
  }
  checkControlFolder(folder);
}

/**
 * The socket that is meant: the one that is named, or the only one that there is.
 *
 * @throws {NativeError} There is none, or there are several.
 */
export async function findControlSocket(
  { socket, port }: ServerChoice,
  environment: Environment,
): Promise<string> {
  const named = socket ?? (port === undefined ? environment.PORTHOLE_CONTROL_SOCKET : undefined);
  if (named && named !== "off") return named;
  const folder = controlFolder(environment);
  if (port !== undefined) return controlPath(folder, port);
  const found = await liveSockets(folder);
  if (found.length === 1) return `${folder}/${found[0]}`;
  const ports = found.map((name) => `--port ${name.replace(/\.sock$/, "")}`);
  throw new NativeError(
    found.length === 0
      ? `No server of this user runs here (looked in ${folder}). Name its socket with --socket FILE if it has another`
      : `Several servers run here. Choose one: ${ports.join(", ")}`,
    "connect",
  );
}

/** Tidies up after servers that were killed. */
export async function removeDeadSockets(folder: string): Promise<void> {
  for (const name of namesIn(folder)) {
    const path = `${folder}/${name}`;
    if (await isDead(path)) await Deno.remove(path).catch(() => {/* another server was faster */});
  }
}

async function liveSockets(folder: string): Promise<string[]> {
  let names: string[];
  try {
    checkControlFolder(folder);
    names = namesIn(folder);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
  const live: string[] = [];
  for (const name of names) {
    if (!await isDead(`${folder}/${name}`)) live.push(name);
  }
  return live;
}

function namesIn(folder: string): string[] {
  return Array.from(Deno.readDirSync(folder), ({ name }) => name).filter((name) => /^\d+\.sock$/.test(name))
    .sort();
}

/** Whether no server listens there any more. */
async function isDead(path: string): Promise<boolean> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
    return false;
  } catch (error) {
    return error instanceof Deno.errors.ConnectionRefused;
  }
}

function checkControlFolder(folder: string): void {
  const { isDirectory, uid, mode } = Deno.lstatSync(folder);
  if (isDirectory && uid === Deno.uid() && ((mode ?? 0) & 0o077) === 0) return;
  throw new NativeError(
    `Cannot use ${folder} for control sockets: it must be a folder that belongs to this user, with mode 700`,
    "lstat",
  );
}
