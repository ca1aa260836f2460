/**
 * Hextile encoding (RFC 6143 §7.7.4): tiles of 16x16 pixels, each a background with rectangles on it, or raw.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { EncodingType, HextileSubencoding as Subencoding } from "../protocol/constants.ts";
import { MAX_COLOURS } from "../kernels/kernels.ts";
import { findColours, type Palette } from "./content.ts";
import type { EncodedRect } from "./encoded_rect.ts";
import { type EncodingDefinition, NO_LIMITS } from "./encoding.ts";
import type { PixelLayout } from "./pixel_layout.ts";
import { checkInside, type PixelBlock, type PixelTarget } from "./pixel_target.ts";
import { cutSubrects, type SubrectSink } from "./subrects.ts";

/** Side of a tile. */
const TILE = 16;

/** Hextile. */
export const HEXTILE: EncodingDefinition = {
  name: "Hextile",
  type: EncodingType.Hextile,
  streams: 0,
  limits: NO_LIMITS,
  encode(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
    checkInside(frame, rect);
    const tiles = new TileWriter(frame, target, out);
    for (let y = 0; y < rect.height; y += TILE) {
      const height = Math.min(TILE, rect.height - y);
      const row = target.translate(frame, { x: rect.x, y: rect.y + y, width: rect.width, height });
      for (let x = 0; x < rect.width; x += TILE) {
        const width = Math.min(TILE, rect.width - x);
        tiles.write({ ...row, offset: row.offset + x, width }, {
          x: rect.x + x,
          y: rect.y + y,
          width,
          height,
        });
      }
    }
  },
};

/** A copy of the tile, for {@linkcode cutSubrects}. */
const scratch = new Uint32Array(TILE * TILE);

/** Writes the tiles of one rectangle, and keeps what the client remembers from tile to tile. */
class TileWriter implements SubrectSink {
  readonly #frame: Frame;
  readonly #target: PixelTarget;
  readonly #layout: PixelLayout;
  readonly #out: EncodedRect;
  /** What the next tile has unless it says otherwise; `undefined` where that must not be relied on. */
  #background: number | undefined;
  #foreground: number | undefined;
  /** Subrectangles of the tile at hand carry their colour. */
  #coloured = false;

  constructor(frame: Frame, target: PixelTarget, out: EncodedRect) {
    this.#frame = frame;
    this.#target = target;
    this.#layout = target.pixel;
    this.#out = out;
  }

  /** @param tile The pixels, as values. @param rect Where they are in the frame. */
  write(tile: PixelBlock, rect: Rect): void {
    const { width, height } = tile;
    const rawSize = width * height * this.#layout.size;
    // A tile has 256 pixels at most, so there is always a palette.
    const palette = findColours(tile, MAX_COLOURS, this.#target.workbench)!;
    // Each colour but the background takes one coloured subrectangle at least.
    if (palette.count > 2 && (palette.count - 1) * (this.#layout.size + 2) >= rawSize) {
      return this.#writeRaw(rect);
    }
    const start = this.#out.length;
    this.#writeSubrects(palette, width, height);
    if (this.#out.length - start > 1 + rawSize) {
      this.#out.truncate(start);
      this.#writeRaw(rect);
    }
  }

  /** A raw tile leaves background and foreground undefined: what comes next has to name them again. */
  #writeRaw(rect: Rect): void {
    this.#out.u8(Subencoding.Raw);
    this.#target.write(this.#frame, rect, this.#layout, this.#out);
    this.#background = undefined;
    this.#foreground = undefined;
  }

  #writeSubrects({ count, colours, indices }: Palette, width: number, height: number): void {
    const out = this.#out;
    const commonest = commonestIndex(indices, width * height, count);
    const background = colours[commonest]!;
    const start = out.length;
    let subencoding = 0;
    out.u8(0);
    if (background !== this.#background) {
      subencoding |= Subencoding.BackgroundSpecified;
      this.#layout.write(background, out);
      this.#background = background;
    }
    if (count > 1) {
      subencoding |= Subencoding.AnySubrects;
      this.#coloured = count > 2;
      if (this.#coloured) {
        subencoding |= Subencoding.SubrectsColoured;
        // Some clients keep a subrectangle's colour where they keep the foreground.
        this.#foreground = undefined;
      } else {
        const foreground = colours[1 - commonest]!;
        if (foreground !== this.#foreground) {
          subencoding |= Subencoding.ForegroundSpecified;
          this.#layout.write(foreground, out);
          this.#foreground = foreground;
        }
      }
      const countAt = out.length;
      out.u8(0);
      for (let i = 0; i < width * height; i++) scratch[i] = colours[indices[i]!]!;
      out.patchU8(countAt, cutSubrects(scratch, width, height, background, this));
    }
    out.patchU8(start, subencoding);
  }

  subrect(colour: number, x: number, y: number, width: number, height: number): void {
    if (this.#coloured) this.#layout.write(colour, this.#out);
    this.#out.u8(x << 4 | y).u8(width - 1 << 4 | height - 1);
  }
}

/** Pixels of each colour of the tile at hand. */
const pixelCounts = new Uint16Array(MAX_COLOURS);

/** The index that most pixels have; of several, the first. */
function commonestIndex(indices: Uint8Array, length: number, colourCount: number): number {
  pixelCounts.fill(0, 0, colourCount);
  for (let i = 0; i < length; i++) pixelCounts[indices[i]!]!++;
  let best = 0;
  for (let index = 1; index < colourCount; index++) {
    if (pixelCounts[index]! > pixelCounts[best]!) best = index;
  }
  return best;
}
