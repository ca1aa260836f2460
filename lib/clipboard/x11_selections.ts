/**
 * The clipboard of an X desktop: the selections CLIPBOARD and PRIMARY, as one.
 *
 * @module
 */
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import { DisplayLostError } from "../core/errors.ts";
import { Latch } from "../core/latch.ts";
import { getLogger } from "../core/log.ts";
import type { XDisplay } from "../ffi/x_display.ts";
import { type Atom, type PropertyChange, XSelectionWindow, type XTime } from "../ffi/x_selection.ts";
import type { Clipboard, ClipboardChange } from "./clipboard.ts";
import { SelectionOwner } from "./selection_owner.ts";
import { SelectionReader } from "./selection_reader.ts";

/** Which selections take part. */
export type SelectionChoice = "both" | "clipboard" | "primary";

/** How {@linkcode X11Selections} works. */
export interface X11SelectionsOptions {
  /** Default "both". */
  readonly selections?: SelectionChoice;
  /** Longest text that is read, in UTF-16 units; default 1 Mi. */
  readonly limit?: number;
  /** Default: the machine's. */
  readonly clock?: Clock;
}

/** CLIPBOARD first: of two that are there at the start, it counts. */
const NAMES: Readonly<Record<SelectionChoice, readonly string[]>> = {
  both: ["CLIPBOARD", "PRIMARY"],
  clipboard: ["CLIPBOARD"],
  primary: ["PRIMARY"],
};
const DEFAULT_LIMIT = 1 << 20;
/** Bytes of UTF-8 that a UTF-16 unit takes at most. */
const BYTES_PER_UNIT = 3;
/** While the user drags over a text, PRIMARY changes with every character; it is read when it has been still so long. */
const STILL_MS = 50;
/** How often owners are asked for where the server does not tell. */
const POLL_MS = 1000;

const logger = getLogger("clipboard");

/** See the module. */
export class X11Selections implements Clipboard {
  readonly #display: XDisplay;
  readonly #clock: Clock;
  readonly #limit: number;
  readonly #window: XSelectionWindow;
  readonly #reader: SelectionReader;
  readonly #owner: SelectionOwner;
  readonly #selections: readonly Atom[];
  readonly #end = new AbortController();
  readonly #arrived = new Latch();
  readonly #tasks = new Set<Promise<void>>();
  /** The reading of a selection that goes on, by the selection. */
  readonly #readings = new Map<Atom, AbortController>();
  #change: ClipboardChange | undefined;
  #serial = 0;
  /** What was read or offered last: the same text from elsewhere is no news. */
  #known: string | undefined;
  /** What shall be offered as soon as the server's time is known, and the property that will tell. */
  #offering: { readonly text: string; readonly touched: Atom } | undefined;

  /** @param display Stays the caller's, and must live longer. */
  constructor(display: XDisplay, options: X11SelectionsOptions = {}) {
    const { selections = "both", limit = DEFAULT_LIMIT, clock = SYSTEM_CLOCK } = options;
    this.#display = display;
    this.#clock = clock;
    this.#limit = limit;
    const atom = (name: string) => display.atom(name);
    this.#selections = NAMES[selections].map(atom);
    const window = this.#window = new XSelectionWindow(display, {
      ownerChanged: (selection, owner, time) => this.#ownerChanged(selection, owner, time),
      answered: (answer) => this.#reader.answered(answer),
      requested: (request) => this.#owner.requested(request),
      lost: (selection) => this.#owner.lost(selection),
      propertyChanged: (change) => this.#propertyChanged(change),
    });
    this.#reader = new SelectionReader({ window, atom, clock, mostBytes: limit * BYTES_PER_UNIT });
    this.#owner = new SelectionOwner(window, atom, clock);
    for (const selection of this.#selections) window.watch(selection);
    const present = this.#selections.find((selection) => window.owner(selection) !== 0);
    if (present !== undefined) this.#read(present, 0, 0);
    if (!window.tellsOwners) this.#run(this.#poll());
  }

  async changed(signal: AbortSignal): Promise<ClipboardChange> {
    for (;;) {
      await this.#arrived.wait(AbortSignal.any([signal, this.#display.lostSignal]));
      const change = this.#change;
      this.#change = undefined;
      if (change) return change;
    }
  }

  offer(text: string): void {
    if (text === "" || this.#end.signal.aborted || this.#display.lost) return;
    // Whatever is being read is older.
    for (const reading of this.#readings.values()) reading.abort();
    this.#change = undefined;
    this.#known = text;
    this.#offering = { text, touched: this.#window.touch() };
  }

  /** Ends it; what was offered is gone. The display stays open. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#end.signal.aborted) return;
    this.#end.abort();
    this.#owner[Symbol.dispose]();
    this.#window[Symbol.dispose]();
    await Promise.allSettled(this.#tasks);
  }

  #propertyChanged(change: PropertyChange): void {
    this.#reader.propertyChanged(change);
    this.#owner.propertyChanged(change);
    const offering = this.#offering;
    if (
      offering && change.window === this.#window.id && change.property === offering.touched && !change.deleted
    ) {
      this.#offering = undefined;
      this.#owner.own(this.#selections, offering.text, change.time);
    }
  }

  #ownerChanged(selection: Atom, owner: number, time: XTime): void {
    this.#readings.get(selection)?.abort();
    if (owner === 0 || owner === this.#window.id || !this.#selections.includes(selection)) return;
    this.#read(selection, time, selection === this.#display.atom("PRIMARY") ? STILL_MS : 0);
  }

  /** Reads a selection, in the background. */
  #read(selection: Atom, time: XTime, delayMs: number): void {
    const reading = new AbortController();
    this.#readings.set(selection, reading);
    const signal = AbortSignal.any([reading.signal, this.#end.signal, this.#display.lostSignal]);
    this.#run(
      (async () => {
        if (delayMs > 0) await this.#clock.sleep(delayMs, signal);
        const text = await this.#reader.read(selection, time, signal);
        signal.throwIfAborted();
        if (text) this.#announce(text);
      })().catch((error) => {
        if (!signal.aborted && !(error instanceof DisplayLostError)) {
          logger.error("Cannot read a selection", { error });
        }
      }).finally(() => {
        if (this.#readings.get(selection) === reading) this.#readings.delete(selection);
      }),
    );
  }

  #announce(text: string): void {
    if (text === this.#known) return;
    if (text.length > this.#limit) {
      logger.info("A clipboard text of {length} characters is too long to be shared", {
        length: text.length,
      });
      return;
    }
    this.#known = text;
    this.#change = { serial: ++this.#serial, text };
    this.#arrived.set();
  }

  /** Without XFIXES: looks for other owners now and then. A new text of the same owner is not noticed. */
  async #poll(): Promise<void> {
    const signal = AbortSignal.any([this.#end.signal, this.#display.lostSignal]);
    const owners = this.#selections.map((selection) => this.#window.owner(selection));
    try {
      for (;;) {
        await this.#clock.sleep(POLL_MS, signal);
        this.#selections.forEach((selection, at) => {
          const owner = this.#window.owner(selection);
          if (owner !== owners[at]) this.#ownerChanged(selection, owners[at] = owner, 0);
        });
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  #run(task: Promise<void>): void {
    this.#tasks.add(task);
    task.finally(() => this.#tasks.delete(task)).catch(() => {});
  }
}
