/**
 * Which top-level windows move over the screen (X11 "ConfigureNotify" of the root window's children).
 *
 * @module
 */
import type { Point, Rect } from "../core/geometry.ts";
import { pointerAt, readLongs } from "./c_arrays.ts";
import {
  XConfigureEvent,
  XCreateWindowEvent,
  XMapEvent,
  XReparentEvent,
  XWindowAttributes,
} from "./structs.ts";
import type { XID, XMemory } from "./types.ts";
import type { XDisplay } from "./x_display.ts";

const STRUCTURE_NOTIFY_MASK = 1 << 17;
const SUBSTRUCTURE_NOTIFY_MASK = 1 << 19;
const CREATE_NOTIFY = 16;
const DESTROY_NOTIFY = 17;
const UNMAP_NOTIFY = 18;
const MAP_NOTIFY = 19;
const REPARENT_NOTIFY = 21;
const CONFIGURE_NOTIFY = 22;
/** Looking at a window that is there already costs two round trips. */
const MOST_WINDOWS_AT_START = 100;
/** More moves at a time are not worth being looked at. */
const MOST_MOVES = 64;

/** A window went from one place to another. Both have the same size, and may reach outside of the screen. */
export interface MovedWindow {
  readonly from: Rect;
  readonly to: Rect;
}

interface Window {
  /** With its border. */
  place: Rect;
  visible: boolean;
  /** Where it was when moves were taken, if it has only moved since. */
  from: Point | undefined;
}

/** Follows the root window's children, and the root window's own size. Borrows the display. */
export class XWindowWatcher implements Disposable {
  readonly #display: XDisplay;
  readonly #windows = new Map<XID, Window>();
  readonly #moved = new Set<Window>();
  readonly #handlers = new DisposableStack();

  /** @param onRootChange The root window may have another size. */
  constructor(display: XDisplay, onRootChange: () => void) {
    this.#display = display;
    this.#handlers.use(display.selectRootEvents(STRUCTURE_NOTIFY_MASK | SUBSTRUCTURE_NOTIFY_MASK));
    const on = (type: number, handler: (event: DataView) => void) =>
      this.#handlers.use(display.on(type, handler));
    on(CREATE_NOTIFY, (event) => this.#place(event, XCreateWindowEvent));
    on(CONFIGURE_NOTIFY, (event) => {
      if (event.getUint32(XConfigureEvent.window, true) === display.root) onRootChange();
      else if (event.getUint32(XConfigureEvent.event, true) === display.root) {
        this.#place(event, XConfigureEvent);
      }
    });
    on(MAP_NOTIFY, (event) => this.#show(event, true));
    on(UNMAP_NOTIFY, (event) => this.#show(event, false));
    on(DESTROY_NOTIFY, (event) => this.#drop(event.getUint32(XMapEvent.window, true)));
    on(REPARENT_NOTIFY, (event) => {
      if (event.getUint32(XReparentEvent.parent, true) !== display.root) {
        this.#drop(event.getUint32(XReparentEvent.window, true));
      }
    });
    this.#learn();
  }

  /** The moves since the last call: from the place at that time to the place now. */
  takeMoves(): MovedWindow[] {
    const moves: MovedWindow[] = [];
    for (const window of this.#moved) {
      const { place: to, from } = window;
      window.from = undefined;
      if (from && window.visible && (from.x !== to.x || from.y !== to.y)) {
        moves.push({ from: { ...from, width: to.width, height: to.height }, to });
      }
    }
    this.#moved.clear();
    return moves;
  }

  [Symbol.dispose](): void {
    this.#handlers.dispose();
  }

  #place(event: DataView, at: typeof XCreateWindowEvent | typeof XConfigureEvent): void {
    const id = event.getUint32(at.window, true);
    const border = 2 * event.getInt32(at.border_width, true);
    const place = {
      x: event.getInt32(at.x, true),
      y: event.getInt32(at.y, true),
      width: event.getInt32(at.width, true) + border,
      height: event.getInt32(at.height, true) + border,
    };
    const window = this.#windows.get(id);
    if (!window) {
      this.#windows.set(id, { place, visible: at === XConfigureEvent, from: undefined });
      return;
    }
    const { place: before } = window;
    window.place = place;
    if (before.width !== place.width || before.height !== place.height) {
      window.from = undefined;
      this.#moved.delete(window);
    } else if (window.visible && (this.#moved.has(window) || this.#moved.size < MOST_MOVES)) {
      window.from ??= before;
      this.#moved.add(window);
    }
  }

  #show(event: DataView, visible: boolean): void {
    const window = this.#windows.get(event.getUint32(XMapEvent.window, true));
    if (!window) return;
    window.visible = visible;
    window.from = undefined;
    this.#moved.delete(window);
  }

  #drop(id: XID): void {
    const window = this.#windows.get(id);
    if (!window) return;
    this.#windows.delete(id);
    this.#moved.delete(window);
  }

  /** Looks at the windows that are there already. */
  #learn(): void {
    const { x11, handle, root } = this.#display;
    const [ignored, children, count] = [new Uint32Array(2), new BigUint64Array(1), new Uint32Array(1)];
    if (!x11.XQueryTree(handle, root, ignored, ignored, children, count)) return;
    const list = pointerAt(new DataView(children.buffer), 0);
    // From the bottom to the top: the top ones are those that are seen.
    const ids = readLongs(list, count[0]!).slice(-MOST_WINDOWS_AT_START);
    if (list !== null) x11.XFree(list as XMemory);
    const struct = new DataView(new ArrayBuffer(XWindowAttributes.size));
    const { x, y, width, height, border_width, map_state } = XWindowAttributes;
    for (const id of ids) {
      const { value } = this.#display.trap(
        () => x11.XGetWindowAttributes(this.#display.handle, id, new Uint8Array(struct.buffer)),
        { sync: false },
      );
      if (!value) continue;
      const border = 2 * struct.getInt32(border_width, true);
      this.#windows.set(id, {
        place: {
          x: struct.getInt32(x, true),
          y: struct.getInt32(y, true),
          width: struct.getInt32(width, true) + border,
          height: struct.getInt32(height, true) + border,
        },
        visible: struct.getInt32(map_state, true) !== 0,
        from: undefined,
      });
    }
  }
}
