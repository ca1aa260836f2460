/**
 * Pixels of an X screen through shared memory (MIT-SHM): the server writes them where kernels read them.
 *
 * @module
 */
import { NativeError } from "../core/errors.ts";
import type { FrameMemory } from "../core/frame_memory.ts";
import { type Rect, rectOf, type Size } from "../core/geometry.ts";
import { getLogger } from "../core/log.ts";
import { endOfTurn } from "../core/next_turn.ts";
import type { Frame } from "../core/pixels.ts";
import type { XDisplay } from "../ffi/x_display.ts";
import { XError } from "../ffi/x_error.ts";
import { BAD_MATCH } from "../ffi/x_names.ts";
import { XShmImage } from "../ffi/x_shm_image.ts";
import { bandsOf, MOST_BANDS } from "./bands.ts";
import { isDirect } from "./pixel_conversion.ts";
import type { PixelReader } from "./pixel_reader.ts";
import { ScreenColours } from "./screen_colours.ts";

/** Pixels converted at a stretch: 1 to 4 ms. */
const PIXELS_AT_A_STRETCH = 1 << 20;

/** Reads a screen by MIT-SHM. Owns the image and the frame; borrows the display. */
export class ShmReader implements PixelReader {
  readonly name = "MIT-SHM";
  readonly frame: Frame;
  readonly #memory: FrameMemory;
  readonly #piece: Uint8Array<ArrayBufferLike>;
  readonly #image: XShmImage;
  /** Set where pixels have to be converted from the image to the frame. */
  readonly #colours: ScreenColours | undefined;
  readonly #mapped: boolean;
  #disposed = false;

  /**
   * @param memory Where the frame is to lie.
   * @param options.pixmap As in {@linkcode XShmImage.create}.
   * @throws {NativeError} The display does not do this, or not with this process.
   * @throws {DisplayLostError} The display has gone.
   */
  constructor(
    display: XDisplay,
    memory: FrameMemory,
    size: Size,
    options: { readonly pixmap?: boolean } = {},
  ) {
    this.#memory = memory;
    const colours = new ScreenColours(display);
    using opening = new DisposableStack();
    const length = size.width * size.height * 4;
    this.#piece = opening.adopt(memory.allocate(length), (piece) => memory.release(piece));
    const direct = isDirect(colours.layout);
    this.#image = opening.use(
      (direct ? createInPlace(display, size, this.#piece, options) : undefined) ??
        XShmImage.create(display, size, undefined, options),
    );
    this.#mapped = this.#image.bytes.buffer === this.#piece.buffer;
    this.#colours = this.#mapped ? undefined : colours;
    if (!reachesServer(this.#image)) {
      throw new NativeError(
        "Cannot share memory: the X server has another segment of that number",
        "XShmAttach",
      );
    }
    this.frame = {
      ...size,
      stride: size.width,
      pixels: new Uint32Array(this.#piece.buffer, this.#piece.byteOffset, length / 4),
    };
    opening.move();
  }

  /** Whether the server writes straight into the frame. */
  get mapped(): boolean {
    return this.#mapped;
  }

  async read(rects: readonly Rect[]): Promise<boolean> {
    this.#check();
    const recoloured = this.#colours?.refresh() ?? false;
    const bands = bandsOf(recoloured ? [rectOf(this.frame)] : rects, this.frame, MOST_BANDS);
    if (this.#image.canCopy) this.#image.copy(bands);
    for (const band of bands) {
      if (!this.#image.canCopy) this.#image.grab(band.y, band.height);
      if (this.#colours) await this.#convert(band, this.#colours);
    }
    return recoloured;
  }

  [Symbol.dispose](): void {
    if (this.#disposed) return;
    this.#disposed = true;
    // First the mapping, then the place that it was mapped to.
    this.#image[Symbol.dispose]();
    this.#memory.release(this.#piece);
  }

  async #convert(band: Rect, { converter, layout }: ScreenColours): Promise<void> {
    const { pixels, stride } = this.frame;
    const { bytesPerRow } = this.#image;
    const step = Math.max(1, Math.floor(PIXELS_AT_A_STRETCH / band.width));
    for (let top = band.y, left = band.height; left > 0; top += step, left -= step) {
      if (top > band.y) {
        await endOfTurn();
        this.#check();
      }
      const from = {
        bytes: this.#image.bytes,
        at: top * bytesPerRow + band.x * layout.bitsPerPixel / 8,
        bytesPerRow,
      };
      converter(from, { pixels, at: top * stride + band.x, stride }, band.width, Math.min(step, left));
    }
  }

  #check(): void {
    if (this.#disposed) throw new TypeError("Cannot read the screen as its reader is disposed");
  }
}

/** The image mapped over `place`, or `undefined` where the system does not do that: pixels have to be copied then. */
function createInPlace(
  display: XDisplay,
  size: Size,
  place: Uint8Array,
  options: { readonly pixmap?: boolean },
): XShmImage | undefined {
  try {
    return XShmImage.create(display, size, place, options);
  } catch (error) {
    if (!(error instanceof NativeError) || error.symbol !== "shmat") throw error;
    getLogger("capture").info("Pixels are copied once more than needed: {reason}", { reason: error.message });
    return undefined;
  }
}

/**
 * Whether the server writes to this image. In another IPC namespace it may find a segment of the same number, and
 * write to that one.
 */
function reachesServer(image: XShmImage): boolean {
  const row = image.bytes.subarray(0, image.bytesPerRow);
  try {
    return [0xa5, 0x5a].some((mark) => {
      row.fill(mark);
      image.grab(0, 1);
      return row.some((byte) => byte !== mark);
    });
  } catch (error) {
    // The screen has become smaller meanwhile; this image will not be used.
    if (error instanceof XError && error.code === BAD_MATCH) return true;
    throw error;
  }
}
