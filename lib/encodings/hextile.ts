/**
 * Hextile encoding (RFC 6143 §7.7.4): tiles of 16x16 pixels, each a background with rectangles on it, or raw.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { EncodingType } from "../protocol/constants.ts";
import { Content, MAX_COLOURS } from "./content.ts";
import type { EncodedRect } from "./encoded_rect.ts";
import { type EncodingDefinition, NO_LIMITS } from "./encoding.ts";
import type { PixelLayout } from "./pixel_layout.ts";
import { checkInside, type PixelBlock, type PixelTarget } from "./pixel_target.ts";
import { packBlock } from "./raw.ts";
import { cutSubrects, type SubrectSink } from "./subrects.ts";

/** Side of a tile. */
const TILE = 16;

/** Bits of a tile's first byte. */
const Subencoding = {
  Raw: 0x01,
  BackgroundSpecified: 0x02,
  ForegroundSpecified: 0x04,
  AnySubrects: 0x08,
  SubrectsColoured: 0x10,
} as const;

/** Hextile. */
export const HEXTILE: EncodingDefinition = {
  name: "Hextile",
  type: EncodingType.Hextile,
  streams: 0,
  limits: NO_LIMITS,
  encode(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
    checkInside(frame, rect);
    const tiles = new TileWriter(target.pixel, out);
    for (let y = 0; y < rect.height; y += TILE) {
      const height = Math.min(TILE, rect.height - y);
      const row = target.translate(frame, { x: rect.x, y: rect.y + y, width: rect.width, height });
      for (let x = 0; x < rect.width; x += TILE) {
        tiles.write({ ...row, offset: row.offset + x, width: Math.min(TILE, rect.width - x) });
      }
    }
  },
};

const content = new Content();
/** A copy of the tile, for {@linkcode cutSubrects}. */
const scratch = new Uint32Array(TILE * TILE);

/** Writes the tiles of one rectangle, and keeps what the client remembers from tile to tile. */
class TileWriter implements SubrectSink {
  readonly #layout: PixelLayout;
  readonly #out: EncodedRect;
  /** What the next tile has unless it says otherwise; `undefined` where that must not be relied on. */
  #background: number | undefined;
  #foreground: number | undefined;
  /** Subrectangles of the tile at hand carry their colour. */
  #coloured = false;

  constructor(layout: PixelLayout, out: EncodedRect) {
    this.#layout = layout;
    this.#out = out;
  }

  write(tile: PixelBlock): void {
    const { width, height } = tile;
    const rawSize = width * height * this.#layout.size;
    content.analyse(tile, MAX_COLOURS);
    // Each colour but the background takes one coloured subrectangle at least.
    if (content.colourCount > 2 && (content.colourCount - 1) * (this.#layout.size + 2) >= rawSize) {
      return this.#writeRaw(tile, rawSize);
    }
    const start = this.#out.length;
    this.#writeSubrects(width, height);
    if (this.#out.length - start > 1 + rawSize) {
      this.#out.truncate(start);
      this.#writeRaw(tile, rawSize);
    }
  }

  /** A raw tile leaves background and foreground undefined: what comes next has to name them again. */
  #writeRaw(tile: PixelBlock, size: number): void {
    this.#out.u8(Subencoding.Raw);
    packBlock(tile, this.#layout, this.#out.reserve(size), 0);
    this.#out.commit(size);
    this.#background = undefined;
    this.#foreground = undefined;
  }

  #writeSubrects(width: number, height: number): void {
    const out = this.#out;
    const { colours, colourCount, indices } = content;
    const commonest = content.commonest();
    const background = colours[commonest]!;
    const start = out.length;
    let subencoding = 0;
    out.u8(0);
    if (background !== this.#background) {
      subencoding |= Subencoding.BackgroundSpecified;
      this.#layout.write(background, out);
      this.#background = background;
    }
    if (colourCount > 1) {
      subencoding |= Subencoding.AnySubrects;
      this.#coloured = colourCount > 2;
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
