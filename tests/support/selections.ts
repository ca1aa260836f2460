/**
 * X selections for tests, by xclip: what a user copies and pastes.
 *
 * @module
 */
import { eventually, run } from "./input_observer.ts";

/** Which selection. */
export type SelectionName = "clipboard" | "primary";

/** Owns a selection until it is disposed or somebody else takes it: what "copy" does. */
export class Copied implements AsyncDisposable {
  readonly #process: Deno.ChildProcess;

  private constructor(process: Deno.ChildProcess) {
    this.#process = process;
  }

  /** Copies text; returns when others can paste it. */
  static async text(display: string, text: string, selection: SelectionName = "clipboard"): Promise<Copied> {
    const process = new Deno.Command("xclip", {
      args: ["-quiet", "-in", "-selection", selection], // -quiet: stays in the foreground
      env: { DISPLAY: display, LC_ALL: "C.UTF-8" },
      stdin: "piped",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const input = process.stdin.getWriter();
    await input.write(new TextEncoder().encode(text));
    await input.close();
    const copied = new Copied(process);
    await pasted(display, text, selection);
    return copied;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    try {
      this.#process.kill("SIGTERM");
    } catch { /* somebody else owns the selection now, and it has ended */ }
    await this.#process.status;
  }
}

/** What "paste" gives; `undefined` if nobody owns the selection. */
export async function paste(
  display: string,
  selection: SelectionName = "clipboard",
): Promise<string | undefined> {
  try {
    return await run("xclip", ["-out", "-selection", selection, "-target", "UTF8_STRING"], display);
  } catch {
    return undefined;
  }
}

/** Waits until "paste" gives `text`. @throws {Error} With what it gives instead. */
export async function pasted(
  display: string,
  text: string,
  selection: SelectionName = "clipboard",
  timeoutMs?: number,
): Promise<void> {
  await eventually(async () => {
    const found = await paste(display, selection);
    if (found !== text) {
      throw new Error(`Pasted is ${JSON.stringify(found)}, must be ${JSON.stringify(text)}`);
    }
  }, timeoutMs);
}
