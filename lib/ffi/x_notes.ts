/**
 * Notes of what a process has changed of an X server and has to put back. They are kept by the server itself, as
 * properties of its root window: so they outlive a process that is killed, and do not outlive the server.
 *
 * A note names a window of its writer. The server destroys that window with the writer's connection, however it ends:
 * a note whose window is gone, or belongs to somebody else by now, is a dead process's, and to be carried out.
 *
 * @module
 */
import { pointerAt, readLongs } from "./c_arrays.ts";
import type { XID, XMemory } from "./types.ts";
import type { XDisplay } from "./x_display.ts";

/** What a note tells of. Numbers must not change: the next version reads them, too. */
export const NotePart = {
  /** Keycodes that are lent: keycode, keysym without Shift, with Shift, and so on. */
  SpareKeys: 1,
  /** Input devices that were taken off: device, its master, and so on. */
  FloatingDevices: 2,
  /** Monitors that were made dark: crtc, entries of its ramps, then red, green and blue, two to a number, and so on. */
  GammaRamps: 3,
  /** Energy saving as it was: whether on, and the times to standby, suspend and off. */
  Dpms: 4,
} as const;

/** One of {@linkcode NotePart}. */
export type NotePart = typeof NotePart[keyof typeof NotePart];

/** A note whose writer has died. */
export interface DeadNote {
  readonly parts: ReadonlyMap<number, readonly number[]>;
  /** Takes it away. */
  remove(): void;
}

const VERSION = 1;
/** Processes that can have notes on one display at the same time. */
const SLOTS = 8;
const XA_CARDINAL = 6;
const PROP_MODE_REPLACE = 0;
/** Longest note that is read, in numbers: ramps of several monitors. */
const MOST_NUMBERS = 1 << 16;

/** Notes of this process. Owns a window that nobody sees, and a property. */
export class XNotes implements Disposable {
  readonly #display: XDisplay;
  readonly #parts = new Map<number, readonly number[]>();
  readonly #window: XID;
  readonly #token: number;
  readonly #property: number | undefined;

  /** @param display Stays the caller's, and must live longer. Notes of the dead should have been taken away before. */
  constructor(display: XDisplay) {
    this.#display = display;
    const { x11 } = display;
    this.#token = crypto.getRandomValues(new Uint32Array(1))[0]!;
    this.#window = x11.XCreateSimpleWindow(display.handle, display.root, -10, -10, 1, 1, 0, 0, 0);
    write(display, this.#window, display.atom(nameOf("OWNER")), [this.#token]);
    this.#property = slots(display).find((slot) => read(display, display.root, slot) === undefined);
    this.#write();
  }

  /** Writes down what is to be put back of one kind, in place of what it said before; nothing takes it out. */
  set(part: NotePart, numbers: readonly number[]): void {
    if (numbers.length > 0) this.#parts.set(part, numbers);
    else if (!this.#parts.delete(part)) return;
    this.#write();
  }

  /** Nothing is left to put back. */
  [Symbol.dispose](): void {
    if (this.#display.lost) return;
    const { x11, root } = this.#display;
    if (this.#property !== undefined) x11.XDeleteProperty(this.#display.handle, root, this.#property);
    x11.XDestroyWindow(this.#display.handle, this.#window);
  }

  #write(): void {
    if (this.#property === undefined) return;
    const parts = [...this.#parts].flatMap(([part, numbers]) => [part, numbers.length, ...numbers]);
    write(this.#display, this.#display.root, this.#property, [VERSION, this.#window, this.#token, ...parts]);
  }
}

/** The notes of processes that have died. Costs a few round trips. */
export function deadNotes(display: XDisplay): DeadNote[] {
  const owner = display.atom(nameOf("OWNER"));
  const dead: DeadNote[] = [];
  for (const slot of slots(display)) {
    const numbers = read(display, display.root, slot);
    if (!numbers) continue;
    const [version, window = 0, token] = numbers;
    if (window !== 0 && read(display, window, owner)?.[0] === token) continue;
    const parts = new Map<number, readonly number[]>();
    for (let at = 3; version === VERSION && at + 1 < numbers.length;) {
      const [part, count] = [numbers[at]!, numbers[at + 1]!];
      parts.set(part, [...numbers.subarray(at + 2, at + 2 + count)]);
      at += 2 + count;
    }
    dead.push({ parts, remove: () => display.x11.XDeleteProperty(display.handle, display.root, slot) });
  }
  return dead;
}

function nameOf(what: string | number): string {
  return `_PORTHOLE_${what}`;
}

function slots(display: XDisplay): number[] {
  return Array.from({ length: SLOTS }, (_, at) => display.atom(nameOf(at + 1)));
}

function write(display: XDisplay, window: XID, property: number, numbers: readonly number[]): void {
  const longs = BigUint64Array.from(numbers, (number) => BigInt(number >>> 0));
  display.x11.XChangeProperty(
    display.handle,
    window,
    property,
    XA_CARDINAL,
    32,
    PROP_MODE_REPLACE,
    new Uint8Array(longs.buffer),
    numbers.length,
  );
}

/** @returns `undefined` when there is no such window, or when it has no such property. */
function read(display: XDisplay, window: XID, property: number): Uint32Array<ArrayBuffer> | undefined {
  const [type, format, count, after, data] = [8, 4, 8, 8, 8].map((size) =>
    new DataView(new ArrayBuffer(size))
  );
  const { value, error } = display.trap(() =>
    display.x11.XGetWindowProperty(
      display.handle,
      window,
      property,
      0,
      MOST_NUMBERS,
      0,
      XA_CARDINAL,
      bytesOf(type!),
      bytesOf(format!),
      bytesOf(count!),
      bytesOf(after!),
      bytesOf(data!),
    ), { sync: false });
  if (error || value !== 0) return undefined;
  const list = pointerAt(data!, 0);
  const items = format!.getInt32(0, true) === 32 ? Number(count!.getBigUint64(0, true)) : 0;
  const numbers = items > 0 ? readLongs(list, items) : undefined;
  if (list !== null) display.x11.XFree(list as XMemory);
  return numbers;
}

function bytesOf(view: DataView): Uint8Array<ArrayBuffer> {
  return new Uint8Array(view.buffer as ArrayBuffer);
}
