/**
 * The file by which operators reach a server: a unix socket that only its owner can open.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import type { ControlListener } from "./control_server.ts";

/** Longest path that clients can connect to (unix(7): 108 with the 0 at its end). */
const MOST_PATH_BYTES = 107;

/**
 * Makes the socket. What is left of a server that has died is replaced.
 *
 * @param path In a folder that is there.
 * @throws {NativeError} It cannot be made, or another server answers there; says what to do.
 */
export async function openControlSocket(path: string): Promise<ControlListener> {
  try {
    if (new TextEncoder().encode(path).length > MOST_PATH_BYTES) throw new RangeError("its path is too long");
    await removeDead(path);
    return listen(path);
  } catch (cause) {
    if (cause instanceof NativeError) throw cause;
    throw new NativeError(`Cannot make the control socket ${path}: ${(cause as Error).message}`, "bind", {
      cause,
    });
  }
}

async function removeDead(path: string): Promise<void> {
  try {
    if (!Deno.lstatSync(path).isSocket) {
      throw new NativeError(
        `Cannot make the control socket ${path}: there is another file of that name`,
        "bind",
      );
    }
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return;
    if (error instanceof Deno.errors.ConnectionRefused) return Deno.removeSync(path);
    throw error;
  }
  throw new NativeError(
    `Cannot make the control socket ${path}: another server answers there. Choose another one (control.socket)`,
    "bind",
  );
}

/** A socket is made with the modes that others may have chosen: so it is made where nobody else can look, and then moved. */
function listen(path: string): ControlListener {
  const slash = path.lastIndexOf("/");
  const folder = Deno.makeTempDirSync({ dir: slash < 0 ? "." : path.slice(0, slash) || "/", prefix: "." });
  try {
    const listener = Deno.listen({ transport: "unix", path: `${folder}/s` });
    Deno.chmodSync(`${folder}/s`, 0o600);
    const { ino } = Deno.lstatSync(`${folder}/s`);
    Deno.renameSync(`${folder}/s`, path);
    return {
      accept: () => listener.accept(),
      [Symbol.dispose]() {
        listener.close();
        removeOwn(path, ino);
      },
    };
  } finally {
    Deno.removeSync(folder, { recursive: true });
  }
}

/** Not what another server has put there meanwhile. */
function removeOwn(path: string, ino: number | null): void {
  try {
    if (Deno.lstatSync(path).ino === ino) Deno.removeSync(path);
  } catch { /* somebody has tidied up */ }
}
