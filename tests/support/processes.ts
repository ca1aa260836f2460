/**
 * Programs that tests start, listen to, and end.
 *
 * @module
 */

/** Whether a program is on PATH. */
export async function hasProgram(name: string): Promise<boolean> {
  const command = new Deno.Command("sh", { args: ["-c", 'command -v "$0"', name], stdout: "null" });
  return (await command.output()).success;
}

/**
 * Asks a process to end, and makes it after 3 s: TigerVNC's viewer, for one, waits for itself forever when the signal meets
 * it while it writes a line of its log. Returns when it has ended.
 */
export async function endProcess(process: Deno.ChildProcess): Promise<void> {
  kill(process, "SIGTERM");
  const timer = setTimeout(() => kill(process, "SIGKILL"), 3000);
  await process.status;
  clearTimeout(timer);
}

/** How to start a program. */
export interface SpokenProcessOptions {
  readonly args: readonly string[];
  readonly cwd: string | URL;
  readonly clearEnv?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

/** A program whose words, on both outputs, tell how far it is. Owns the process. */
export class SpokenProcess implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;
  readonly #pumps: Promise<unknown>;
  #said = "";
  #ended = false;
  #news = Promise.withResolvers<void>();

  constructor(command: string, { args, ...options }: SpokenProcessOptions) {
    this.#process = new Deno.Command(command, {
      ...options,
      args: [...args],
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const pumps = [this.#pump(this.#process.stdout), this.#pump(this.#process.stderr)];
    this.#pumps = Promise.all(pumps).then(() => this.#tell("", true));
  }

  get pid(): number {
    return this.#process.pid;
  }

  /** All that it has said so far. */
  get said(): string {
    return this.#said;
  }

  /** Waits until it has said what matches. @throws {Error} It ended before; with all it said. */
  async until(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = pattern.exec(this.#said);
      if (found) return found;
      if (this.#ended) throw new Error(`The program ended and never said ${pattern}:\n${this.#said}`);
      await this.#news.promise;
    }
  }

  /** Sends it a signal. @throws {TypeError} It has ended. */
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
  async stop(signal: Deno.Signal = "SIGTERM"): Promise<number> {
    this.#process.kill(signal);
    return await this.ended();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    kill(this.#process, "SIGKILL");
    await this.ended();
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

function kill(process: Deno.ChildProcess, signal: Deno.Signal): void {
  try {
    process.kill(signal);
  } catch { /* it has ended already */ }
}
