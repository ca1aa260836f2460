/**
 * The monitors as clients are told of them, and who asked for them to be like this (rfbproto "ExtendedDesktopSize
 * Pseudo-encoding": the client that asked gets another answer than those who see what came of it).
 *
 * @module
 */
import {
  type ResizeResult,
  ResizeResult as Resize,
  type ScreenLayout,
  type ScreenSource,
} from "../capture/screen_source.ts";
import type { Size } from "../core/geometry.ts";
import type { DesktopView } from "./desktop_view.ts";

/** The layout, and its serial, which goes up with every other layout and size. */
export class Monitors {
  #layout: readonly ScreenLayout[];
  #serial = 1;
  #origin: DesktopView | undefined;
  /** Who is just asking the screen for another size. */
  #asking: DesktopView | undefined;

  constructor(layout: readonly ScreenLayout[]) {
    this.#layout = layout;
  }

  get layout(): readonly ScreenLayout[] {
    return this.#layout;
  }

  get serial(): number {
    return this.#serial;
  }

  /** The client that asked for the present layout, if one did. */
  get origin(): DesktopView | undefined {
    return this.#origin;
  }

  /** A look has found these monitors; whoever is just asking for a change is taken for its origin. */
  found(layout: readonly ScreenLayout[]): void {
    this.#layout = layout;
    this.#serial++;
    this.#origin = this.#asking;
  }

  /**
   * Asks the screen for another size in a client's name.
   *
   * @param screen The one that is there, if one is.
   * @param look Looks at what came of it.
   */
  async resize(
    screen: ScreenSource | undefined,
    size: Size,
    layout: readonly ScreenLayout[],
    origin: DesktopView,
    look: () => Promise<void>,
  ): Promise<ResizeResult> {
    if (!screen?.capabilities.resize) return Resize.Prohibited;
    this.#asking = origin;
    try {
      const result = await screen.resize(size, layout);
      if (result === Resize.Done) await look();
      return result;
    } finally {
      this.#asking = undefined;
    }
  }
}
