/**
 * Every encoding on four kinds of content, in a viewer's usual 32-bit format: `deno bench bench/encodings/`.
 *
 * A group is one kind of content, 960x512 pixels of it, cut as the rect planner cuts; Raw is its baseline. Encodings with
 * zlib include it, from a fresh stream.
 *
 * @module
 */
import { ByteWriter } from "../../lib/core/bytes.ts";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { rectOf } from "../../lib/core/geometry.ts";
import type { Frame } from "../../lib/core/pixels.ts";
import { EncodedRect } from "../../lib/encodings/encoded_rect.ts";
import type { EncodingDefinition } from "../../lib/encodings/encoding.ts";
import { DEFAULT_LEVELS, PixelTarget } from "../../lib/encodings/pixel_target.ts";
import { RectPlanner } from "../../lib/encodings/rect_planner.ts";
import { ENCODINGS } from "../../lib/encodings/registry.ts";
import { Workbench } from "../../lib/encodings/workbench.ts";
import { ZlibStreams } from "../../lib/encodings/zlib_streams.ts";
import { loadKernels } from "../../lib/kernels/simd.ts";
import { NATIVE_PIXEL_FORMAT, type PixelFormat } from "../../lib/protocol/pixel_format.ts";
import { image } from "../../tests/support/images.ts";

const memory = new FrameMemory();
const workbench = new Workbench(loadKernels(memory), memory);

const WIDTH = 960;
const HEIGHT = 512;

/** What noVNC asks for: red in the lowest byte, so that every pixel has to be translated. */
const RGBX: PixelFormat = { ...NATIVE_PIXEL_FORMAT, redShift: 0, blueShift: 16 };

/** A picture in the kernels' memory, where the server has its pixels. */
function picture(content: string): Frame {
  const { pixels, ...frame } = image(content).make(WIDTH, HEIGHT);
  const { buffer, byteOffset } = memory.allocate(pixels.byteLength);
  const shared = new Uint32Array(buffer, byteOffset, pixels.length);
  shared.set(pixels);
  return { ...frame, pixels: shared };
}

/** Encodes the frame to the bytes of a client's wire, as often as `b` wants. */
function run(b: Deno.BenchContext, encoding: EncodingDefinition, frame: Frame, format: PixelFormat): void {
  using streams = new ZlibStreams();
  const target = new PixelTarget(format, DEFAULT_LEVELS, workbench);
  const planned = new RectPlanner([encoding.type], target).plan(frame, [rectOf(frame)]);
  const encoded = new EncodedRect();
  const out = new ByteWriter(1 << 22);
  b.start();
  for (const { rect } of planned) {
    encoded.clear();
    encoding.encode(frame, rect, target, encoded);
    streams.write(encoded, encoding.type, target.zlibLevel, out);
  }
  b.end();
}

for (const content of ["desktop", "text", "photo", "noise"]) {
  const frame = picture(content);
  for (const encoding of ENCODINGS) {
    Deno.bench(`${encoding.name} ${content}`, {
      group: content,
      baseline: encoding.name === "Raw",
      n: 20,
      warmup: 10,
    }, (b) => run(b, encoding, frame, NATIVE_PIXEL_FORMAT));
  }
}

const desktop = picture("desktop");
for (const encoding of ENCODINGS) {
  Deno.bench(`${encoding.name} desktop, translated to RGBX`, {
    group: "desktop, translated to RGBX",
    baseline: encoding.name === "Raw",
    n: 20,
    warmup: 10,
  }, (b) => run(b, encoding, desktop, RGBX));
}
