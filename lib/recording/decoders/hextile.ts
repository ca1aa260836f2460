/**
 * Hextile (RFC 6143 §7.7.4).
 *
 * @module
 */
import type { ByteReader } from "../../core/bytes.ts";
import type { Rect } from "../../core/geometry.ts";
import { HextileSubencoding as Subencoding } from "../../protocol/constants.ts";
import { type DecodeContext, fill, forTiles } from "./decoder.ts";
import { decodeRaw } from "./raw.ts";

const TILE = 16;

/** Hextile. */
export function decodeHextile(reader: ByteReader, rect: Rect, context: DecodeContext): void {
  const { frame, forms: { pixel } } = context;
  let background = 0;
  let foreground = 0;
  forTiles(rect, TILE, (tile) => {
    const bits = reader.u8();
    if (bits & Subencoding.Raw) return decodeRaw(reader, tile, context);
    if (bits & Subencoding.BackgroundSpecified) background = pixel.read(reader);
    if (bits & Subencoding.ForegroundSpecified) foreground = pixel.read(reader);
    fill(frame, tile, tile, background);
    if (!(bits & Subencoding.AnySubrects)) return;
    const count = reader.u8();
    for (let i = 0; i < count; i++) {
      const colour = bits & Subencoding.SubrectsColoured ? pixel.read(reader) : foreground;
      const place = reader.u8();
      const size = reader.u8();
      const part = {
        x: tile.x + (place >> 4),
        y: tile.y + (place & 15),
        width: (size >> 4) + 1,
        height: (size & 15) + 1,
      };
      fill(frame, part, tile, colour);
    }
  });
}
