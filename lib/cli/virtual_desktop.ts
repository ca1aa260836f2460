/**
 * A desktop for machines that have none: Xvfb with a window manager and a terminal.
 *
 * One shell starts the programs and owns them: it reads what to do from a pipe, and when the pipe ends, because the
 * desktop is disposed or because this process has died however it died, it ends them all. It is a session of its own
 * (setsid), so that Ctrl+C in our terminal does not take the X server away before viewers have been told.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import type { Size } from "../core/geometry.ts";
import { getLogger } from "../core/log.ts";

const log = getLogger("virtual-desktop");

/** The one program that this process may start: by its whole path, so that permission does not depend on $PATH. */
const SETSID = "/usr/bin/setsid";

/** As large as viewers can make a desktop, unless it starts larger: 33 MB, which Xvfb has once, whatever its size. */
const LARGEST: Size = { width: 3840, height: 2160 };

/** Gives an X display's screen another size. @throws {NativeError} It does not take it. */
export type ResizeDisplay = (
  address: { readonly display: string; readonly authority: string },
  size: Size,
) => void | Promise<void>;

/** Tried in this order; a desktop works without one, but windows cannot be moved. */
const WINDOW_MANAGERS = "openbox x-window-manager icewm fluxbox xfwm4 marco metacity kwin_x11 twm";
const TERMINALS = "xterm x-terminal-emulator lxterminal xfce4-terminal konsole gnome-terminal";

/**
 * Makes a folder with an X authority file, so that other users of this machine cannot connect to the display, and
 * starts Xvfb on a free display number. Prints folder and number, and closes its output: without a number Xvfb did
 * not start. The X authority file has one entry, for every address (family 0xffff): address, display number, name
 * and data, each after a u16 length. Programs of the desktop must not inherit passwords of ours.
 *
 * Programs are told to end again and again until they have: Xvfb forgets it when it is told just as it is ready.
 */
const START_DISPLAY = String.raw`
pids=
folder=$(mktemp -d) || exit 1
end() {
  kill $pids
  for pid in $pids; do
    for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
      read -r number name state rest <"/proc/$pid/stat" && [ "$state" != Z ] || break
      sleep 0.1
      if [ $try -lt 20 ]; then kill $pid; else kill -KILL $pid; fi
    done
  done
  wait
  rm -rf "$folder"
}
trap 'end 2>/dev/null' EXIT
for name in $(env | sed -n 's/^\(PORTHOLE_[A-Z_]*\)=.*/\1/p'); do unset "$name"; done
{ printf '\377\377\000\000\000\000\000\022MIT-MAGIC-COOKIE-1\000\020'; head -c 16 /dev/urandom; } >"$folder/Xauthority"
echo "$folder"
Xvfb -displayfd 3 -screen 0 SIZE -auth "$folder/Xauthority" -nolisten tcp -noreset 3>&1 >/dev/null 2>"$folder/log" &
pids="$!"
exec >/dev/null 2>&1
`;

/**
 * Starts a window manager, and a terminal when that is ready: a window that comes while openbox is starting may never be
 * shown. Openbox runs a command when it has started; other window managers show such a window.
 */
const START_PROGRAMS = String.raw`
export DISPLAY=:NUMBER XAUTHORITY="$folder/Xauthority"
cd
for program in ${WINDOW_MANAGERS}; do
  command -v "$program" || continue
  case "$program" in
    openbox) openbox --startup "touch '$folder/managed'" & ;;
    *) : >"$folder/managed"; "$program" & ;;
  esac
  pids="$pids $!"
  for try in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30; do
    [ ! -e "$folder/managed" ] && kill -0 $! || break
    sleep 0.1
  done
  break
done
for program in ${TERMINALS}; do
  if command -v "$program"; then "$program" & pids="$pids $!"; break; fi
done
`;

/** A desktop that was started here. Disposing it ends it and waits for that. */
export class VirtualDesktop implements AsyncDisposable {
  /** ":7", for the setting `display`. */
  readonly display: string;
  /** Path of the X authority file, for the setting `authority`. */
  readonly authority: string;
  readonly #shell: Shell;

  private constructor(display: string, authority: string, shell: Shell) {
    this.display = display;
    this.authority = authority;
    this.#shell = shell;
  }

  /**
   * Starts Xvfb, a window manager and a terminal, those of the latter two that are installed.
   *
   * @param size In pixels.
   * @param resize Without it, the desktop cannot become larger than `size`.
   * @throws {NativeError} Xvfb is not installed or does not start.
   */
  static async start(size: Size, resize?: ResizeDisplay): Promise<VirtualDesktop> {
    const desktop = (resize && await VirtualDesktop.#startLarge(size, resize)) ??
      await VirtualDesktop.#startXvfb(size);
    await desktop.#shell.run(START_PROGRAMS.replace("NUMBER", desktop.display.slice(1)));
    log.info("Virtual desktop started", { display: desktop.display, ...size });
    return desktop;
  }

  /** Xvfb cannot become larger than it was at its start: it starts large, and is made smaller before anybody looks. */
  static async #startLarge(size: Size, resize: ResizeDisplay): Promise<VirtualDesktop | undefined> {
    await using starting = new AsyncDisposableStack();
    const desktop = starting.use(
      await VirtualDesktop.#startXvfb({
        width: Math.max(size.width, LARGEST.width),
        height: Math.max(size.height, LARGEST.height),
      }),
    );
    try {
      await resize({ display: desktop.display, authority: desktop.authority }, size);
    } catch (error) {
      if (!(error instanceof NativeError)) throw error;
      log.warning("Virtual desktop cannot become larger than it is now: {reason}", { reason: error.message });
      return undefined;
    }
    starting.move();
    return desktop;
  }

  static async #startXvfb({ width, height }: Size): Promise<VirtualDesktop> {
    await using starting = new AsyncDisposableStack();
    const shell = starting.use(new Shell());
    await shell.run(START_DISPLAY.replace("SIZE", `${width}x${height}x24`));
    const [folder, number] = (await shell.output()).split("\n");
    if (!folder || !number) throw new NativeError(await whyNot(folder), "Xvfb");
    starting.move();
    return new VirtualDesktop(`:${number}`, `${folder}/Xauthority`, shell);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#shell[Symbol.asyncDispose]();
  }
}

/** The shell that owns the programs. */
class Shell implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #input: WritableStreamDefaultWriter<Uint8Array>;

  constructor() {
    this.#process = new Deno.Command(SETSID, {
      args: ["sh"],
      stdin: "piped",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    this.#input = this.#process.stdin.getWriter();
  }

  /** Gives the shell commands to run. */
  async run(commands: string): Promise<void> {
    await this.#input.write(new TextEncoder().encode(commands));
  }

  /** All that the shell and its programs print, when the last of them has closed its output. */
  output(): Promise<string> {
    return new Response(this.#process.stdout).text();
  }

  /** Ends the shell's input, upon which it ends its programs and itself. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {/* it has ended already */});
    if (!this.#process.stdout.locked) await this.#process.stdout.cancel();
    await this.#process.status;
  }
}

/** In words, with the way out. */
async function whyNot(folder: string | undefined): Promise<string> {
  const told = folder ? await Deno.readTextFile(`${folder}/log`).catch(() => "") : "";
  if (/not found/.test(told)) {
    return "Cannot start a virtual desktop: Xvfb is not installed; on Debian and Ubuntu: " +
      "sudo apt-get install xvfb openbox xterm";
  }
  return `Cannot start a virtual desktop: Xvfb says "${told.trim().split("\n").at(-1) || "nothing"}"`;
}
