/**
 * TRLE (RFC 6143 §7.7.5) and ZRLE (§7.7.6): tiles of 16 or 64 pixels, each raw, solid, with a packed palette, or in runs.
 *
 * @module
 */
import type { Rect } from "../../../lib/core/geometry.ts";
import { compressedPixel, readCompressedPixel } from "../pixel_formats.ts";
import {
  BytesInput,
  type Decoder,
  type DecoderContext,
  type Decoding,
  type Input,
  must,
  runDecoding,
  take,
  takeU32,
  takeU8,
} from "./decoder.ts";
import { tilesOf } from "./hextile.ts";

/** Bits of a packed index: 1 for two colours, 2 up to four, 4 up to sixteen. */
function bitsPerIndex(colours: number): 1 | 2 | 4 {
  return colours <= 2 ? 1 : colours <= 4 ? 2 : 4;
}

/** Reads the tiles of one rectangle. */
class TileReader {
  readonly #name: string;
  readonly #input: Input;
  readonly #context: DecoderContext;
  readonly #pixelSize: number;
  /** The palette of the tile before, which TRLE can use again. */
  #palette: number[] | undefined;

  constructor(name: string, input: Input, context: DecoderContext) {
    this.#name = name;
    this.#input = input;
    this.#context = context;
    this.#pixelSize = compressedPixel(context.format).bytes;
  }

  /** @param reuse Whether subencodings 127 and 129 exist, as in TRLE. */
  *tile(tile: Rect, reuse: boolean): Decoding {
    const subencoding = yield* takeU8(this.#input);
    const previous = this.#palette;
    this.#palette = undefined;
    if (subencoding === 0) return yield* this.#raw(tile);
    if (subencoding === 1) return this.#context.framebuffer.fill(tile, yield* this.#pixel());
    if (subencoding === 128) return yield* this.#runs(tile);
    if (subencoding === 127 || subencoding === 129) {
      must(reuse, `${this.#name}: subencoding ${subencoding} exists in TRLE only`);
      must(previous !== undefined, `${this.#name}: subencoding ${subencoding} behind a tile without palette`);
      this.#palette = previous;
      return yield* subencoding === 127 ? this.#packed(tile, previous) : this.#indexedRuns(tile, previous);
    }
    must(subencoding <= 16 || subencoding >= 130, `${this.#name}: subencoding ${subencoding} is unused`);
    const palette = this.#palette = yield* this.#pixels(subencoding & 127);
    yield* subencoding <= 16 ? this.#packed(tile, palette) : this.#indexedRuns(tile, palette);
  }

  *#pixels(count: number): Decoding<number[]> {
    const bytes = yield* take(this.#input, count * this.#pixelSize);
    const pixels: number[] = [];
    for (let i = 0; i < count; i++) {
      pixels.push(readCompressedPixel(this.#context.format, bytes, i * this.#pixelSize));
    }
    return pixels;
  }

  *#pixel(): Decoding<number> {
    return (yield* this.#pixels(1))[0]!;
  }

  *#raw(tile: Rect): Decoding {
    for (let y = 0; y < tile.height; y++) {
      const row = yield* this.#pixels(tile.width);
      row.forEach((pixel, x) => this.#context.framebuffer.set(tile.x + x, tile.y + y, pixel));
    }
  }

  *#packed(tile: Rect, palette: readonly number[]): Decoding {
    must(palette.length <= 16, `${this.#name}: packed indices into a palette of ${palette.length} colours`);
    const bits = bitsPerIndex(palette.length);
    for (let y = 0; y < tile.height; y++) {
      const row = yield* take(this.#input, Math.ceil(tile.width * bits / 8));
      for (let x = 0; x < tile.width; x++) {
        const at = x * bits;
        const index = (row[at >> 3]! >> (8 - bits - (at & 7))) & ((1 << bits) - 1);
        this.#context.framebuffer.set(tile.x + x, tile.y + y, this.#colour(palette, index));
      }
      const used = tile.width * bits % 8;
      if (used > 0) this.#context.padding(row.at(-1)! & (0xff >> used), `${this.#name}: packed row`);
    }
  }

  *#runs(tile: Rect): Decoding {
    for (let done = 0; done < tile.width * tile.height;) {
      const pixel = yield* this.#pixel();
      done = this.#paint(tile, done, yield* this.#runLength(), pixel);
    }
  }

  *#indexedRuns(tile: Rect, palette: readonly number[]): Decoding {
    for (let done = 0; done < tile.width * tile.height;) {
      const byte = yield* takeU8(this.#input);
      const pixel = this.#colour(palette, byte & 127);
      done = this.#paint(tile, done, byte & 128 ? yield* this.#runLength() : 1, pixel);
    }
  }

  /** One more than the sum of the bytes, the last of which is not 255. */
  *#runLength(): Decoding<number> {
    let length = 1;
    for (;;) {
      const byte = yield* takeU8(this.#input);
      length += byte;
      if (byte !== 255) return length;
    }
  }

  #colour(palette: readonly number[], index: number): number {
    const colour = palette[index];
    must(colour !== undefined, `${this.#name}: index ${index} into a palette of ${palette.length} colours`);
    return colour;
  }

  #paint(tile: Rect, from: number, length: number, pixel: number): number {
    must(
      from + length <= tile.width * tile.height,
      `${this.#name}: run of ${length} pixels where ${tile.width * tile.height - from} are left`,
    );
    const { pixels, width } = this.#context.framebuffer;
    for (let i = from; i < from + length; i++) {
      pixels[(tile.y + Math.floor(i / tile.width)) * width + tile.x + i % tile.width] = pixel;
    }
    return from + length;
  }
}

/** §7.7.5: tiles of 16 by 16, a palette may be used again. */
export const trle: Decoder = {
  name: "TRLE",
  type: 15,
  *decode(input, r, context) {
    const reader = new TileReader("TRLE", input, context);
    for (const tile of tilesOf(r, 16)) yield* reader.tile(tile, true);
  },
};

/** §7.7.6: tiles of 64 by 64, through one zlib stream per connection. */
export const zrle: Decoder = {
  name: "ZRLE",
  type: 16,
  *decode(input, r, context) {
    const length = yield* takeU32(input);
    must(length < 1 << 28, `ZRLE: length is ${length}`);
    const plain = new BytesInput(context.inflate("zrle", yield* take(input, length)));
    runDecoding(zrleTiles(plain, r, context), plain);
  },
};

function* zrleTiles(input: Input, r: Rect, context: DecoderContext): Decoding {
  const reader = new TileReader("ZRLE", input, context);
  for (const tile of tilesOf(r, 64)) yield* reader.tile(tile, false);
}
