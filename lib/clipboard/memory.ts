/**
 * A clipboard without a desktop, for tests and for screens that have none.
 *
 * @module
 */
import { Latch } from "../core/latch.ts";
import type { Clipboard, ClipboardChange } from "./clipboard.ts";

/** Holds one text. */
export class MemoryClipboard implements Clipboard {
  readonly #arrived = new Latch();
  readonly #limit: number;
  #text = "";
  #change: ClipboardChange | undefined;
  #serial = 0;

  /** @param limit Longest text that is announced, in UTF-16 units. */
  constructor(limit = 1 << 20) {
    this.#limit = limit;
  }

  /** What is there now. */
  get text(): string {
    return this.#text;
  }

  /** Puts a text there as the desktop's applications do. Empty ones and the same again are no news. */
  copy(text: string): void {
    if (text === "" || text === this.#text) return;
    this.#text = text;
    if (text.length > this.#limit) return;
    this.#change = { serial: ++this.#serial, text };
    this.#arrived.set();
  }

  async changed(signal: AbortSignal): Promise<ClipboardChange> {
    for (;;) {
      await this.#arrived.wait(signal);
      const change = this.#change;
      this.#change = undefined;
      if (change) return change;
    }
  }

  offer(text: string): void {
    if (text === "") return;
    this.#text = text;
    this.#change = undefined;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
