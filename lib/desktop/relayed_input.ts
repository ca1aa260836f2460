/**
 * One client's input, over the lives of several displays.
 *
 * @module
 */
import type { Point } from "../core/geometry.ts";
import type { InputBackend, InputSink } from "../input/input_sink.ts";

/** Passes everything on to the sink of the present display; without a display, input goes nowhere. */
export class RelayedInput implements InputSink {
  #sink: InputSink | undefined;

  /** Goes over to another display, or to none. */
  attach(backend: InputBackend | undefined): void {
    this.#sink = backend?.open();
  }

  key(keysym: number, down: boolean): void {
    this.#sink?.key(keysym, down);
  }

  keyByPosition(scancode: number, keysym: number, down: boolean): void {
    this.#sink?.keyByPosition(scancode, keysym, down);
  }

  pointer(at: Point, buttons: number): void {
    this.#sink?.pointer(at, buttons);
  }

  releaseAll(): void {
    this.#sink?.releaseAll();
  }

  async flushed(): Promise<void> {
    await this.#sink?.flushed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sink?.[Symbol.asyncDispose]();
    this.#sink = undefined;
  }
}
