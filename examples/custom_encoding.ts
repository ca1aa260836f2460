/**
 * An encoding of your own beside the server's: clients that list its number get it, others get what they know.
 *
 *     deno run -A examples/custom_encoding.ts [PORT]
 *
 * An encoding is a pure function: pixels in, bytes out. This one writes runs: how many pixels (one byte, less one), and
 * their colour. It knows nothing of pixel formats: the target does.
 *
 * @module
 */
// deno-lint-ignore-file no-console
import { type EncodingDefinition, ENCODINGS, NO_LIMITS, VNCServer } from "../lib/mod.ts";

/** A number that nobody has registered. */
const RUNS_TYPE = 0x52_55_4e_53;

const RUNS: EncodingDefinition = {
  name: "Runs",
  type: RUNS_TYPE,
  streams: 0, // bytes could be marked with out.deflate(), and would go through a zlib stream of each client
  limits: NO_LIMITS,
  encode(frame, rect, target, out) {
    const { pixels, offset, stride, width, height } = target.translate(frame, rect);
    for (let row = 0; row < height; row++) {
      const end = offset + row * stride + width;
      for (let at = end - width; at < end;) {
        const colour = pixels[at]!;
        let length = 1;
        while (length < 256 && at + length < end && pixels[at + length] === colour) length++;
        out.u8(length - 1);
        target.pixel.write(colour, out);
        at += length;
      }
    }
  },
};

await using server = new VNCServer({
  port: Number(Deno.args[0] ?? 5900),
  hostname: "127.0.0.1",
  display: "pattern:320x240",
  encodings: [...ENCODINGS, RUNS],
});
await server.start();
console.log(`Listening on port ${server.port}; encoding ${RUNS_TYPE} is ${RUNS.name}`);
Deno.addSignalListener("SIGINT", () => void server.stop());
await server.finished;
