/**
 * Input to a screen that is shown smaller or larger than it is: pointing at what is shown points at what is there.
 *
 * @module
 */
import type { Point } from "../core/geometry.ts";
import type { Scaling } from "../core/scaling.ts";
import type { InputBackend, InputSink, LedState } from "./input_sink.ts";

/** Owns the backend that it passes everything on to. */
export class ScaledInput implements InputBackend {
  readonly ledsChanged?: (signal: AbortSignal) => Promise<void>;
  readonly #input: InputBackend;
  readonly #scaling: () => Scaling;

  /**
   * @param input Passes to this object.
   * @param scaling How the screen is shown now.
   */
  constructor(input: InputBackend, scaling: () => Scaling) {
    this.#input = input;
    this.#scaling = scaling;
    if (input.ledsChanged) this.ledsChanged = (signal) => input.ledsChanged!(signal);
  }

  get name(): string {
    return this.#input.name;
  }

  get leds(): LedState | undefined {
    return this.#input.leds;
  }

  open(): InputSink {
    return new ScaledSink(this.#input.open(), this.#scaling);
  }

  prepare(): void {
    this.#input.prepare?.();
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#input[Symbol.asyncDispose]();
  }
}

class ScaledSink implements InputSink {
  readonly #sink: InputSink;
  readonly #scaling: () => Scaling;

  constructor(sink: InputSink, scaling: () => Scaling) {
    this.#sink = sink;
    this.#scaling = scaling;
  }

  key(keysym: number, down: boolean): void {
    this.#sink.key(keysym, down);
  }

  keyByPosition(scancode: number, keysym: number, down: boolean): void {
    this.#sink.keyByPosition(scancode, keysym, down);
  }

  pointer(at: Point, buttons: number): void {
    this.#sink.pointer(this.#scaling().toReal(at), buttons);
  }

  releaseAll(): void {
    this.#sink.releaseAll();
  }

  flushed(): Promise<void> {
    return this.#sink.flushed();
  }

  [Symbol.asyncDispose](): PromiseLike<void> {
    return this.#sink[Symbol.asyncDispose]();
  }
}
