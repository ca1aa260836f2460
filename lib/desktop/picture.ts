/**
 * What clients may be told of the screen: one picture for all of them, the shadow of what was captured.
 *
 * @module
 */
import type { Frame } from "../core/pixels.ts";
import type { ChangeDetector } from "../damage/change_detector.ts";
import type { Changes } from "../damage/changes.ts";
import type { DesktopViews } from "./views.ts";

/** Owns the shadow, and hands on to the clients what has changed in it. One writer: the looks. */
export class Picture implements Disposable {
  readonly #views: DesktopViews;
  #detector: ChangeDetector;
  #serial = 1;

  /** @param detector Of a screen that has been captured; owned from now on. */
  constructor(detector: ChangeDetector, views: DesktopViews) {
    this.#detector = detector;
    this.#views = views;
  }

  /** Another object after every change of size; of one size until then. */
  get frame(): Frame {
    return this.#detector.shadow;
  }

  /** Changes whenever `frame` does, in what it shows or as a whole. */
  get serial(): number {
    return this.#serial;
  }

  /** What the screen is compared with it by, until it is replaced. */
  get detector(): ChangeDetector {
    return this.#detector;
  }

  /** `frame` was changed. */
  changed(changes: Changes): void {
    this.#serial++;
    this.#views.add(changes);
  }

  /** The screen is another one, or of another size. @param detector Owned from now on. */
  replace(detector: ChangeDetector): void {
    const old = this.#detector;
    this.#detector = detector;
    old[Symbol.dispose]();
    this.#serial++;
    this.#views.reset();
  }

  [Symbol.dispose](): void {
    this.#detector[Symbol.dispose]();
  }
}
