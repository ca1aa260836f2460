/**
 * A zlib stream per client, or deflate blocks that all clients share? Bytes and time of both, for rectangles of several
 * sizes and contents (`deno task bench:splicing`).
 *
 * @module
 */
import { ByteWriter } from "../../lib/core/bytes.ts";
import { DeflateStream, independentBlock } from "../../lib/encodings/deflate.ts";
import { EncodedRect } from "../../lib/encodings/encoded_rect.ts";
import { PixelTarget } from "../../lib/encodings/pixel_target.ts";
import { ZRLE } from "../../lib/encodings/zrle.ts";
import { NATIVE_PIXEL_FORMAT } from "../../lib/protocol/pixel_format.ts";
import { IMAGES } from "../../tests/support/images.ts";

const CONTENTS = ["desktop", "text", "photo"];
const SIZES = [[16, 16], [128, 16], [64, 64], [256, 64], [512, 128]] as const;
const LEVELS = [2, 4, 6];
const RECTS = 40;
const REPEATS = 15;

/** What zlib is given for a row of rectangles of one content: ZRLE tiles. */
function zlibInputs(content: string, width: number, height: number): Uint8Array[] {
  const picture = IMAGES.find(({ name }) => name.includes(content))!.make(1024, 1024, 1);
  const target = new PixelTarget(NATIVE_PIXEL_FORMAT);
  return Array.from({ length: RECTS }, (_, i) => {
    const encoded = new EncodedRect();
    const x = i * 37 % (1024 - width);
    const y = i * 61 % (1024 - height);
    ZRLE.encode(picture, { x, y, width, height }, target, encoded);
    return encoded.copy();
  });
}

/** Least time of several runs, in µs per rectangle, and the bytes of all. */
function measure(run: () => number): { us: number; bytes: number } {
  let bytes = 0;
  let least = Infinity;
  for (let i = 0; i < REPEATS; i++) {
    const start = performance.now();
    bytes = run();
    least = Math.min(least, performance.now() - start);
  }
  return { us: least * 1000 / RECTS, bytes };
}

function byStream(inputs: readonly Uint8Array[], level: number): number {
  using stream = new DeflateStream();
  const out = new ByteWriter(1 << 16);
  for (const input of inputs) stream.compress(input, level, out);
  return out.length;
}

function byBlocks(inputs: readonly Uint8Array[], level: number): number {
  return inputs.reduce((sum, input) => sum + independentBlock(input, level).length, 0);
}

if (import.meta.main) {
  const rows = [
    "| content | rectangle | level | stream bytes | block bytes | ratio | stream µs | block µs | viewers from which blocks cost less |",
    "|---|---|---|---|---|---|---|---|---|",
  ];
  for (const content of CONTENTS) {
    for (const [width, height] of SIZES) {
      const inputs = zlibInputs(content, width, height);
      for (const level of LEVELS) {
        const stream = measure(() => byStream(inputs, level));
        const block = measure(() => byBlocks(inputs, level));
        rows.push(
          `| ${content} | ${width}x${height} | ${level} | ${stream.bytes} | ${block.bytes} | ${
            (block.bytes / stream.bytes).toFixed(2)
          } | ${stream.us.toFixed(1)} | ${block.us.toFixed(1)} | ${
            Math.max(1, Math.ceil(block.us / stream.us))
          } |`,
        );
      }
    }
  }
  // deno-lint-ignore no-console -- a table is what this is for
  console.log(rows.join("\n"));
}
