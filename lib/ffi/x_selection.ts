/**
 * A window that nobody sees, by which selections are read and owned (Inter-Client Communication Conventions Manual,
 * section 2 "Peer-to-Peer Communication by Means of Selections").
 *
 * @module
 */
import { pointerAt, readLongs } from "./c_arrays.ts";
import { LIBXFIXES, type LibXfixes } from "./libxfixes.ts";
import { optionalExtension } from "./optional_extension.ts";
import { XEvent } from "./structs.ts";
import type { XID, XMemory } from "./types.ts";
import type { XDisplay } from "./x_display.ts";
import {
  XFixesSelectionNotifyEvent,
  XPropertyEvent,
  XSelectionClearEvent,
  XSelectionEvent,
  XSelectionRequestEvent,
} from "./x_selection_structs.ts";

const PROPERTY_NOTIFY = 28;
const SELECTION_CLEAR = 29;
const SELECTION_REQUEST = 30;
const SELECTION_NOTIFY = 31;
const PROPERTY_CHANGE_MASK = 1 << 22;
const PROP_MODE_REPLACE = 0;
const PROP_MODE_APPEND = 2;
/** `SetSelectionOwnerNotify`, `SelectionWindowDestroyNotify`, `SelectionClientCloseNotify` */
const ALL_OWNER_CHANGES = 0b111;
/** Behind XFIXES' first event. */
const XFIXES_SELECTION_NOTIFY = 0;

/** An atom of X, by its number. 0 is `None`. */
export type Atom = number;
/** A moment of an X server, in ms; 0 is `CurrentTime`. Wraps around. */
export type XTime = number;

/** Somebody wants what a selection holds. */
export interface SelectionRequest {
  readonly requestor: XID;
  readonly selection: Atom;
  readonly target: Atom;
  /** Where on the requestor to put it; 0 from old clients. */
  readonly property: Atom;
  readonly time: XTime;
}

/** The answer to `convert()`. */
export interface SelectionAnswer {
  readonly selection: Atom;
  readonly target: Atom;
  /** Where on our window it is; 0 if the owner refuses. */
  readonly property: Atom;
  readonly time: XTime;
}

/** A property has another value, or is gone. */
export interface PropertyChange {
  readonly window: XID;
  readonly property: Atom;
  readonly deleted: boolean;
  readonly time: XTime;
}

/** What a property held. */
export interface PropertyValue {
  readonly type: Atom;
  /** Bits of an item: 8, 16 or 32. */
  readonly format: number;
  /** The bytes of an 8-bit one; of others, empty. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** The items of a 32-bit one; of others, empty. */
  readonly items: Uint32Array<ArrayBuffer>;
  /** Whether there was more than was to be read. */
  readonly truncated: boolean;
}

/** Hears what happens. What its methods throw is logged. */
export interface SelectionListener {
  /** A selection that is watched has another owner, or the same anew. @param owner 0 for nobody. */
  ownerChanged(selection: Atom, owner: XID, time: XTime): void;
  answered(answer: SelectionAnswer): void;
  requested(request: SelectionRequest): void;
  /** A selection that was ours is another's. */
  lost(selection: Atom, time: XTime): void;
  propertyChanged(change: PropertyChange): void;
}

/** See the module. Owns the window. */
export class XSelectionWindow implements Disposable {
  /** The window. */
  readonly id: XID;
  /** Whether changes of owners are told; without XFIXES they must be asked for. */
  readonly tellsOwners: boolean;
  readonly #display: XDisplay;
  readonly #xfixes: LibXfixes | undefined;
  readonly #handlers = new DisposableStack();
  readonly #touched: Atom;

  /** @param display Stays the caller's, and must live longer. */
  constructor(display: XDisplay, listener: SelectionListener) {
    this.#display = display;
    const { x11 } = display;
    this.id = x11.XCreateSimpleWindow(display.handle, display.root, -10, -10, 1, 1, 0, 0, 0);
    x11.XSelectInput(display.handle, this.id, PROPERTY_CHANGE_MASK);
    this.#touched = display.atom("_PORTHOLE_TIME");
    const xfixes = optionalExtension(
      display,
      "XFIXES",
      LIBXFIXES,
      "The clipboard is looked at now and then only",
    );
    this.#xfixes = xfixes?.symbols;
    this.tellsOwners = xfixes !== undefined;
    if (xfixes) {
      // The library must have asked for the extension's version before the server accepts anything else.
      xfixes.symbols.XFixesQueryExtension(display.handle, new Int32Array(1), new Int32Array(1));
      const type = xfixes.codes.firstEvent + XFIXES_SELECTION_NOTIFY;
      this.#handlers.use(display.on(type, (event) => this.#ownerChanged(event, listener)));
    }
    this.#handlers.use(display.on(SELECTION_NOTIFY, (event) => this.#answered(event, listener)));
    this.#handlers.use(display.on(SELECTION_REQUEST, (event) => this.#requested(event, listener)));
    this.#handlers.use(display.on(SELECTION_CLEAR, (event) => this.#cleared(event, listener)));
    this.#handlers.use(display.on(PROPERTY_NOTIFY, (event) => this.#propertyChanged(event, listener)));
  }

  /** Asks to be told of a selection's owners. */
  watch(selection: Atom): void {
    this.#xfixes?.XFixesSelectSelectionInput(this.#display.handle, this.id, selection, ALL_OWNER_CHANGES);
  }

  /** Who owns a selection; 0 for nobody. Costs a round trip. */
  owner(selection: Atom): XID {
    const owner = this.#display.x11.XGetSelectionOwner(this.#display.handle, selection);
    this.#display.throwIfLost();
    return owner;
  }

  /** Makes us the owner. @returns Whether we are. Costs a round trip. */
  own(selection: Atom, time: XTime): boolean {
    this.#display.x11.XSetSelectionOwner(this.#display.handle, selection, this.id, time);
    return this.owner(selection) === this.id;
  }

  /** Makes nobody the owner of what we own. */
  disown(selection: Atom, time: XTime): void {
    this.#display.x11.XSetSelectionOwner(this.#display.handle, selection, 0, time);
  }

  /** Asks the owner to put what the selection holds on our window. Its answer comes as an event, or never. */
  convert(selection: Atom, target: Atom, property: Atom, time: XTime): void {
    this.#display.x11.XConvertSelection(this.#display.handle, selection, target, property, this.id, time);
  }

  /** Changes a property of ours, so that a `propertyChanged` tells the time. @returns The property. */
  touch(): Atom {
    const none = new Uint8Array(1); // an empty buffer would be NULL
    const { x11, handle } = this.#display;
    x11.XChangeProperty(handle, this.id, this.#touched, this.#touched, 8, PROP_MODE_APPEND, none, 0);
    return this.#touched;
  }

  /**
   * Takes a property off a window. Costs a round trip.
   *
   * @param mostBytes More than that are not read, but gone as well.
   * @param options.keep Leave it there. Default false.
   * @returns `undefined` if there is none.
   */
  take(
    window: XID,
    property: Atom,
    mostBytes: number,
    options: { readonly keep?: boolean } = {},
  ): PropertyValue | undefined {
    const [type, items, after, pointer] = [0, 0, 0, 0].map(() => new DataView(new ArrayBuffer(8)));
    const format = new Int32Array(1);
    const { x11 } = this.#display;
    const { value: status, error } = this.#display.trap(() =>
      x11.XGetWindowProperty(
        this.#display.handle,
        window,
        property,
        0,
        Math.ceil(mostBytes / 4),
        options.keep ? 0 : 1,
        0, // AnyPropertyType
        type!,
        format,
        items!,
        after!,
        pointer!,
      ), { sync: false });
    if (status !== 0 || error) return undefined;
    const memory = pointerAt(pointer!, 0) as XMemory | null;
    try {
      const count = items!.getUint32(0, true);
      const actualType = type!.getUint32(0, true);
      if (actualType === 0) return undefined;
      const truncated = after!.getUint32(0, true) > 0;
      if (truncated && !options.keep) x11.XDeleteProperty(this.#display.handle, window, property);
      return {
        type: actualType,
        format: format[0]!,
        bytes: format[0] === 8 && memory !== null && count > 0
          ? new Uint8Array(Deno.UnsafePointerView.getArrayBuffer(memory, count)).slice()
          : new Uint8Array(0),
        items: readLongs(format[0] === 32 ? memory : null, count),
        truncated,
      };
    } finally {
      if (memory !== null) x11.XFree(memory);
    }
  }

  /** Puts bytes, or 32-bit items, on a window. @returns Whether the window was there. Costs a round trip. */
  put(window: XID, property: Atom, type: Atom, data: Uint8Array<ArrayBuffer> | readonly number[]): boolean {
    const isBytes = data instanceof Uint8Array;
    const buffer = isBytes ? data : BigUint64Array.from(data, BigInt); // an item is a `long` to Xlib
    const { x11 } = this.#display;
    const { error } = this.#display.trap(() =>
      x11.XChangeProperty(
        this.#display.handle,
        window,
        property,
        type,
        isBytes ? 8 : 32,
        PROP_MODE_REPLACE,
        data.length === 0 ? new Uint8Array(8) : buffer, // an empty buffer would be NULL
        data.length,
      )
    );
    return error === undefined;
  }

  /** Asks for changes of another window's properties, or not any more. @returns Whether the window was there. */
  follow(window: XID, on: boolean): boolean {
    if (window === this.#display.root) return false; // others listen to that one
    const { x11 } = this.#display;
    const { error } = this.#display.trap(() =>
      x11.XSelectInput(this.#display.handle, window, on ? PROPERTY_CHANGE_MASK : 0)
    );
    return error === undefined;
  }

  /** Answers a request. @param property Where it has been put; 0 to refuse. */
  answer(request: SelectionRequest, property: Atom): void {
    const event = new DataView(new ArrayBuffer(XEvent.size));
    event.setInt32(XSelectionEvent.type, SELECTION_NOTIFY, true);
    event.setUint32(XSelectionEvent.requestor, request.requestor, true);
    event.setUint32(XSelectionEvent.selection, request.selection, true);
    event.setUint32(XSelectionEvent.target, request.target, true);
    event.setUint32(XSelectionEvent.property, property, true);
    event.setUint32(XSelectionEvent.time, request.time, true);
    const { x11 } = this.#display;
    this.#display.trap(() => x11.XSendEvent(this.#display.handle, request.requestor, 0, 0, event));
  }

  /** Destroys the window; what it owned, nobody owns then. */
  [Symbol.dispose](): void {
    this.#handlers.dispose();
    if (!this.#display.lost) this.#display.x11.XDestroyWindow(this.#display.handle, this.id);
  }

  #ownerChanged(event: DataView, listener: SelectionListener): void {
    if (event.getUint32(XFixesSelectionNotifyEvent.window, true) !== this.id) return;
    listener.ownerChanged(
      event.getUint32(XFixesSelectionNotifyEvent.selection, true),
      event.getUint32(XFixesSelectionNotifyEvent.owner, true),
      event.getUint32(XFixesSelectionNotifyEvent.timestamp, true),
    );
  }

  #answered(event: DataView, listener: SelectionListener): void {
    if (event.getUint32(XSelectionEvent.requestor, true) !== this.id) return;
    listener.answered({
      selection: event.getUint32(XSelectionEvent.selection, true),
      target: event.getUint32(XSelectionEvent.target, true),
      property: event.getUint32(XSelectionEvent.property, true),
      time: event.getUint32(XSelectionEvent.time, true),
    });
  }

  #requested(event: DataView, listener: SelectionListener): void {
    if (event.getUint32(XSelectionRequestEvent.owner, true) !== this.id) return;
    listener.requested({
      requestor: event.getUint32(XSelectionRequestEvent.requestor, true),
      selection: event.getUint32(XSelectionRequestEvent.selection, true),
      target: event.getUint32(XSelectionRequestEvent.target, true),
      property: event.getUint32(XSelectionRequestEvent.property, true),
      time: event.getUint32(XSelectionRequestEvent.time, true),
    });
  }

  #cleared(event: DataView, listener: SelectionListener): void {
    if (event.getUint32(XSelectionClearEvent.window, true) !== this.id) return;
    listener.lost(
      event.getUint32(XSelectionClearEvent.selection, true),
      event.getUint32(XSelectionClearEvent.time, true),
    );
  }

  #propertyChanged(event: DataView, listener: SelectionListener): void {
    listener.propertyChanged({
      window: event.getUint32(XPropertyEvent.window, true),
      property: event.getUint32(XPropertyEvent.atom, true),
      deleted: event.getInt32(XPropertyEvent.state, true) === 1,
      time: event.getUint32(XPropertyEvent.time, true),
    });
  }
}
