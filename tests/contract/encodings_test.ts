/**
 * What every encoding of the registry must do, whoever wrote it (RFC 6143 §7.7): decode to its input with no wrong pixel,
 * in every pixel format and size, for every kind of picture. A new entry of `ENCODINGS` is covered by itself, once there
 * is a decoder for it in tests/support/decoders.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Rect, rect, rectOf } from "../../lib/core/geometry.ts";
import { createFrame, type Frame } from "../../lib/core/pixels.ts";
import { EncodedRect } from "../../lib/encodings/encoded_rect.ts";
import type { EncodingDefinition } from "../../lib/encodings/encoding.ts";
import { DEFAULT_LEVELS, type Levels, PixelTarget } from "../../lib/encodings/pixel_target.ts";
import { ENCODINGS, withForms } from "../../lib/encodings/registry.ts";
import { decoderOf } from "../support/decoders/registry.ts";
import { image, IMAGES } from "../support/images.ts";
import { PIXEL_FORMATS, pixelFormat } from "../support/pixel_formats.ts";
import { psnr } from "../support/psnr.ts";
import { RoundTrip } from "../support/round_trip.ts";

/** Below, at and above the sides of tiles of 16 and 64, and of bytes of bits. */
const SIZES: readonly (readonly [width: number, height: number])[] = [
  [1, 1],
  [1, 15],
  [16, 1],
  [15, 17],
  [17, 16],
  [16, 64],
  [63, 15],
  [64, 64],
  [65, 63],
  [17, 65],
  [3, 4],
  [130, 33],
];
const FORMATS = Object.entries(PIXEL_FORMATS);
/** Pictures that differ most go through all formats; the others through every third, each through other ones. */
const IN_ALL_FORMATS = ["solid", "two colours", "16 colours without runs", "noise", "text"];
const XRGB = pixelFormat("32 le 16-8-0");
/** Encodings, and the forms that they have for photographs. */
const ALL = withForms(ENCODINGS);
const LOSSLESS = ALL.filter(({ isLossy }) => !isLossy);
const LOSSY = ALL.filter(({ isLossy }) => isLossy);

/** The largest rectangles that an encoding must take, as far as a test can afford them. */
function largest({ limits }: EncodingDefinition): Rect[] {
  const most = Math.min(limits.area, 1 << 18);
  const { width, height } = limits;
  const side = Math.floor(Math.sqrt(most));
  return [
    rect(0, 0, Math.min(width, most), Math.max(1, Math.min(height, Math.floor(most / width)))),
    rect(0, 0, Math.max(1, Math.min(width, Math.floor(most / height))), Math.min(height, most)),
    rect(0, 0, Math.min(width, side), Math.min(height, side)),
  ];
}

/** A frame with rows longer than it is wide, made from one without gaps; what lies in the gaps is no colour. */
function withStride(frame: Frame, stride: number): Frame {
  const pixels = new Uint32Array(stride * frame.height).fill(0xffffffff);
  for (let y = 0; y < frame.height; y++) {
    pixels.set(frame.pixels.subarray(y * frame.stride, y * frame.stride + frame.width), y * stride);
  }
  return { width: frame.width, height: frame.height, stride, pixels };
}

Deno.test("ENCODINGS have names, numbers and limits of their own", () => {
  assert.equal(new Set(ENCODINGS.map(({ type }) => type)).size, ENCODINGS.length);
  assert.equal(new Set(ALL.map(({ name }) => name)).size, ALL.length);
  for (const { name, streams, limits } of ALL) {
    assert.ok(limits.width >= 1 && limits.height >= 1 && limits.area >= 1, name);
    assert.ok(Number.isInteger(streams) && streams >= 0, name);
  }
  for (const { name, type } of ENCODINGS) assert.equal(decoderOf(type).name, name);
});

Deno.test("forms for photographs that are lossy have the number and streams of what they stand for", () => {
  for (const { forPhotos, type, streams } of ENCODINGS) {
    if (forPhotos?.isLossy) assert.deepEqual([forPhotos.type, forPhotos.streams], [type, streams]);
  }
});

for (const definition of LOSSLESS) {
  const { name, type } = definition;

  for (const [number, image] of IMAGES.entries()) {
    Deno.test(`${name} decodes to the pixels of "${image.name}", in every size`, () => {
      const frames = SIZES.map(([width, height], i) => image.make(width, height, i + 1));
      const all = IN_ALL_FORMATS.includes(image.name);
      for (const [title, format] of FORMATS.filter((_, i) => all || i % 3 === number % 3)) {
        using trip = new RoundTrip(definition, format);
        for (const frame of frames) {
          trip.check(
            frame,
            rectOf(frame),
            `${name}, "${image.name}" ${frame.width}x${frame.height}, ${title}`,
          );
        }
      }
    });
  }

  Deno.test(`${name} takes rectangles up to its limits`, () => {
    for (const r of largest(definition)) {
      for (const image of IMAGES.filter(({ name }) => ["noise", "text"].includes(name))) {
        for (const title of ["32 le 16-8-0", "8 bgr233"]) {
          using trip = new RoundTrip(definition, pixelFormat(title));
          trip.check(
            image.make(r.width, r.height),
            r,
            `${name}, "${image.name}" ${r.width}x${r.height}, ${title}`,
          );
        }
      }
    }
  });

  // Levels say something to those that compress.
  if (definition.streams > 0) {
    Deno.test(`${name} decodes with every compression level, with and without the gradient filter`, () => {
      for (
        const title of [
          "32 le 16-8-0",
          "32 be 24-16-8",
          "32 le 30 bit",
          "16 le 565",
          "16 be odd maxima",
          "8 332",
        ]
      ) {
        for (const compressLevel of [undefined, 0, 1, 5, 9]) {
          for (const gradient of [false, true]) {
            using trip = new RoundTrip(definition, pixelFormat(title), { compressLevel, gradient });
            for (const image of IMAGES) {
              const frame = image.make(70, 40);
              trip.check(
                frame,
                rectOf(frame),
                `${name}, "${image.name}", ${title}, level ${compressLevel}, ${gradient}`,
              );
            }
          }
        }
      }
    });
  }

  Deno.test(`${name} encodes a part of a larger frame, whatever its stride, and leaves the frame as it is`, () => {
    for (const image of IMAGES) {
      const frame = withStride(image.make(100, 80), 133);
      const before = frame.pixels.slice();
      for (const title of ["32 le 16-8-0", "32 be 8-16-24", "16 le 555", "8 colour map"]) {
        using trip = new RoundTrip(definition, pixelFormat(title));
        for (
          const r of [
            rect(0, 0, 100, 80),
            rect(1, 1, 1, 1),
            rect(35, 11, 65, 69),
            rect(99, 0, 1, 80),
            rect(7, 79, 50, 1),
          ]
        ) {
          trip.check(frame, r, `${name}, "${image.name}" at ${JSON.stringify(r)}, ${title}`);
        }
      }
      assert.ok(frame.pixels.every((pixel, i) => pixel === before[i]), `${name} modifies the frame`);
    }
  });

  Deno.test(`${name} decodes to any small picture in any format, one after another on one connection`, () => {
    const picture = fc.record({
      width: fc.integer({ min: 1, max: 40 }),
      height: fc.integer({ min: 1, max: 40 }),
      palette: fc.array(fc.integer({ min: 0, max: 0xffffff }), { minLength: 1, maxLength: 300 }),
      runs: fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 600 })), { minLength: 1, maxLength: 200 }),
    });
    const connection = fc.record({
      format: fc.constantFrom(...FORMATS),
      gradient: fc.boolean(),
      pictures: fc.array(picture, { minLength: 1, maxLength: 4 }),
    });
    fc.assert(
      fc.property(connection, ({ format: [title, format], gradient, pictures }) => {
        using trip = new RoundTrip(definition, format, { gradient });
        for (const { width, height, palette, runs } of pictures) {
          const frame = createFrame(width, height);
          for (let at = 0, run = 0; at < frame.pixels.length; run++) {
            const [colour, length] = runs[run % runs.length]!;
            frame.pixels.fill(palette[colour % palette.length]!, at, at += length);
          }
          trip.check(frame, rectOf(frame), `${name}, ${title}`);
        }
      }),
      { seed: 6143 + type, numRuns: 150 },
    );
  });
}

for (const definition of ALL) {
  const { name } = definition;
  const levels: Levels = { ...DEFAULT_LEVELS, qualityLevel: 8 };

  Deno.test(`${name} makes the same bytes of the same input, behind what is written already`, () => {
    const target = new PixelTarget(XRGB, levels);
    for (const image of IMAGES) {
      const frame = image.make(70, 40);
      const first = new EncodedRect();
      definition.encode(frame, rectOf(frame), target, first);
      // Other work in between, and other bytes before, must not change anything.
      const second = new EncodedRect();
      definition.encode(IMAGES[0]!.make(64, 64, 9), rect(0, 0, 64, 64), target, new EncodedRect());
      second.u32(0x01020304);
      definition.encode(frame, rectOf(frame), new PixelTarget(XRGB, levels), second);
      assert.deepEqual([...second.view().subarray(4)], [...first.view()]);
      assert.deepEqual([...second.view().subarray(0, 4)], [1, 2, 3, 4]);
      assert.deepEqual(
        second.marks.map(({ start, end, ...mark }) => ({ start: start - 4, end: end - 4, ...mark })),
        first.marks,
      );
      for (const { stream, start, end } of first.marks) {
        assert.ok(stream >= 0 && stream < definition.streams, `${name} has no stream ${stream}`);
        assert.ok(start < end, `${name} compresses nothing`);
      }
    }
  });

  Deno.test(`${name} refuses rectangles that are empty or reach outside the frame`, () => {
    const frame = createFrame(32, 24);
    const target = new PixelTarget(XRGB, levels);
    const outside = [
      ...[rect(0, 0, 33, 1), rect(0, 0, 1, 25), rect(-1, 0, 4, 4), rect(0, -1, 4, 4), rect(31, 0, 2, 1)],
      ...[rect(0, 23, 1, 2), rect(32, 24, 1, 1), rect(0, 0, 0, 1), rect(0, 0, 1, 0), rect(5, 5, -1, 1)],
    ];
    for (const r of outside) {
      assert.throws(
        () => definition.encode(frame, r, target, new EncodedRect()),
        RangeError,
        `${name} takes ${JSON.stringify(r)}`,
      );
    }
  });
}

/** At the highest quality, without subsampling, JPEG's own rounding is all that is lost. */
const JPEG_TOLERANCE = 10;

for (const definition of LOSSY) {
  Deno.test(`${definition.name} decodes to nearly the pixels that it was given, at the highest quality`, () => {
    for (const title of ["32 le 16-8-0", "32 be 0-8-16", "16 le 565", "16 be 555", "32 le 30 bit"]) {
      using trip = new RoundTrip(definition, pixelFormat(title), { qualityLevel: 9 });
      for (const image of IMAGES.filter(({ name }) => ["solid", "noise", "text", "photo"].includes(name))) {
        for (const [width, height] of [...SIZES, [200, 100] as const]) {
          const frame = withStride(image.make(width, height), width + 5);
          trip.check(
            frame,
            rectOf(frame),
            `${definition.name}, "${image.name}" ${width}x${height}, ${title}`,
            JPEG_TOLERANCE,
          );
        }
      }
    }
  });
}

for (const definition of LOSSY) {
  const { name } = definition;

  Deno.test(`${name} decodes to what was there, nearly, in every size and at every level`, () => {
    // Quality 100 is without loss but for rounding, level 0 is coarse.
    for (const [qualityLevel, least] of [[9, 40], [8, 32], [5, 26], [0, 19]] as const) {
      using trip = new RoundTrip(definition, XRGB, { qualityLevel });
      for (const [i, [width, height]] of SIZES.entries()) {
        const frame = image("photo").make(width, height, i + 1);
        const values = trip.send(frame, rectOf(frame));
        const found = psnr(values, trip.expected(frame, rectOf(frame)));
        assert.ok(found >= least, `${width}x${height}, level ${qualityLevel}: ${found.toFixed(1)} dB`);
      }
    }
  });

  Deno.test(`${name} takes rectangles up to its limits`, () => {
    for (const r of largest(definition)) {
      using trip = new RoundTrip(definition, XRGB, { qualityLevel: 3 });
      const frame = image("noise").make(r.width, r.height);
      assert.equal(trip.send(frame, r).length, r.width * r.height);
    }
  });
}
