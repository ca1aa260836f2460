/**
 * What arrives of keys and pointer: a window that says every event, and a terminal whose text can be read.
 *
 * @module
 */
import { buildC, Program, scratchDirectory } from "./program.ts";

/** An invisible window over the whole screen that has the keyboard's focus. Its lines are described in native/events.c. */
export class EventWindow implements AsyncDisposable {
  /** Lines that were read and passed over. */
  readonly passed: string[] = [];
  readonly #program: Program;

  private constructor(program: Program) {
    this.#program = program;
  }

  static async start(display: string): Promise<EventWindow> {
    const path = await buildC(new URL("native/events.c", import.meta.url), "-lX11");
    const program = Program.start(path, [], { DISPLAY: display });
    await program.until(/^ready$/);
    return new EventWindow(program);
  }

  /** The next event. */
  next(timeoutMs?: number): Promise<string> {
    return this.#program.line(timeoutMs);
  }

  /** Reads events until one matches. */
  async until(pattern: RegExp, timeoutMs = 10_000): Promise<string> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      let line;
      try {
        line = await this.next(Math.max(1, deadline - performance.now()));
      } catch (error) {
        throw new Error(`No event ${pattern}; there were: ${this.passed.join(", ")}`, { cause: error });
      }
      if (pattern.test(line)) return line;
      this.passed.push(line);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}

let terminals = 0;

/** An xterm on a display: what is typed into it goes into a file, byte by byte. */
export class Terminal implements AsyncDisposable {
  readonly #path: string;
  readonly #process: Deno.ChildProcess;

  private constructor(path: string, process: Deno.ChildProcess) {
    this.#path = path;
    this.#process = process;
  }

  /** @param display ":N". Returns when the terminal reads. */
  static async start(display: string): Promise<Terminal> {
    const path = `${scratchDirectory()}/typed-${terminals++}`;
    const process = new Deno.Command("xterm", {
      args: ["-u8", "-geometry", "60x12+0+0", "-e", "sh", "-c", `stty raw -echo; exec cat > ${path}`],
      env: { DISPLAY: display, LC_ALL: "C.UTF-8", XMODIFIERS: "@im=none" },
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const terminal = new Terminal(path, process);
    await eventually(async () => {
      await Deno.stat(path); // the shell has opened it
      await run("xdotool", ["search", "--onlyvisible", "--class", "xterm", "windowfocus", "--sync"], display);
    });
    return terminal;
  }

  /** All that was typed so far. */
  async text(): Promise<string> {
    return new TextDecoder().decode(await Deno.readFile(this.#path));
  }

  /** Waits until what was typed is `expected`. @throws {Error} With what was typed instead. */
  async typed(expected: string, timeoutMs = 10_000): Promise<void> {
    try {
      await eventually(async () => {
        if (await this.text() !== expected) throw new Error("not yet");
      }, timeoutMs);
    } catch (error) {
      const text = await this.text();
      throw new Error(`Typed is ${JSON.stringify(text)}, must be ${JSON.stringify(expected)}`, {
        cause: error,
      });
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGTERM");
    } catch { /* it has ended already */ }
    await this.#process.status;
  }
}

/** Tries again and again, for what has no event to wait for. @throws The last error, after `timeoutMs`. */
export async function eventually<T>(attempt: () => T | Promise<T>, timeoutMs = 10_000): Promise<T> {
  for (const deadline = performance.now() + timeoutMs;;) {
    try {
      return await attempt();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}

/**
 * Runs a program on a display.
 *
 * @param authority The file that opens it, if one does.
 * @returns What it printed. @throws {Error} When it fails.
 */
export async function run(
  program: string,
  args: readonly string[],
  display: string,
  authority?: string,
): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(program, {
    args: [...args],
    env: { DISPLAY: display, ...(authority !== undefined && { XAUTHORITY: authority }) },
    stdin: "null",
  }).output();
  if (code !== 0) throw new Error(`${program} ended with ${code}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
