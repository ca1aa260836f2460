/**
 * The drawing program on a display.
 *
 * @module
 */
import { Program } from "../../tests/support/program.ts";
import type { DrawnFrame } from "./marker.ts";
import { program } from "./programs.ts";

/** Milliseconds that pictures may take to be made. */
const PATIENCE_MS = 60_000;

/** A workload on a display. Disposing it ends it; its windows go with it. */
export class Drawing implements AsyncDisposable {
  readonly #program: Program;

  private constructor(drawing: Program) {
    this.#program = drawing;
  }

  /** Makes the windows and pictures of a workload. @param args More of the drawing program's arguments. */
  static async start(display: string, workload: string, args: readonly string[] = []): Promise<Drawing> {
    const drawing = new Drawing(
      Program.start(await program("draw"), [workload, ...args], { DISPLAY: display }),
    );
    await drawing.reset();
    return drawing;
  }

  /** Draws the picture before the first frame. Numbers begin anew. */
  async reset(): Promise<void> {
    await this.#program.say("reset");
    await this.#program.until(/^ready$/, PATIENCE_MS);
  }

  /** Draws frames, `rate` a second. @returns When the last has been drawn. */
  async run(frames: number, rate: number): Promise<void> {
    await this.#program.say(`run ${frames} ${rate}`);
    await this.#program.until(/^drawn/, PATIENCE_MS + frames / rate * 10_000);
  }

  /** Draws frames, `rate` a second, until the function returned is called; that returns when the last was drawn. */
  runUntilStopped(rate: number): () => Promise<void> {
    const drawing = this.#program.say(`run ${2 ** 24} ${rate}`);
    return async () => {
      await drawing;
      await this.#program.say("stop");
      await this.#program.until(/^drawn/, PATIENCE_MS);
    };
  }

  /** The frames drawn since the last reset. */
  async log(): Promise<DrawnFrame[]> {
    await this.#program.say("log");
    const [, count] = await this.#program.until(/^log (\d+)$/);
    const frames: DrawnFrame[] = [];
    while (frames.length < Number(count)) {
      const [number, queued] = (await this.#program.line()).split(" ").map(Number);
      frames.push({ number: number!, queued: queued! });
    }
    return frames;
  }

  /** A hash of all pixels of the screen; `Viewers.hash()` gives the same of the same picture. */
  async hash(): Promise<string> {
    await this.#program.say("hash");
    return (await this.#program.until(/^hash (\w+)$/))[1]!;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
