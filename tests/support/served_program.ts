/**
 * The whole program as users run it: from the sources or as an executable.
 *
 * @module
 */

/** The program at work in an empty folder of its own, with an environment that says no more than needed. */
export class ServedProgram implements AsyncDisposable {
  readonly folder: string;
  readonly #process: Deno.ChildProcess;
  readonly #pumps: Promise<unknown>;
  #said = "";
  #ended = false;
  #news = Promise.withResolvers<void>();

  /**
   * @param command What starts the program.
   * @param args Its arguments; it listens on a free port of this machine.
   * @param env Added to PATH and HOME, the latter being the folder.
   */
  constructor(
    [program, ...before]: readonly string[],
    args: readonly string[],
    env: Record<string, string> = {},
  ) {
    this.folder = Deno.makeTempDirSync();
    // Its usual port is one that all of these would want; and a certificate would be kept in the folder.
    const withoutPage = args.includes("--web-port") || args.includes("--one-port") ? [] : ["--web-port", "0"];
    this.#process = new Deno.Command(program!, {
      args: [...before, "--host", "127.0.0.1", "--port", "0", ...withoutPage, ...args],
      cwd: this.folder,
      clearEnv: true,
      env: { PATH: Deno.env.get("PATH")!, HOME: this.folder, ...env },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const pumps = [this.#pump(this.#process.stdout), this.#pump(this.#process.stderr)];
    this.#pumps = Promise.all(pumps).then(() => this.#tell("", true));
  }

  /** The port that it tells. */
  async port(): Promise<number> {
    return Number((await this.until(/localhost::(\d+)\n/))[1]);
  }

  /** All that it has said so far, on both outputs. */
  get said(): string {
    return this.#said;
  }

  /** Waits until it has said, on either output, what matches. @throws {Error} It ended before; with all it said. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#said);
      if (found) return found;
      if (this.#ended) throw new Error(`The program ended and never said ${pattern}:\n${this.#said}`);
      await this.#news.promise;
    }
  }

  /** Number of its process. */
  get pid(): number {
    return this.#process.pid;
  }

  /** Processor time that it has used, in ms; the system counts in steps of 10. */
  cpuMs(): number {
    const fields = Deno.readTextFileSync(`/proc/${this.#process.pid}/stat`).split(") ")[1]!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 10;
  }

  /** Sends it a signal. */
  kill(signal: Deno.Signal): void {
    this.#process.kill(signal);
  }

  /** Waits until it has ended by itself, and all that it said is there. @returns Its exit code. */
  async ended(): Promise<number> {
    const { code } = await this.#process.status;
    await this.#pumps;
    return code;
  }

  /** Asks it to stop. @returns Its exit code, once it has ended. */
  async stop(): Promise<number> {
    this.#process.kill("SIGTERM");
    return (await this.#process.status).code;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGKILL");
    } catch { /* it has ended already */ }
    await this.#process.status;
    await this.#pumps;
    await Deno.remove(this.folder, { recursive: true });
  }

  async #pump(stream: ReadableStream<Uint8Array<ArrayBuffer>>): Promise<void> {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) this.#tell(text);
  }

  #tell(text: string, ended = false): void {
    this.#said += text;
    this.#ended = ended;
    this.#news.resolve();
    this.#news = Promise.withResolvers();
  }
}
