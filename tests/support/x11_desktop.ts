/**
 * Something to look at on a test's X server: a drawing program that does what it is told, deterministic workloads, and
 * screenshots to compare with.
 *
 * @module
 */
import type { Size } from "../../lib/core/geometry.ts";
import { buildC, Program } from "./program.ts";
import type { RgbImage } from "./rgb_image.ts";

/** The drawing program on one display. Its commands stand at the head of native/drawing.c. */
export class Drawing implements AsyncDisposable {
  readonly #program: Program;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(program: Program) {
    this.#program = program;
  }

  /** @param display ":N". */
  static async start(display: string): Promise<Drawing> {
    const program = await buildC(new URL("native/drawing.c", import.meta.url), "-lX11");
    return new Drawing(Program.start(program, [], { DISPLAY: display }));
  }

  /** Runs commands one after another; returns when the X server has done the last one. */
  draw(...commands: string[]): Promise<void> {
    return this.#inTurn(async () => {
      for (const command of commands) {
        await this.#program.say(command);
        await this.#done();
      }
    });
  }

  /** The screen as the X server has it, by XGetImage. */
  screenshot(): Promise<RgbImage> {
    return this.#inTurn(async () => {
      const { width, height } = await this.#ask("grab");
      const rgb = await this.#program.bytes(width * height * 3);
      await this.#done();
      const pixels = new Uint32Array(width * height);
      for (let i = 0; i < pixels.length; i++) {
        pixels[i] = (rgb[3 * i]! << 16) | (rgb[3 * i + 1]! << 8) | rgb[3 * i + 2]!;
      }
      return { width, height, pixels };
    });
  }

  /** The size of the screen now. */
  size(): Promise<Size> {
    return this.#inTurn(async () => {
      const size = await this.#ask("size");
      await this.#done();
      return size;
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#program[Symbol.asyncDispose]();
  }

  async #ask(command: string): Promise<Size> {
    await this.#program.say(command);
    const [width, height] = (await this.#program.line()).split(" ").map(Number);
    return { width: width!, height: height! };
  }

  async #done(): Promise<void> {
    const line = await this.#program.line();
    if (line !== "ok") throw new Error(`The drawing program said "${line}"`);
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

/** Pseudo-random integers, the same for the same seed. */
export function randomOf(seed: number): (below: number) => number {
  let state = (Math.imul(seed, 0x9e3779b1) ^ 0x5bd1e995) >>> 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    state >>>= 0;
    return state % below;
  };
}

/** A drawing workload: batches of commands; between two of them a frame may be sent. */
export type Workload = (screen: Size, frames: number) => Iterable<string[]>;

const COLOURS = ["d0d0d0", "ffffff", "00ff00", "ffaa00", "66ccff", "ff6666"];

/** Words as a build prints them. */
function terminalLine(random: (below: number) => number): string {
  const words = [
    "gcc",
    "-O2",
    "-c",
    "main.c",
    "warning:",
    "unused",
    "0x7ffd",
    "OK",
    "error",
    "lib/x11.o",
    "[42%]",
    "done",
  ];
  return Array.from({ length: 4 + random(8) }, () => words[random(words.length)]).join(" ");
}

/** A window of text that scrolls up, one to three lines a time: every fourth time without XCopyArea, as a repaint. */
function* terminal({ width, height }: Size, frames: number): Iterable<string[]> {
  const random = randomOf(1);
  const [w, h, step] = [Math.min(600, width - 40), Math.min(400, height - 40), 13];
  yield [`window 0 20 20 ${w} ${h} 101018`];
  for (let frame = 0; frame < frames; frame++) {
    const commands: string[] = [];
    for (let line = 0; line <= frame % 3; line++) {
      const y = h - 4;
      commands.push(`scroll 0 0 0 ${w} ${h} 0 ${-step}`);
      commands.push(`fill 0 0 ${h - step} ${w} ${step} 101018`);
      commands.push(`text 0 4 ${y} ${COLOURS[random(COLOURS.length)]} ${terminalLine(random)}`);
    }
    yield commands;
  }
  yield ["close 0"];
}

/** A window with many colours that is dragged over another one, in two dimensions, partly off the screen. */
function* drag({ width, height }: Size, frames: number): Iterable<string[]> {
  const [w, h] = [Math.min(320, width >> 1), Math.min(240, height >> 1)];
  yield [
    `window 1 0 0 ${width} ${height} 204060`,
    "rects 1 60 7",
    `window 2 10 10 ${w} ${h} ffffff`,
    `gradient 2 0 0 ${w} ${h}`,
    `noise 2 ${w >> 2} ${h >> 2} ${w >> 2} ${h >> 2} 5`,
    "text 2 8 20 000000 a window to drag about",
  ];
  for (let frame = 1; frame <= frames; frame++) {
    const x = 10 + Math.round(frame * 17 % (width - 60)) - 30;
    const y = 10 + Math.round(frame * 11 % (height - 40)) - 20;
    yield [`move 2 ${x} ${y}`];
  }
  yield ["close 2", "close 1"];
}

/** Rectangles, noise and text at random places. */
function* random({ width, height }: Size, frames: number): Iterable<string[]> {
  const random = randomOf(3);
  for (let frame = 0; frame < frames; frame++) {
    const x = random(width - 1);
    const y = random(height - 1);
    const w = 1 + random(Math.min(200, width - x));
    const h = 1 + random(Math.min(150, height - y));
    const colour = random(0x1000000).toString(16);
    yield [
      [`fill -1 ${x} ${y} ${w} ${h} ${colour}`],
      [`rects -1 ${1 + random(8)} ${frame}`],
      [`noise -1 ${x} ${y} ${w} ${h} ${frame}`],
      [`text -1 ${x} ${y} ${colour} the quick brown fox ${frame}`],
      [`gradient -1 ${x} ${y} ${w} ${h}`],
      [`scroll -1 ${x} ${y} ${w} ${h} ${random(21) - 10} ${random(21) - 10}`],
    ][random(6)]!.filter((command) => !(command.startsWith("scroll") && (w < 12 || h < 12)));
  }
}

/** Windows that grow, shrink, come up and go. */
function* resizing({ width, height }: Size, frames: number): Iterable<string[]> {
  yield [`window 3 5 5 40 40 aa2222`, `window 4 ${width >> 2} ${height >> 2} 60 50 22aa22`];
  for (let frame = 0; frame < frames; frame++) {
    const w = 40 + (frame * 37) % Math.max(1, width - 60);
    const h = 30 + (frame * 23) % Math.max(1, height - 50);
    yield [
      `resize ${3 + frame % 2} ${w} ${h}`,
      `raise ${3 + frame % 2}`,
      `rects ${3 + frame % 2} 5 ${frame}`,
    ];
  }
  yield ["close 3"];
  yield ["close 4"];
}

/** By name; each leaves the root window different from how it found it, and no window behind. */
export const WORKLOADS: Readonly<Record<string, Workload>> = { terminal, drag, random, resizing };

/** Draws a whole workload, waiting for `betweenFrames` behind each batch. */
export async function perform(
  drawing: Drawing,
  workload: Workload,
  frames: number,
  betweenFrames: () => Promise<void> = () => Promise.resolve(),
): Promise<void> {
  for (const commands of workload(await drawing.size(), frames)) {
    await drawing.draw(...commands);
    await betweenFrames();
  }
}

/**
 * Gives an Xvfb's screen another size by RandR, at most the one that it was started with.
 *
 * @throws {Error} The X server does not take that size.
 */
export async function resizeScreen(display: string, { width, height }: Size): Promise<void> {
  const mode = `${width}x${height}`;
  const known = await xrandr(display, "-q");
  if (!known.includes(`   ${mode} `)) {
    const timings = [0, width, 0, 0, width, height, 0, 0, height];
    await xrandr(display, "--newmode", mode, ...timings.map(String)).catch(() => {}); // it may exist without being listed
    await xrandr(display, "--addmode", "screen", mode);
  }
  await xrandr(display, "--output", "screen", "--mode", mode);
}

async function xrandr(display: string, ...args: string[]): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command("xrandr", {
    args: ["-display", display, ...args],
    stdin: "null",
  }).output();
  if (code !== 0) throw new Error(`xrandr ${args.join(" ")}: ${new TextDecoder().decode(stderr)}`);
  return new TextDecoder().decode(stdout);
}
