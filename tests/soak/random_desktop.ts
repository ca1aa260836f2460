/**
 * A desktop on which everything goes on, at random: windows that open, close, are dragged and resized, with terminals,
 * pages, photographs, videos and swarms of dots in them.
 *
 * It yields commands of the drawing program (tests/support/native/drawing.c), in batches: what comes between two of them
 * is up to the caller. Same seed, same commands.
 *
 * @module
 */
import type { Size } from "../../lib/core/geometry.ts";
import { randomOf } from "../support/x11_desktop.ts";

/** Windows that are open at the same time, at most. */
const MOST_WINDOWS = 8;
const LINE = 13;
const WORDS = "gcc -O2 warning: main.c unused 0x7ffd OK error [42%] done the quick brown fox jumps".split(
  " ",
);
const COLOURS = ["d0d0d0", "ffffff", "00ff00", "ffaa00", "66ccff", "ff6666", "000000", "202830"];

/** A window, or the root window (-1). */
interface Window {
  readonly id: number;
  x: number;
  y: number;
  width: number;
  height: number;
}

/** Draws at random on a screen, which may become smaller or larger in between. */
export class RandomDesktop {
  /** The screen's size now. */
  screen: Size;
  readonly #random: (below: number) => number;
  readonly #windows: Window[] = [];

  constructor(seed: number, screen: Size) {
    this.#random = randomOf(seed);
    this.screen = screen;
  }

  /** Something that goes on for a while, a frame of it in each batch. */
  *scene(): Iterable<string[]> {
    const scenes = [
      this.#comings,
      this.#drag,
      this.#drag,
      this.#terminal,
      this.#terminal,
      this.#page,
      this.#page,
      this.#video,
      this.#scattered,
      this.#copies,
      this.#storm,
      this.#typing,
    ];
    yield* this.#pick(scenes).call(this);
  }

  *#comings(): Iterable<string[]> {
    for (let i = this.#random(4); i >= 0; i--) {
      const what = this.#random(4);
      if (what === 0 || this.#windows.length === 0) {
        yield* this.#open();
        continue;
      }
      const window = this.#pick(this.#windows);
      if (what === 1) {
        this.#windows.splice(this.#windows.indexOf(window), 1);
        yield [`close ${window.id}`];
      } else if (what === 2) yield [`raise ${window.id}`];
      else {
        [window.width, window.height] = [30 + this.#random(300), 30 + this.#random(250)];
        yield [`resize ${window.id} ${window.width} ${window.height}`, ...this.#fill(window)];
      }
    }
  }

  /** In two dimensions, partly off the screen, over others. */
  *#drag(): Iterable<string[]> {
    if (this.#windows.length === 0) yield* this.#open();
    const window = this.#pick(this.#windows);
    yield [`raise ${window.id}`];
    let [dx, dy] = [0, 0];
    for (let i = 5 + this.#random(20); i > 0; i--) {
      if (this.#random(4) === 0 || dx === dy) [dx, dy] = [this.#random(61) - 30, this.#random(61) - 30];
      window.x = Math.max(20 - window.width, Math.min(this.screen.width - 20, window.x + dx));
      window.y = Math.max(20 - window.height, Math.min(this.screen.height - 20, window.y + dy));
      yield [`move ${window.id} ${window.x} ${window.y}`];
    }
  }

  /** Lines come in below, by copying or by drawing all of them anew. */
  *#terminal(): Iterable<string[]> {
    const window = this.#window();
    const { id, width, height } = window;
    const lines: string[] = [];
    const repaints = this.#random(3) === 0;
    for (let i = 10 + this.#random(20); i > 0; i--) {
      const commands: string[] = [];
      for (let count = 1 + this.#random(3); count > 0; count--) {
        lines.push(`${this.#colour()} ${this.#words()}`);
        if (repaints || height < 3 * LINE) continue;
        commands.push(
          `scroll ${id} 0 0 ${width} ${height} 0 ${-LINE}`,
          `fill ${id} 0 ${height - LINE} ${width} ${LINE} 101018`,
          `text ${id} 4 ${height - 3} ${lines.at(-1)}`,
        );
      }
      if (repaints) {
        const shown = lines.slice(-Math.floor(height / LINE));
        commands.push(`fill ${id} 0 0 ${width} ${height} 101018`);
        for (const [row, line] of shown.entries()) {
          commands.push(`text ${id} 4 ${(row + 1) * LINE - 3} ${line}`);
        }
      }
      yield commands;
    }
  }

  /** Scrolls up, down, left and right, below and beside what stands still. */
  *#page(): Iterable<string[]> {
    const { id, width, height } = this.#window();
    if (width < 60 || height < 60) return;
    const [left, top] = [this.#random(width >> 2), this.#random(height >> 2)];
    const [w, h] = [width - left, height - top];
    yield this.#content(id, left, top, w, h);
    let [dx, dy] = [0, 0];
    for (let i = 8 + this.#random(20); i > 0; i--) {
      if (dx === dy || this.#random(5) === 0) {
        [dx, dy] = this.#random(3) === 0 ? [this.#random(61) - 30, 0] : [0, this.#random(81) - 40];
        if (dx === dy) dy = 7;
      }
      const scroll = `scroll ${id} ${left} ${top} ${w} ${h} ${dx} ${dy}`;
      const [x, y] = [dx < 0 ? left + w + dx : left, dy < 0 ? top + h + dy : top];
      const [across, down] = dx === 0 ? [w, Math.abs(dy)] : [Math.abs(dx), h];
      yield [scroll, ...this.#content(id, x, y, across, down)];
    }
  }

  /** Every frame another picture in the same place, sometimes one that the last one resembles. */
  *#video(): Iterable<string[]> {
    const { id, width, height } = this.#window();
    const [w, h] = [Math.min(width, 60 + this.#random(140)), Math.min(height, 40 + this.#random(100))];
    const [x, y] = [this.#random(width - w + 1), this.#random(height - h + 1)];
    for (let i = 5 + this.#random(15); i > 0; i--) {
      if (this.#random(3) === 0) yield [`noise ${id} ${x} ${y} ${w} ${h} ${this.#random(1000)}`];
      else {
        const cut = 1 + this.#random(w);
        const photograph = `gradient ${id} ${x} ${y} ${cut} ${h}`;
        yield w > cut ? [photograph, `gradient ${id} ${x + cut} ${y} ${w - cut} ${h}`] : [photograph];
      }
    }
  }

  *#scattered(): Iterable<string[]> {
    for (let i = 3 + this.#random(10); i > 0; i--) {
      yield [`rects ${this.#window().id} ${1 + this.#random(30)} ${this.#random(1 << 20)}`];
    }
  }

  /** Parts go from anywhere to anywhere, over each other. */
  *#copies(): Iterable<string[]> {
    for (let i = 3 + this.#random(8); i > 0; i--) {
      const commands: string[] = [];
      for (let count = this.#random(3); count >= 0; count--) {
        const { id, width, height } = this.#window();
        const [w, h] = [20 + this.#random(width - 20), 20 + this.#random(height - 20)];
        const [x, y] = [this.#random(width - w + 1), this.#random(height - h + 1)];
        const [dx, dy] = [this.#random(w) - (w >> 1), this.#random(h) - (h >> 1)];
        commands.push(`scroll ${id} ${x} ${y} ${w} ${h} ${dx} ${dy}`);
      }
      yield commands;
    }
  }

  /** More requests than are worth reporting. */
  *#storm(): Iterable<string[]> {
    const [w, h] = [20 + this.#random(100), 20 + this.#random(100)];
    const place = `${this.#random(this.screen.width)} ${this.#random(this.screen.height)} ${w} ${h}`;
    yield [`storm -1 ${place} 20000 ${100 + this.#random(400)} ${this.#random(1000)}`];
  }

  *#typing(): Iterable<string[]> {
    const { id, width, height } = this.#window();
    const y = LINE + this.#random(height);
    const letters = this.#words().replaceAll(" ", "");
    for (const [i, letter] of [...letters].entries()) {
      const x = 4 + i * 7;
      yield x > width
        ? []
        : [`fill ${id} ${x} ${y - 10} 7 ${LINE} 101018`, `text ${id} ${x} ${y} d0d0d0 ${letter}`];
    }
  }

  *#open(): Iterable<string[]> {
    const id = Array.from({ length: MOST_WINDOWS }, (_, i) => i).find((id) =>
      this.#windows.every((window) => window.id !== id)
    );
    if (id === undefined) return;
    const [width, height] = [40 + this.#random(300), 40 + this.#random(250)];
    const [x, y] = [this.#random(this.screen.width) - 30, this.#random(this.screen.height) - 30];
    const window = { id, x, y, width, height };
    this.#windows.push(window);
    yield [`window ${id} ${x} ${y} ${width} ${height} ${this.#colour()}`];
    yield this.#fill(window);
  }

  #fill({ id, width, height }: Window): string[] {
    return this.#content(id, 0, 0, width, height);
  }

  /** Text, a photograph, noise or figures. */
  #content(id: number, x: number, y: number, width: number, height: number): string[] {
    const background = `fill ${id} ${x} ${y} ${width} ${height} ${this.#colour()}`;
    switch (this.#random(4)) {
      case 0:
        return [`gradient ${id} ${x} ${y} ${width} ${height}`];
      case 1:
        return [`noise ${id} ${x} ${y} ${width} ${Math.min(height, 60)} ${this.#random(1000)}`];
      default: {
        const commands = [background];
        for (let row = y + LINE; row <= y + height; row += LINE) {
          commands.push(`text ${id} ${x + 3} ${row - 3} ${this.#colour()} ${this.#words()}`);
        }
        return commands;
      }
    }
  }

  /** Any window, the root window among them. */
  #window(): Window {
    const at = this.#random(this.#windows.length + 1);
    return this.#windows[at] ?? { id: -1, x: 0, y: 0, ...this.screen };
  }

  #words(): string {
    return Array.from({ length: 2 + this.#random(9) }, () => this.#pick(WORDS)).join(" ");
  }

  #colour(): string {
    return this.#random(3) === 0 ? this.#random(0x1000000).toString(16) : this.#pick(COLOURS);
  }

  #pick<T>(things: readonly T[]): T {
    return things[this.#random(things.length)]!;
  }
}
