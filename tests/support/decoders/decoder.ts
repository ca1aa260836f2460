/**
 * What the decoders of tests have in common (RFC 6143 §7.7). They are written from the specification alone, without a
 * look at the encoders: a second opinion, and a strict one. Whatever the text does not allow throws a
 * {@linkcode DecodeError}, also where real viewers are forgiving.
 *
 * @module
 */
import type { Rect } from "../../../lib/core/geometry.ts";
import { bytesPerPixel, type ClientPixelFormat, readPixel } from "../pixel_formats.ts";
import { InflateStream } from "../inflate.ts";

/** The bytes are not what the encoding allows. */
export class DecodeError extends Error {
  override readonly name = "DecodeError";
}

/** Throws a {@linkcode DecodeError} unless `condition` holds. */
export function must(condition: boolean, rule: string): asserts condition {
  if (!condition) throw new DecodeError(rule);
}

/**
 * The work of a decoder, which stops where it needs more input: yields how many bytes must be at hand before it can go
 * on. So one decoder serves bytes in memory and bytes from a socket.
 */
export type Decoding<T = void> = Generator<number, T, void>;

/** Where a decoder reads from. It reads only what it has made sure of by yielding. */
export interface Input {
  /** Bytes at hand. */
  readonly available: number;
  /** Takes `count` bytes as a view that holds until the next call. @throws When there are fewer. */
  take(count: number): Uint8Array;
}

/** Takes `count` bytes, waiting for them if need be. */
export function* take(input: Input, count: number): Decoding<Uint8Array> {
  if (input.available < count) yield count;
  return input.take(count);
}

/** Takes a u8. */
export function* takeU8(input: Input): Decoding<number> {
  if (input.available < 1) yield 1;
  return input.take(1)[0]!;
}

/** Takes a big-endian u16. */
export function* takeU16(input: Input): Decoding<number> {
  const bytes = yield* take(input, 2);
  return (bytes[0]! << 8) | bytes[1]!;
}

/** Takes a big-endian u32. */
export function* takeU32(input: Input): Decoding<number> {
  const bytes = yield* take(input, 4);
  return ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
}

/** Takes a big-endian s32. */
export function* takeS32(input: Input): Decoding<number> {
  return (yield* takeU32(input)) | 0;
}

/** Takes a PIXEL. */
export function* takePixel(input: Input, format: ClientPixelFormat): Decoding<number> {
  return readPixel(format, yield* take(input, bytesPerPixel(format)), 0);
}

/** A client's picture: pixel values in the client's format. */
export class ClientFramebuffer {
  readonly width: number;
  readonly height: number;
  /** Row after row, `width` each. */
  readonly pixels: Uint32Array<ArrayBuffer>;

  constructor(width: number, height: number, pixels = new Uint32Array(width * height)) {
    this.width = width;
    this.height = height;
    this.pixels = pixels;
  }

  set(x: number, y: number, value: number): void {
    this.pixels[y * this.width + x] = value;
  }

  get(x: number, y: number): number {
    return this.pixels[y * this.width + x]!;
  }

  /** Fills a rectangle that lies inside. */
  fill(r: Rect, value: number): void {
    for (let y = r.y; y < r.y + r.height; y++) {
      this.pixels.fill(value, y * this.width + r.x, y * this.width + r.x + r.width);
    }
  }

  /** Copies a rectangle to (x, y) as if all were read before any is written (RFC 6143 §7.7.2). */
  copy(r: Rect, x: number, y: number): void {
    const source = this.crop(r);
    for (let row = 0; row < r.height; row++) {
      this.pixels.set(source.subarray(row * r.width, (row + 1) * r.width), (y + row) * this.width + x);
    }
  }

  /** The values in a rectangle, row after row. */
  crop(r: Rect): Uint32Array<ArrayBuffer> {
    const values = new Uint32Array(r.width * r.height);
    for (let row = 0; row < r.height; row++) {
      const from = (r.y + row) * this.width + r.x;
      values.set(this.pixels.subarray(from, from + r.width), row * r.width);
    }
    return values;
  }

  /** A copy with another size; what both have stays, the rest is 0. */
  resized(width: number, height: number): ClientFramebuffer {
    const made = new ClientFramebuffer(width, height);
    for (let y = 0; y < Math.min(height, this.height); y++) {
      made.pixels.set(
        this.pixels.subarray(y * this.width, y * this.width + Math.min(width, this.width)),
        y * width,
      );
    }
    return made;
  }
}

/** What decoders of one client share and keep from rectangle to rectangle. */
export class DecoderContext {
  format: ClientPixelFormat;
  framebuffer: ClientFramebuffer;
  readonly options: DecoderOptions;
  readonly #streams = new Map<string, InflateStream>();

  constructor(format: ClientPixelFormat, framebuffer: ClientFramebuffer, options: DecoderOptions = {}) {
    this.format = format;
    this.framebuffer = framebuffer;
    this.options = options;
  }

  /**
   * Decompresses the next piece of a client's zlib stream.
   *
   * @param name Streams of different encodings are different: "zlib", "zrle", "tight 2".
   * @param expected Bytes that must come out; `undefined` for encodings whose content says when it ends.
   * @throws {DecodeError} It is not a zlib stream, it has ended, or its length is another one.
   */
  inflate(name: string, data: Uint8Array, expected?: number): Uint8Array<ArrayBuffer> {
    let stream = this.#streams.get(name);
    if (!stream) this.#streams.set(name, stream = new InflateStream());
    let out;
    try {
      out = stream.push(data, expected ?? 1 << 28);
    } catch (error) {
      throw new DecodeError(`${name}: ${(error as Error).message}`, { cause: error });
    }
    must(!stream.ended, `${name}: the server ended the zlib stream`);
    must(
      expected === undefined || out.length === expected,
      `${name}: decompresses to ${out.length} bytes, must be ${expected}`,
    );
    return out;
  }

  /** Forgets a stream: the next piece starts with a zlib header. */
  resetStream(name: string): void {
    this.#streams.delete(name);
  }

  /** Throws unless padding bits are 0, if the options ask for that. */
  padding(bits: number, where: string): void {
    must(!this.options.zeroPadding || bits === 0, `${where}: padding bits are not 0`);
  }
}

/** How strict decoders are where the text leaves it open, and what they cannot do themselves. */
export interface DecoderOptions {
  /** Padding bits must be 0. The RFC does not ask for it; our own server promises it. */
  readonly zeroPadding?: boolean;
  /** Decodes a JPEG image to `0x00RRGGBB`; without it, JPEG throws. */
  readonly jpeg?: (data: Uint8Array, width: number, height: number) => Uint32Array;
  /** Decodes a PNG image to `0x00RRGGBB`; without it, PNG throws. */
  readonly png?: (data: Uint8Array, width: number, height: number) => Uint32Array;
  /** Decoders of encodings that nobody has registered. */
  readonly others?: readonly Decoder[];
}

/** The decoder of an encoding that carries pixels. */
export interface Decoder {
  readonly name: string;
  /** The number on the wire. */
  readonly type: number;
  /** Reads the body of a rectangle, which lies inside the framebuffer, and draws it. */
  decode(input: Input, rect: Rect, context: DecoderContext): Decoding;
}

/** {@linkcode Input} from bytes in memory. */
export class BytesInput implements Input {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get available(): number {
    return this.#bytes.length - this.#at;
  }

  take(count: number): Uint8Array {
    must(count <= this.available, `${count} bytes are needed, ${this.available} are left`);
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
}

/** Runs a decoding on input that is all there. @throws {DecodeError} It needs more, or leaves some over. */
export function runDecoding<T>(decoding: Decoding<T>, input: BytesInput): T {
  const step = decoding.next();
  must(
    step.done === true,
    `The data is cut off: ${step.value} more bytes are needed, ${input.available} are left`,
  );
  must(input.available === 0, `${input.available} bytes are left over`);
  return step.value;
}
