/**
 * RRE encoding (RFC 6143 §7.7.3): a background, and rectangles of one colour on it.
 *
 * Good for plain content. On rich content it is up to three times as large as Raw; choosing is the
 * caller's.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { EncodingType } from "../protocol/constants.ts";
import type { EncodedRect } from "./encoded_rect.ts";
import type { EncodingDefinition } from "./encoding.ts";
import type { PixelLayout } from "./pixel_layout.ts";
import type { PixelBlock, PixelTarget } from "./pixel_target.ts";
import { RAW } from "./raw.ts";
import { cutSubrects, type SubrectSink } from "./subrects.ts";

/** RRE. The format has no limit but u16; the area keeps the search for subrectangles short. */
export const RRE: EncodingDefinition = {
  name: "RRE",
  type: EncodingType.RRE,
  streams: 0,
  limits: { width: 0xffff, height: 0xffff, area: 1 << 16 },
  forPhotos: RAW,
  encode(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
    writeRisingRectangles(frame, rect, target, out, 2);
  },
};

/**
 * Appends u32 number of subrectangles, background pixel, subrectangles: what RRE and CoRRE have in common.
 *
 * @param coordinateSize Bytes per coordinate of a subrectangle.
 */
export function writeRisingRectangles(
  frame: Frame,
  rect: Rect,
  target: PixelTarget,
  out: EncodedRect,
  coordinateSize: 1 | 2,
): void {
  const block = target.copy(frame, rect);
  const background = commonColour(block);
  const countAt = out.length;
  out.u32(0);
  target.pixel.write(background, out);
  const subrects = new SubrectWriter(target.pixel, coordinateSize, out);
  out.patchU32(countAt, cutSubrects(block.pixels, block.width, block.height, background, subrects));
}

/** Writes each subrectangle as pixel, x, y, width, height. */
class SubrectWriter implements SubrectSink {
  readonly #layout: PixelLayout;
  readonly #coordinateSize: 1 | 2;
  readonly #out: EncodedRect;

  constructor(layout: PixelLayout, coordinateSize: 1 | 2, out: EncodedRect) {
    this.#layout = layout;
    this.#coordinateSize = coordinateSize;
    this.#out = out;
  }

  subrect(colour: number, x: number, y: number, width: number, height: number): void {
    this.#layout.write(colour, this.#out);
    if (this.#coordinateSize === 1) this.#out.u8(x).u8(y).u8(width).u8(height);
    else this.#out.u16(x).u16(y).u16(width).u16(height);
  }
}

/** Colours that are weighed against each other for the background. */
const CANDIDATES = 64;
const seen = new Uint32Array(CANDIDATES);
const votes = new Int32Array(CANDIDATES);

/**
 * A colour that is likely to be the commonest: candidates are hashed into a few slots, and in each slot the colour
 * that is not outvoted by the others (Boyer and Moore) stays. A poor choice costs bytes, nothing else.
 */
function commonColour({ pixels, width, height }: PixelBlock): number {
  votes.fill(0);
  const count = width * height;
  for (let i = 0; i < count; i++) {
    const pixel = pixels[i]!;
    const slot = Math.imul(pixel, 0x9e37_79b1) >>> 26;
    if (votes[slot] === 0) seen[slot] = pixel;
    votes[slot]! += seen[slot] === pixel ? 1 : -1;
  }
  let best = 0;
  for (let slot = 1; slot < CANDIDATES; slot++) if (votes[slot]! > votes[best]!) best = slot;
  // All slots at 0 is a draw everywhere: any colour of the block will do.
  return votes[best] === 0 ? pixels[0]! : seen[best]!;
}
