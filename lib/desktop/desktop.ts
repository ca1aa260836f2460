/**
 * One screen, shared by all clients: looked at once for all of them, and only while somebody waits for pixels.
 *
 * The loop pulls: screen → capture → change detection → every client's tracker (`looks.ts`). When the display goes away,
 * clients stay and see the last picture until it is back.
 *
 * @module
 */
import type { ResizeResult, ScreenLayout } from "../capture/screen_source.ts";
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import { DisplayLostError } from "../core/errors.ts";
import type { Point, Size } from "../core/geometry.ts";
import { Latch } from "../core/latch.ts";
import { getLogger } from "../core/log.ts";
import type { CursorImage, Frame } from "../core/pixels.ts";
import { TaskScope } from "../core/task_scope.ts";
import type { ChangeDetector } from "../damage/change_detector.ts";
import type { InputBackend, LedState } from "../input/input_sink.ts";
import type { DesktopBackend } from "./backend.ts";
import type { DesktopOptions } from "./desktop_options.ts";
import type { DesktopView } from "./desktop_view.ts";
import { firstLook } from "./first_look.ts";
import { FrameClock } from "./frame_clock.ts";
import { Looks } from "./looks.ts";
import { Monitors } from "./monitors.ts";
import { Picture } from "./picture.ts";
import { PointerFollower } from "./pointer_follower.ts";
import { ClipboardSharing, type SharedClipboard } from "./shared_clipboard.ts";
import { UnreportedChanges } from "./unreported.ts";
import { DesktopViews } from "./views.ts";

/** When nobody has waited for pixels for so long, in ms, who does then gets them before something else is looked at. */
const NOBODY_MS = 1000;

/** How long to wait before a lost display is looked for again, in ms. */
const REOPEN_AFTER_MS = 1000;

/** Owns the display's connection and what is known of it, and follows it from display to display. */
export class Desktop implements AsyncDisposable {
  readonly #options: DesktopOptions;
  readonly #clock: Clock;
  readonly #frameClock: FrameClock;
  readonly #views: DesktopViews;
  readonly #picture: Picture;
  readonly #monitors: Monitors;
  readonly #looks: Looks;
  readonly #unreported: UnreportedChanges;
  readonly #pointer: PointerFollower;
  readonly #clipboard: ClipboardSharing;
  readonly #appetite = new Latch();
  readonly #auditWanted = new Latch();
  readonly #scope = new TaskScope();
  readonly #log = getLogger("desktop");
  #backend: DesktopBackend | undefined;

  private constructor(options: DesktopOptions, backend: DesktopBackend, detector: ChangeDetector) {
    const { screen } = backend;
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#backend = backend;
    this.#views = new DesktopViews(() => this.#wake());
    this.#frameClock = new FrameClock(this.#clock, options.frameRate);
    this.#unreported = new UnreportedChanges(this.#clock, options.observers);
    this.#pointer = new PointerFollower(this.#clock, () => this.#views.wantPointer);
    this.#clipboard = new ClipboardSharing(this.#views);
    this.#picture = new Picture(detector, this.#views);
    this.#monitors = new Monitors(screen.layout);
    this.#looks = new Looks(options, {
      backend: () => this.#backend,
      views: this.#views,
      picture: this.#picture,
      monitors: this.#monitors,
      frameClock: this.#frameClock,
      unreported: this.#unreported,
    }, screen);
  }

  /** Opens the display and begins to follow it. @throws What opening it throws. */
  static async open(options: DesktopOptions): Promise<Desktop> {
    const backend = await options.open();
    try {
      const desktop = new Desktop(options, backend, await firstLook(backend, options));
      desktop.#scope.spawn((signal) => desktop.#live(signal));
      return desktop;
    } catch (error) {
      await backend[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** What clients may be told of the screen. Another object after every change of size; of one size until then. */
  get frame(): Frame {
    return this.#picture.frame;
  }

  /** Changes whenever `frame` does, in what it shows or as a whole. */
  get pictureSerial(): number {
    return this.#picture.serial;
  }

  /** The monitors; `layoutSerial` changes with them and with the size. */
  get layout(): readonly ScreenLayout[] {
    return this.#monitors.layout;
  }

  get layoutSerial(): number {
    return this.#monitors.serial;
  }

  /** The client that asked for the present layout, if one did. */
  get layoutOrigin(): DesktopView | undefined {
    return this.#monitors.origin;
  }

  /** The pointer's picture, where it is known. */
  get cursor(): CursorImage | undefined {
    return this.#looks.cursor;
  }

  /** Where the pointer is; up to date only while a view draws it. */
  get pointer(): Point | undefined {
    return this.#pointer.at;
  }

  /** Has the first key wait for less. */
  prepareInput(): void {
    this.#backend?.input.prepare?.();
  }

  /** The lock keys, where they are known. */
  get leds(): LedState | undefined {
    return this.#backend?.input.leds;
  }

  /** What is on the clipboard, once something has been put there. */
  get clipboard(): SharedClipboard | undefined {
    return this.#clipboard.latest;
  }

  /** Name of the display that is open, or `undefined` while it is lost. */
  get display(): string | undefined {
    return this.#backend?.name;
  }

  /** Looks per second, at most, from now on. */
  set frameRate(frameRate: number) {
    this.#frameClock.frameRate = frameRate;
  }

  /** Whether there are several clients. */
  get isShared(): boolean {
    return this.#views.count > 1;
  }

  /** Ends when the desktop does. @throws What ended it, if that was a fault. */
  get finished(): Promise<void> {
    return this.#scope.join();
  }

  /** Takes in one more client; `news` is set whenever there is something new for it. */
  join(news: Latch): DesktopView {
    return this.#views.join(news, this.#backend?.input);
  }

  /** Somebody has done something: what comes of it is to be seen without waiting for the next frame's turn. */
  hurry(): void {
    this.#frameClock.hurry();
    this.#unreported.wake();
  }

  /** Looks at what was drawn so far, so that an answer to a full request is not older than the request. */
  catchUp(): Promise<void> {
    return this.#looks.takeWhileThere("request");
  }

  /**
   * Looks at what was drawn so far, if the frame rate allows it, for a client that comes back from waiting for its link.
   *
   * @param leastAgeMs If the last look is at least so old.
   */
  async lookIfDue(leastAgeMs = 0): Promise<void> {
    if (!this.#frameClock.mayLook(leastAgeMs)) return;
    this.#frameClock.looked();
    await this.#looks.takeWhileThere("frame");
  }

  /**
   * Looks at what is small of what was drawn, and at the rest if that is as quick and the frame rate allows it: for a client
   * that has just done something while it is sent a picture.
   */
  async glance(): Promise<void> {
    try {
      if (await this.#looks.glance()) await this.lookIfDue();
    } catch (error) {
      if (!(error instanceof DisplayLostError)) throw error;
    }
  }

  /** Puts a client's text on the desktop's clipboard and shows it to the other clients. */
  offerClipboard(text: string, origin: DesktopView): void {
    this.#clipboard.offer(text, origin, this.#backend?.clipboard);
  }

  /** Asks the screen for another size. The change itself reaches clients like any other. */
  resize(size: Size, layout: readonly ScreenLayout[], origin: DesktopView): Promise<ResizeResult> {
    return this.#monitors.resize(this.#backend?.screen, size, layout, origin, () => this.catchUp());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope[Symbol.asyncDispose]();
    await this.#looks.ended();
    await this.#close();
    this.#picture[Symbol.dispose]();
  }

  /** Somebody waits for something now. */
  #wake(): void {
    this.#appetite.set();
    this.#pointer.wake();
    this.#auditWanted.set();
  }

  async #live(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#follow(this.#backend!, signal);
      } catch (error) {
        if (signal.aborted) return;
        if (!(error instanceof DisplayLostError)) throw error;
        await this.#close();
        this.#log.error("Display lost: {reason}; looking for it until it is back", { reason: error.message });
        this.#options.observers.notify("displayLost", { reason: error.message });
        await this.#reopen(signal);
      }
    }
  }

  /** Everything that goes on while a display is there. */
  async #follow({ screen, input, clipboard }: DesktopBackend, signal: AbortSignal): Promise<void> {
    await using scope = new TaskScope(signal);
    scope.spawn((signal) => this.#followScreen(screen, signal));
    scope.spawn((signal) => this.#pointer.follow(screen, () => this.#views.notify(), signal));
    if (this.#options.compare && screen.capabilities.damage) {
      scope.spawn((signal) => this.#followUnreported(signal));
    }
    if (clipboard) scope.spawn((signal) => this.#clipboard.follow(clipboard, signal));
    scope.spawn((signal) => this.#followLeds(input, signal));
    await scope.join();
  }

  async #followScreen(screen: DesktopBackend["screen"], signal: AbortSignal): Promise<void> {
    for (;;) {
      while (!this.#views.areHungry) await this.#appetite.wait(signal);
      await screen.changed(signal);
      await this.#frameClock.due(signal);
      if (!this.#views.areHungry) continue;
      // One that is early, after input, is not to hold up what comes of that.
      if (this.#frameClock.isDue || await this.#looks.glance()) await this.#looks.take("frame");
      else this.#frameClock.glanced();
    }
  }

  /** Looks at parts of the screen that nothing is reported of, while somebody waits for pixels. */
  async #followUnreported(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#unreported.due(signal);
      const since = this.#clock.now();
      while (!this.#views.areHungry) await this.#auditWanted.wait(signal);
      if (this.#clock.now() - since < NOBODY_MS) await this.#looks.take("audit");
      else this.#unreported.restart();
    }
  }

  async #followLeds(input: InputBackend, signal: AbortSignal): Promise<void> {
    while (input.ledsChanged) {
      await input.ledsChanged(signal);
      this.#views.notify();
    }
  }

  async #reopen(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#clock.sleep(REOPEN_AFTER_MS, signal).catch(() => {});
      if (signal.aborted) return;
      try {
        const backend = await this.#options.open();
        this.#backend = backend;
        this.#looks.goOverTo(backend.screen);
        this.#views.attach(backend.input);
        await this.#looks.take("everything");
        this.#log.info("Display {name} is back", { name: backend.name });
        this.#options.observers.notify("displayFound", { name: backend.name });
        return;
      } catch (error) {
        this.#log.debug("Display is not back yet: {error}", { error });
        await this.#close();
      }
    }
  }

  async #close(): Promise<void> {
    this.#views.attach(undefined);
    const backend = this.#backend;
    this.#backend = undefined;
    await this.#looks.ended(); // a look that is under way ends before what it looks at is closed
    await backend?.[Symbol.asyncDispose]();
  }
}
