/**
 * The clients of a desktop, all together: what is told to each, and what any of them wants.
 *
 * @module
 */
import type { Latch } from "../core/latch.ts";
import type { Region } from "../core/region.ts";
import type { Changes } from "../damage/changes.ts";
import type { InputBackend } from "../input/input_sink.ts";
import { DesktopView } from "./desktop_view.ts";

/** Clients come by `join()`, and go by disposing their view. */
export class DesktopViews {
  readonly #views = new Set<DesktopView>();
  readonly #appetite: () => void;

  /** @param appetite Is called when a client begins to wait for pixels, or for the pointer's place. */
  constructor(appetite: () => void) {
    this.#appetite = appetite;
  }

  /** Takes in one more client, which has seen nothing; `news` is set whenever there is something new for it. */
  join(news: Latch, input: InputBackend | undefined): DesktopView {
    const view = new DesktopView(news, {
      leave: (view) => this.#views.delete(view),
      appetite: this.#appetite,
    });
    view.reset();
    view.input.attach(input);
    this.#views.add(view);
    return view;
  }

  get count(): number {
    return this.#views.size;
  }

  /** Whether somebody waits for pixels. */
  get areHungry(): boolean {
    return this.#views.values().some((view) => view.hungry);
  }

  /** Whether somebody waits for pixels with the pointer among them. */
  get wantPointer(): boolean {
    return this.#views.values().some((view) => view.hungry && view.drawsPointer);
  }

  /** How many have not taken all that changed within `screen`. */
  behind(screen: Region): number {
    return this.#views.values().reduce((sum, view) => sum + (view.isBehind(screen) ? 1 : 0), 0);
  }

  /** Pixels have changed. */
  add(changes: Changes): void {
    for (const view of this.#views) view.add(changes);
  }

  /** The screen is another one, or of another size. */
  reset(): void {
    for (const view of this.#views) view.reset();
  }

  /** Something else than pixels is new. */
  notify(): void {
    for (const view of this.#views) view.notify();
  }

  /** The clients' input goes to another display from now on, or nowhere. */
  attach(input: InputBackend | undefined): void {
    for (const view of this.#views) view.input.attach(input);
  }
}
