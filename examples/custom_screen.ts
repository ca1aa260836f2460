/**
 * A screen of your own: anything that can fill pixels can be shared, without X. Here a box moves to and fro, and goes where
 * the viewer clicks.
 *
 *     deno run -A examples/custom_screen.ts [PORT]
 *
 * @module
 */
// deno-lint-ignore-file no-console
import {
  createFrame,
  type Frame,
  type InputBackend,
  type Rect,
  ResizeResult,
  type ScreenSource,
  VNCServer,
} from "../lib/mod.ts";

const WIDTH = 320;
const HEIGHT = 200;
const BOX = 40;

/** Pulled by the server: it waits with `changed()`, asks with `takeDamage()` where, and looks with `capture()`. */
class BoxScreen implements ScreenSource {
  readonly name = "box";
  readonly capabilities = { damage: true, cursor: false, resize: false };
  readonly size = { width: WIDTH, height: HEIGHT };
  readonly layout = [{ id: 1, x: 0, y: 0, width: WIDTH, height: HEIGHT, flags: 0 }];
  readonly #frame = createFrame(WIDTH, HEIGHT);
  #box: Rect = { x: 0, y: 80, width: BOX, height: BOX };
  /** Where the box was when the server asked last. */
  #told = this.#box;
  #step = 4;

  async changed(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, 40));
  }

  takeDamage(): readonly Rect[] {
    const before = this.#told;
    const { x, y } = this.#box;
    if (x + this.#step < 0 || x + this.#step > WIDTH - BOX) this.#step = -this.#step;
    this.moveTo(x + this.#step, y);
    this.#told = this.#box;
    return [before, this.#told];
  }

  /** Rectangles hold at least all that was reported; drawing more does no harm. */
  capture(): Promise<Frame> {
    const { pixels } = this.#frame;
    pixels.fill(0x203040);
    for (let row = 0; row < BOX; row++) {
      const at = (this.#box.y + row) * WIDTH + this.#box.x;
      pixels.fill(0xffc020, at, at + BOX);
    }
    return Promise.resolve(this.#frame);
  }

  moveTo(x: number, y: number): void {
    const within = (value: number, most: number) => Math.min(most, Math.max(0, value));
    this.#box = { ...this.#box, x: within(x, WIDTH - BOX), y: within(y, HEIGHT - BOX) };
  }

  cursor(): undefined {}
  pointer(): undefined {}
  takeWindowMoves(): readonly never[] {
    return [];
  }
  resize(): Promise<ResizeResult> {
    return Promise.resolve(ResizeResult.Prohibited);
  }
  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

/** What viewers do. One sink is opened for each of them. */
function boxInput(screen: BoxScreen): InputBackend {
  return {
    name: "box",
    leds: undefined,
    open: () => ({
      pointer({ x, y }, buttons) {
        if (buttons & 1) screen.moveTo(x - BOX / 2, y - BOX / 2);
      },
      key() {},
      keyByPosition() {},
      releaseAll() {},
      flushed: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    }),
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

await using server = new VNCServer({
  port: Number(Deno.args[0] ?? 5900),
  hostname: "127.0.0.1",
  openDesktop() {
    const screen = new BoxScreen();
    return Promise.resolve({ screen, input: boxInput(screen) });
  },
});
await server.start();
console.log(`Listening on port ${server.port}`);
Deno.addSignalListener("SIGINT", () => void server.stop());
await server.finished;
