/** What a server sends, made by its own encodings, for recordings that tests make themselves. @module */
import { ByteWriter } from "../../lib/core/bytes.ts";
import type { Rect } from "../../lib/core/geometry.ts";
import type { RectSent } from "../../lib/core/observer.ts";
import type { Frame } from "../../lib/core/pixels.ts";
import { EncodedRect } from "../../lib/encodings/encoded_rect.ts";
import type { EncodingDefinition } from "../../lib/encodings/encoding.ts";
import { DEFAULT_LEVELS, type Levels, PixelTarget } from "../../lib/encodings/pixel_target.ts";
import { ZlibStreams } from "../../lib/encodings/zlib_streams.ts";
import {
  colourMapOf,
  writeFramebufferUpdateHeader,
  writeRectHeader,
  writeServerInit,
  writeSetColourMapEntries,
} from "../../lib/protocol/server_messages.ts";
import { NATIVE_PIXEL_FORMAT, type PixelFormat, writePixelFormat } from "../../lib/protocol/pixel_format.ts";

/** One client's view of a server: its format, its streams. */
export class Sender implements Disposable {
  readonly target: PixelTarget;
  readonly #streams = new ZlibStreams();

  constructor(format: PixelFormat = NATIVE_PIXEL_FORMAT, levels: Partial<Levels> = {}) {
    this.target = new PixelTarget(format, { ...DEFAULT_LEVELS, ...levels });
  }

  /** PIXEL_FORMAT. */
  get format(): Uint8Array {
    return formatBytes(this.target.format);
  }

  /** A FramebufferUpdate. For colour maps, the map before it. */
  update(
    frame: Frame,
    rects: readonly Rect[],
    encoding: EncodingDefinition,
  ): { bytes: Uint8Array; rects: RectSent[] } {
    const out = new ByteWriter();
    const { format } = this.target;
    if (!format.trueColour) writeSetColourMapEntries(out, 0, colourMapOf(format));
    writeFramebufferUpdateHeader(out, rects.length);
    const sent = rects.map((rect) => {
      const before = out.length;
      writeRectHeader(out, rect, encoding.type);
      const encoded = new EncodedRect();
      encoding.encode(frame, rect, this.target, encoded);
      this.#streams.write(encoded, encoding.type, this.target.zlibLevel, out);
      return { rect, encoding: encoding.type, bytes: out.length - before };
    });
    return { bytes: out.copy(), rects: sent };
  }

  [Symbol.dispose](): void {
    this.#streams[Symbol.dispose]();
  }
}

/** PIXEL_FORMAT of a format. */
export function formatBytes(format: PixelFormat): Uint8Array {
  const out = new ByteWriter();
  writePixelFormat(out, format);
  return out.copy();
}

/** A ServerInit. */
export function serverInit(width: number, height: number, name = "test"): Uint8Array {
  const out = new ByteWriter();
  writeServerInit(out, { width, height }, NATIVE_PIXEL_FORMAT, name);
  return out.copy();
}
