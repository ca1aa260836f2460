/**
 * Where peers come to: every listener of the server is made here.
 *
 * @module
 */
import { NativeError } from "./core/errors.ts";
import { getLogger } from "./core/log.ts";
import type { ResolvedOptions } from "./server_options.ts";

/** By what peers can come; disposing it closes all. */
export interface Listeners extends Disposable {
  readonly viewers: Deno.Listener;
  readonly unix: Deno.Listener | undefined;
  readonly web: Deno.Listener | undefined;
}

/**
 * Listens wherever the options say.
 *
 * @throws {NativeError} A port or a socket cannot be had; says what to do.
 */
export async function listenAll(options: ResolvedOptions): Promise<Listeners> {
  const { hostname, port, unixSocket, unixSocketMode } = options;
  using listening = new DisposableStack();
  const viewers = listening.use(listen(hostname, port, "--port"));
  const unix = unixSocket === ""
    ? undefined
    : listening.use(await listenUnix(unixSocket, parseInt(unixSocketMode, 8)));
  const web = listening.use(listenForBrowsers(options));
  const all = listening.move();
  return { viewers, unix, web, [Symbol.dispose]: () => all.dispose() };
}

function listenForBrowsers({ web, hostname }: ResolvedOptions): Deno.Listener | undefined {
  if (!web) return undefined;
  try {
    return listen(web.hostname || hostname, web.port, "--web-port");
  } catch (error) {
    if (!web.optional || !(error instanceof NativeError)) throw error;
    getLogger("server").warning("Browsers cannot connect: {reason}", { reason: error.message });
    return undefined;
  }
}

/**
 * A TCP port.
 *
 * @param flag Names another port.
 * @throws {NativeError} The port cannot be had; says what to do.
 */
function listen(hostname: string, port: number, flag: string): Deno.Listener {
  try {
    return Deno.listen({ hostname, port });
  } catch (cause) {
    const why = cause instanceof Deno.errors.AddrInUse
      ? `another program does. Choose another port (${flag}), or 0 for any`
      : (cause as Error).message;
    throw new NativeError(`Cannot listen on ${hostname} port ${port}: ${why}`, "bind", { cause });
  }
}

/**
 * A socket for users of this machine. One that a server has left behind is replaced.
 *
 * @param mode Who can connect: 0o600 is nobody but this user.
 * @throws {NativeError} It cannot be made.
 */
async function listenUnix(path: string, mode: number): Promise<Deno.Listener> {
  try {
    await removeAbandoned(path);
    const listener = Deno.listen({ transport: "unix", path });
    Deno.chmodSync(path, mode); // before anything is accepted
    return listener;
  } catch (cause) {
    const why = cause instanceof Deno.errors.AddrInUse
      ? "another program does, or it is no socket"
      : (cause as Error).message;
    throw new NativeError(`Cannot listen on ${path}: ${why}`, "bind", { cause });
  }
}

async function removeAbandoned(path: string): Promise<void> {
  try {
    (await Deno.connect({ transport: "unix", path })).close();
  } catch (error) {
    const isSocket = error instanceof Deno.errors.ConnectionRefused && Deno.statSync(path).isSocket;
    if (isSocket) Deno.removeSync(path);
  }
}

/** A port of this machine that the system chooses. @throws {Error} There is no loopback. */
export function listenForItself(): Deno.TcpListener {
  return Deno.listen({ hostname: "127.0.0.1", port: 0 });
}
