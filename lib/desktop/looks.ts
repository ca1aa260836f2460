/**
 * Looking at the screen: capture, compare, and tell clients what is new. One look at a time, for all clients.
 *
 * @module
 */
import { bandsOf, MOST_BANDS } from "../capture/bands.ts";
import type { ScreenLayout, ScreenSource } from "../capture/screen_source.ts";
import { DisplayLostError } from "../core/errors.ts";
import { area, type Rect, rectOf, type Size } from "../core/geometry.ts";
import { inTurns } from "../core/in_turns.ts";
import { turnUsedUp } from "../core/next_turn.ts";
import type { CursorImage } from "../core/pixels.ts";
import { Region } from "../core/region.ts";
import type { DesktopBackend } from "./backend.ts";
import type { DesktopOptions } from "./desktop_options.ts";
import { firstLook } from "./first_look.ts";
import type { FrameClock } from "./frame_clock.ts";
import type { Monitors } from "./monitors.ts";
import type { Picture } from "./picture.ts";
import type { UnreportedChanges } from "./unreported.ts";
import type { DesktopViews } from "./views.ts";

/**
 * What to look at: what is reported as drawn, as a frame at the frame rate or for somebody who has asked; something else
 * besides; or everything, as the display is another one.
 */
export type Look = "frame" | "request" | "audit" | "everything";

/** A frame that took longer than this, in ms, is taken in its turn only: what somebody waits for would wait for it. */
const COSTLY_MS = 4;

/** What a look is made with, and what it keeps up to date. */
export interface LookParts {
  /** The display that is there, if one is. */
  readonly backend: () => DesktopBackend | undefined;
  readonly views: DesktopViews;
  readonly picture: Picture;
  readonly monitors: Monitors;
  readonly frameClock: FrameClock;
  readonly unreported: UnreportedChanges;
}

/** Looks at the display that is there. The only writer of the picture, the monitors and the cursor. */
export class Looks {
  readonly #options: DesktopOptions;
  readonly #parts: LookParts;
  #last: Promise<void> = Promise.resolve();
  /** How the screen is looked at: `ScreenSource.name`. */
  #way: string;
  #cursor: CursorImage | undefined;
  /** What the last frame took, in ms. */
  #frameMs = 0;

  /** @param screen The one that `parts.picture` is of. */
  constructor(options: DesktopOptions, parts: LookParts, screen: ScreenSource) {
    this.#options = options;
    this.#parts = parts;
    this.#way = screen.name;
    this.#cursor = screen.cursor();
  }

  /** The pointer's picture at the last look, where it is known. */
  get cursor(): CursorImage | undefined {
    return this.#cursor;
  }

  /** One look at a time: a second caller waits for the first and then looks again. Does nothing without a display. */
  take(look: Look): Promise<void> {
    return this.#inTurn((backend) => this.#lookAt(backend, look), undefined);
  }

  /**
   * Looks at what is small of what was drawn, ahead of what is large: next to a video, it is what the user has done.
   *
   * @returns Whether all of it can be looked at now, as it does not take long.
   */
  glance(): Promise<boolean> {
    return this.#inTurn((backend) => this.#glanceAt(backend), false);
  }

  /** The same, but for a display that is lost meanwhile: it is found again, and looked at then. */
  async takeWhileThere(look: Look): Promise<void> {
    try {
      await this.take(look);
    } catch (error) {
      if (!(error instanceof DisplayLostError)) throw error;
    }
  }

  /** Waits until no look is under way. */
  async ended(): Promise<void> {
    await this.#last;
  }

  /** The next looks are at another display. */
  goOverTo(screen: ScreenSource): void {
    this.#way = screen.name;
  }

  #inTurn<T>(look: (backend: DesktopBackend) => Promise<T>, otherwise: T): Promise<T> {
    const looking = this.#last.then(() => this.#now(look, otherwise));
    // Whoever asked for this look hears of what went wrong; the chain goes on.
    this.#last = looking.then(() => {}, () => {});
    return looking;
  }

  async #now<T>(look: (backend: DesktopBackend) => Promise<T>, otherwise: T): Promise<T> {
    const backend = this.#parts.backend();
    if (!backend) return otherwise;
    try {
      return await look(backend);
    } catch (error) {
      if (this.#parts.backend() === backend) throw error;
      // It went in the middle, and whatever came of that says nothing about us.
      throw new DisplayLostError(`Display ${backend.name} went away while it was looked at`, "", {
        cause: error,
      });
    }
  }

  async #lookAt(backend: DesktopBackend, look: Look): Promise<void> {
    const { picture, monitors, frameClock, unreported } = this.#parts;
    const { screen } = backend;
    await turnUsedUp("new"); // what comes of this, in all sessions, counts from here
    await screen.ready?.();
    const part = look === "audit" ? unreported.next(screen.size) : undefined;
    // Before the damage is taken: what was drawn before is reported by then.
    const audited = part && await screen.capture([part]);
    const damage = screen.takeDamage();
    // A look that finds nothing is no frame: what is drawn next is not to wait for the end of its interval.
    if (look === "frame" && damage.length > 0) frameClock.taken();
    this.#refreshCursor(screen.cursor());
    if (look === "everything" || !isSame(screen.size, picture.frame)) {
      await this.#startOver(backend);
    } else {
      if (screen.layout !== monitors.layout) this.#refreshMonitors(screen.layout);
      if (audited && isSame(audited, picture.frame)) {
        const changes = unreported.find(picture.detector, audited, part!, damage);
        if (changes) picture.changed(changes);
      }
      if (damage.length > 0) {
        const ms = await this.#compare(screen, damage);
        if (look === "frame") this.#frameMs = ms;
      }
    }
    this.#noteWay(screen.name);
  }

  async #glanceAt({ screen }: DesktopBackend): Promise<boolean> {
    await turnUsedUp("new");
    await screen.ready?.();
    const small = screen.smallDamage?.();
    if (small === undefined) return true;
    if (small.length === 0) return this.#frameMs < COSTLY_MS;
    if (isSame(screen.size, this.#parts.picture.frame)) await this.#compare(screen, small);
    return false;
  }

  /** @returns What it took, in ms. */
  async #compare(screen: ScreenSource, damage: readonly Rect[]): Promise<number> {
    const { picture, views, frameClock, unreported } = this.#parts;
    const bands = bandsOf(damage, picture.frame, MOST_BANDS);
    if (bands.length === 0) return 0;
    const start = performance.now();
    const frame = await screen.capture(bands);
    const captureMs = performance.now() - start;
    const steps = this.#options.compare
      ? picture.detector.detecting(frame, damage, screen.takeWindowMoves())
      : picture.detector.accepting(frame, damage);
    const { value: changes, ranMs: diffMs } = await inTurns(steps, screen.capabilities.still ?? false);
    if (!screen.capabilities.damage) {
      frameClock.leastIntervalMs = (captureMs + diffMs) * 100 / this.#options.pollShare;
    }
    const isNews = !changes.changed.isEmpty || changes.moves.length > 0;
    this.#options.observers.notify("frameCaptured", {
      captureMs,
      diffMs,
      capturedArea: bands.reduce((sum, band) => sum + area(band), 0),
      changedArea: changes.changed.area,
      moves: changes.moves.length,
      merged: isNews ? views.behind(Region.of(rectOf(picture.frame))) : 0,
    });
    if (isNews) {
      unreported.wake();
      picture.changed(changes);
    }
    return captureMs + diffMs;
  }

  /** The screen is another one, or of another size. */
  async #startOver(backend: DesktopBackend): Promise<void> {
    const { picture } = this.#parts;
    picture.replace(await firstLook(backend, this.#options));
    this.#refreshMonitors(backend.screen.layout);
    const { width, height } = picture.frame;
    this.#options.observers.notify("desktopResized", { width, height });
  }

  #refreshMonitors(layout: readonly ScreenLayout[]): void {
    this.#parts.monitors.found(layout);
    this.#parts.views.notify();
  }

  #refreshCursor(cursor: CursorImage | undefined): void {
    if (cursor?.serial === this.#cursor?.serial) return;
    this.#cursor = cursor;
    this.#parts.views.notify();
  }

  #noteWay(name: string): void {
    if (name === this.#way) return;
    this.#options.observers.notify("captureSwitched", { from: this.#way, to: name });
    this.#way = name;
  }
}

function isSame(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
