/**
 * Asks the owner of a selection for its text (Inter-Client Communication Conventions Manual, sections 2.4
 * "Requesting a Selection" and 2.7.2 "Incremental Transfers").
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";
import type { Atom, PropertyChange, SelectionAnswer, XSelectionWindow, XTime } from "../ffi/x_selection.ts";
import { decodeText, READABLE_TARGETS } from "./selection_text.ts";

/** How long an owner may take for its answer, and for each part of a long one. */
const PATIENCE_MS = 2000;
/** How long a text may take as a whole. */
const LONG_PATIENCE_MS = 20_000;
/** Answers may come late, when something else has been asked for: each request has its own property, of so many. */
const PROPERTIES = 16;

/** What the reader needs besides its window. */
export interface SelectionReaderOptions {
  readonly window: XSelectionWindow;
  readonly atom: (name: string) => Atom;
  readonly clock: Clock;
  /** Longer texts are not kept, in bytes as they come. */
  readonly mostBytes: number;
}

/** See the module. Gets its events from the window's listener. */
export class SelectionReader {
  readonly #options: SelectionReaderOptions;
  readonly #answers = new Map<Atom, (answer: SelectionAnswer) => void>();
  readonly #parts = new Map<Atom, () => void>();
  #requests = 0;

  constructor(options: SelectionReaderOptions) {
    this.#options = options;
  }

  /**
   * Reads a selection.
   *
   * @param time When the owner became it; 0 for whoever it is now.
   * @returns Lines end with LF; `undefined` when there is no text, too much of it, or the owner does not answer in time.
   * @throws The signal's reason when it aborts. @throws {DisplayLostError} The display has gone.
   */
  async read(selection: Atom, time: XTime, signal: AbortSignal): Promise<string | undefined> {
    const { atom } = this.#options;
    for (const target of READABLE_TARGETS) {
      const property = atom(`_PORTHOLE_SELECTION_${this.#requests++ % PROPERTIES}`);
      const answer = await this.#ask(selection, atom(target), property, time, signal);
      if (!answer) return undefined;
      if (answer.property === 0) continue;
      const value = await this.#take(property, signal);
      if (!value) return undefined;
      const text = decodeText(this.#typeName(value.type), value.bytes);
      if (text !== undefined) return text;
    }
    return undefined;
  }

  /** An owner has answered. */
  answered(answer: SelectionAnswer): void {
    // A refusal names no property: it is of the only request for that selection and target that is open.
    for (const [property, resolve] of this.#answers) {
      if (answer.property === property) return resolve(answer);
    }
    if (answer.property === 0) { for (const resolve of this.#answers.values()) resolve(answer); }
  }

  /** A property has changed. */
  propertyChanged({ window, property, deleted }: PropertyChange): void {
    if (window === this.#options.window.id && !deleted) this.#parts.get(property)?.();
  }

  async #ask(
    selection: Atom,
    target: Atom,
    property: Atom,
    time: XTime,
    signal: AbortSignal,
  ): Promise<SelectionAnswer | undefined> {
    const answer = Promise.withResolvers<SelectionAnswer>();
    this.#answers.set(property, (given) => {
      if (given.selection === selection && given.target === target && given.time === time) {
        answer.resolve(given);
      }
    });
    try {
      this.#options.window.convert(selection, target, property, time);
      return await this.#patiently(answer.promise, PATIENCE_MS, signal);
    } finally {
      this.#answers.delete(property);
    }
  }

  /** Takes the value that the owner has put there, which may be the announcement of parts. */
  async #take(
    property: Atom,
    signal: AbortSignal,
  ): Promise<{ readonly type: Atom; readonly bytes: Uint8Array<ArrayBuffer> } | undefined> {
    const { window, atom, mostBytes, clock } = this.#options;
    let arrived = Promise.withResolvers<void>();
    this.#parts.set(property, () => arrived.resolve());
    try {
      const first = window.take(window.id, property, mostBytes);
      if (!first || first.truncated) return undefined;
      if (first.type !== atom("INCR")) return first;
      const end = clock.now() + LONG_PATIENCE_MS;
      const parts: Uint8Array<ArrayBuffer>[] = [];
      let length = 0;
      for (;;) {
        if (await this.#patiently(arrived.promise.then(() => true), PATIENCE_MS, signal) === undefined) {
          return undefined;
        }
        arrived = Promise.withResolvers();
        const part = window.take(window.id, property, mostBytes);
        if (!part) continue; // it was taken with the one before
        if (part.bytes.length === 0 && !part.truncated) {
          return length <= mostBytes ? { type: part.type, bytes: concat(parts, length) } : undefined;
        }
        length += part.truncated ? Infinity : part.bytes.length;
        // What is too long is taken to its end all the same, so that its owner need not wait for us.
        if (length <= mostBytes) parts.push(part.bytes);
        else parts.length = 0;
        if (clock.now() > end) return undefined;
      }
    } finally {
      this.#parts.delete(property);
    }
  }

  /** Names of the types that `decodeText` knows. */
  #typeName(type: Atom): string {
    return READABLE_TARGETS.find((name) => this.#options.atom(name) === type) ?? "";
  }

  /** @returns `undefined` when it takes too long. */
  async #patiently<T>(promise: Promise<T>, ms: number, signal: AbortSignal): Promise<T | undefined> {
    const done = new AbortController();
    const timeout = this.#options.clock.sleep(ms, AbortSignal.any([signal, done.signal])).then(() =>
      undefined
    );
    timeout.catch(() => {}); // aborted after the race
    try {
      return await Promise.race([promise, timeout]);
    } finally {
      done.abort();
    }
  }
}

function concat(parts: readonly Uint8Array<ArrayBuffer>[], length: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
