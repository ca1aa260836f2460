/**
 * The desktop as one client has it: what it has not seen yet, and its own hands.
 *
 * @module
 */
import type { Latch } from "../core/latch.ts";
import type { Region } from "../core/region.ts";
import type { Changes } from "../damage/changes.ts";
import { UpdateTracker } from "../damage/update_tracker.ts";
import { RelayedInput } from "./relayed_input.ts";

/** Made by `Desktop.join()`; disposing it takes the client out and releases what it holds. */
export class DesktopView implements AsyncDisposable {
  /** What the client has not seen. */
  readonly tracker = new UpdateTracker();
  /** The client's keys and buttons. */
  readonly input = new RelayedInput();
  readonly #news: Latch;
  readonly #leave: (view: DesktopView) => void;
  readonly #appetite: () => void;
  #hungry = false;
  #drawsPointer = false;

  constructor(news: Latch, on: { leave(view: DesktopView): void; appetite(): void }) {
    this.#news = news;
    this.#leave = on.leave;
    this.#appetite = on.appetite;
  }

  /** Whether the client waits for pixels. The screen is looked at only while somebody does. */
  get hungry(): boolean {
    return this.#hungry;
  }

  set hungry(hungry: boolean) {
    if (hungry && !this.#hungry) {
      this.#hungry = true;
      this.#appetite();
    }
    this.#hungry = hungry;
  }

  /** Whether the pointer is drawn into this client's picture, so that its place has to be followed. */
  get drawsPointer(): boolean {
    return this.#drawsPointer;
  }

  set drawsPointer(draws: boolean) {
    const begins = draws && !this.#drawsPointer;
    this.#drawsPointer = draws;
    if (begins) this.#appetite();
  }

  /** Whether changes within `screen` that came before wait for the client. */
  isBehind(screen: Region): boolean {
    return this.tracker.isPending(screen);
  }

  /** The desktop found changes. */
  add(changes: Changes): void {
    this.tracker.add(changes);
    this.#news.set();
  }

  /** The desktop has another size, or is another one. */
  reset(): void {
    this.tracker.reset();
    this.#news.set();
  }

  /** Something else than pixels is new: cursor, clipboard, layout, lock keys. */
  notify(): void {
    this.#news.set();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leave(this);
    await this.input[Symbol.asyncDispose]();
  }
}
