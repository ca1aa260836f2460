/**
 * The connection to an X server: opening, events, errors, its end.
 *
 * @module
 */
import { DisplayLostError, NativeError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import { endOfTurn } from "../core/next_turn.ts";
import { cString } from "./c_strings.ts";
import { ConnectionPoll } from "./connection_poll.ts";
import type { OpenLibrary, SharedLibrary } from "./library.ts";
import { LIBC, type LibC } from "./libc.ts";
import { LIBX11, type LibX11 } from "./libx11.ts";
import { XEvent } from "./structs.ts";
import type { DisplayPointer, VisualPointer, XID } from "./types.ts";
import { withAuthority } from "./x_authority.ts";
import { explainFailure, noDisplayName } from "./x_connection_failure.ts";
import { XError, type XErrorDetails, XErrorHandlers } from "./x_error.ts";
import { XErrorTraps } from "./x_error_traps.ts";
import type { ExtensionCodes } from "./x_names.ts";
import { XPulse } from "./x_pulse.ts";

/** At most this many events are handled at a stretch, so that a flood of them does not hold up everything else. */
const EVENTS_AT_A_STRETCH = 2000;

/** Being woken costs as much as some hundred events: while nobody is waiting for them, they gather for so long, in ms. */
const GATHER_MS = 20;

const logger = getLogger("x11");

/** How {@linkcode XDisplay.open} finds its display. */
export interface XDisplayOptions {
  /** As in `$DISPLAY`, which it replaces: ":0", "host:0.0". */
  readonly display?: string | undefined;
  /** File with the keys to displays, as in `$XAUTHORITY`, which it replaces. */
  readonly authority?: string | undefined;
}

/**
 * A connection to an X server. Owns the `Display`, and the libraries that were opened for it.
 *
 * Requests are sent by the end of the turn in which they were made; events are dispatched to the handlers
 * without anybody asking. Waiting for them costs no CPU. One thread only may use displays.
 */
export class XDisplay implements Disposable, AsyncDisposable {
  /** As it was opened: ":0". */
  readonly name: string;
  /** Who made the server: "The X.Org Foundation". */
  readonly vendor: string;
  readonly screen: number;
  /** The root window of the default screen. */
  readonly root: XID;
  /** Bits of a pixel that count, of the root window. */
  readonly depth: number;
  /** libX11's functions; first argument mostly {@linkcode handle}. For files in lib/ffi. */
  readonly x11: LibX11;
  /** The C library's functions. For files in lib/ffi. */
  readonly libc: LibC;

  readonly #pointer: DisplayPointer;
  readonly #libraries: DisposableStack;
  readonly #extraLibraries = new Map<unknown, Disposable>();
  readonly #poll: ConnectionPoll;
  readonly #pumping: Promise<void>;
  readonly #handlers = new Map<number, ((event: DataView) => void)[]>();
  readonly #rootMasks: { readonly mask: number }[] = [];
  readonly #extensions = new Map<string, ExtensionCodes>();
  readonly #atoms = new Map<string, number>();
  readonly #traps = new XErrorTraps();
  readonly #lost = new AbortController();
  readonly #event = new Uint8Array(XEvent.size);
  readonly #eventView = new DataView(this.#event.buffer);
  #lostError: DisplayLostError | undefined;
  #pulse: XPulse | undefined;
  #gathers = false;
  #endOfRest: (() => void) | undefined;
  #dispatchPlanned = false;
  #dispatching = false;
  #disposed = false;

  /**
   * Connects to an X server.
   *
   * @throws {NativeError} A library is missing, or the display cannot be opened; the message says what to do.
   */
  static open(options: XDisplayOptions = {}): XDisplay {
    const name = options.display ?? Deno.env.get("DISPLAY") ?? "";
    if (name === "") throw noDisplayName(Deno.env);
    using opening = new DisposableStack();
    const libc = opening.use(LIBC.open()).symbols;
    const x11 = opening.use(LIBX11.open()).symbols;
    const errors = opening.use(XErrorHandlers.join(x11));
    const pointer = withAuthority(options.authority, libc, () => x11.XOpenDisplay(cString(name)));
    if (pointer === null) throw explainFailure(name, libc);
    return new XDisplay(name, pointer, x11, libc, errors, opening.move());
  }

  private constructor(
    name: string,
    pointer: DisplayPointer,
    x11: LibX11,
    libc: LibC,
    errors: XErrorHandlers,
    libraries: DisposableStack,
  ) {
    this.name = name;
    this.#pointer = pointer;
    this.x11 = x11;
    this.libc = libc;
    this.#libraries = libraries;
    this.screen = x11.XDefaultScreen(pointer);
    this.root = x11.XDefaultRootWindow(pointer);
    this.depth = x11.XDefaultDepth(pointer, this.screen);
    const vendor = x11.XServerVendor(pointer);
    this.vendor = vendor === null ? "" : Deno.UnsafePointerView.getCString(vendor);
    const receiver = {
      xError: (details: XErrorDetails) => this.#xError(details),
      connectionLost: () => this.#connectionLost(),
    };
    errors.attach(pointer, receiver);
    libraries.defer(() => errors.detach(receiver));
    // Extension libraries have left functions in the Display that XCloseDisplay calls: they are closed after it.
    libraries.defer(() => {
      for (const library of this.#extraLibraries.values()) library[Symbol.dispose]();
    });
    libraries.defer(() => x11.XCloseDisplay(pointer));
    this.#poll = new ConnectionPoll(x11.XConnectionNumber(pointer));
    this.#pumping = this.#pump();
  }

  /**
   * The `Display *`, for files in lib/ffi, to be fetched anew for every use: requests that it was fetched for are
   * sent, and events that came meanwhile are dispatched, when the turn ends.
   *
   * @throws {DisplayLostError} The X server has gone.
   */
  get handle(): DisplayPointer {
    this.throwIfLost();
    if (!this.#dispatchPlanned) {
      this.#dispatchPlanned = true;
      queueMicrotask(() => {
        this.#dispatchPlanned = false;
        if (this.#dispatch()) this.#poll.wake();
      });
    }
    return this.#pointer;
  }

  /** The default `Visual *`, for files in lib/ffi. */
  get visual(): VisualPointer {
    return this.x11.XDefaultVisual(this.handle, this.screen)!;
  }

  /** Whether the X server has gone. */
  get lost(): boolean {
    return this.#lostError !== undefined;
  }

  /** Aborts when the X server goes; its reason is a {@linkcode DisplayLostError}. */
  get lostSignal(): AbortSignal {
    return this.#lost.signal;
  }

  /** @throws {DisplayLostError} The X server has gone. @throws {NativeError} This display is disposed. */
  throwIfLost(): void {
    if (this.#lostError) throw this.#lostError;
    if (this.#disposed) {
      throw new NativeError(`Cannot use display "${this.name}": it is closed`, "XCloseDisplay");
    }
  }

  /**
   * Opens a library that works on this display, once, and keeps it until the display is closed. For files in lib/ffi.
   *
   * @throws {NativeError} It is not installed.
   */
  library<Symbols extends Deno.ForeignLibraryInterface>(
    library: SharedLibrary<Symbols>,
  ): Deno.StaticForeignLibraryInterface<Symbols> {
    let open = this.#extraLibraries.get(library) as OpenLibrary<Symbols> | undefined;
    if (!open) this.#extraLibraries.set(library, open = library.open());
    return open.symbols;
  }

  /**
   * Sends events of one kind to `handler` until the result is disposed. Does not ask the server for them.
   *
   * @param eventType Number of a core event, or first event of an extension and what belongs on top.
   * @param handler Gets the `XEvent`, which is valid during the call only. What it throws is logged.
   */
  on(eventType: number, handler: (event: DataView) => void): Disposable {
    this.#handlers.set(eventType, [...this.#handlers.get(eventType) ?? [], handler]);
    return {
      [Symbol.dispose]: () => {
        const others = (this.#handlers.get(eventType) ?? []).filter((one) => one !== handler);
        if (others.length > 0) this.#handlers.set(eventType, others);
        else this.#handlers.delete(eventType);
      },
    };
  }

  /** Asks for events of the root window, besides what others have asked for, until the result is disposed. */
  selectRootEvents(mask: number): Disposable {
    const entry = { mask };
    this.#rootMasks.push(entry);
    this.#selectRootEvents();
    return {
      [Symbol.dispose]: () => {
        const at = this.#rootMasks.indexOf(entry);
        if (at < 0) return;
        this.#rootMasks.splice(at, 1);
        if (!this.lost && !this.#disposed) this.#selectRootEvents();
      },
    };
  }

  /** The numbers of an extension such as "DAMAGE", or `undefined` if the server does not have it. */
  extension(name: string): ExtensionCodes | undefined {
    const known = this.#extensions.get(name);
    if (known) return known;
    const [major, event, error] = [new Int32Array(1), new Int32Array(1), new Int32Array(1)];
    if (!this.x11.XQueryExtension(this.handle, cString(name), major, event, error)) {
      this.throwIfLost();
      return undefined;
    }
    const codes = { major: major[0]!, firstEvent: event[0]!, firstError: error[0]! };
    this.#extensions.set(name, codes);
    return codes;
  }

  /**
   * Runs `action`, waits until the server has done what it asked for, and reports the first X error in it instead of
   * logging it.
   *
   * @param options.sync Whether to wait; needless when the last request of `action` has a reply. Default true.
   */
  trap<T>(
    action: () => T,
    options: { readonly sync?: boolean } = {},
  ): { readonly value: T; readonly error: XError | undefined } {
    using trap = this.#traps.open(this.x11.XNextRequest(this.handle));
    const value = action();
    if (options.sync ?? true) this.sync();
    this.throwIfLost();
    return { value, error: trap.error };
  }

  /** Dispatches what has arrived, now. It is dispatched in a moment anyway. */
  dispatch(): void {
    this.throwIfLost();
    if (this.#dispatch()) this.#poll.wake();
    this.throwIfLost();
  }

  /**
   * Whether events may gather for some ms before they are dispatched, as nobody waits for them: `dispatch()` and every
   * request dispatch those that are there as ever.
   */
  set gathers(gathers: boolean) {
    this.#gathers = gathers;
    if (!gathers) this.#endOfRest?.();
  }

  /** Sends requests now. They go at the end of the turn anyway. */
  flush(): void {
    this.x11.XFlush(this.handle);
  }

  /** Waits until the server has done everything so far. Blocks for a round trip: 15 to 50 µs on this machine. */
  sync(): void {
    this.x11.XSync(this.handle, 0);
    this.throwIfLost();
  }

  /** Whether the server answers at the moment. For files in lib/ffi and those that hold a display. */
  get pulse(): XPulse {
    return this.#pulse ??= new XPulse(this);
  }

  /** The number of an atom; makes it if it does not exist. The first time costs a round trip. */
  atom(name: string): number {
    let atom = this.#atoms.get(name);
    if (atom === undefined) {
      atom = this.x11.XInternAtom(this.handle, cString(name), 0);
      this.throwIfLost();
      this.#atoms.set(name, atom);
    }
    return atom;
  }

  /** The name of an atom, or `undefined` if there is no such one. Costs a round trip. */
  atomName(atom: number): string | undefined {
    const { value } = this.trap(() => this.x11.XGetAtomName(this.handle, atom), { sync: false });
    if (value === null) return undefined;
    const name = Deno.UnsafePointerView.getCString(value);
    this.x11.XFree(value);
    return name;
  }

  /** Closes the connection. A wait for events may end a moment later; `Symbol.asyncDispose` waits for that too. */
  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#endOfRest?.();
    this.#poll[Symbol.dispose]();
    this.#handlers.clear();
    this.#libraries.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this[Symbol.dispose]();
    await this.#pumping;
  }

  async #pump(): Promise<void> {
    while (!this.#disposed && !this.lost) {
      const more = this.#dispatch();
      // Whoever this woke may take what there is in this very turn, and is not to wait until another thread waits again.
      if (this.#gathers && !more) await endOfTurn();
      if (this.#gathers && !more) await this.#rest();
      if (this.#disposed || this.lost) break;
      await this.#poll.wait(more ? 0 : -1);
    }
    await this.#poll.ended;
  }

  /** Returns after some ms, or as soon as somebody waits for events. */
  async #rest(): Promise<void> {
    if (this.#disposed) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, GATHER_MS);
    this.#endOfRest = resolve;
    await promise;
    clearTimeout(timer);
    this.#endOfRest = undefined;
  }

  /**
   * Dispatches the events that are there.
   *
   * @returns Whether some are left. They are not in the connection any more, where a poll would see them.
   */
  #dispatch(): boolean {
    // A handler that gets here again would overwrite its own event.
    if (this.#disposed || this.lost || this.#dispatching) return false;
    this.#dispatching = true;
    try {
      return this.#dispatchSome();
    } finally {
      this.#dispatching = false;
    }
  }

  #dispatchSome(): boolean {
    for (let left = EVENTS_AT_A_STRETCH; left > 0; left--) {
      if (this.x11.XPending(this.#pointer) <= 0) return false;
      this.x11.XNextEvent(this.#pointer, this.#event);
      if (this.lost) return false;
      for (const handler of this.#handlers.get(this.#eventView.getInt32(XEvent.type, true)) ?? []) {
        this.#call(handler);
        if (this.#disposed || this.lost) return false;
      }
    }
    return true;
  }

  #call(handler: (event: DataView) => void): void {
    try {
      handler(this.#eventView);
    } catch (error) {
      if (!this.lost) logger.error("Handler of an X event failed", { error });
    }
  }

  #selectRootEvents(): void {
    let mask = 0;
    for (const entry of this.#rootMasks) mask |= entry.mask;
    this.x11.XSelectInput(this.handle, this.root, mask);
  }

  #xError(details: XErrorDetails): void {
    const error = new XError(details, this.#extensions);
    if (this.#traps.catch(error)) return;
    logger.warning("X error: {message}", { message: error.message, serial: error.serial });
  }

  #connectionLost(): void {
    if (this.#lostError) return;
    this.#lostError = new DisplayLostError(`The X server at "${this.name}" has gone`, "XIOError");
    // This is called from inside of Xlib: those who listen run afterwards.
    queueMicrotask(() => {
      this.#poll[Symbol.dispose]();
      this.#lost.abort(this.#lostError);
    });
  }
}
