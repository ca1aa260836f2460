/**
 * Somebody who puts back what this process has changed of the display if it is killed: a shell that waits for the end of a
 * pipe. The pipe ends with this process, however that ends; only then does the shell become `porthole restore`. Until then
 * it takes a megabyte and no time.
 *
 * @module
 */
import { getLogger } from "../core/log.ts";

/** The one program that this process may start: by its whole path, so that permission does not depend on $PATH. */
const SETSID = "/usr/bin/setsid";

/** A session of its own, so that Ctrl+C in our terminal does not end it with us. */
const SCRIPT =
  `while read -r word; do [ "$word" = end ] && exit 0; done; exec "$@" </dev/null >/dev/null 2>&1`;

/** What `porthole restore` needs of the environment: where X, and the runtime's own files are; no passwords. */
const VARIABLES = ["PATH", "HOME", "XAUTHORITY", "XDG_CACHE_HOME", "DENO_DIR", "TMPDIR", "LD_LIBRARY_PATH"];

/** A display, and the file with its key; "" is the usual one. */
export interface WatchedDisplay {
  readonly display: string;
  readonly authority: string;
}

/**
 * Starts it.
 *
 * @param program What starts this program: see {@linkcode ownCommand}.
 * @returns To be disposed when everything has been put back. `undefined` when it cannot be started, which is logged.
 */
export function startWatchdog(
  { display, authority }: WatchedDisplay,
  program: readonly string[],
): Disposable | undefined {
  const environment = Deno.env.toObject();
  const env = Object.fromEntries(
    VARIABLES.filter((name) => environment[name] !== undefined).map((name) => [name, environment[name]!]),
  );
  const restore = [
    ...program,
    "restore",
    "--display",
    display,
    ...(authority ? ["--authority", authority] : []),
  ];
  try {
    const child = new Deno.Command(SETSID, {
      args: ["sh", "-c", SCRIPT, "porthole-watchdog", ...restore],
      clearEnv: true,
      env,
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    child.unref();
    const input = child.stdin.getWriter();
    return {
      [Symbol.dispose]() {
        input.write(new TextEncoder().encode("end\n")).then(() => input.close()).catch(
          () => {/* it has gone */},
        );
        child.status.catch(() => {});
      },
    };
  } catch (error) {
    getLogger("desktop").warning("If this server is killed, monitors and devices stay as they are: {error}", {
      error,
    });
    return undefined;
  }
}

/** What starts this program: the executable, or the runtime with its sources and no more permissions than needed. */
export function ownCommand(isExecutable: boolean, sources: string): string[] {
  if (isExecutable) return [Deno.execPath()];
  const config = new URL("deno.json", sources).pathname;
  const flags = ["--no-prompt", "--cached-only", "--allow-ffi", "--allow-env", "--allow-read"];
  return [Deno.execPath(), "run", "--config", config, ...flags, new URL(sources).pathname];
}
