/**
 * A question on the desktop: a window with text and buttons that lies above all others and waits for an answer.
 *
 * No window manager has a hand in it (override-redirect), so that it is there with every one and with none, and so that
 * it takes the keyboard from nobody: keys count while the pointer is over it. Who happens to type or click when it appears
 * has not answered: for a moment nothing counts.
 *
 * @module
 */
import { DisplayLostError, NativeError } from "../core/errors.ts";
import type { Question, Questioner } from "../core/questioner.ts";
import { cString } from "./c_strings.ts";
import { type FontPointer, LIBX11_WINDOWS, type LibX11Windows } from "./libx11_windows.ts";
import { XEvent } from "./structs.ts";
import type { GcPointer, XID } from "./types.ts";
import type { XDisplay } from "./x_display.ts";
import {
  XButtonEvent,
  XCharStruct,
  XFontStruct,
  XSetWindowAttributes,
  XVisibilityEvent,
} from "./x_question_structs.ts";

const KEY_PRESS = 2;
const BUTTON_PRESS = 4;
const BUTTON_RELEASE = 5;
const ENTER_NOTIFY = 7;
const LEAVE_NOTIFY = 8;
const EXPOSE = 12;
const VISIBILITY_NOTIFY = 15;
/** KeyPress, ButtonPress, ButtonRelease, EnterWindow, LeaveWindow, Exposure, VisibilityChange. */
const EVENT_MASK = 1 | 1 << 2 | 1 << 3 | 1 << 4 | 1 << 5 | 1 << 15 | 1 << 16;
const VISIBILITY_UNOBSCURED = 0;
const CW_OVERRIDE_REDIRECT = 1 << 9;
const REVERT_TO_POINTER_ROOT = 1;
const XK_ESCAPE = 0xff1b;
/** Layouts that the keyboard can be switched among: the letters of one of them may be those of the answers. */
const KEYBOARD_GROUPS = 4;

/** The last one is in every X server. */
const FONTS = ["-misc-fixed-medium-r-normal--20-*-*-*-*-*-iso8859-1", "10x20", "9x15", "fixed"];
/** Characters of a line that are shown. */
const MOST_CHARACTERS = 76;

const MARGIN = 20;
const BORDER = 3;
/** An answer that comes sooner was meant for something else, in ms. */
const TOO_SOON_MS = 700;
/** How often another window may be raised above it before it gives up, so that two such windows end. */
const MOST_RAISES = 20;
const TICK_MS = 1000;

/** Asks on an X display. Borrows it. */
export class XQuestioner implements Questioner {
  readonly #display: XDisplay;

  constructor(display: XDisplay) {
    this.#display = display;
  }

  async ask(question: Question, signal: AbortSignal): Promise<number | undefined> {
    signal.throwIfAborted();
    using shown = new QuestionWindow(this.#display, question);
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    shown.onanswer = resolve;
    const stopped = () => reject(signal.reason);
    const lost = () => reject(new DisplayLostError("The display went while it was asked on", ""));
    signal.addEventListener("abort", stopped);
    this.#display.lostSignal.addEventListener("abort", lost);
    const deadline = performance.now() + question.timeoutMs;
    const tick = setInterval(() => {
      const leftMs = deadline - performance.now();
      if (leftMs <= 0) resolve(undefined);
      else if (!this.#display.lost) shown.showTime(Math.ceil(leftMs / 1000));
    }, Math.min(TICK_MS, question.timeoutMs / 4));
    try {
      return await promise;
    } finally {
      clearInterval(tick);
      signal.removeEventListener("abort", stopped);
      this.#display.lostSignal.removeEventListener("abort", lost);
    }
  }
}

interface Button {
  readonly text: Uint8Array<ArrayBuffer>;
  readonly x: number;
  readonly width: number;
}

/** The window. Owns it, and what it is drawn with. */
class QuestionWindow implements Disposable {
  onanswer: (answer: number) => void = () => {};
  readonly #display: XDisplay;
  readonly #windows: LibX11Windows;
  readonly #question: Question;
  readonly #resources: DisposableStack;
  readonly #id: XID;
  readonly #gc: GcPointer;
  readonly #font: FontPointer;
  readonly #ascent: number;
  readonly #lineHeight: number;
  readonly #lines: Uint8Array<ArrayBuffer>[];
  readonly #buttons: Button[];
  readonly #buttonsAt: number;
  readonly #width: number;
  readonly #height: number;
  #time: Uint8Array<ArrayBuffer>;
  #shownAt: number | undefined;
  #pressed: number | undefined;
  /** Who had the keyboard before the pointer came here. */
  #focus: { readonly window: XID; readonly revertTo: number } | undefined;
  #raises = 0;

  /** @throws {NativeError} There are no fonts. */
  constructor(display: XDisplay, question: Question) {
    this.#display = display;
    this.#question = question;
    using opening = new DisposableStack();
    const windows = this.#windows = display.library(LIBX11_WINDOWS);
    const { x11 } = display;
    this.#font = opening.adopt(
      this.#loadFont(),
      (font) => this.#release(() => windows.XFreeFont(display.handle, font)),
    );
    const { ascent, descent } = this.#measure(latin1("x"));
    this.#ascent = ascent;
    this.#lineHeight = ascent + descent + 6;
    this.#lines = [question.title, "", ...question.lines].map(latin1);
    this.#time = latin1(question.otherwise(Math.ceil(question.timeoutMs / 1000)));
    const texts = question.choices.map(({ label, key }) => latin1(`${label} (${key.toUpperCase()})`));
    const widths = texts.map((text) => this.#measure(text).width + 2 * MARGIN);
    const buttonsWidth = widths.reduce((sum, width) => sum + width + MARGIN, -MARGIN);
    const widest = Math.max(
      buttonsWidth,
      ...[...this.#lines, this.#time].map((line) => this.#measure(line).width),
    );
    this.#width = widest + 2 * MARGIN;
    let x = (this.#width - buttonsWidth) >> 1;
    this.#buttons = texts.map((text, at) => {
      const button = { text, x, width: widths[at]! };
      x += button.width + MARGIN;
      return button;
    });
    this.#buttonsAt = MARGIN + (this.#lines.length + 2) * this.#lineHeight;
    this.#height = this.#buttonsAt + this.#buttonHeight + MARGIN;
    const screen = this.#screenSize();
    const black = windows.XBlackPixel(display.handle, display.screen);
    const white = windows.XWhitePixel(display.handle, display.screen);
    this.#id = x11.XCreateSimpleWindow(
      display.handle,
      display.root,
      Math.max(0, (screen.width - this.#width) >> 1),
      Math.max(0, (screen.height - this.#height) / 3 | 0),
      this.#width,
      this.#height,
      BORDER,
      black,
      white,
    );
    opening.defer(() => this.#release(() => x11.XDestroyWindow(display.handle, this.#id)));
    const attributes = new DataView(new ArrayBuffer(XSetWindowAttributes.size));
    attributes.setInt32(XSetWindowAttributes.override_redirect, 1, true);
    windows.XChangeWindowAttributes(
      display.handle,
      this.#id,
      CW_OVERRIDE_REDIRECT,
      new Uint8Array(attributes.buffer),
    );
    this.#gc = opening.adopt(
      x11.XCreateGC(display.handle, this.#id, 0, null)!,
      (gc) => this.#release(() => x11.XFreeGC(display.handle, gc)),
    );
    x11.XSetForeground(display.handle, this.#gc, black);
    const fontId = new Deno.UnsafePointerView(this.#font).getUint32(XFontStruct.fid);
    windows.XSetFont(display.handle, this.#gc, fontId);
    x11.XSelectInput(display.handle, this.#id, EVENT_MASK);
    const on = (type: number, handler: (event: DataView) => void) =>
      opening.use(display.on(type, (event) => {
        if (event.getUint32(XEvent.window, true) === this.#id) handler(event);
      }));
    on(EXPOSE, () => this.#draw());
    on(VISIBILITY_NOTIFY, (event) => this.#visibilityChanged(event.getInt32(XVisibilityEvent.state, true)));
    on(ENTER_NOTIFY, () => this.#takeKeyboard());
    on(LEAVE_NOTIFY, () => this.#giveKeyboardBack());
    on(KEY_PRESS, (event) => this.#keyPressed(event.getUint32(XButtonEvent.button, true)));
    on(BUTTON_PRESS, (event) => this.#pressed = this.#buttonAt(event));
    on(BUTTON_RELEASE, (event) => this.#buttonReleased(event));
    windows.XMapRaised(display.handle, this.#id);
    this.#resources = opening.move();
  }

  /** Shows how much time is left. */
  showTime(secondsLeft: number): void {
    this.#time = latin1(this.#question.otherwise(secondsLeft));
    const y = MARGIN + this.#lines.length * this.#lineHeight;
    const { handle } = this.#display;
    this.#windows.XClearArea(handle, this.#id, 0, y, this.#width, this.#lineHeight, 0);
    this.#text(this.#time, MARGIN, y);
  }

  [Symbol.dispose](): void {
    this.#giveKeyboardBack();
    this.#resources.dispose();
  }

  /** What belongs to a display that has gone is gone, too. */
  #release(action: () => void): void {
    if (!this.#display.lost) action();
  }

  get #buttonHeight(): number {
    return this.#lineHeight + 12;
  }

  #loadFont(): FontPointer {
    for (const name of FONTS) {
      const font = this.#windows.XLoadQueryFont(this.#display.handle, cString(name));
      this.#display.throwIfLost();
      if (font !== null) return font;
    }
    throw new NativeError("Cannot ask on the display: it has no fonts", "XLoadQueryFont");
  }

  #measure(text: Uint8Array<ArrayBuffer>): { width: number; ascent: number; descent: number } {
    const [direction, ascent, descent] = [new Int32Array(1), new Int32Array(1), new Int32Array(1)];
    const overall = new DataView(new ArrayBuffer(XCharStruct.size));
    const bytes = new Uint8Array(overall.buffer);
    this.#windows.XTextExtents(this.#font, text, text.length, direction, ascent, descent, bytes);
    return { width: overall.getInt16(XCharStruct.width, true), ascent: ascent[0]!, descent: descent[0]! };
  }

  /** As it is now: another program may have changed it. */
  #screenSize(): { width: number; height: number } {
    const { x11, handle, root } = this.#display;
    const [width, height, ignored] = [new Uint32Array(1), new Uint32Array(1), new Uint32Array(2)];
    x11.XGetGeometry(handle, root, ignored, ignored, ignored, width, height, ignored, ignored);
    this.#display.throwIfLost();
    return { width: width[0]!, height: height[0]! };
  }

  #draw(): void {
    const { x11, handle } = this.#display;
    for (const [at, line] of this.#lines.entries()) this.#text(line, MARGIN, MARGIN + at * this.#lineHeight);
    x11.XFillRectangle(handle, this.#id, this.#gc, 0, MARGIN + this.#lineHeight + 4, this.#width, 1);
    this.#text(this.#time, MARGIN, MARGIN + this.#lines.length * this.#lineHeight);
    for (const { x, width, text } of this.#buttons) {
      this.#windows.XDrawRectangle(handle, this.#id, this.#gc, x, this.#buttonsAt, width, this.#buttonHeight);
      this.#text(text, x + MARGIN, this.#buttonsAt + 9);
    }
    this.#shownAt ??= performance.now();
  }

  #text(text: Uint8Array<ArrayBuffer>, x: number, y: number): void {
    const { handle } = this.#display;
    this.#windows.XDrawString(handle, this.#id, this.#gc, x, y + this.#ascent, text, text.length);
  }

  #visibilityChanged(state: number): void {
    if (state !== VISIBILITY_UNOBSCURED && this.#raises++ < MOST_RAISES) {
      this.#windows.XRaiseWindow(this.#display.handle, this.#id);
    }
  }

  #takeKeyboard(): void {
    if (this.#focus) return;
    const [window, revertTo] = [new BigUint64Array(1), new Int32Array(1)];
    this.#windows.XGetInputFocus(this.#display.handle, window, revertTo);
    this.#focus = { window: Number(window[0]!), revertTo: revertTo[0]! };
    this.#setFocus(this.#id, REVERT_TO_POINTER_ROOT);
  }

  #giveKeyboardBack(): void {
    const focus = this.#focus;
    this.#focus = undefined;
    if (focus && !this.#display.lost) this.#setFocus(focus.window, focus.revertTo);
  }

  /** A window that has gone or cannot be seen may not have the keyboard: that is no news. */
  #setFocus(window: XID, revertTo: number): void {
    this.#display.trap(() => this.#windows.XSetInputFocus(this.#display.handle, window, revertTo, 0));
  }

  #keyPressed(keycode: number): void {
    const { choices } = this.#question;
    for (let group = 0; group < KEYBOARD_GROUPS; group++) {
      const keysym = this.#windows.XkbKeycodeToKeysym(this.#display.handle, keycode, group, 0);
      if (keysym === XK_ESCAPE) return this.#answer(choices.length - 1);
      const at = choices.findIndex(({ key }) => key.charCodeAt(0) === keysym);
      if (at >= 0) return this.#answer(at);
    }
  }

  #buttonAt(event: DataView): number | undefined {
    if (event.getUint32(XButtonEvent.button, true) !== 1) return undefined;
    const [x, y] = [event.getInt32(XButtonEvent.x, true), event.getInt32(XButtonEvent.y, true)];
    if (y < this.#buttonsAt || y >= this.#buttonsAt + this.#buttonHeight) return undefined;
    const at = this.#buttons.findIndex((button) => x >= button.x && x < button.x + button.width);
    return at < 0 || this.#isTooSoon ? undefined : at;
  }

  #buttonReleased(event: DataView): void {
    const at = this.#buttonAt(event);
    if (at !== undefined && at === this.#pressed) this.#answer(at);
    this.#pressed = undefined;
  }

  get #isTooSoon(): boolean {
    return this.#shownAt === undefined || performance.now() - this.#shownAt < TOO_SOON_MS;
  }

  #answer(at: number): void {
    if (!this.#isTooSoon) this.onanswer(at);
  }
}

/** In the encoding of X's core fonts; what they lack is a question mark. */
function latin1(text: string): Uint8Array<ArrayBuffer> {
  const shown = text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS - 3)}...` : text;
  return Uint8Array.from(shown, (character) => {
    const code = character.charCodeAt(0);
    const isShown = (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff);
    return isShown ? code : 0x3f;
  });
}
