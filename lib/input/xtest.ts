/**
 * Input by X's XTEST extension, shared by all clients of a display.
 *
 * @module
 */
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import { DisplayLostError } from "../core/errors.ts";
import type { Point } from "../core/geometry.ts";
import { Latch } from "../core/latch.ts";
import { getLogger } from "../core/log.ts";
import type { XDisplay } from "../ffi/x_display.ts";
import { XKeyboard } from "../ffi/x_keyboard.ts";
import { NotePart, type XNotes } from "../ffi/x_notes.ts";
import { XTest } from "../ffi/x_test.ts";
import { InputQueue, type Steps } from "./input_queue.ts";
import type { InputBackend, InputSink, LedState } from "./input_sink.ts";
import { type KeyboardDevice, KeyInjector, type KeyTimes } from "./key_injector.ts";
import { Keymap } from "./keymap.ts";
import type { Keysym } from "./keysyms.ts";
import { PointerInjector } from "./pointer_injector.ts";
import { RepeatGuard } from "./repeat_guard.ts";

/** How {@linkcode XTestInput} works. */
export interface XTestInputOptions {
  /** Times of lent keycodes; default 3 and 100 ms. */
  readonly times?: KeyTimes;
  /** Default: the machine's. */
  readonly clock?: Clock;
  /** Where it is written down which keycodes are lent, for who comes after us if this process is killed. */
  readonly notes?: XNotes;
}

/** After tests with X.Org: programs on a busy machine have read a keycode's meaning by then. */
const TIMES: KeyTimes = { settleMs: 3, restMs: 100 };
/** Events of one client that may wait: a long text of characters that the layout lacks, and no flood. */
const MAX_WAITING = 20_000;
/** How long the last input of a client that has gone may take. */
const LAST_WORDS_MS = 2000;
/** A server that has answered so recently, in ms, is taken to answer. */
const ANSWERED_MS = 5;
/** How often it is looked whether a server that does not answer does, in ms. */
const STILL_MS = 20;

const logger = getLogger("input");

type Event =
  | { readonly type: "key"; readonly keysym: Keysym; readonly down: boolean }
  | { readonly type: "place"; readonly scancode: number; readonly keysym: Keysym; readonly down: boolean }
  | { readonly type: "pointer"; readonly at: Point; readonly buttons: number; readonly isMotion: boolean };

/** Keyboard and pointer of an X server. */
export class XTestInput implements InputBackend {
  readonly name = "XTest";
  readonly #display: XDisplay;
  readonly #keyboard: XKeyboard;
  readonly #guard: RepeatGuard;
  readonly #keys: KeyInjector;
  readonly #pointer: PointerInjector;
  readonly #clock: Clock;
  readonly #sinks = new Set<XTestSink>();
  readonly #otherLeds = new Latch();
  #disposed = false;

  /**
   * @param display Stays the caller's, and must live longer.
   * @throws {NativeError} The server lacks XTEST or XKEYBOARD, or libXtst is not installed.
   */
  constructor(display: XDisplay, options: XTestInputOptions = {}) {
    const { times = TIMES, clock = SYSTEM_CLOCK } = options;
    this.#display = display;
    this.#clock = clock;
    const xtest = new XTest(display);
    const keyboard = this.#keyboard = new XKeyboard(display);
    keyboard.onledschange = () => this.#otherLeds.set();
    this.#guard = new RepeatGuard(
      () => keyboard.repeatRate.delayMs,
      (keycode) => {
        if (display.lost) return;
        xtest.key(keycode, true);
        xtest.key(keycode, false);
      },
    );
    this.#keys = new KeyInjector(
      new XKeyboardDevice(keyboard, xtest, options.notes),
      this.#guard,
      clock,
      times,
    );
    this.#pointer = new PointerInjector(xtest);
  }

  open(): InputSink {
    const sink = new XTestSink(this.#display, this.#keys, this.#pointer, this.#clock, () => {
      this.#sinks.delete(sink);
    });
    this.#sinks.add(sink);
    return sink;
  }

  prepare(): void {
    if (!this.#display.lost && this.#display.pulse.answers(ANSWERED_MS)) this.#keys.prepare();
  }

  get leds(): LedState | undefined {
    return this.#display.lost ? undefined : this.#keyboard.leds;
  }

  ledsChanged(signal: AbortSignal): Promise<void> {
    return this.#otherLeds.wait(signal);
  }

  /** Releases what clients hold, and gives the keyboard back as it was. The display stays open. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#guard[Symbol.dispose]();
    try {
      for (const sink of [...this.#sinks]) sink.close();
      const { restMs } = this.#keys;
      if (restMs > 0 && !this.#display.lost) {
        await this.#clock.sleep(restMs, this.#display.lostSignal);
      }
      this.#keys.unbindAll();
      this.#display.sync();
    } catch (error) {
      if (!(error instanceof DisplayLostError)) throw error;
    } finally {
      this.#keyboard[Symbol.dispose]();
    }
  }
}

/** The X server's keyboard, with its map read when it is needed and has changed. */
class XKeyboardDevice implements KeyboardDevice {
  readonly #keyboard: XKeyboard;
  readonly #xtest: XTest;
  readonly #notes: XNotes | undefined;
  readonly #lent = new Map<number, readonly Keysym[]>();
  #keymap: Keymap | undefined;

  constructor(keyboard: XKeyboard, xtest: XTest, notes?: XNotes) {
    this.#notes = notes;
    this.#keyboard = keyboard;
    this.#xtest = xtest;
    keyboard.onmapchange = () => this.#keymap = undefined;
  }

  get keymap(): Keymap {
    return this.#keymap ??= new Keymap(this.#keyboard.read());
  }

  state() {
    return this.#keyboard.state();
  }

  key(keycode: number, down: boolean): void {
    this.#xtest.key(keycode, down);
  }

  lockModifiers(affect: number, values: number): void {
    this.#keyboard.lockModifiers(affect, values);
  }

  lockGroup(group: number): void {
    this.#keyboard.lockGroup(group);
  }

  bind(keycode: number, keysyms: readonly Keysym[]): void {
    if (keysyms.length > 0) this.#lent.set(keycode, keysyms);
    else this.#lent.delete(keycode);
    const note = [...this.#lent].flatMap(([code, [plain = 0, shifted = plain]]) => [code, plain, shifted]);
    // Whenever this process is killed, what is bound is noted.
    if (keysyms.length > 0) this.#notes?.set(NotePart.SpareKeys, note);
    this.#keyboard.bind(keycode, keysyms);
    if (keysyms.length === 0) this.#notes?.set(NotePart.SpareKeys, note);
    this.#keymap = undefined; // the server makes a key type for it, too
  }
}

/** One client. */
class XTestSink implements InputSink {
  readonly #display: XDisplay;
  readonly #keys: KeyInjector;
  readonly #pointer: PointerInjector;
  readonly #clock: Clock;
  readonly #closed: () => void;
  readonly #queue: InputQueue<Event>;
  #buttons = 0;
  #isClosed = false;

  constructor(
    display: XDisplay,
    keys: KeyInjector,
    pointer: PointerInjector,
    clock: Clock,
    closed: () => void,
  ) {
    this.#display = display;
    this.#keys = keys;
    this.#pointer = pointer;
    this.#clock = clock;
    this.#closed = closed;
    this.#queue = new InputQueue<Event>({
      handle: (event) => this.#handleWhenAnswered(event),
      failed: (error) => {
        if (!(error instanceof DisplayLostError)) logger.error("Input event failed", { error });
      },
      merge: mergeMotion,
      limit: MAX_WAITING,
      overflowed: () => {
        logger.warning("A client sends input faster than it can be typed: {count} events are dropped", {
          count: MAX_WAITING,
        });
        this.releaseAll();
      },
      clock,
    });
  }

  key(keysym: number, down: boolean): void {
    if (this.#isClosed || keysym === 0 || keysym === 0xffff_ffff) return;
    this.#queue.push({ type: "key", keysym, down });
  }

  keyByPosition(scancode: number, keysym: number, down: boolean): void {
    if (this.#isClosed) return;
    if (scancode <= 0 || scancode > 0xff) return this.key(keysym, down);
    this.#queue.push({ type: "place", scancode, keysym, down });
  }

  pointer(at: Point, buttons: number): void {
    if (this.#isClosed) return;
    this.#queue.push({ type: "pointer", at, buttons, isMotion: buttons === this.#buttons });
    this.#buttons = buttons;
  }

  releaseAll(): void {
    this.#queue.clear();
    if (this.#display.lost) return;
    this.#keys.releaseAll(this);
    this.#pointer.releaseAll(this);
  }

  async flushed(): Promise<void> {
    await this.#queue.idle();
    if (!this.#display.lost && !this.#isClosed) this.#display.sync();
  }

  /** Ends it now. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#closed();
    this.releaseAll();
  }

  /** Types what is still waiting, within limits, then lets go of everything. */
  async [Symbol.asyncDispose](): Promise<void> {
    const limit = new AbortController();
    const late = this.#clock.sleep(LAST_WORDS_MS, limit.signal).catch(() => {});
    await Promise.race([this.#queue.idle(), late]);
    limit.abort();
    this.close();
  }

  /** What has to ask the server first must not block everybody while it stands still. */
  #handleWhenAnswered(event: Event): Steps | undefined {
    const asks = event.type !== "pointer" || !event.isMotion;
    return asks && !this.#display.pulse.answers(ANSWERED_MS) ? this.#handleLater(event) : this.#handle(event);
  }

  *#handleLater(event: Event): Steps {
    while (!this.#display.pulse.answers(ANSWERED_MS)) yield STILL_MS;
    const steps = this.#handle(event);
    if (steps) yield* steps;
  }

  #handle(event: Event): Steps | undefined {
    if (this.#display.lost) return undefined;
    switch (event.type) {
      case "key":
        if (event.down) return this.#keys.down(this, event.keysym);
        this.#keys.up(this, event.keysym);
        break;
      case "place":
        if (event.down) return this.#keys.downAt(this, event.scancode, event.keysym);
        this.#keys.upAt(this, event.scancode, event.keysym);
        break;
      case "pointer":
        this.#pointer.move(this, event.at, event.buttons);
        break;
    }
    return undefined;
  }
}

/** Of motions that wait behind each other only the last counts. Where a button changes, its place does. */
function mergeMotion(earlier: Event, later: Event): Event | undefined {
  const areMotions = earlier.type === "pointer" && later.type === "pointer" && earlier.isMotion &&
    later.isMotion;
  return areMotions ? later : undefined;
}
