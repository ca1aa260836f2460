/**
 * Decoders of recordings: what every encoding of the server becomes, in every format; and that damage is told and nothing
 * else happens.
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteWriter } from "../../lib/core/bytes.ts";
import { RecordingError } from "../../lib/core/errors.ts";
import { type Rect, rectOf } from "../../lib/core/geometry.ts";
import type { Frame } from "../../lib/core/pixels.ts";
import { writeCopyRect } from "../../lib/encodings/copy_rect.ts";
import type { EncodingDefinition } from "../../lib/encodings/encoding.ts";
import { ENCODINGS, withForms } from "../../lib/encodings/registry.ts";
import { EncodingType } from "../../lib/protocol/constants.ts";
import { NATIVE_PIXEL_FORMAT } from "../../lib/protocol/pixel_format.ts";
import { writeFramebufferUpdateHeader, writeRectHeader } from "../../lib/protocol/server_messages.ts";
import { DECODERS } from "../../lib/recording/decoders/registry.ts";
import { Picture } from "../../lib/recording/picture.ts";
import type { RecordingInfo } from "../../lib/recording/record.ts";
import { IMAGES, randomSource } from "../support/images.ts";
import { BGR233_MAP, colourOf, PIXEL_FORMATS, translateColour } from "../support/pixel_formats.ts";
import { formatBytes, Sender } from "./_messages.ts";

const ALL = withForms(ENCODINGS);
const FORMATS = Object.entries(PIXEL_FORMATS);

function infoOf(size: { width: number; height: number }, format: Uint8Array): RecordingInfo {
  const description = { software: "test", startedAt: new Date(0).toISOString(), kind: "session" } as const;
  return { name: "test", size: { width: size.width, height: size.height }, format, description };
}

/** What is in a frame that is not in the other, as text; "" for nothing. */
function difference(frame: Frame, wanted: (x: number, y: number) => number, tolerance = 0): string {
  let wrong = 0;
  let first = "";
  for (let y = 0; y < frame.height; y++) {
    for (let x = 0; x < frame.width; x++) {
      const is = frame.pixels[y * frame.stride + x]!;
      const must = wanted(x, y);
      const isNear = [16, 8, 0].every((shift) =>
        Math.abs((is >>> shift & 255) - (must >>> shift & 255)) <= tolerance
      );
      if (is <= 0xffffff && isNear) continue;
      first ||= `(${x}, ${y}) is ${is.toString(16)}, must be ${must.toString(16)}`;
      wrong++;
    }
  }
  return wrong === 0 ? "" : `${wrong} pixels wrong, the first: ${first}`;
}

Deno.test("DECODERS know every encoding of the server", () => {
  for (const { name, type } of ALL) assert.ok(DECODERS.has(type), name);
});

for (const definition of ALL.filter(({ isLossy }) => !isLossy)) {
  const { name } = definition;

  Deno.test(`Picture shows what ${name} was sent, in every format and kind of picture`, () => {
    for (const [number, [title, format]] of FORMATS.entries()) {
      // Images have the screen's colours, whatever the format.
      if (definition.type === EncodingType.TightPng && format.redMax !== 255) continue;
      for (const image of IMAGES.filter((_, i) => i % 3 === number % 3)) {
        const frame = image.make(83, 37);
        using sender = new Sender(format);
        const picture = new Picture(infoOf(frame, sender.format));
        // In two parts, so that streams go on; then again, so that nothing of the first time is left.
        const parts: Rect[] = [{ x: 0, y: 0, width: 83, height: 17 }, { x: 0, y: 17, width: 83, height: 20 }];
        picture.apply(sender.update(frame, parts, definition).bytes);
        picture.apply(sender.update(frame, [rectOf(frame)], definition).bytes);
        const wrong = difference(picture.frame, (x, y) => {
          const value = translateColour(format, frame.pixels[y * frame.stride + x]!);
          return colourOf(format, value, BGR233_MAP);
        }, 1);
        assert.equal(wrong, "", `${name}, "${image.name}", ${title}`);
      }
    }
  });
}

for (const definition of ALL.filter(({ isLossy }) => isLossy)) {
  for (const [quality, tolerance] of [[9, 12], [6, 40]] as const) {
    Deno.test(`Picture shows nearly what ${definition.name} was sent at quality ${quality}`, () => {
      for (const subsampling of [0, 1, 2, 3, 4, 5] as const) {
        for (const [width, height] of [[64, 64], [83, 37], [1, 1], [9, 40]] as const) {
          const frame = smooth(width, height, subsampling === 3);
          using sender = new Sender(NATIVE_PIXEL_FORMAT, { qualityLevel: quality, subsampling });
          const picture = new Picture(infoOf(frame, sender.format));
          picture.apply(sender.update(frame, [rectOf(frame)], definition).bytes);
          const wrong = difference(picture.frame, (x, y) => frame.pixels[y * frame.stride + x]!, tolerance);
          assert.equal(wrong, "", `${definition.name} ${width}x${height}, subsampling ${subsampling}`);
        }
      }
    });
  }
}

/** Colours that change slowly, as in photographs. */
function smooth(width: number, height: number, isGray: boolean): Frame {
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const [a, b, c] = [0.05, 0.04, 0.03].map((f) =>
        128 + Math.round(60 * Math.sin(x * f) * Math.cos(y * f))
      );
      pixels[y * width + x] = isGray ? a! * 0x010101 : a! << 16 | b! << 8 | c!;
    }
  }
  return { width, height, stride: width, pixels };
}

Deno.test("Picture moves what CopyRect moves, in all directions, also where source and target overlap", () => {
  for (
    const [dx, dy] of [[5, 0], [-5, 0], [0, 7], [0, -7], [3, 4], [-3, -4], [3, -4], [-3, 4], [0, 0]] as const
  ) {
    const frame = IMAGES.find(({ name }) => name === "noise")!.make(60, 50);
    using sender = new Sender();
    const picture = new Picture(infoOf(frame, sender.format));
    picture.apply(sender.update(frame, [rectOf(frame)], ENCODINGS[0]!).bytes);
    const to = { x: 10 + dx, y: 10 + dy, width: 40, height: 30 };
    picture.apply(copyRect(to, 10, 10));
    const wrong = difference(picture.frame, (x, y) => {
      const isMoved = x >= to.x && x < to.x + 40 && y >= to.y && y < to.y + 30;
      return frame.pixels[isMoved ? (y - dy) * 60 + x - dx : y * 60 + x]!;
    });
    assert.equal(wrong, "", `by ${dx}, ${dy}`);
  }
});

function copyRect(to: Rect, x: number, y: number): Uint8Array {
  const out = new ByteWriter();
  writeFramebufferUpdateHeader(out, 1);
  writeRectHeader(out, to, EncodingType.CopyRect);
  writeCopyRect(out, { x, y });
  return out.copy();
}

Deno.test("Picture refuses rectangles and CopyRects that reach outside of the screen", () => {
  const frame = IMAGES[0]!.make(20, 20);
  using sender = new Sender();
  const picture = new Picture(infoOf({ width: 10, height: 20 }, sender.format));
  assert.throws(
    () => picture.apply(sender.update(frame, [rectOf(frame)], ENCODINGS[0]!).bytes),
    RecordingError,
  );
  assert.throws(() => picture.apply(copyRect({ x: 0, y: 0, width: 5, height: 5 }, 6, 0)), RecordingError);
});

/** An update of an encoding, for damage. */
function sample(definition: EncodingDefinition): { update: Uint8Array; format: Uint8Array; size: Frame } {
  const frame = IMAGES.find(({ name }) => name === "text")!.make(40, 24);
  const noise = IMAGES.find(({ name }) => name === "noise")!.make(40, 24);
  frame.pixels.set(noise.pixels.subarray(0, 200));
  using sender = new Sender(NATIVE_PIXEL_FORMAT, { qualityLevel: 5 });
  const rects = [{ x: 0, y: 0, width: 40, height: 14 }, { x: 3, y: 14, width: 30, height: 10 }];
  return { update: sender.update(frame, rects, definition).bytes, format: sender.format, size: frame };
}

/** Whether a picture takes it, or tells that it is damaged; anything else is a fault. */
function survives(messages: Uint8Array, size: Frame, format: Uint8Array): void {
  try {
    new Picture(infoOf(size, format)).apply(messages);
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
  }
}

for (const definition of ALL) {
  const { name } = definition;

  Deno.test(`Picture tells where ${name} is cut off`, () => {
    const { update, format, size } = sample(definition);
    const step = Math.max(1, Math.floor(update.length / 300));
    for (let length = update.length - 1; length > 0; length -= step) {
      const cut = update.subarray(0, length);
      assert.throws(() => new Picture(infoOf(size, format)).apply(cut), RecordingError, `${length} bytes`);
    }
  });

  Deno.test(`Picture survives ${name} with any bytes changed`, () => {
    const { update, format, size } = sample(definition);
    const change = fc.tuple(fc.nat(update.length - 1), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 8 }), (changes) => {
        const damaged = update.slice();
        for (const [at, byte] of changes) damaged[at] = byte;
        survives(damaged, size, format);
      }),
      { seed: 6143, numRuns: 300 },
    );
  });
}

Deno.test("Picture survives any bytes at all", () => {
  const random = randomSource(1);
  const format = formatBytes(NATIVE_PIXEL_FORMAT);
  for (let round = 0; round < 2000; round++) {
    const messages = Uint8Array.from({ length: 4 + random() % 200 }, () => random());
    if (round % 2) messages.set([0, 0, 0, 1 + random() % 3]);
    survives(messages, { width: 64, height: 64 } as Frame, format);
  }
});
