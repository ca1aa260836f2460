/**
 * The meaning of an X screen's pixels, which can change where they are places in a colour map.
 *
 * @module
 */
import { type PixelLayout, rootPixelLayout } from "../ffi/x_image.ts";
import { colourMap } from "../ffi/x_screen.ts";
import type { XDisplay } from "../ffi/x_display.ts";
import { type PixelConverter, pixelConverter } from "./pixel_conversion.ts";

/** Makes converters for a display's pixels. Borrows the display. */
export class ScreenColours {
  readonly layout: PixelLayout;
  readonly #display: XDisplay;
  #colours: Uint32Array<ArrayBuffer> | undefined;
  #converter: PixelConverter;

  /** @throws {NativeError} Pixels of this kind are not supported. */
  constructor(display: XDisplay) {
    this.#display = display;
    this.layout = rootPixelLayout(display);
    this.#converter = this.#refreshed() ?? pixelConverter(this.layout);
  }

  /** Converts to `0x00RRGGBB`, with the colours of the last `refresh()`. */
  get converter(): PixelConverter {
    return this.#converter;
  }

  /**
   * Looks whether the colour map has changed, which X tells nobody. Costs a round trip where there is a colour map,
   * nothing elsewhere.
   *
   * @returns Whether it has.
   */
  refresh(): boolean {
    const converter = this.#refreshed();
    if (converter) this.#converter = converter;
    return converter !== undefined;
  }

  #refreshed(): PixelConverter | undefined {
    if (!this.layout.indexed) return undefined;
    const before = this.#colours;
    const colours = colourMap(this.#display, this.layout.colours);
    if (before && before.every((colour, i) => colour === colours[i])) return undefined;
    this.#colours = colours;
    return pixelConverter(this.layout, colours);
  }
}
