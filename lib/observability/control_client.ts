/**
 * The operator's end of the control socket.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import { LineReader } from "./line_reader.ts";

/** Longest answer, in bytes: ten thousand sessions fit. */
const MOST_ANSWER_BYTES = 64 * 1024 * 1024;

/** The server could not do what it was asked for. */
export class ControlError extends Error {
  override readonly name = "ControlError";
}

/** A connection. Owns it. */
export class ControlClient implements Disposable {
  readonly #connection: Deno.Conn;
  readonly #lines: LineReader;

  private constructor(connection: Deno.Conn) {
    this.#connection = connection;
    this.#lines = new LineReader(connection, MOST_ANSWER_BYTES);
  }

  /** @throws {NativeError} No server answers at `path`. */
  static async connect(path: string): Promise<ControlClient> {
    try {
      return new ControlClient(await Deno.connect({ transport: "unix", path }));
    } catch (cause) {
      const why = cause instanceof Deno.errors.NotFound || cause instanceof Deno.errors.ConnectionRefused
        ? "no server answers there"
        : (cause as Error).message;
      throw new NativeError(`Cannot reach a server at ${path}: ${why}`, "connect", { cause });
    }
  }

  /** Asks once. @returns The result. @throws {ControlError} It cannot be done. @throws {NativeError} The server has gone. */
  async ask(command: string, details: Readonly<Record<string, unknown>> = {}): Promise<unknown> {
    await this.#send({ command, ...details });
    return await this.#result();
  }

  /** Asks for reports, until `count` have come, or for ever. @throws As `ask()`. */
  async *stats(intervalMs: number, count?: number): AsyncGenerator<unknown, void> {
    await this.#send({ command: "stats", interval_ms: intervalMs, ...(count !== undefined && { count }) });
    for (let left = count ?? Infinity; left > 0; left--) yield await this.#result();
  }

  [Symbol.dispose](): void {
    this.#connection.close();
  }

  async #send(request: object): Promise<void> {
    const bytes = new TextEncoder().encode(`${JSON.stringify(request)}\n`);
    try {
      for (let at = 0; at < bytes.length;) at += await this.#connection.write(bytes.subarray(at));
    } catch (cause) {
      throw gone(cause);
    }
  }

  async #result(): Promise<unknown> {
    const line = await this.#lines.next().catch((cause) => {
      throw gone(cause);
    });
    if (line === undefined) throw gone();
    const { ok, result, error } = JSON.parse(line);
    if (!ok) throw new ControlError(String(error));
    return result;
  }
}

function gone(cause?: unknown): NativeError {
  return new NativeError("The server has gone", "read", { cause });
}
