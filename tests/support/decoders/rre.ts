/**
 * RRE (RFC 6143 §7.7.3) and CoRRE (rfbproto "CoRRE Encoding"): a background and rectangles of one colour on it.
 *
 * @module
 */
import { contains, type Rect, rect, rectOf } from "../../../lib/core/geometry.ts";
import { bytesPerPixel, readPixel } from "../pixel_formats.ts";
import {
  type Decoder,
  type DecoderContext,
  type Decoding,
  type Input,
  must,
  take,
  takePixel,
  takeU32,
} from "./decoder.ts";

/** @param coordinateBytes 2 for RRE, 1 for CoRRE. */
function* subrectangles(
  name: string,
  coordinateBytes: 1 | 2,
  input: Input,
  r: Rect,
  { format, framebuffer }: DecoderContext,
): Decoding {
  const count = yield* takeU32(input);
  framebuffer.fill(r, yield* takePixel(input, format));
  const size = bytesPerPixel(format);
  for (let i = 0; i < count; i++) {
    const body = yield* take(input, size + 4 * coordinateBytes);
    const at = (n: number) =>
      coordinateBytes === 1 ? body[size + n]! : (body[size + 2 * n]! << 8) | body[size + 2 * n + 1]!;
    const sub = rect(at(0), at(1), at(2), at(3));
    must(sub.width > 0 && sub.height > 0, `${name}: subrectangle ${i} is empty`);
    must(contains(rectOf(r), sub), `${name}: subrectangle ${i} ${JSON.stringify(sub)} reaches outside`);
    framebuffer.fill({ ...sub, x: r.x + sub.x, y: r.y + sub.y }, readPixel(format, body, 0));
  }
}

/** §7.7.3: positions and sizes are u16. */
export const rre: Decoder = {
  name: "RRE",
  type: 2,
  decode: (input, r, context) => subrectangles("RRE", 2, input, r, context),
};

/** rfbproto "CoRRE Encoding": positions and sizes are u8, so the rectangle is at most 255 by 255. */
export const corre: Decoder = {
  name: "CoRRE",
  type: 4,
  *decode(input, r, context) {
    must(r.width <= 255 && r.height <= 255, `CoRRE: rectangle of ${r.width}x${r.height}, at most 255x255`);
    yield* subrectangles("CoRRE", 1, input, r, context);
  },
};
