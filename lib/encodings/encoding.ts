/**
 * The port of all encodings (RFC 6143 §7.7): pixels in, bytes out, nothing kept.
 *
 * An encoding is a pure function. What zlib-based ones need beyond that, a deflate stream per client, is not theirs:
 * they mark which of their bytes belong to which stream ({@linkcode EncodedRect.deflate}), and `zlib_streams.ts`
 * compresses those when the rectangle is written to a client. So the same call serves one client or a hundred,
 * here or on a worker.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import type { EncodedRect } from "./encoded_rect.ts";
import type { PixelTarget } from "./pixel_target.ts";

/** How an encoding looks to the rest of the server. */
export interface EncodingDefinition {
  /** As registered: "Raw", "CopyRect", "ZRLE". */
  readonly name: string;
  /** The number on the wire, see `EncodingType`. */
  readonly type: number;
  /** zlib streams per client: 0 for those without zlib, 1 for Zlib and ZRLE, 4 for Tight. */
  readonly streams: number;
  /** Larger rectangles must be cut before `encode` is called; width and height in pixels, area in pixels. */
  readonly limits: RectLimits;
  /** Pixels arrive a little different from what they are: JPEG. */
  readonly isLossy?: boolean;
  /**
   * What photographs are better sent as; if that is lossy, to clients that allow it. It needs nothing of the client that
   * this encoding does not need.
   */
  readonly forPhotos?: EncodingDefinition;
  /** A rectangle has one palette at most, so that it does best where its content is of one kind. */
  readonly onePalette?: boolean;
  /**
   * Appends the encoding of `rect`, without the 12-byte rectangle header.
   *
   * @param frame Where the pixels are; not modified, not kept.
   * @param rect Lies inside the frame and within `limits`; width and height at least 1.
   * @param target The client's pixel format and levels, with all that is derived from them.
   * @param out Receives the bytes; what is to be deflated is marked in it.
   * @throws {RangeError} The rectangle is empty or reaches outside the frame.
   */
  encode(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void;
}

/** The largest rectangle that an encoding can take at a time. */
export interface RectLimits {
  readonly width: number;
  readonly height: number;
  readonly area: number;
}

/** For encodings that have no limit but the protocol's u16. */
export const NO_LIMITS: RectLimits = { width: 0xffff, height: 0xffff, area: 0xffff * 0xffff };
