/**
 * Hextile (RFC 6143 §7.7.4): tiles of 16 by 16, each raw or a background with rectangles.
 *
 * @module
 */
import { contains, rect, rectOf } from "../../../lib/core/geometry.ts";
import { bytesPerPixel, readPixel } from "../pixel_formats.ts";
import { type Decoder, must, take, takePixel, takeU8 } from "./decoder.ts";
import { raw } from "./raw.ts";

const RAW = 1;
const BACKGROUND_SPECIFIED = 2;
const FOREGROUND_SPECIFIED = 4;
const ANY_SUBRECTS = 8;
const SUBRECTS_COLOURED = 16;

/** The tiles of a rectangle, row by row, those at the right and at the bottom smaller. */
export function* tilesOf(r: { x: number; y: number; width: number; height: number }, side: number) {
  for (let y = r.y; y < r.y + r.height; y += side) {
    for (let x = r.x; x < r.x + r.width; x += side) {
      yield rect(x, y, Math.min(side, r.x + r.width - x), Math.min(side, r.y + r.height - y));
    }
  }
}

/**
 * Colours carry over from a tile to the next one of the same rectangle. A raw tile has none, so both are unknown behind
 * it; coloured subrectangles have no foreground, and viewers differ in what they keep, so it is unknown behind those.
 */
export const hextile: Decoder = {
  name: "Hextile",
  type: 5,
  *decode(input, r, context) {
    const { format, framebuffer } = context;
    const size = bytesPerPixel(format);
    let background: number | undefined;
    let foreground: number | undefined;
    for (const tile of tilesOf(r, 16)) {
      const mask = yield* takeU8(input);
      must(mask < 32, `Hextile: subencoding mask is ${mask}`);
      if (mask & RAW) {
        must(mask === RAW, `Hextile: other bits beside Raw: ${mask}`);
        yield* raw.decode(input, tile, context);
        background = foreground = undefined;
        continue;
      }
      if (mask & BACKGROUND_SPECIFIED) background = yield* takePixel(input, format);
      must(background !== undefined, "Hextile: no background is specified, and none carries over");
      framebuffer.fill(tile, background);
      if (mask & FOREGROUND_SPECIFIED) {
        must((mask & SUBRECTS_COLOURED) === 0, "Hextile: ForegroundSpecified together with SubrectsColoured");
        foreground = yield* takePixel(input, format);
      }
      const coloured = (mask & SUBRECTS_COLOURED) !== 0;
      must(!coloured || (mask & ANY_SUBRECTS) !== 0, "Hextile: SubrectsColoured without AnySubrects");
      if (!(mask & ANY_SUBRECTS)) continue;
      const count = yield* takeU8(input);
      must(
        coloured || foreground !== undefined,
        "Hextile: no foreground is specified, and none carries over",
      );
      const length = (coloured ? size : 0) + 2;
      const body = yield* take(input, count * length);
      for (let at = 0; at < body.length; at += length) {
        const colour = coloured ? readPixel(format, body, at) : foreground!;
        const place = body[at + length - 2]!;
        const extent = body[at + length - 1]!;
        const sub = rect(place >> 4, place & 15, (extent >> 4) + 1, (extent & 15) + 1);
        must(
          contains(rectOf(tile), sub),
          `Hextile: subrectangle ${JSON.stringify(sub)} reaches outside its tile`,
        );
        framebuffer.fill({ ...sub, x: tile.x + sub.x, y: tile.y + sub.y }, colour);
      }
      if (coloured) foreground = undefined;
    }
  },
};
