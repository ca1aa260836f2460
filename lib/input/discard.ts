/**
 * Input that goes nowhere: for displays that take none, and for tests, which can see what was asked for.
 *
 * @module
 */
import type { Point } from "../core/geometry.ts";
import type { InputBackend, InputSink, LedState } from "./input_sink.ts";

/** One call, or what an end of a client has released. */
export type InputRecord =
  | { readonly type: "key"; readonly keysym: number; readonly scancode: number; readonly down: boolean }
  | { readonly type: "pointer"; readonly at: Point; readonly buttons: number };

/** Takes all input and does nothing with it. */
export class DiscardedInput implements InputBackend {
  readonly name = "discard";
  readonly leds: LedState | undefined = undefined;
  readonly #records: InputRecord[] | undefined;

  /** @param records Receives what is asked for, by all clients, in its order. */
  constructor(records?: InputRecord[]) {
    this.#records = records;
  }

  open(): InputSink {
    return new DiscardingSink(this.#records);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

class DiscardingSink implements InputSink {
  readonly #records: InputRecord[] | undefined;
  readonly #held = new Map<string, { readonly keysym: number; readonly scancode: number }>();
  #pointer: { readonly at: Point; readonly buttons: number } | undefined;

  constructor(records: InputRecord[] | undefined) {
    this.#records = records;
  }

  key(keysym: number, down: boolean): void {
    if (keysym !== 0 && keysym !== 0xffff_ffff) this.#key(`${keysym}`, { keysym, scancode: 0 }, down);
  }

  keyByPosition(scancode: number, keysym: number, down: boolean): void {
    if (scancode === 0) this.key(keysym, down);
    else this.#key(`at ${scancode}`, { keysym, scancode }, down);
  }

  pointer(at: Point, buttons: number): void {
    this.#pointer = { at, buttons };
    this.#records?.push({ type: "pointer", at, buttons });
  }

  releaseAll(): void {
    for (const key of [...this.#held.values()].toReversed()) {
      this.#records?.push({ type: "key", ...key, down: false });
    }
    this.#held.clear();
    if (this.#pointer && this.#pointer.buttons !== 0) this.pointer(this.#pointer.at, 0);
  }

  flushed(): Promise<void> {
    return Promise.resolve();
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.releaseAll();
    return Promise.resolve();
  }

  #key(name: string, key: { readonly keysym: number; readonly scancode: number }, down: boolean): void {
    if (!down && !this.#held.has(name)) return;
    if (down) this.#held.set(name, key);
    else this.#held.delete(name);
    this.#records?.push({ type: "key", ...key, down });
  }
}
