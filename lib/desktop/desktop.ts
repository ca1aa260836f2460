/**
 * One screen, shared by all clients: looked at once for all of them, and only while somebody waits for pixels.
 *
 * The loop pulls: screen → capture → change detection → every client's tracker. When the display goes away, clients
 * stay and see the last picture until it is back.
 *
 * @module
 */
import { bandsOf, MOST_BANDS } from "../capture/bands.ts";
import {
  type ResizeResult,
  ResizeResult as Resize,
  type ScreenLayout,
  type ScreenSource,
} from "../capture/screen_source.ts";
import type { ClipboardChange } from "../clipboard/clipboard.ts";
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import { DisplayLostError } from "../core/errors.ts";
import type { FrameMemory } from "../core/frame_memory.ts";
import { area, type Point, type Rect, rectOf, type Size } from "../core/geometry.ts";
import { inTurns } from "../core/in_turns.ts";
import { Latch } from "../core/latch.ts";
import { getLogger } from "../core/log.ts";
import { turnUsedUp } from "../core/next_turn.ts";
import type { ObserverGroup } from "../core/observer_group.ts";
import type { CursorImage, Frame } from "../core/pixels.ts";
import { Region } from "../core/region.ts";
import { TaskScope } from "../core/task_scope.ts";
import type { ChangeDetector } from "../damage/change_detector.ts";
import type { Changes } from "../damage/changes.ts";
import { DamageAudit } from "../damage/damage_audit.ts";
import type { InputBackend, LedState } from "../input/input_sink.ts";
import type { Kernels } from "../kernels/kernels.ts";
import type { DesktopBackend } from "./backend.ts";
import { DesktopView } from "./desktop_view.ts";
import { firstLook } from "./first_look.ts";
import { FrameClock } from "./frame_clock.ts";
import { PointerFollower } from "./pointer_follower.ts";

/** How long to wait before a lost display is looked for again, in ms. */
const REOPEN_AFTER_MS = 1000;

/**
 * What to look at: what is reported as drawn, as a frame at the frame rate or for somebody who has asked; something else
 * besides; or everything, as the display is another one.
 */
type Look = "frame" | "request" | "audit" | "everything";

/** What a desktop is made of. */
export interface DesktopOptions {
  /** Opens the display; called again whenever it was lost. */
  open(): Promise<DesktopBackend>;
  readonly memory: FrameMemory;
  readonly kernels: Kernels;
  /** Looks at the screen per second, at most. */
  readonly frameRate: number;
  /** Compare with what clients know, or send whatever was reported as drawn. */
  readonly compare: boolean;
  /** Percent of a processor that looks may take at a screen that does not report damage, but for those after input. */
  readonly pollShare: number;
  readonly observers: ObserverGroup;
  readonly clock?: Clock;
}

/** Text for the clients' clipboards, and who it came from. */
export interface SharedClipboard extends ClipboardChange {
  /** The client that put it there, which is not told of it again. */
  readonly origin?: DesktopView;
}

/** Owns the display's connection and the shadow. All its fields have one writer: its own loop. */
export class Desktop implements AsyncDisposable {
  readonly #options: DesktopOptions;
  readonly #frameClock: FrameClock;
  readonly #audit: DamageAudit;
  readonly #views = new Set<DesktopView>();
  readonly #appetite = new Latch();
  readonly #pointer: PointerFollower;
  readonly #auditWanted = new Latch();
  readonly #scope = new TaskScope();
  readonly #log = getLogger("desktop");
  #backend: DesktopBackend | undefined;
  #detector: ChangeDetector;
  #layout: readonly ScreenLayout[];
  #pictureSerial = 1;
  #layoutSerial = 1;
  #layoutOrigin: DesktopView | undefined;
  #resizing: DesktopView | undefined;
  /** How the screen is looked at: `ScreenSource.name`. */
  #way: string;
  #cursor: CursorImage | undefined;
  #clipboard: SharedClipboard | undefined;
  #clipboardSerial = 0;
  #looking: Promise<void> = Promise.resolve();
  #warnedOfMisses = false;

  private constructor(options: DesktopOptions, backend: DesktopBackend, detector: ChangeDetector) {
    this.#options = options;
    this.#frameClock = new FrameClock(options.clock ?? SYSTEM_CLOCK, options.frameRate);
    this.#pointer = new PointerFollower(
      options.clock ?? SYSTEM_CLOCK,
      () => this.#views.values().some((view) => view.hungry && view.drawsPointer),
    );
    this.#audit = new DamageAudit(options.clock ?? SYSTEM_CLOCK);
    this.#backend = backend;
    this.#detector = detector;
    this.#layout = backend.screen.layout;
    this.#way = backend.screen.name;
    this.#cursor = backend.screen.cursor();
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
    return this.#detector.shadow;
  }

  /** Changes whenever `frame` does, in what it shows or as a whole. */
  get pictureSerial(): number {
    return this.#pictureSerial;
  }

  /** The monitors; `layoutSerial` changes with them and with the size. */
  get layout(): readonly ScreenLayout[] {
    return this.#layout;
  }

  get layoutSerial(): number {
    return this.#layoutSerial;
  }

  /** The client that asked for the present layout, if one did. */
  get layoutOrigin(): DesktopView | undefined {
    return this.#layoutOrigin;
  }

  /** The pointer's picture, where it is known. */
  get cursor(): CursorImage | undefined {
    return this.#cursor;
  }

  /** Where the pointer is; up to date only while a view draws it. */
  get pointer(): Point | undefined {
    return this.#pointer.at;
  }

  /** The lock keys, where they are known. */
  get leds(): LedState | undefined {
    return this.#backend?.input.leds;
  }

  /** What is on the clipboard, once something has been put there. */
  get clipboard(): SharedClipboard | undefined {
    return this.#clipboard;
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
    return this.#views.size > 1;
  }

  /** Ends when the desktop does. @throws What ended it, if that was a fault. */
  get finished(): Promise<void> {
    return this.#scope.join();
  }

  /** Takes in one more client; `news` is set whenever there is something new for it. */
  join(news: Latch): DesktopView {
    const view = new DesktopView(news, {
      leave: (view) => this.#views.delete(view),
      appetite: () => {
        this.#appetite.set();
        this.#pointer.wake();
        this.#auditWanted.set();
      },
    });
    view.reset();
    view.input.attach(this.#backend?.input);
    this.#views.add(view);
    return view;
  }

  /** Somebody has done something: what comes of it is to be seen without waiting for the next frame's turn. */
  hurry(): void {
    this.#frameClock.hurry();
    this.#audit.wake();
  }

  /** Looks at what was drawn so far, so that an answer to a full request is not older than the request. */
  catchUp(): Promise<void> {
    return this.#lookWhileThere("request");
  }

  /**
   * Looks at what was drawn so far, if the frame rate allows it, for a client that comes back from waiting for its link.
   *
   * @param leastAgeMs If the last look is at least so old.
   */
  async lookIfDue(leastAgeMs = 0): Promise<void> {
    if (!this.#frameClock.mayLook(leastAgeMs)) return;
    this.#frameClock.looked();
    await this.#lookWhileThere("frame");
  }

  /** Puts a client's text on the desktop's clipboard and shows it to the other clients. */
  offerClipboard(text: string, origin: DesktopView): void {
    this.#backend?.clipboard?.offer(text);
    this.#share({ serial: ++this.#clipboardSerial, text, origin });
  }

  /** Asks the screen for another size. The change itself reaches clients like any other. */
  async resize(size: Size, layout: readonly ScreenLayout[], origin: DesktopView): Promise<ResizeResult> {
    const screen = this.#backend?.screen;
    if (!screen?.capabilities.resize) return Resize.Prohibited;
    this.#resizing = origin;
    try {
      const result = await screen.resize(size, layout);
      if (result === Resize.Done) await this.catchUp();
      return result;
    } finally {
      this.#resizing = undefined;
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#scope[Symbol.asyncDispose]();
    await this.#looking.catch(() => {});
    await this.#close();
    this.#detector[Symbol.dispose]();
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
  async #follow(backend: DesktopBackend, signal: AbortSignal): Promise<void> {
    await using scope = new TaskScope(signal);
    scope.spawn((signal) => this.#followScreen(backend, signal));
    scope.spawn((signal) => this.#pointer.follow(backend.screen, () => this.#notifyAll(), signal));
    if (this.#options.compare && backend.screen.capabilities.damage) {
      scope.spawn((signal) => this.#auditDamage(signal));
    }
    if (backend.clipboard) scope.spawn((signal) => this.#followClipboard(backend.clipboard!, signal));
    scope.spawn((signal) => this.#followLeds(backend.input, signal));
    await scope.join();
  }

  async #followScreen({ screen }: DesktopBackend, signal: AbortSignal): Promise<void> {
    for (;;) {
      while (!this.#isHungry) await this.#appetite.wait(signal);
      await screen.changed(signal);
      await this.#frameClock.due(signal);
      if (this.#isHungry) await this.#look("frame");
    }
  }

  /** Looks at parts of the screen that nothing is reported of, while somebody waits for pixels. */
  async #auditDamage(signal: AbortSignal): Promise<void> {
    for (;;) {
      await this.#audit.due(signal);
      while (!this.#isHungry) await this.#auditWanted.wait(signal);
      await this.#look("audit");
    }
  }

  async #followLeds(input: InputBackend, signal: AbortSignal): Promise<void> {
    while (input.ledsChanged) {
      await input.ledsChanged(signal);
      this.#notifyAll();
    }
  }

  async #followClipboard(
    clipboard: NonNullable<DesktopBackend["clipboard"]>,
    signal: AbortSignal,
  ): Promise<void> {
    for (;;) {
      const { text } = await clipboard.changed(signal);
      this.#share({ serial: ++this.#clipboardSerial, text });
    }
  }

  get #isHungry(): boolean {
    return this.#views.values().some((view) => view.hungry);
  }

  get #viewsBehind(): number {
    const screen = Region.of(rectOf(this.frame));
    return this.#views.values().reduce((sum, view) => sum + (view.isBehind(screen) ? 1 : 0), 0);
  }

  async #reopen(signal: AbortSignal): Promise<void> {
    const clock = this.#options.clock ?? SYSTEM_CLOCK;
    for (;;) {
      await clock.sleep(REOPEN_AFTER_MS, signal).catch(() => {});
      if (signal.aborted) return;
      try {
        const backend = await this.#options.open();
        this.#backend = backend;
        this.#way = backend.screen.name;
        for (const view of this.#views) view.input.attach(backend.input);
        await this.#look("everything");
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
    for (const view of this.#views) view.input.attach(undefined);
    const backend = this.#backend;
    this.#backend = undefined;
    await this.#looking.catch(() => {}); // a look that is under way ends before what it looks at is closed
    await backend?.[Symbol.asyncDispose]();
  }

  /** One look at a time: a second caller waits for the first and then looks again. */
  #look(way: Look): Promise<void> {
    const look = this.#looking.catch(() => {}).then(() => this.#lookNow(way));
    this.#looking = look;
    look.catch(() => {}); // whoever asked for this look hears of it; the chain goes on
    return look;
  }

  /** A display that is lost is found again, and looked at then. */
  async #lookWhileThere(way: Look): Promise<void> {
    try {
      await this.#look(way);
    } catch (error) {
      if (!(error instanceof DisplayLostError)) throw error;
    }
  }

  async #lookNow(way: Look): Promise<void> {
    const backend = this.#backend;
    if (!backend) return;
    try {
      await this.#lookAt(backend, way);
    } catch (error) {
      if (this.#backend === backend) throw error;
      // It went in the middle, and whatever came of that says nothing about us.
      throw new DisplayLostError(`Display ${backend.name} went away while it was looked at`, "", {
        cause: error,
      });
    }
  }

  async #lookAt(backend: DesktopBackend, way: Look): Promise<void> {
    const { screen } = backend;
    await turnUsedUp("new"); // what comes of this, in all sessions, counts from here
    await screen.ready?.();
    const part = way === "audit" ? this.#audit.next(screen.size) : undefined;
    // Before the damage is taken: what was drawn before is reported by then.
    const audited = part && await screen.capture([part]);
    const damage = screen.takeDamage();
    // A look that finds nothing is no frame: what is drawn next is not to wait for the end of its interval.
    if (way === "frame" && damage.length > 0) this.#frameClock.taken();
    this.#refreshCursor(screen.cursor());
    if (
      way === "everything" || screen.size.width !== this.frame.width ||
      screen.size.height !== this.frame.height
    ) {
      await this.#startOver(backend);
    } else {
      if (screen.layout !== this.#layout) this.#announceLayout(screen.layout);
      if (audited && isSame(audited, this.frame)) this.#compareUnreported(audited, part!, damage);
      if (damage.length > 0) await this.#compare(screen, damage);
    }
    this.#noteWay(screen.name);
  }

  #noteWay(name: string): void {
    if (name === this.#way) return;
    this.#options.observers.notify("captureSwitched", { from: this.#way, to: name });
    this.#way = name;
  }

  async #compare(screen: ScreenSource, damage: readonly Rect[]): Promise<void> {
    const bands = bandsOf(damage, this.frame, MOST_BANDS);
    if (bands.length === 0) return;
    const start = performance.now();
    const frame = await screen.capture(bands);
    const captureMs = performance.now() - start;
    const steps = this.#options.compare
      ? this.#detector.detecting(frame, damage, screen.takeWindowMoves())
      : this.#detector.accepting(frame, damage);
    const { value: changes, ranMs: diffMs } = await inTurns(steps, screen.capabilities.still ?? false);
    if (!screen.capabilities.damage) {
      this.#frameClock.leastIntervalMs = (captureMs + diffMs) * 100 / this.#options.pollShare;
    }
    const isNews = !changes.changed.isEmpty || changes.moves.length > 0;
    this.#options.observers.notify("frameCaptured", {
      captureMs,
      diffMs,
      capturedArea: bands.reduce((sum, band) => sum + area(band), 0),
      changedArea: changes.changed.area,
      moves: changes.moves.length,
      merged: isNews ? this.#viewsBehind : 0,
    });
    if (!isNews) return;
    this.#audit.wake();
    this.#spread(changes);
  }

  /** @param part Of the screen that was captured before `damage` was taken. */
  #compareUnreported(frame: Frame, part: Rect, damage: readonly Rect[]): void {
    const { changes, tiles, missed } = this.#detector.audit(frame, part, damage);
    this.#options.observers.notify("damageAudited", { tiles, missed });
    if (missed === 0) return;
    this.#audit.found(this.frame);
    if (!this.#warnedOfMisses) {
      this.#warnedOfMisses = true;
      this.#log.warning(
        "The display does not report all that is drawn; what it leaves out is seen up to some seconds later",
      );
    }
    this.#spread(changes);
  }

  #spread(changes: Changes): void {
    this.#pictureSerial++;
    for (const view of this.#views) view.add(changes);
  }

  /** The screen is another one, or of another size. */
  async #startOver(backend: DesktopBackend): Promise<void> {
    const old = this.#detector;
    this.#detector = await firstLook(backend, this.#options);
    old[Symbol.dispose]();
    this.#pictureSerial++;
    for (const view of this.#views) view.reset();
    this.#announceLayout(backend.screen.layout);
    this.#options.observers.notify("desktopResized", { width: this.frame.width, height: this.frame.height });
  }

  #announceLayout(layout: readonly ScreenLayout[]): void {
    this.#layout = layout;
    this.#layoutSerial++;
    this.#layoutOrigin = this.#resizing;
    this.#notifyAll();
  }

  #refreshCursor(cursor: CursorImage | undefined): void {
    if (cursor?.serial === this.#cursor?.serial) return;
    this.#cursor = cursor;
    this.#notifyAll();
  }

  #share(clipboard: SharedClipboard): void {
    this.#clipboard = clipboard;
    this.#notifyAll();
  }

  #notifyAll(): void {
    for (const view of this.#views) view.notify();
  }
}

function isSame(a: Size, b: Size): boolean {
  return a.width === b.width && a.height === b.height;
}
