/**
 * The pointer's picture, by the XFIXES extension.
 *
 * @module
 */
import type { CursorImage } from "../core/pixels.ts";
import { pointerAt, readLongs, structAt } from "./c_arrays.ts";
import { LIBXFIXES, type LibXfixes } from "./libxfixes.ts";
import { optionalExtension } from "./optional_extension.ts";
import { XFixesCursorImage } from "./structs.ts";
import type { XDisplay } from "./x_display.ts";

const DISPLAY_CURSOR_NOTIFY_MASK = 1;
/** Behind the extension's first event. */
const CURSOR_NOTIFY = 1;

/** Knows what the pointer looks like. Borrows the display. */
export class XFixesCursor implements Disposable {
  readonly #display: XDisplay;
  readonly #library: LibXfixes;
  readonly #handler: Disposable;
  #image: CursorImage | undefined;
  #stale = true;

  /**
   * @param onChange The picture has changed.
   * @returns `undefined` if the display cannot tell the picture.
   */
  static create(display: XDisplay, onChange: () => void): XFixesCursor | undefined {
    const extension = optionalExtension(display, "XFIXES", LIBXFIXES, "The pointer's picture is not known");
    if (!extension) return undefined;
    return new XFixesCursor(display, extension.symbols, extension.codes.firstEvent, onChange);
  }

  private constructor(display: XDisplay, library: LibXfixes, firstEvent: number, onChange: () => void) {
    this.#display = display;
    this.#library = library;
    // The library must have asked for the extension's version before the server accepts anything else.
    library.XFixesQueryExtension(display.handle, new Int32Array(1), new Int32Array(1));
    library.XFixesSelectCursorInput(display.handle, display.root, DISPLAY_CURSOR_NOTIFY_MASK);
    this.#handler = display.on(firstEvent + CURSOR_NOTIFY, () => {
      if (this.#stale) return;
      this.#stale = true;
      onChange();
    });
  }

  /**
   * The picture now; the same object as long as it is the same picture. A new one costs a round trip.
   *
   * @throws {DisplayLostError} The display has gone.
   */
  image(): CursorImage | undefined {
    if (!this.#stale) return this.#image;
    this.#stale = false;
    const memory = this.#library.XFixesGetCursorImage(this.#display.handle);
    this.#display.throwIfLost();
    if (memory === null) return this.#image = undefined;
    const struct = structAt(memory, XFixesCursorImage.size);
    const serial = struct.getUint32(XFixesCursorImage.cursor_serial, true);
    if (serial !== this.#image?.serial) {
      const width = struct.getUint16(XFixesCursorImage.width, true);
      const height = struct.getUint16(XFixesCursorImage.height, true);
      this.#image = {
        serial,
        width,
        height,
        hotspot: {
          x: Math.min(struct.getUint16(XFixesCursorImage.xhot, true), Math.max(0, width - 1)),
          y: Math.min(struct.getUint16(XFixesCursorImage.yhot, true), Math.max(0, height - 1)),
        },
        pixels: readLongs(pointerAt(struct, XFixesCursorImage.pixels), width * height),
      };
    }
    this.#display.x11.XFree(memory);
    return this.#image;
  }

  [Symbol.dispose](): void {
    this.#handler[Symbol.dispose]();
    if (!this.#display.lost) {
      this.#library.XFixesSelectCursorInput(this.#display.handle, this.#display.root, 0);
    }
  }
}
