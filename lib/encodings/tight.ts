/**
 * Tight encoding, without loss (rfbproto "Tight Encoding"): a fill, or pixels as they are, by palette or as
 * differences, through one of four zlib streams.
 *
 * What is in the rectangle decides how it is sent.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { MAX_COLOURS } from "../kernels/kernels.ts";
import { EncodingType } from "../protocol/constants.ts";
import { findColours, packedSize, type Palette } from "./content.ts";
import { type EncodedRect, LengthPrefix } from "./encoded_rect.ts";
import type { EncodingDefinition } from "./encoding.ts";
import { checkInside, type PixelBlock, type PixelTarget } from "./pixel_target.ts";
import { Control, jpegForm, TIGHT_LIMITS, writeFill } from "./tight_control.ts";
import { prefersGradient, writeGradient } from "./tight_gradient.ts";

/** Tight. */
export const TIGHT: EncodingDefinition = {
  name: "Tight",
  type: EncodingType.Tight,
  streams: 4,
  limits: TIGHT_LIMITS,
  onePalette: true,
  forPhotos: jpegForm("Tight JPEG", EncodingType.Tight, 4),
  encode(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
    checkInside(frame, rect);
    const { pixels, stride } = frame;
    const first = rect.y * stride + rect.x;
    if (target.workbench.kernels.isSolid(pixels, first, stride, rect.width, rect.height)) {
      return writeFill(target.value(pixels[first]!), target, out);
    }
    const block = target.translate(frame, rect);
    const palette = findColours(block, paletteLimit(block, target), target.workbench);
    if (palette?.count === 1) writeFill(palette.colours[0]!, target, out);
    else if (palette?.count === 2) writeMono(palette, rect, target, out);
    else if (palette) writeIndexed(palette, rect, target, out);
    else if (target.levels.gradient && target.tpixel.size > 1 && prefersGradient(block, target.format)) {
      writeGradientBlock(block, target, out);
    } else writeFull(frame, rect, target, out);
  },
};

/** The byte behind the first one, where the first one announces it. */
const Filter = { Palette: 1, Gradient: 2 } as const;

/** Which data goes through which zlib stream: like with like compresses best. */
const Stream = { Full: 0, Mono: 1, Indexed: 2, Gradient: 3 } as const;

/** Shorter data is sent as it is, without a length. */
const MIN_TO_COMPRESS = 12;

/** So many pixels should share a colour of the palette on average: below that, the pixels compress better as they are. */
const PIXELS_PER_COLOUR = 8;

/** Most colours for which a palette pays: an index takes a byte, so one-byte pixels gain from two colours only. */
function paletteLimit({ width, height }: PixelBlock, target: PixelTarget): number {
  if (target.tpixel.size === 1) return 2;
  return Math.min(MAX_COLOURS, Math.max(2, Math.floor(width * height / PIXELS_PER_COLOUR)));
}

function writeMono(palette: Palette, { width, height }: Rect, target: PixelTarget, out: EncodedRect): void {
  writePalette(Stream.Mono, palette, target, out);
  const { workbench } = target;
  const bytes = workbench.bytes(packedSize(width, height, 1));
  workbench.kernels.packIndices(palette.indices, width, height, 1, bytes, 0);
  writeData(Stream.Mono, out, () => out.bytes(bytes));
}

function writeIndexed(palette: Palette, _rect: Rect, target: PixelTarget, out: EncodedRect): void {
  writePalette(Stream.Indexed, palette, target, out);
  writeData(Stream.Indexed, out, () => out.bytes(palette.indices));
}

function writeFull(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
  out.u8(Stream.Full << 4);
  writeData(Stream.Full, out, () => target.write(frame, rect, target.tpixel, out));
}

function writeGradientBlock(block: PixelBlock, target: PixelTarget, out: EncodedRect): void {
  out.u8(Stream.Gradient << 4 | Control.ExplicitFilter).u8(Filter.Gradient);
  writeData(Stream.Gradient, out, () => writeGradient(block, target, out));
}

/** First byte, filter, and the palette with its size less one. */
function writePalette(
  stream: number,
  { colours, count }: Palette,
  { tpixel }: PixelTarget,
  out: EncodedRect,
): void {
  out.u8(stream << 4 | Control.ExplicitFilter).u8(Filter.Palette).u8(count - 1);
  tpixel.writeAll(colours, count, out);
}

/** Appends what `write` writes, and has it compressed if it is worth it. */
function writeData(stream: number, out: EncodedRect, write: () => void): void {
  const start = out.length;
  write();
  if (out.length - start >= MIN_TO_COMPRESS) out.deflate(start, stream, LengthPrefix.Compact);
}
