/**
 * Whether an X server answers at the moment. One that stands still, or has been grabbed by another program (XGrabServer, from
 * which only connections with XTEST are spared), reads nothing of ours: a call that waits for its answer would block this
 * thread, and everybody whom it serves, until it goes on.
 *
 * What is asked for is an event that we send to a window of our own: it needs no answer that a call would have to wait for,
 * and when it comes, all requests before it have been done and all events before it have been read.
 *
 * @module
 */
import { pollfd, XEvent } from "./structs.ts";
import type { XID } from "./types.ts";
import type { XDisplay } from "./x_display.ts";
import { XClientMessageEvent } from "./x_pulse_structs.ts";

const CLIENT_MESSAGE = 33;
const POLLIN = 1;

/** Longest wait on the spot, in ms: a server that is idle answers in a twentieth of one. */
const PATIENCE_MS = 3;

/** Owned by its display. */
export class XPulse {
  readonly #display: XDisplay;
  readonly #window: XID;
  readonly #message: number;
  readonly #event = new Uint8Array(XEvent.size);
  readonly #fds = new Uint8Array(pollfd.size);
  #asked = 0;
  #answered = 0;
  #answeredAt = -Infinity;
  #waiting: PromiseWithResolvers<void> | undefined;

  /** Costs a few round trips. */
  constructor(display: XDisplay) {
    this.#display = display;
    const { x11, root } = display;
    this.#window = x11.XCreateSimpleWindow(display.handle, root, -10, -10, 1, 1, 0, 0, 0);
    this.#message = display.atom("_PORTHOLE_PULSE");
    const event = new DataView(this.#event.buffer);
    event.setInt32(XEvent.type, CLIENT_MESSAGE, true);
    event.setUint32(XEvent.window, this.#window, true);
    event.setUint32(XClientMessageEvent.message_type, this.#message, true);
    event.setInt32(XClientMessageEvent.format, 32, true);
    const fds = new DataView(this.#fds.buffer);
    fds.setInt32(pollfd.fd, x11.XConnectionNumber(display.handle), true);
    fds.setInt16(pollfd.events, POLLIN, true);
    display.on(CLIENT_MESSAGE, (event) => this.#receive(event));
    display.lostSignal.addEventListener("abort", () => this.#settle());
  }

  /**
   * Whether the server answers: mostly yes, and then all that was asked of it so far is done. Waits a few ms at the most,
   * once; as long as it has not answered then, the answer is no at once.
   *
   * @param freshMs Whether it has answered so recently is good enough, in ms; by default it is asked anew.
   */
  answers(freshMs = 0): boolean {
    const display = this.#display;
    if (display.lost) return true; // whoever calls it hears of that
    if (this.#asked !== this.#answered) {
      display.dispatch();
      if (this.#asked !== this.#answered) return false;
    }
    if (freshMs > 0 && performance.now() - this.#answeredAt < freshMs) return true;
    this.#ask();
    const deadline = performance.now() + PATIENCE_MS;
    for (;;) {
      display.dispatch(); // sends it, too
      if (this.#asked === this.#answered) return true;
      const leftMs = Math.ceil(deadline - performance.now());
      if (leftMs <= 0) return false;
      display.libc.pollNow(this.#fds, 1n, leftMs);
    }
  }

  /** Resolves when the server answers what it was asked, or has gone. */
  beat(): Promise<void> {
    if (this.#display.lost || this.#asked === this.#answered) return Promise.resolve();
    return (this.#waiting ??= Promise.withResolvers<void>()).promise;
  }

  #ask(): void {
    this.#asked = (this.#asked + 1) >>> 0;
    new DataView(this.#event.buffer).setUint32(XClientMessageEvent.data, this.#asked, true);
    // Without a mask it goes to who has made the window.
    this.#display.x11.XSendEvent(this.#display.handle, this.#window, 0, 0, this.#event);
  }

  #receive(event: DataView): void {
    if (event.getUint32(XEvent.window, true) !== this.#window) return;
    if (event.getUint32(XClientMessageEvent.message_type, true) !== this.#message) return;
    const number = event.getUint32(XClientMessageEvent.data, true);
    if (number !== this.#asked) return; // another program can send such events, too
    this.#answered = number;
    this.#answeredAt = performance.now();
    this.#settle();
  }

  #settle(): void {
    this.#waiting?.resolve();
    this.#waiting = undefined;
  }
}
