/**
 * Zlib (rfbproto "Zlib Encoding"): a length, and Raw through a zlib stream that lasts as long as the connection.
 *
 * @module
 */
import { bytesPerPixel } from "../pixel_formats.ts";
import { BytesInput, type Decoder, must, runDecoding, take, takeU32 } from "./decoder.ts";
import { raw } from "./raw.ts";

export const zlib: Decoder = {
  name: "Zlib",
  type: 6,
  *decode(input, r, context) {
    const length = yield* takeU32(input);
    must(length < 1 << 28, `Zlib: length is ${length}`);
    const data = yield* take(input, length);
    const pixels = new BytesInput(
      context.inflate("zlib", data, r.width * r.height * bytesPerPixel(context.format)),
    );
    runDecoding(raw.decode(pixels, r, context), pixels);
  },
};
