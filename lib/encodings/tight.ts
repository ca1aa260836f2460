/**
 * Tight encoding, without loss (rfbproto "Tight Encoding"): a fill, or pixels as they are, by palette or as
 * differences, through one of four zlib streams.
 *
 * In three steps: {@linkcode Content} says what is in the rectangle, {@linkcode chooseCompression} how to send it, and one
 * of the writers sends it.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { EncodingType } from "../protocol/constants.ts";
import { Content, MAX_COLOURS, packedSize, packIndices } from "./content.ts";
import { type EncodedRect, LengthPrefix } from "./encoded_rect.ts";
import type { EncodingDefinition } from "./encoding.ts";
import { checkInside, type PixelBlock, type PixelTarget } from "./pixel_target.ts";
import { packBlock } from "./raw.ts";
import { isSmooth, writeGradient } from "./tight_gradient.ts";

/** Tight. Clients have room for 2048 pixels of width; areas are at most those that TigerVNC sends. */
export const TIGHT: EncodingDefinition = {
  name: "Tight",
  type: EncodingType.Tight,
  streams: 4,
  limits: { width: 2048, height: 0xffff, area: 0xffff },
  encode(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
    checkInside(frame, rect);
    const block = target.translate(frame, rect);
    WRITERS[chooseCompression(block, target)](block, target, out);
  },
};

/** What a rectangle is sent as. */
export type TightCompression = "fill" | "mono" | "indexed" | "full" | "gradient";

/** High nibble of the first byte, but for basic compression: there it is the stream and this bit for a filter. */
const Control = { Fill: 0x80, ExplicitFilter: 0x40 } as const;

/** The byte behind the first one, where the first one announces it. */
const Filter = { Palette: 1, Gradient: 2 } as const;

/** Which data goes through which zlib stream: like with like compresses best. */
const Stream = { Full: 0, Mono: 1, Indexed: 2, Gradient: 3 } as const;

/** Shorter data is sent as it is, without a length. */
const MIN_TO_COMPRESS = 12;

/** So many pixels should share a colour of the palette on average: below that, the pixels compress better as they are. */
const PIXELS_PER_COLOUR = 8;

const content = new Content();

const WRITERS: Readonly<
  Record<TightCompression, (block: PixelBlock, target: PixelTarget, out: EncodedRect) => void>
> = {
  fill: writeFill,
  mono: writeMono,
  indexed: writeIndexed,
  full: writeFull,
  gradient: writeGradientBlock,
};

/** Looks at the pixels and says how they are best sent; leaves the palette in `content`. */
function chooseCompression(block: PixelBlock, target: PixelTarget): TightCompression {
  if (content.analyse(block, paletteLimit(block, target))) {
    if (content.colourCount === 1) return "fill";
    return content.colourCount === 2 ? "mono" : "indexed";
  }
  return target.levels.gradient && target.tpixel.size > 1 && isSmooth(block, target.format)
    ? "gradient"
    : "full";
}

/** Most colours for which a palette pays: an index takes a byte, so one-byte pixels gain from two colours only. */
function paletteLimit({ width, height }: PixelBlock, target: PixelTarget): number {
  if (target.tpixel.size === 1) return 2;
  return Math.min(MAX_COLOURS, Math.max(2, Math.floor(width * height / PIXELS_PER_COLOUR)));
}

function writeFill(_block: PixelBlock, { tpixel }: PixelTarget, out: EncodedRect): void {
  out.u8(Control.Fill);
  tpixel.write(content.colours[0]!, out);
}

function writeMono({ width, height }: PixelBlock, target: PixelTarget, out: EncodedRect): void {
  writePalette(Stream.Mono, target, out);
  const size = packedSize(width, height, 1);
  packIndices(content.indices, width, height, 1, out.reserve(size), 0);
  writeData(Stream.Mono, size, out);
}

function writeIndexed({ width, height }: PixelBlock, target: PixelTarget, out: EncodedRect): void {
  writePalette(Stream.Indexed, target, out);
  out.reserve(width * height).set(content.indices.subarray(0, width * height));
  writeData(Stream.Indexed, width * height, out);
}

function writeFull(block: PixelBlock, { tpixel }: PixelTarget, out: EncodedRect): void {
  const size = block.width * block.height * tpixel.size;
  out.u8(Stream.Full << 4);
  packBlock(block, tpixel, out.reserve(size), 0);
  writeData(Stream.Full, size, out);
}

function writeGradientBlock(block: PixelBlock, { tpixel, format }: PixelTarget, out: EncodedRect): void {
  const size = block.width * block.height * tpixel.size;
  out.u8(Stream.Gradient << 4 | Control.ExplicitFilter).u8(Filter.Gradient);
  writeGradient(block, format, tpixel, out.reserve(size));
  writeData(Stream.Gradient, size, out);
}

/** First byte, filter, and the palette with its size less one. */
function writePalette(stream: number, { tpixel }: PixelTarget, out: EncodedRect): void {
  const { colours, colourCount } = content;
  out.u8(stream << 4 | Control.ExplicitFilter).u8(Filter.Palette).u8(colourCount - 1);
  out.commit(tpixel.pack(colours, 0, colourCount, out.reserve(colourCount * tpixel.size), 0));
}

/** Takes `size` reserved bytes as written, and has them compressed if they are worth it. */
function writeData(stream: number, size: number, out: EncodedRect): void {
  const start = out.length;
  out.commit(size);
  if (size >= MIN_TO_COMPRESS) out.deflate(start, stream, LengthPrefix.Compact);
}
