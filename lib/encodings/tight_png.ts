/**
 * TightPNG encoding (rfbproto "Tight PNG Encoding"): Tight with PNG images in the place of its own compression, for
 * clients in browsers that have PNG at hand and zlib not.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { Layout, MAX_COLOURS } from "../kernels/kernels.ts";
import { EncodingType } from "../protocol/constants.ts";
import { findColours, type Palette } from "./content.ts";
import { type EncodedRect, LengthPrefix } from "./encoded_rect.ts";
import type { EncodingDefinition } from "./encoding.ts";
import { beginLength, endLength } from "./length_prefix.ts";
import { checkInside, type PixelBlock, type PixelTarget } from "./pixel_target.ts";
import { type PngImage, RowFilter, writePng } from "./png.ts";
import { Control, jpegForm, TIGHT_LIMITS, writeFill } from "./tight_control.ts";
import { prefersGradient } from "./tight_gradient.ts";
import { NATIVE_PIXEL_FORMAT } from "../protocol/pixel_format.ts";

/** TightPNG. Images have the screen's colours, whatever the client's pixel format: reducing them is the client's. */
export const TIGHT_PNG: EncodingDefinition = {
  name: "TightPNG",
  type: EncodingType.TightPng,
  streams: 0,
  limits: TIGHT_LIMITS,
  onePalette: true,
  forPhotos: jpegForm("TightPNG JPEG", EncodingType.TightPng, 0),
  encode(frame: Frame, rect: Rect, target: PixelTarget, out: EncodedRect): void {
    checkInside(frame, rect);
    const block = {
      ...{ pixels: frame.pixels, offset: rect.y * frame.stride + rect.x, stride: frame.stride },
      ...{ width: rect.width, height: rect.height },
    };
    const palette = findColours(block, MAX_COLOURS, target.workbench);
    if (palette?.count === 1) return writeFill(target.value(palette.colours[0]!), target, out);
    out.u8(Control.Png);
    const lengthAt = beginLength(LengthPrefix.Compact, out);
    writePng(palette ? indexedImage(block, palette) : trueColourImage(block, target), target.zlibLevel, out);
    endLength(LengthPrefix.Compact, lengthAt, out);
  },
};

function indexedImage({ width, height }: PixelBlock, { count, colours, indices }: Palette): PngImage {
  const palette = new Uint8Array(count * 3);
  for (let i = 0; i < count; i++) {
    const colour = colours[i]!;
    palette.set([colour >>> 16 & 0xff, colour >>> 8 & 0xff, colour & 0xff], i * 3);
  }
  return { width, height, palette, samples: indices, filter: RowFilter.None };
}

function trueColourImage(block: PixelBlock, { workbench }: PixelTarget): PngImage {
  const { pixels, offset, stride, width, height } = block;
  const samples = workbench.bytes(width * height * 3);
  workbench.kernels.packValues(pixels, offset, stride, width, height, Layout.Low24Big, samples, 0);
  const filter = prefersGradient(block, NATIVE_PIXEL_FORMAT) ? RowFilter.Paeth : RowFilter.None;
  return { width, height, samples, filter };
}
