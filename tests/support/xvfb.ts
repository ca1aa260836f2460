/**
 * An X server of its own for a test: Xvfb on a display number that it picks itself.
 *
 * @module
 */

/** What an {@linkcode Xvfb} is to be. */
export interface XvfbOptions {
  readonly width?: number;
  readonly height?: number;
  /** Bits per pixel of the root window: 8, 16 or 24. */
  readonly depth?: number;
  /** More arguments, such as "-extension", "DAMAGE". */
  readonly args?: readonly string[];
  /** Ask for this display number instead of a free one: to start one again in an old one's place. */
  readonly display?: string;
}

/** A running Xvfb. Disposing it ends it. */
export class Xvfb implements AsyncDisposable {
  /** ":N", for DISPLAY. */
  readonly display: string;
  /** To ask the kernel what it costs. */
  readonly pid: number;
  readonly #process: Deno.ChildProcess;

  private constructor(display: string, process: Deno.ChildProcess) {
    this.display = display;
    this.pid = process.pid;
    this.#process = process;
  }

  static async start(options: XvfbOptions = {}): Promise<Xvfb> {
    const { width = 1024, height = 768, depth = 24, args = [] } = options;
    return await Xvfb.startAs("Xvfb", [
      ...(options.display ? [options.display] : []),
      "-displayfd",
      "1",
      "-screen",
      "0",
      `${width}x${height}x${depth}`,
      "-nolisten",
      "tcp",
      "-noreset",
      ...args,
    ]);
  }

  /** Starts another X server, which is to print its display number. */
  static async startAs(program: string, args: readonly string[]): Promise<Xvfb> {
    const process = new Deno.Command(program, {
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "null",
    }).spawn();
    const reader = process.stdout.getReader();
    let text = "";
    while (!text.includes("\n")) {
      const { value, done } = await reader.read();
      if (done) {
        await process.status;
        throw new Error(`${program} ended before it said its display number: "${text}"`);
      }
      text += new TextDecoder().decode(value);
    }
    await reader.cancel();
    return new Xvfb(`:${text.trim()}`, process);
  }

  /** The environment for programs that are to use this display. */
  get env(): Record<string, string> {
    return { DISPLAY: this.display };
  }

  /** Runs a program on this display to its end. @returns What it printed. @throws When it fails. */
  async run(program: string, ...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await new Deno.Command(program, { args, env: this.env, stdin: "null" })
      .output();
    if (code !== 0) throw new Error(`${program} ended with ${code}: ${new TextDecoder().decode(stderr)}`);
    return new TextDecoder().decode(stdout);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch { /* it has ended already */ }
    await this.#process.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGTERM");
    } catch { /* it has ended already */ }
    await this.#process.status;
  }
}
