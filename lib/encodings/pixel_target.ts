/**
 * What a client wants its pixels to be: format and levels, and everything that follows from them, worked out once.
 *
 * Clients whose targets have the same `key` want the same bytes, and may share them.
 *
 * @module
 */
import type { ByteWriter } from "../core/bytes.ts";
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { Layout } from "../kernels/kernels.ts";
import type { Subsampling } from "../protocol/constants.ts";
import { BGR233, type PixelFormat } from "../protocol/pixel_format.ts";
import { type JpegSettings, jpegSettings } from "./jpeg_settings.ts";
import { cpixelLayout, type PixelLayout, pixelLayout, tpixelLayout } from "./pixel_layout.ts";
import { PLAIN_WORKBENCH, type Workbench } from "./workbench.ts";

/** What a client asked for beside its format (rfbproto "JPEG Quality Level" and "Compression Level"). */
export interface Levels {
  /** 0 (fastest) … 9 (smallest); `undefined`: the client did not say. */
  readonly compressLevel: number | undefined;
  /** JPEG quality 0 … 9. Without this and the two below: no JPEG for this client. */
  readonly qualityLevel?: number | undefined;
  /** JPEG quality 0 … 100. */
  readonly fineQuality?: number | undefined;
  readonly subsampling?: Subsampling | undefined;
  /**
   * Whether Tight may use its gradient filter. Off unless the client is known to have it: noVNC before 1.5 gives up
   * on it.
   */
  readonly gradient: boolean;
}

/** The levels of a client that says nothing. */
export const DEFAULT_LEVELS: Levels = { compressLevel: undefined, gradient: false };

/**
 * zlib's level for a client's compression level. Clients mean those of zlib itself; the zlib-rs that is built into
 * Deno reaches the same size at a higher one, in the same time or less. Its level 1 is far off, and not used.
 */
const ZLIB_LEVELS = [0, 2, 4, 5, 6, 6, 6, 7, 8, 9];
/** For clients that did not say. */
const DEFAULT_ZLIB_LEVEL = 5;

/** Pixels that are written at a time: bounds the memory that it takes, whatever the rectangle. */
const BAND = 1 << 16;

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
  /** How photographs are sent; `undefined`: without loss. */
  readonly jpeg: JpegSettings | undefined;
  /** For the client's zlib streams: 0 … 9. */
  readonly zlibLevel: number;
  /** What encodings of these pixels work with. */
  readonly workbench: Workbench;
  /** Values in this format are those of frames. */
  readonly #native: boolean;
  /** Of channels of more than 8 bits: `value` of each level of red, of green, of blue. Else empty. */
  readonly #table: Uint32Array;

  /** @param format One that `checkPixelFormat` accepts. */
  constructor(format: PixelFormat, levels: Levels = DEFAULT_LEVELS, workbench: Workbench = PLAIN_WORKBENCH) {
    this.format = format.trueColour ? format : { ...BGR233, trueColour: false };
    this.levels = levels;
    this.workbench = workbench;
    this.pixel = pixelLayout(this.format);
    this.cpixel = cpixelLayout(this.format);
    this.tpixel = tpixelLayout(this.format);
    this.bytesPerPixel = this.pixel.size;
    this.zlibLevel = levels.compressLevel === undefined
      ? DEFAULT_ZLIB_LEVEL
      : ZLIB_LEVELS[levels.compressLevel] ?? DEFAULT_ZLIB_LEVEL;
    this.jpeg = jpegSettings(levels, format);
    this.key = keyOf(this);
    const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = this.format;
    this.#native = this.format.bitsPerPixel === 32 && redMax === 255 && greenMax === 255 && blueMax === 255 &&
      redShift === 16 && greenShift === 8 && blueShift === 0;
    this.#table = Math.max(redMax, greenMax, blueMax) > 255 ? channelTable(this.format) : new Uint32Array(0);
  }

  /** The value of the colour `0x00RRGGBB` in the client's format. */
  value(colour: number): number {
    if (this.#native) return colour;
    const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = this.format;
    return (level(colour >>> 16, redMax) << redShift | level(colour >>> 8, greenMax) << greenShift |
      level(colour, blueMax) << blueShift) >>> 0;
  }

  /**
   * The pixels of `rect`, as values in the client's format: a view of the frame where that is its form already, else
   * in the workbench's values, which the next call overwrites.
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
    const pixels = this.workbench.values(width * height);
    this.#convert(frame, rect, Layout.U32Little, bytesOf(pixels));
    return { pixels, offset: 0, stride: width, width, height };
  }

  /** Like {@linkcode PixelTarget.translate}, but always a copy without gaps, which the caller may write to. */
  copy(frame: Frame, rect: Rect): PixelBlock {
    const block = this.translate(frame, rect);
    if (!this.#native) return block;
    const { width, height } = rect;
    const pixels = this.workbench.values(width * height);
    for (let row = 0; row < height; row++) {
      const from = block.offset + row * block.stride;
      pixels.set(block.pixels.subarray(from, from + width), row * width);
    }
    return { pixels, offset: 0, stride: width, width, height };
  }

  /**
   * Appends the pixels of `rect`, row after row.
   *
   * @param layout One of this target's.
   * @throws {RangeError} `rect` is empty or reaches outside the frame.
   */
  write(frame: Frame, rect: Rect, layout: PixelLayout, out: ByteWriter): void {
    checkInside(frame, rect);
    if (this.#native && layout.isMemory) return copyRows(frame, rect, out);
    const rows = Math.max(1, Math.floor(BAND / rect.width));
    for (let row = 0; row < rect.height; row += rows) {
      const height = Math.min(rows, rect.height - row);
      const bytes = this.workbench.bytes(rect.width * height * layout.size);
      this.#convert(frame, { ...rect, y: rect.y + row, height }, layout.layout, bytes);
      out.bytes(bytes);
    }
  }

  /** Fills `bytes` with the pixels of `rect`. */
  #convert(frame: Frame, rect: Rect, layout: Layout, bytes: Uint8Array): void {
    const { kernels } = this.workbench;
    const { pixels, stride } = frame;
    const { width, height } = rect;
    const offset = rect.y * stride + rect.x;
    if (this.#native) kernels.packValues(pixels, offset, stride, width, height, layout, bytes, 0);
    else if (this.#table.length > 0) {
      kernels.packByTable(pixels, offset, stride, width, height, this.#table, layout, bytes, 0);
    } else kernels.packTrueColour(pixels, offset, stride, width, height, this.format, layout, bytes, 0);
  }
}

/** Appends the memory of a rectangle's pixels. */
function copyRows({ pixels, stride }: Frame, { x, y, width, height }: Rect, out: ByteWriter): void {
  const memory = bytesOf(pixels);
  const bytes = out.reserve(width * height * 4);
  for (let row = 0; row < height; row++) {
    const from = ((y + row) * stride + x) * 4;
    bytes.set(memory.subarray(from, from + width * 4), row * width * 4);
  }
  out.commit(width * height * 4);
}

function bytesOf({ buffer, byteOffset, byteLength }: Uint32Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
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

/** A channel's level in a pixel's value: that of the frame's lowest byte, rounded to the nearest. */
function level(colour: number, max: number): number {
  return Math.round((colour & 0xff) * max / 255);
}

/** For each of the frame's 256 levels of red, of green and of blue, the bits in a pixel's value. */
function channelTable(format: PixelFormat): Uint32Array {
  const { redMax, greenMax, blueMax, redShift, greenShift, blueShift } = format;
  const channels = [[redMax, redShift], [greenMax, greenShift], [blueMax, blueShift]] as const;
  return Uint32Array.from({ length: 3 * 256 }, (_, i) => {
    const [max, shift] = channels[i >> 8]!;
    return level(i, max) << shift;
  });
}

function keyOf({ format, levels, zlibLevel, jpeg }: PixelTarget): string {
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
    `zlib ${zlibLevel}`,
    jpeg ? `jpeg ${jpeg.quality}/${jpeg.subsampling}/${jpeg.ownTables}` : "lossless",
    levels.gradient ? "gradient" : "",
  ].join(" ");
}
