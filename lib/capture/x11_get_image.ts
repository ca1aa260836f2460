/**
 * Pixels of an X screen by core requests: where memory cannot be shared, as with a display on another machine.
 *
 * @module
 */
import type { FrameMemory } from "../core/frame_memory.ts";
import { type Rect, rectOf, type Size } from "../core/geometry.ts";
import { endOfTurn } from "../core/next_turn.ts";
import type { Frame } from "../core/pixels.ts";
import type { XDisplay } from "../ffi/x_display.ts";
import { getImage } from "../ffi/x_image.ts";
import { bandsOf } from "./bands.ts";
import type { PixelReader } from "./pixel_reader.ts";
import { ScreenColours } from "./screen_colours.ts";

/** Each read is a round trip, and all pixels cross a socket. */
const MOST_READS = 16;
/** Pixels read at a stretch: about 2 ms. */
const PIXELS_AT_A_STRETCH = 1 << 18;

/** Reads a screen by GetImage. Owns the frame; borrows the display. */
export class GetImageReader implements PixelReader {
  readonly name = "XGetImage";
  readonly frame: Frame;
  readonly #display: XDisplay;
  readonly #memory: FrameMemory;
  readonly #piece: Uint8Array<ArrayBufferLike>;
  readonly #colours: ScreenColours;
  #disposed = false;

  /**
   * @param memory Where the frame is to lie.
   * @throws {DisplayLostError} The display has gone.
   */
  constructor(display: XDisplay, memory: FrameMemory, size: Size) {
    this.#display = display;
    this.#memory = memory;
    this.#colours = new ScreenColours(display);
    const length = size.width * size.height * 4;
    this.#piece = memory.allocate(length);
    this.frame = {
      ...size,
      stride: size.width,
      pixels: new Uint32Array(this.#piece.buffer, this.#piece.byteOffset, length / 4),
    };
  }

  async read(rects: readonly Rect[]): Promise<boolean> {
    this.#check();
    const recoloured = this.#colours.refresh();
    let started = false;
    for (const band of bandsOf(recoloured ? [rectOf(this.frame)] : rects, this.frame, MOST_READS)) {
      const step = Math.max(1, Math.floor(PIXELS_AT_A_STRETCH / band.width));
      for (let top = band.y, left = band.height; left > 0; top += step, left -= step) {
        if (started) {
          await endOfTurn();
          this.#check();
        }
        started = true;
        this.#readAtOnce({ x: band.x, y: top, width: band.width, height: Math.min(step, left) });
      }
    }
    return recoloured;
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#memory.release(this.#piece);
  }

  #readAtOnce(r: Rect): void {
    const { pixels, stride } = this.frame;
    getImage(this.#display, r, (bytes, bytesPerRow) => {
      const to = { pixels, at: r.y * stride + r.x, stride };
      this.#colours.converter({ bytes, at: 0, bytesPerRow }, to, r.width, r.height);
    });
  }

  #check(): void {
    if (this.#disposed) throw new TypeError("Cannot read the screen as its reader is disposed");
  }
}
