/**
 * Programs that tests talk to by lines, and C sources that tests compile for themselves.
 *
 * @module
 */
import { withTimeout } from "./rfb/wire.ts";

/** A running program with a conversation on its standard input and output. Disposing ends it. */
export class Program implements AsyncDisposable {
  readonly pid: number;
  readonly #name: string;
  readonly #process: Deno.ChildProcess;
  readonly #output: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>>;
  readonly #input: WritableStreamDefaultWriter<Uint8Array<ArrayBuffer>>;
  readonly #errors: Promise<string>;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(0);

  private constructor(name: string, process: Deno.ChildProcess) {
    this.#name = name;
    this.#process = process;
    this.pid = process.pid;
    this.#output = process.stdout.getReader();
    this.#input = process.stdin.getWriter();
    this.#errors = new Response(process.stderr).text();
  }

  /** Starts `command` with `args`; `env` is added to this process's. */
  static start(command: string, args: readonly string[] = [], env: Record<string, string> = {}): Program {
    const process = new Deno.Command(command, {
      args: [...args],
      env,
      stdin: "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    return new Program(command.split("/").at(-1)!, process);
  }

  /** Writes a line to its input. @throws When it has ended, with what it said on stderr. */
  async say(line: string): Promise<void> {
    try {
      await this.#input.write(new TextEncoder().encode(line + "\n"));
    } catch {
      await this.#ended();
    }
  }

  /** The next line of its output, without the newline. @throws When it ends before, with what it said on stderr. */
  async line(timeoutMs = 20_000): Promise<string> {
    let end;
    while ((end = this.#buffer.indexOf(10)) < 0) await this.#more(timeoutMs);
    return new TextDecoder().decode(this.#take(end + 1).subarray(0, end));
  }

  /** The next `count` bytes of its output. */
  async bytes(count: number, timeoutMs = 20_000): Promise<Uint8Array<ArrayBuffer>> {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    for (let missing = count; missing > 0;) {
      if (this.#buffer.length === 0) await this.#more(timeoutMs);
      const part = this.#take(Math.min(missing, this.#buffer.length));
      parts.push(part);
      missing -= part.length;
    }
    return new Uint8Array(await new Blob(parts).arrayBuffer());
  }

  /** Reads lines until one matches. @returns The match. */
  async until(pattern: RegExp, timeoutMs = 20_000): Promise<RegExpExecArray> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const match = pattern.exec(await this.line(Math.max(1, deadline - performance.now())));
      if (match) return match;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#input.close().catch(() => {});
    try {
      this.#process.kill("SIGTERM");
    } catch { /* it has ended already */ }
    try {
      await withTimeout(this.#process.status, 3000, () => "");
    } catch {
      this.#process.kill("SIGKILL");
      await this.#process.status;
    }
    await this.#output.cancel();
    await this.#errors;
  }

  #take(count: number): Uint8Array<ArrayBuffer> {
    const bytes = this.#buffer.slice(0, count);
    this.#buffer = this.#buffer.subarray(count);
    return bytes;
  }

  async #more(timeoutMs: number): Promise<void> {
    const { value, done } = await withTimeout(
      this.#output.read(),
      timeoutMs,
      () =>
        `${this.#name} said nothing for ${timeoutMs} ms; so far "${new TextDecoder().decode(this.#buffer)}"`,
    );
    if (done) await this.#ended();
    else this.#buffer = new Uint8Array(await new Blob([this.#buffer, value]).arrayBuffer());
  }

  async #ended(): Promise<never> {
    const { code, signal } = await this.#process.status;
    throw new Error(`${this.#name} ended with ${signal ?? code}: ${await this.#errors}`);
  }
}

const built = new Map<string, Promise<string>>();
let directory: string | undefined;

/** A directory for what this run of tests makes; gone when the run ends. */
export function scratchDirectory(): string {
  if (!directory) {
    const made = directory = Deno.makeTempDirSync({ prefix: "test-programs-" });
    globalThis.addEventListener("unload", () => Deno.removeSync(made, { recursive: true }));
  }
  return directory;
}

/**
 * Compiles a C source, once for each run of tests.
 *
 * @param source Where it is.
 * @param libraries For the linker: "-lX11".
 * @returns The path of the program.
 * @throws {Error} With the compiler's words.
 */
export function buildC(source: URL, ...libraries: string[]): Promise<string> {
  let program = built.get(source.href);
  if (!program) built.set(source.href, program = compile(source, libraries));
  return program;
}

async function compile(source: URL, libraries: readonly string[]): Promise<string> {
  const name = source.pathname.split("/").at(-1)!.replace(/\.c$/, "");
  const target = `${scratchDirectory()}/${name}-${built.size}`;
  await compileC(source, target, ...libraries);
  return target;
}

/** Compiles a C source to a file. @throws {Error} With the compiler's words. */
export async function compileC(source: URL, target: string, ...flags: string[]): Promise<void> {
  const { code, stderr } = await new Deno.Command("cc", {
    args: ["-O2", "-Wall", "-Wextra", "-o", target, source.pathname, ...flags],
    stdin: "null",
  }).output();
  if (code !== 0) throw new Error(`cc ${source.pathname} failed: ${new TextDecoder().decode(stderr)}`);
}

/** Compiles the text of a C program and runs it. @returns What it prints. @throws {Error} With the compiler's words. */
export async function runC(text: string): Promise<string> {
  const folder = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${folder}/program.c`, text);
    await compileC(new URL(`file://${folder}/program.c`), `${folder}/program`);
    const { code, stdout } = await new Deno.Command(`${folder}/program`, { stdin: "null" }).output();
    if (code !== 0) throw new Error(`The program ended with ${code}`);
    return new TextDecoder().decode(stdout);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}
