/**
 * A desktop's clipboard in the hands of a test.
 *
 * @module
 */
import type { Clipboard, ClipboardChange } from "../../lib/clipboard/clipboard.ts";
import { Latch } from "../../lib/core/latch.ts";

/** `copy()` is what an application on the desktop does. */
export class TestClipboard implements Clipboard {
  readonly #news = new Latch();
  #serial = 0;
  #taken = 0;
  /** What is on it, whoever put it there. */
  text = "";

  copy(text: string): void {
    this.text = text;
    this.#serial++;
    this.#news.set();
  }

  async changed(signal: AbortSignal): Promise<ClipboardChange> {
    while (this.#taken === this.#serial) await this.#news.wait(signal);
    this.#taken = this.#serial;
    return { serial: this.#serial, text: this.text };
  }

  offer(text: string): void {
    this.text = text;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}
