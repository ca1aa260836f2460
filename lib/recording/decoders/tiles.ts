/**
 * TRLE and ZRLE (RFC 6143 §7.7.5, §7.7.6): tiles with palettes and runs.
 *
 * @module
 */
import { ByteReader } from "../../core/bytes.ts";
import { RecordingError } from "../../core/errors.ts";
import type { Rect } from "../../core/geometry.ts";
import type { Frame } from "../../core/pixels.ts";
import { EncodingType } from "../../protocol/constants.ts";
import { type DecodeContext, fill, forTiles } from "./decoder.ts";
import type { PixelForm } from "./pixel_form.ts";

/** Bytes of a ZRLE tile's palette, and its first byte. */
const MOST_PALETTE_BYTES = 1 + 127 * 4;

/** TRLE. */
export function decodeTrle(reader: ByteReader, rect: Rect, { frame, forms }: DecodeContext): void {
  const tiles = new TileReader(reader, frame, forms.cpixel);
  forTiles(rect, 16, (tile) => tiles.read(tile, true));
}

/** ZRLE. */
export function decodeZrle(reader: ByteReader, rect: Rect, { frame, forms, streams }: DecodeContext): void {
  const compressed = reader.bytes(reader.u32());
  const tileCount = Math.ceil(rect.width / 64) * Math.ceil(rect.height / 64);
  // At worst, every pixel is a run of its own.
  const most = tileCount * MOST_PALETTE_BYTES + rect.width * rect.height * (forms.cpixel.size + 1);
  const plain = new ByteReader(streams.inflate(EncodingType.ZRLE, 0, compressed, most));
  const tiles = new TileReader(plain, frame, forms.cpixel);
  forTiles(rect, 64, (tile) => tiles.read(tile, false));
}

class TileReader {
  readonly #reader: ByteReader;
  readonly #frame: Frame;
  readonly #form: PixelForm;
  readonly #palette = new Uint32Array(128);
  #paletteSize = 0;

  constructor(reader: ByteReader, frame: Frame, form: PixelForm) {
    this.#reader = reader;
    this.#frame = frame;
    this.#form = form;
  }

  /** @param mayReuse Palettes of tiles before may be used again: TRLE has that, ZRLE has not. */
  read(tile: Rect, mayReuse: boolean): void {
    const subencoding = this.#reader.u8();
    if (subencoding === 0) return this.#raw(tile);
    if (subencoding === 1) return fill(this.#frame, tile, tile, this.#form.read(this.#reader));
    if (subencoding <= 16) {
      this.#readPalette(subencoding);
      return this.#packed(tile);
    }
    if (subencoding === 127 && mayReuse) return this.#packed(tile);
    if (subencoding === 128) return this.#runs(tile, () => this.#form.read(this.#reader));
    if (subencoding === 129 && mayReuse) return this.#paletteRuns(tile);
    if (subencoding >= 130) {
      this.#readPalette(subencoding - 128);
      return this.#paletteRuns(tile);
    }
    throw new RecordingError(`Cannot decode a tile: subencoding is ${subencoding}`);
  }

  #raw({ x, y, width, height }: Rect): void {
    const bytes = this.#reader.bytes(width * height * this.#form.size);
    const { pixels, stride } = this.#frame;
    for (let row = 0; row < height; row++) {
      this.#form.readAll(bytes, row * width * this.#form.size, width, pixels, (y + row) * stride + x);
    }
  }

  #readPalette(size: number): void {
    this.#form.readAll(this.#reader.bytes(size * this.#form.size), 0, size, this.#palette, 0);
    this.#paletteSize = size;
  }

  #packed({ x, y, width, height }: Rect): void {
    const size = this.#paletteSize;
    if (size < 2 || size > 16) throw new RecordingError("Cannot decode a tile: it has no palette to pack");
    const bits = size === 2 ? 1 : size <= 4 ? 2 : 4;
    const perRow = Math.ceil(width * bits / 8);
    const bytes = this.#reader.bytes(perRow * height);
    const mask = (1 << bits) - 1;
    const { pixels, stride } = this.#frame;
    for (let row = 0; row < height; row++) {
      const to = (y + row) * stride + x;
      for (let column = 0; column < width; column++) {
        const bit = column * bits;
        const index = bytes[row * perRow + (bit >> 3)]! >> (8 - bits - (bit & 7)) & mask;
        if (index >= size) throw outsidePalette(index, size);
        pixels[to + column] = this.#palette[index]!;
      }
    }
  }

  #paletteRuns(tile: Rect): void {
    if (this.#paletteSize < 1) throw new RecordingError("Cannot decode a tile: it has no palette");
    let isRun = false;
    const next = () => {
      const byte = this.#reader.u8();
      isRun = byte >= 128;
      const index = byte & 127;
      if (index >= this.#paletteSize) throw outsidePalette(index, this.#paletteSize);
      return this.#palette[index]!;
    };
    this.#runs(tile, next, () => isRun);
  }

  /** @param hasLength Whether the run just begun says how long it is; else it is one pixel. */
  #runs({ x, y, width, height }: Rect, next: () => number, hasLength: () => boolean = () => true): void {
    const { pixels, stride } = this.#frame;
    const count = width * height;
    for (let at = 0; at < count;) {
      const colour = next();
      let length = 1;
      if (hasLength()) {
        let byte;
        do length += byte = this.#reader.u8(); while (byte === 255 && length <= count);
      }
      if (at + length > count) {
        throw new RecordingError("Cannot decode a tile: a run is longer than the tile");
      }
      for (const end = at + length; at < end; at++) {
        pixels[(y + Math.floor(at / width)) * stride + x + at % width] = colour;
      }
    }
  }
}

function outsidePalette(index: number, size: number): RecordingError {
  return new RecordingError(`Cannot decode a tile: colour ${index} of a palette of ${size}`);
}
