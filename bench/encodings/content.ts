/**
 * What is sent of whole screens, and what it costs: `deno task bench:content`.
 *
 * Each picture of 1920x1080 goes to clients that differ in what they allow. Bytes are exact; times are the least of several
 * runs, as other work on the machine only adds to them.
 *
 * @module
 */
import { ByteWriter } from "../../lib/core/bytes.ts";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { type Rect, rect, rectOf } from "../../lib/core/geometry.ts";
import type { Frame } from "../../lib/core/pixels.ts";
import { EncodedRect } from "../../lib/encodings/encoded_rect.ts";
import { DEFAULT_LEVELS, type Levels, PixelTarget } from "../../lib/encodings/pixel_target.ts";
import { RectPlanner } from "../../lib/encodings/rect_planner.ts";
import { Workbench } from "../../lib/encodings/workbench.ts";
import { ZlibStreams } from "../../lib/encodings/zlib_streams.ts";
import { loadKernels } from "../../lib/kernels/simd.ts";
import { EncodingType } from "../../lib/protocol/constants.ts";
import { NATIVE_PIXEL_FORMAT } from "../../lib/protocol/pixel_format.ts";
import { frameOf, image } from "../../tests/support/images.ts";

const SIZE = { width: 1920, height: 1080 };
const RUNS = 7;

const memory = new FrameMemory();
const workbench = new Workbench(loadKernels(memory), memory);

/** A frame in the kernels' memory, with parts laid over each other. */
function picture(...parts: readonly (readonly [Rect, Frame])[]): Frame {
  const { buffer, byteOffset } = memory.allocate(SIZE.width * SIZE.height * 4);
  const pixels = new Uint32Array(buffer, byteOffset, SIZE.width * SIZE.height).fill(0xffffff);
  for (const [{ x, y, width, height }, part] of parts) {
    for (let row = 0; row < height; row++) {
      const from = row * part.stride;
      pixels.set(part.pixels.subarray(from, from + width), (y + row) * SIZE.width + x);
    }
  }
  return { ...SIZE, stride: SIZE.width, pixels };
}

/** A picture of the named set in a place. */
function placed(name: string, place: Rect): readonly [Rect, Frame] {
  return [place, image(name).make(place.width, place.height)];
}

const whole = rectOf(SIZE);
const slope = frameOf(1920, 1080, (x, y) => (x >> 3) << 16 | (y >> 3) << 8 | (x + y) >> 5);

const PICTURES: Readonly<Record<string, Frame>> = {
  desktop: picture(placed("desktop", whole)),
  text: picture(placed("text", whole)),
  page: picture(
    [rect(0, 0, 1920, 120), slope],
    placed("text", rect(120, 160, 1000, 900)),
    placed("photo", rect(1200, 220, 600, 400)),
  ),
  slope: picture([whole, slope]),
  photo: picture(placed("photo", whole)),
};

const CLIENTS: Readonly<Record<string, readonly [encoding: number, levels: Partial<Levels>]>> = {
  "Tight": [EncodingType.Tight, { gradient: true }],
  "Tight, no gradient": [EncodingType.Tight, {}],
  "Tight q8": [EncodingType.Tight, { gradient: true, qualityLevel: 8 }],
  "Tight q8 c6": [EncodingType.Tight, { gradient: true, qualityLevel: 8, compressLevel: 6 }],
  "Tight q8 c1": [EncodingType.Tight, { gradient: true, qualityLevel: 8, compressLevel: 1 }],
  "TightPNG q8": [EncodingType.TightPng, { qualityLevel: 8 }],
  "ZRLE": [EncodingType.ZRLE, {}],
};

/** Bytes on the wire, rectangles, and ms for planning, encoding and deflating. */
function measure(frame: Frame, encoding: number, levels: Partial<Levels>, hurried: boolean) {
  const target = new PixelTarget(NATIVE_PIXEL_FORMAT, { ...DEFAULT_LEVELS, ...levels }, workbench);
  const planner = new RectPlanner([encoding], target);
  const encoded = new EncodedRect(1 << 20);
  const out = new ByteWriter(1 << 22);
  let least = { planMs: Infinity, ms: Infinity };
  let rects = 0;
  for (let run = 0; run < RUNS; run++) {
    using streams = new ZlibStreams();
    out.clear();
    const start = performance.now();
    const planned = planner.plan(frame, [whole], { hurried });
    const planMs = performance.now() - start;
    for (const { rect, encoding } of planned) {
      encoded.clear();
      encoding.encode(frame, rect, target, encoded);
      streams.write(encoded, encoding.type, target.zlibLevel, out.zeros(12));
    }
    const ms = performance.now() - start;
    if (ms < least.ms) least = { planMs, ms };
    rects = planned.length;
  }
  return { ...least, rects, bytes: out.length };
}

const lines = [`${"picture, client".padEnd(28)}     bytes  rects  ms in all  of that planning`];
for (const [name, frame] of Object.entries(PICTURES)) {
  for (const [client, [encoding, levels]] of Object.entries(CLIENTS)) {
    for (const hurried of name === "slope" && client === "Tight q8" ? [false, true] : [false]) {
      const { bytes, rects, ms, planMs } = measure(frame, encoding, levels, hurried);
      const title = `${name}, ${client}${hurried ? ", hurried" : ""}`;
      lines.push(
        `${title.padEnd(28)} ${`${bytes}`.padStart(9)} ${`${rects}`.padStart(6)} ${
          ms.toFixed(1).padStart(10)
        } ` +
          planMs.toFixed(1).padStart(17),
      );
    }
  }
}
await Deno.stdout.write(new TextEncoder().encode(`${lines.join("\n")}\n`));
