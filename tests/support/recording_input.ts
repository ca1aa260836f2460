/**
 * An input backend that writes down what it is told.
 *
 * @module
 */
import type { Point } from "../../lib/core/geometry.ts";
import type { InputBackend, InputSink } from "../../lib/input/input_sink.ts";

/** What a client did. */
export type InputRecord =
  | { readonly kind: "key"; readonly keysym: number; readonly down: boolean }
  | { readonly kind: "position"; readonly scancode: number; readonly keysym: number; readonly down: boolean }
  | { readonly kind: "pointer"; readonly x: number; readonly y: number; readonly buttons: number }
  | { readonly kind: "release" };

/** Keeps everything in order, from all clients. */
export class RecordingInput implements InputBackend {
  readonly name = "recording";
  leds: number | undefined;
  readonly records: InputRecord[] = [];
  #waiting: { count: number; resolve: () => void } | undefined;

  open(): InputSink {
    return {
      key: (keysym, down) => this.#add({ kind: "key", keysym, down }),
      keyByPosition: (scancode, keysym, down) => this.#add({ kind: "position", scancode, keysym, down }),
      pointer: ({ x, y }: Point, buttons) => this.#add({ kind: "pointer", x, y, buttons }),
      releaseAll: () => this.#add({ kind: "release" }),
      flushed: () => Promise.resolve(),
      [Symbol.asyncDispose]: () => Promise.resolve(this.#add({ kind: "release" })),
    };
  }

  /** Resolves when there are at least `count` records. */
  reached(count: number): Promise<void> {
    if (this.records.length >= count) return Promise.resolve();
    return new Promise((resolve) => this.#waiting = { count, resolve });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }

  #add(record: InputRecord): void {
    this.records.push(record);
    if (this.#waiting && this.records.length >= this.#waiting.count) {
      this.#waiting.resolve();
      this.#waiting = undefined;
    }
  }
}
