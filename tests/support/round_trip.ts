/**
 * One client of encodings, both ends in memory: what the server's encoding and zlib streams make goes straight into the
 * decoders that were written from the RFC.
 *
 * @module
 */
import { ByteWriter } from "../../lib/core/bytes.ts";
import { type Rect, rect } from "../../lib/core/geometry.ts";
import type { Frame } from "../../lib/core/pixels.ts";
import { EncodedRect } from "../../lib/encodings/encoded_rect.ts";
import type { EncodingDefinition } from "../../lib/encodings/encoding.ts";
import { DEFAULT_LEVELS, type Levels, PixelTarget } from "../../lib/encodings/pixel_target.ts";
import { ZlibStreams } from "../../lib/encodings/zlib_streams.ts";
import { ClientFramebuffer, DecoderContext, type DecoderOptions } from "./decoders/decoder.ts";
import { decodeJpeg } from "./decoders/jpeg.ts";
import { decodePng } from "./decoders/png.ts";
import { decodeRect } from "./decoders/registry.ts";
import { channelsOf, type ClientPixelFormat, translator } from "./pixel_formats.ts";

/** A value that no format has: marks pixels that were never drawn. */
const UNTOUCHED = 0xdeadbeef;

/** Encodes and decodes rectangle after rectangle, as for one connection. Owns the zlib streams. */
export class RoundTrip implements Disposable {
  readonly target: PixelTarget;
  /** Bytes of the last rectangle on the wire. */
  bytes: Uint8Array<ArrayBuffer> = new Uint8Array(0);
  readonly #definition: EncodingDefinition;
  readonly #translate: (rgb: number) => number;
  readonly #streams = new ZlibStreams();
  readonly #context: DecoderContext;

  constructor(
    definition: EncodingDefinition,
    format: ClientPixelFormat,
    levels: Partial<Levels> = {},
    options: DecoderOptions = {},
  ) {
    this.#definition = definition;
    this.target = new PixelTarget(format, { ...DEFAULT_LEVELS, ...levels });
    this.#translate = translator(format);
    this.#context = new DecoderContext(format, new ClientFramebuffer(1, 1), {
      zeroPadding: true,
      jpeg: decodeJpeg,
      png: decodePng,
      ...options,
    });
  }

  /** What the client must have in a rectangle of the frame. */
  expected(frame: Frame, r: Rect): Uint32Array {
    const values = new Uint32Array(r.width * r.height);
    for (let i = 0; i < values.length; i++) {
      const at = (r.y + Math.floor(i / r.width)) * frame.stride + r.x + i % r.width;
      values[i] = this.#translate(frame.pixels[at]!);
    }
    return values;
  }

  /** Sends a rectangle. @returns The pixel values that the client then has in it. */
  send(frame: Frame, r: Rect): Uint32Array {
    const encoded = new EncodedRect();
    this.#definition.encode(frame, r, this.target, encoded);
    const out = new ByteWriter();
    this.#streams.write(encoded, this.#definition.type, this.target.zlibLevel, out);
    this.bytes = out.copy();
    // Drawn at another place than it came from, with a rim that nobody may touch.
    const framebuffer = new ClientFramebuffer(r.width + 3, r.height + 2);
    framebuffer.pixels.fill(UNTOUCHED);
    this.#context.framebuffer = framebuffer;
    const place = rect(2, 1, r.width, r.height);
    decodeRect(this.#definition.type, this.bytes, place, this.#context);
    const values = framebuffer.crop(place);
    framebuffer.fill(place, UNTOUCHED);
    if (!framebuffer.pixels.every((value) => value === UNTOUCHED)) {
      throw new Error("Pixels outside were drawn");
    }
    return values;
  }

  /**
   * Sends a rectangle and compares.
   *
   * @param tolerance For lossy encodings: the largest difference of a channel of eight bits that counts as equal; a format
   *   with fewer bits may be one step further off.
   * @throws {Error} Pixels are wrong: how many, which is the first.
   */
  check(frame: Frame, r: Rect, what: string, tolerance = 0): void {
    let values;
    try {
      values = this.send(frame, r);
    } catch (error) {
      throw new Error(`${what}: ${(error as Error).message}`, { cause: error });
    }
    const expected = this.expected(frame, r);
    let wrong = 0;
    let first = -1;
    for (let i = 0; i < values.length; i++) {
      if (values[i] === expected[i] || (tolerance > 0 && this.#near(values[i]!, expected[i]!, tolerance))) {
        continue;
      }
      if (wrong++ === 0) first = i;
    }
    if (wrong === 0) return;
    const hex = (value: number) => `0x${value.toString(16)}`;
    throw new Error(
      `${what}: ${wrong} of ${values.length} pixels are wrong, the first at (${first % r.width}, ` +
        `${Math.floor(first / r.width)}): ${hex(values[first]!)}, must be ${hex(expected[first]!)}`,
    );
  }

  #near(a: number, b: number, tolerance: number): boolean {
    const format = this.#context.format;
    const maxima = [format.redMax, format.greenMax, format.blueMax];
    const other = channelsOf(format, b);
    return channelsOf(format, a).every((value, i) => {
      const max = maxima[i]!;
      return Math.abs(value - other[i]!) <= Math.ceil(tolerance * max / 255) + (max < 255 ? 1 : 0);
    });
  }

  [Symbol.dispose](): void {
    this.#streams[Symbol.dispose]();
  }
}
