/**
 * Monitors and the size of the screen, by the RANDR extension.
 *
 * @module
 */
import type { Rect, Size } from "../core/geometry.ts";
import { structAt } from "./c_arrays.ts";
import { LIBXRANDR, type LibXrandr } from "./libxrandr.ts";
import { optionalExtension } from "./optional_extension.ts";
import { XRRMonitorInfo } from "./structs.ts";
import type { XDisplay } from "./x_display.ts";
import { RandrOutput, type RandrResizeResult } from "./x_randr_output.ts";

/** RRScreenChangeNotify, RRCrtcChangeNotify, RROutputChangeNotify. */
const CHANGES_MASK = 1 | 2 | 4;
/** Behind the extension's first event. */
const NOTIFY = 1;

/** A monitor: a part of the screen. */
export interface Monitor extends Rect {
  /** Stays the same as long as the monitor is there. u32. */
  readonly id: number;
}

/** Knows and changes the arrangement of the screen. Borrows the display. */
export class XRandr implements Disposable {
  readonly #display: XDisplay;
  readonly #library: LibXrandr;
  readonly #handlers = new DisposableStack();
  readonly #hasMonitors: boolean;
  readonly #output: RandrOutput | undefined;

  /**
   * @param onChange Size or monitors of the screen may have changed.
   * @returns `undefined` if the display does not have the extension.
   */
  static create(display: XDisplay, onChange: () => void): XRandr | undefined {
    const loss = "The screen's monitors are not known and its size cannot be changed";
    const extension = optionalExtension(display, "RANDR", LIBXRANDR, loss);
    if (!extension) return undefined;
    return new XRandr(display, extension.symbols, extension.codes.firstEvent, onChange);
  }

  private constructor(display: XDisplay, library: LibXrandr, firstEvent: number, onChange: () => void) {
    this.#display = display;
    this.#library = library;
    const [major, minor] = [new Int32Array(1), new Int32Array(1)];
    const known = library.XRRQueryVersion(display.handle, major, minor);
    const version = known ? major[0]! * 100 + minor[0]! : 0;
    this.#hasMonitors = version >= 105 && library.XRRGetMonitors !== null;
    this.#output = version >= 103 ? new RandrOutput(display, library) : undefined;
    library.XRRSelectInput(display.handle, display.root, CHANGES_MASK);
    this.#handlers.use(display.on(firstEvent, (event) => {
      library.XRRUpdateConfiguration(new Uint8Array(event.buffer, event.byteOffset, event.byteLength));
      onChange();
    }));
    this.#handlers.use(display.on(firstEvent + NOTIFY, onChange));
  }

  /** Whether {@linkcode resize} can work at all. */
  get canResize(): boolean {
    return this.#output !== undefined;
  }

  /** The active monitors; empty when they are not known. Costs a round trip. @throws {DisplayLostError} */
  monitors(): Monitor[] {
    if (!this.#hasMonitors) return [];
    const count = new Int32Array(1);
    const { value: list } = this.#display.trap(
      () => this.#library.XRRGetMonitors!(this.#display.handle, this.#display.root, 1, count),
      { sync: false },
    );
    if (list === null) return [];
    const { size, name, x, y, width, height } = XRRMonitorInfo;
    const struct = structAt(list, Math.max(1, count[0]!) * size);
    const monitors = Array.from({ length: Math.max(0, count[0]!) }, (_, i) => ({
      id: struct.getUint32(i * size + name, true),
      x: struct.getInt32(i * size + x, true),
      y: struct.getInt32(i * size + y, true),
      width: struct.getInt32(i * size + width, true),
      height: struct.getInt32(i * size + height, true),
    }));
    this.#library.XRRFreeMonitors!(list);
    return monitors;
  }

  /**
   * Gives the screen another size. Works where it has one monitor, or none. Blocks for some round trips.
   *
   * @throws {DisplayLostError} The display has gone.
   */
  resize(size: Size): RandrResizeResult {
    return this.#output ? this.#output.resize(size) : "prohibited";
  }

  [Symbol.dispose](): void {
    this.#handlers.dispose();
    if (!this.#display.lost) this.#library.XRRSelectInput(this.#display.handle, this.#display.root, 0);
  }
}
