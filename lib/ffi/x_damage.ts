/**
 * What was drawn on a display, as the DAMAGE extension tells it.
 *
 * The level is RawRectangles: with all others the X server collects a region, which scattered drawing makes so
 * complicated that the server does nothing else any more.
 *
 * @module
 */
import { LIBXDAMAGE, type LibXdamage } from "./libxdamage.ts";
import { optionalExtension } from "./optional_extension.ts";
import { XDamageNotifyEvent } from "./structs.ts";
import type { XID } from "./types.ts";
import type { XDisplay } from "./x_display.ts";

const RAW_RECTANGLES = 0;

/** Reports each piece of drawing on the root window and its descendants. Borrows the display. */
export class XDamage implements Disposable {
  readonly #display: XDisplay;
  readonly #library: LibXdamage;
  readonly #handler: Disposable;
  #damage: XID | undefined;

  /**
   * @param onDamage Gets a rectangle in pixels of the screen, which may reach outside of it.
   * @returns Stopped; `undefined` if the display cannot report damage.
   */
  static create(
    display: XDisplay,
    onDamage: (x: number, y: number, width: number, height: number) => void,
  ): XDamage | undefined {
    const extension = optionalExtension(
      display,
      "DAMAGE",
      LIBXDAMAGE,
      "The screen has to be polled for changes",
    );
    if (!extension) return undefined;
    return new XDamage(display, extension.symbols, extension.codes.firstEvent, onDamage);
  }

  private constructor(
    display: XDisplay,
    library: LibXdamage,
    event: number,
    onDamage: (x: number, y: number, width: number, height: number) => void,
  ) {
    this.#display = display;
    this.#library = library;
    // The library must have asked for the extension's version before the server accepts anything else.
    library.XDamageQueryExtension(display.handle, new Int32Array(1), new Int32Array(1));
    const { area, damage } = XDamageNotifyEvent;
    this.#handler = display.on(event, (view) => {
      // What an earlier one has sent may still be on its way.
      if (view.getUint32(damage, true) !== this.#damage) return;
      onDamage(
        view.getInt16(area, true),
        view.getInt16(area + 2, true),
        view.getUint16(area + 4, true),
        view.getUint16(area + 6, true),
      );
    });
  }

  /** Whether damage is reported now. */
  get running(): boolean {
    return this.#damage !== undefined;
  }

  /**
   * Everything drawn from when this returns is reported. Costs a round trip.
   *
   * @throws {DisplayLostError} The display has gone.
   */
  start(): void {
    if (this.#damage !== undefined) return;
    const damage = this.#library.XDamageCreate(this.#display.handle, this.#display.root, RAW_RECTANGLES);
    // The server begins with a report of the whole window, which is nobody's yet and thereby passed over.
    this.#display.sync();
    this.#display.dispatch();
    this.#damage = damage;
  }

  /** Nothing is reported any more, and the server has no work with it. */
  stop(): void {
    if (this.#damage === undefined) return;
    const damage = this.#damage;
    this.#damage = undefined;
    if (!this.#display.lost) this.#library.XDamageDestroy(this.#display.handle, damage);
  }

  [Symbol.dispose](): void {
    this.stop();
    this.#handler[Symbol.dispose]();
  }
}
