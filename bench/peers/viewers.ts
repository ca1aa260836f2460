/**
 * The measuring client: viewers of a server, all in one native process.
 *
 * @module
 */
import { Program } from "../../tests/support/program.ts";
import type { EncodingChoice } from "./cases.ts";
import type { Arrival } from "./marker.ts";
import { program } from "./programs.ts";

/** What one viewer has received so far. */
export interface Received {
  readonly bytes: number;
  readonly updates: number;
  readonly rects: number;
}

/** What all viewers have received up to `time`, in nanoseconds of CLOCK_MONOTONIC. */
export interface Mark {
  readonly time: number;
  readonly viewers: readonly Received[];
}

/** What the first viewer saw. */
export interface ViewerReport {
  readonly arrivals: readonly Arrival[];
  /** Updates after which the marker showed no number. */
  readonly unclear: number;
  /** Rectangles by number of encoding. */
  readonly encodings: Readonly<Record<string, number>>;
  /** ContinuousUpdates were on. */
  readonly continuous: boolean;
}

/** Times from key to picture. */
export interface KeyTimes {
  /** Nanoseconds from before the KeyEvent is sent to the decoded update that shows it. */
  readonly keys: readonly number[];
  /** Keys that never showed. */
  readonly lost: number;
}

/** Viewers that are connected. Disposing them ends them. */
export class Viewers implements AsyncDisposable {
  readonly #program: Program;

  private constructor(client: Program) {
    this.#program = client;
  }

  /** Connects `count` viewers to a server on this machine. */
  static async connect(port: number, count: number, encoding: EncodingChoice): Promise<Viewers> {
    const args = [`${port}`, "--viewers", `${count}`, ...encoding.args];
    return new Viewers(Program.start(await program("client"), args));
  }

  /** Waits until every viewer has the whole screen. @returns Nanoseconds from connecting to that, by viewer. */
  async firstFrames(): Promise<number[]> {
    return (await this.#ask<{ first: number[] }>("first")).first;
  }

  /** Reads the counters. */
  mark(): Promise<Mark> {
    return this.#ask<Mark>("mark");
  }

  /** Presses keys, one after the other, each when the last was seen. */
  pressKeys(count: number, seed: number): Promise<KeyTimes> {
    return this.#ask<KeyTimes>(`keys ${count} ${seed}`, 10_000 + count * 3500);
  }

  /** Everything that the first viewer saw. */
  async report(): Promise<ViewerReport> {
    const { arrivals, ...rest } = await this.#ask<
      Omit<ViewerReport, "arrivals"> & { arrivals: [number, number][] }
    >("report");
    return { ...rest, arrivals: arrivals.map(([code, time]) => ({ code, time })) };
  }

  /** A hash of all pixels of the first viewer. */
  async hash(): Promise<string> {
    return (await this.#ask<{ hash: string }>("hash")).hash;
  }

  async #ask<Answer>(command: string, timeoutMs = 30_000): Promise<Answer> {
    await this.#program.say(command);
    return JSON.parse(await this.#program.line(timeoutMs));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }
}
