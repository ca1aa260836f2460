/**
 * One client's input, over the lives of several displays.
 *
 * @module
 */
import type { Point } from "../core/geometry.ts";
import type { InputBackend, InputSink } from "../input/input_sink.ts";

/**
 * Passes everything on to a sink of the present display; without a display, input goes nowhere. Who only looks has no sink:
 * it is opened for the first key or movement.
 */
export class RelayedInput implements InputSink {
  #backend: InputBackend | undefined;
  #sink: InputSink | undefined;

  /** Goes over to another display, or to none. */
  attach(backend: InputBackend | undefined): void {
    this.#backend = backend;
    this.#sink = undefined;
  }

  key(keysym: number, down: boolean): void {
    this.#opened?.key(keysym, down);
  }

  keyByPosition(scancode: number, keysym: number, down: boolean): void {
    this.#opened?.keyByPosition(scancode, keysym, down);
  }

  pointer(at: Point, buttons: number): void {
    this.#opened?.pointer(at, buttons);
  }

  releaseAll(): void {
    this.#sink?.releaseAll();
  }

  async flushed(): Promise<void> {
    await this.#sink?.flushed();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#sink?.[Symbol.asyncDispose]();
    this.attach(undefined);
  }

  get #opened(): InputSink | undefined {
    return this.#sink ??= this.#backend?.open();
  }
}
