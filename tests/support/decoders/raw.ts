/**
 * Raw and CopyRect (RFC 6143 §7.7.1, §7.7.2).
 *
 * @module
 */
import { contains, rect, rectOf } from "../../../lib/core/geometry.ts";
import { bytesPerPixel, readPixel } from "../pixel_formats.ts";
import { type Decoder, must, take, takeU16 } from "./decoder.ts";

/** §7.7.1: the pixels, row after row. */
export const raw: Decoder = {
  name: "Raw",
  type: 0,
  *decode(input, r, { format, framebuffer }) {
    const size = bytesPerPixel(format);
    for (let y = 0; y < r.height; y++) {
      const row = yield* take(input, r.width * size);
      for (let x = 0; x < r.width; x++) framebuffer.set(r.x + x, r.y + y, readPixel(format, row, x * size));
    }
  },
};

/** §7.7.2: from where in the client's own framebuffer to copy. */
export const copyRect: Decoder = {
  name: "CopyRect",
  type: 1,
  *decode(input, r, { framebuffer }) {
    const x = yield* takeU16(input);
    const y = yield* takeU16(input);
    const source = rect(x, y, r.width, r.height);
    must(
      contains(rectOf(framebuffer), source),
      `CopyRect: source ${JSON.stringify(source)} is not in the framebuffer`,
    );
    framebuffer.copy(source, r.x, r.y);
  },
};
