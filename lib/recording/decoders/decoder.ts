/**
 * The port of decoders: bytes of a rectangle in, pixels of a picture out (RFC 6143 §7.7). Recordings may be damaged, so
 * nothing that they say is believed.
 *
 * @module
 */
import type { ByteReader } from "../../core/bytes.ts";
import { RecordingError } from "../../core/errors.ts";
import type { Rect } from "../../core/geometry.ts";
import type { Frame } from "../../core/pixels.ts";
import { Inflater } from "../inflater.ts";
import type { PixelForms } from "./pixel_form.ts";

/** What decoders work on. */
export interface DecodeContext {
  readonly frame: Frame;
  readonly forms: PixelForms;
  readonly streams: InflateStreams;
}

/**
 * Decodes one rectangle.
 *
 * @param reader Stands behind the rectangle's header; is left behind the rectangle.
 * @param rect Lies inside the frame, and has pixels.
 * @throws {RangeError} The bytes end before the rectangle does.
 * @throws {RecordingError} They are damaged otherwise.
 */
export type Decoder = (reader: ByteReader, rect: Rect, context: DecodeContext) => void;

/** The zlib streams of one recording: like those of the client that it was sent to, they go on from rectangle to rectangle. */
export class InflateStreams {
  readonly #streams = new Map<string, Inflater>();

  /**
   * Inflates a piece of stream `index` of an encoding.
   *
   * @param most Bytes that may come out.
   * @returns A view, valid until the next piece of this stream.
   */
  inflate(encoding: number, index: number, bytes: Uint8Array, most: number): Uint8Array {
    const key = `${encoding} ${index}`;
    let stream = this.#streams.get(key);
    if (!stream) this.#streams.set(key, stream = new Inflater("zlib"));
    return stream.inflate(bytes, most);
  }

  /** Like {@linkcode InflateStreams.inflate}, where it is known how much must come out. */
  inflateExactly(encoding: number, index: number, bytes: Uint8Array, length: number): Uint8Array {
    const plain = this.inflate(encoding, index, bytes, length);
    if (plain.length !== length) {
      throw new RecordingError(`Cannot decode a rectangle: ${plain.length} of ${length} bytes are there`);
    }
    return plain;
  }

  /** The stream is a new one from here on. */
  restart(encoding: number, index: number): void {
    this.#streams.delete(`${encoding} ${index}`);
  }
}

/** Fills a part of a frame. @throws {RecordingError} It reaches outside of `within`. */
export function fill(frame: Frame, part: Rect, within: Rect, colour: number): void {
  const { x, y, width, height } = part;
  const isInside = x >= within.x && y >= within.y && x + width <= within.x + within.width &&
    y + height <= within.y + within.height;
  if (!isInside) throw new RecordingError("Cannot decode a rectangle: a part of it lies outside");
  for (let row = y; row < y + height; row++) {
    const at = row * frame.stride + x;
    frame.pixels.fill(colour, at, at + width);
  }
}

/** Calls `decode` for each tile of a rectangle, row after row. */
export function forTiles(rect: Rect, side: number, decode: (tile: Rect) => void): void {
  for (let y = 0; y < rect.height; y += side) {
    const height = Math.min(side, rect.height - y);
    for (let x = 0; x < rect.width; x += side) {
      decode({ x: rect.x + x, y: rect.y + y, width: Math.min(side, rect.width - x), height });
    }
  }
}
