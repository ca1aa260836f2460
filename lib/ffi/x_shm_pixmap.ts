/**
 * A pixmap in memory that is shared with the X server ("Shared memory pixmaps" of the MIT-SHM extension): it copies parts
 * of the screen there, as many as wanted, to their own places, for one round trip.
 *
 * @module
 */
import type { Rect, Size } from "../core/geometry.ts";
import type { LibXext } from "./libxext.ts";
import type { GcPointer, XID } from "./types.ts";
import type { XDisplay } from "./x_display.ts";

const Z_PIXMAP = 2;
const INCLUDE_INFERIORS = 1;

/** As large as the screen. Borrows the display and the segment, which outlives it. */
export class XShmPixmap implements Disposable {
  readonly #display: XDisplay;
  readonly #id: XID;
  readonly #gc: GcPointer;

  /**
   * Makes a pixmap, where the server has such pixmaps: one that draws in the system's memory.
   *
   * @param info `XShmSegmentInfo` of a segment that is attached.
   * @returns `undefined` where the server has none.
   * @throws {DisplayLostError} The display has gone.
   */
  static create(
    display: XDisplay,
    library: LibXext,
    info: Uint8Array<ArrayBuffer>,
    address: Deno.PointerObject,
    size: Size,
  ): XShmPixmap | undefined {
    const [major, minor, has] = [new Int32Array(1), new Int32Array(1), new Int32Array(1)];
    if (!library.XShmQueryVersion(display.handle, major, minor, has)) return undefined;
    if (!has[0] || library.XShmPixmapFormat(display.handle) !== Z_PIXMAP) return undefined;
    const { handle, root, depth } = display;
    const { value, error } = display.trap(() =>
      library.XShmCreatePixmap(handle, root, address, info, size.width, size.height, depth)
    );
    return error ? undefined : new XShmPixmap(display, value);
  }

  private constructor(display: XDisplay, id: XID) {
    this.#display = display;
    this.#id = id;
    this.#gc = display.x11.XCreateGC(display.handle, id, 0, null)!;
    display.x11.XSetSubwindowMode(display.handle, this.#gc, INCLUDE_INFERIORS);
    display.x11.XSetGraphicsExposures(display.handle, this.#gc, 0);
  }

  /**
   * Has `rects` of the screen copied to their places. Blocks: 20 µs and the bytes.
   *
   * @param rects Parts outside of the screen stay as they are.
   * @throws {XError} The server cannot.
   * @throws {DisplayLostError} The display has gone.
   */
  copy(rects: readonly Rect[]): void {
    const { x11, handle, root } = this.#display;
    const { error } = this.#display.trap(() => {
      for (const { x, y, width, height } of rects) {
        x11.XCopyArea(handle, root, this.#id, this.#gc, x, y, width, height, x, y);
      }
    });
    if (error) throw error;
  }

  [Symbol.dispose](): void {
    if (this.#display.lost) return;
    this.#display.x11.XFreeGC(this.#display.handle, this.#gc);
    this.#display.x11.XFreePixmap(this.#display.handle, this.#id);
  }
}
