/**
 * What a client wants its pixels to be: format and levels, and everything that follows from them, worked out once.
 *
 * Clients whose targets have the same `key` want the same bytes, and may share them.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { BGR233, type PixelFormat } from "../protocol/pixel_format.ts";
import { cpixelLayout, type PixelLayout, pixelLayout, tpixelLayout } from "./pixel_layout.ts";

/** What a client asked for beside its format (rfbproto "JPEG Quality Level" and "Compression Level"). */
export interface Levels {
  /** 0 (fastest) … 9 (smallest); `undefined`: the client did not say. */
  readonly compressLevel: number | undefined;
  /** JPEG quality 0 … 9; `undefined`: no JPEG for this client. */
  readonly qualityLevel: number | undefined;
  /**
   * Whether Tight may use its gradient filter. Off unless the client is known to have it: noVNC before 1.5 gives up
   * on it.
   */
  readonly gradient: boolean;
}

/** The levels of a client that says nothing. */
export const DEFAULT_LEVELS: Levels = { compressLevel: undefined, qualityLevel: undefined, gradient: false };

/**
 * zlib's level for a client's compression level. Clients mean those of zlib itself; the zlib-rs that is built into
 * Deno reaches the same size at a higher one, in the same time or less. Its level 1 is far off, and not used.
 */
const ZLIB_LEVELS = [0, 2, 4, 5, 6, 6, 6, 7, 8, 9];
/** For clients that did not say. */
const DEFAULT_ZLIB_LEVEL = 4;

/** Pixels of a rectangle, as values in a client's format. Valid until the target translates the next one. */
export interface PixelBlock {
  readonly pixels: Uint32Array;
  /** Index of the first pixel. */
  readonly offset: number;
  /** Pixels from one row to the next. */
  readonly stride: number;
  readonly width: number;
  readonly height: number;
}

/** A pixel format and levels, with all that encodings need to know of them. */
export class PixelTarget {
  /** As the client gave it, but for colour maps: their pixels are made as BGR233. */
  readonly format: PixelFormat;
  readonly levels: Levels;
  /** Equal for targets that make equal bytes. */
  readonly key: string;
  /** Bytes of a PIXEL: 1, 2 or 4. */
  readonly bytesPerPixel: number;
  /** How PIXELs are written. */
  readonly pixel: PixelLayout;
  /** How CPIXELs are written (ZRLE, TRLE). */
  readonly cpixel: PixelLayout;
  /** How TPIXELs are written (Tight). */
  readonly tpixel: PixelLayout;
  /** For the client's zlib streams: 0 … 9. */
  readonly zlibLevel: number;
  /** Values in this format are those of frames. */
  readonly #native: boolean;
  readonly #red: Uint32Array;
  readonly #green: Uint32Array;
  readonly #blue: Uint32Array;
  #scratch = new Uint32Array(0);

  /** @param format One that `checkPixelFormat` accepts. */
  constructor(format: PixelFormat, levels: Levels = DEFAULT_LEVELS) {
    this.format = format.trueColour ? format : { ...BGR233, trueColour: false };
    this.levels = levels;
    this.key = keyOf(this.format, levels);
    this.pixel = pixelLayout(this.format);
    this.cpixel = cpixelLayout(this.format);
    this.tpixel = tpixelLayout(this.format);
    this.bytesPerPixel = this.pixel.size;
    this.zlibLevel = levels.compressLevel === undefined
      ? DEFAULT_ZLIB_LEVEL
      : ZLIB_LEVELS[levels.compressLevel] ?? DEFAULT_ZLIB_LEVEL;
    const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = this.format;
    this.#native = this.format.bitsPerPixel === 32 && redMax === 255 && greenMax === 255 && blueMax === 255 &&
      redShift === 16 && greenShift === 8 && blueShift === 0;
    this.#red = channelTable(redMax, redShift);
    this.#green = channelTable(greenMax, greenShift);
    this.#blue = channelTable(blueMax, blueShift);
  }

  /** The value of the colour `0x00RRGGBB` in the client's format. */
  value(colour: number): number {
    return this.#native ? colour : (this.#red[colour >>> 16 & 0xff]! | this.#green[colour >>> 8 & 0xff]! |
      this.#blue[colour & 0xff]!) >>> 0;
  }

  /**
   * The pixels of `rect`, as values in the client's format: a view of the frame where that is its form already, else
   * in memory of this target that the next call overwrites.
   *
   * @throws {RangeError} `rect` is empty or reaches outside the frame.
   */
  translate(frame: Frame, rect: Rect): PixelBlock {
    checkInside(frame, rect);
    const { width, height } = rect;
    if (this.#native) {
      return {
        pixels: frame.pixels,
        offset: rect.y * frame.stride + rect.x,
        stride: frame.stride,
        width,
        height,
      };
    }
    const pixels = this.#room(width * height);
    const source = frame.pixels;
    const red = this.#red;
    const green = this.#green;
    const blue = this.#blue;
    for (let row = 0, to = 0; row < height; row++) {
      const from = (rect.y + row) * frame.stride + rect.x;
      for (let i = from; i < from + width; i++) {
        const colour = source[i]!;
        pixels[to++] = red[colour >>> 16 & 0xff]! | green[colour >>> 8 & 0xff]! | blue[colour & 0xff]!;
      }
    }
    return { pixels, offset: 0, stride: width, width, height };
  }

  /** Like {@linkcode PixelTarget.translate}, but always a copy without gaps, which the caller may write to. */
  copy(frame: Frame, rect: Rect): PixelBlock {
    const block = this.translate(frame, rect);
    if (!this.#native) return block;
    const { width, height } = rect;
    const pixels = this.#room(width * height);
    for (let row = 0; row < height; row++) {
      const from = block.offset + row * block.stride;
      pixels.set(block.pixels.subarray(from, from + width), row * width);
    }
    return { pixels, offset: 0, stride: width, width, height };
  }

  #room(count: number): Uint32Array {
    if (this.#scratch.length < count) this.#scratch = new Uint32Array(count);
    return this.#scratch;
  }
}

/**
 * Fails unless `rect` has pixels and all of them are in `frame`.
 *
 * @throws {RangeError} It does not.
 */
export function checkInside(frame: Frame, { x, y, width, height }: Rect): void {
  if (width < 1 || height < 1 || x < 0 || y < 0 || x + width > frame.width || y + height > frame.height) {
    throw new RangeError(
      `Cannot encode rectangle as it must lie in the frame: ${width}x${height} at (${x}, ${y}), ` +
        `frame is ${frame.width}x${frame.height}`,
    );
  }
}

/** For each of the frame's 256 levels the channel's bits in a pixel's value, rounded to the nearest. */
function channelTable(max: number, shift: number): Uint32Array {
  const table = new Uint32Array(256);
  for (let level = 0; level < 256; level++) table[level] = Math.round(level * max / 255) << shift;
  return table;
}

function keyOf(format: PixelFormat, levels: Levels): string {
  const { bitsPerPixel, depth, bigEndian, trueColour, redMax, greenMax, blueMax } = format;
  const { redShift, greenShift, blueShift } = format;
  return [
    bitsPerPixel,
    depth,
    bigEndian && bitsPerPixel > 8 ? "be" : "le",
    trueColour ? "true" : "map",
    `${redMax}<<${redShift}`,
    `${greenMax}<<${greenShift}`,
    `${blueMax}<<${blueShift}`,
    ...Object.entries(levels).sort(([a], [b]) => a < b ? -1 : 1).map(([name, level]) => `${name}=${level}`),
  ].join(" ");
}
