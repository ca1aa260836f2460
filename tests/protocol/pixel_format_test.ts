/**
 * Which pixel formats are accepted, and in which form (RFC 6143 §7.4).
 *
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ByteWriter } from "../../lib/core/bytes.ts";
import { ProtocolError } from "../../lib/core/errors.ts";
import {
  BGR233,
  checkPixelFormat,
  NATIVE_PIXEL_FORMAT,
  parsePixelFormat,
  type PixelFormat,
  samePixelFormat,
  writePixelFormat,
} from "../../lib/protocol/pixel_format.ts";
import { hex, toHex } from "../support/hex.ts";

/** A true-colour format: bits per pixel, depth, byte order, maxima, shifts. */
function format(
  bitsPerPixel: number,
  depth: number,
  order: "le" | "be",
  [redMax, greenMax, blueMax]: readonly [number, number, number],
  [redShift, greenShift, blueShift]: readonly [number, number, number],
): PixelFormat {
  return {
    bitsPerPixel,
    depth,
    bigEndian: order === "be",
    trueColour: true,
    redMax,
    greenMax,
    blueMax,
    redShift,
    greenShift,
    blueShift,
  };
}

const ALL_255 = [255, 255, 255] as const;
const MAP_OF_8: PixelFormat = {
  ...format(8, 8, "le", [0, 0, 0], [0, 0, 0]),
  trueColour: false,
};

const ACCEPTED: Record<string, PixelFormat> = {
  "32 bits, little-endian, RGB": format(32, 24, "le", ALL_255, [16, 8, 0]),
  "32 bits, big-endian, RGB": format(32, 24, "be", ALL_255, [16, 8, 0]),
  "32 bits, BGR": format(32, 24, "le", ALL_255, [0, 8, 16]),
  "32 bits, shifts from 24": format(32, 24, "le", ALL_255, [24, 16, 8]),
  "32 bits, big-endian, shifts from 24": format(32, 24, "be", ALL_255, [8, 16, 24]),
  "32 bits, channels apart": format(32, 24, "le", ALL_255, [24, 8, 0]),
  "32 bits, channels at odd places": format(32, 24, "le", ALL_255, [17, 9, 1]),
  "32 bits, ten bits a channel": format(32, 30, "le", [1023, 1023, 1023], [20, 10, 0]),
  "32 bits, 565 in them": format(32, 16, "be", [31, 63, 31], [11, 5, 0]),
  "16 bits, 565": format(16, 16, "le", [31, 63, 31], [11, 5, 0]),
  "16 bits, 565, big-endian": format(16, 16, "be", [31, 63, 31], [11, 5, 0]),
  "16 bits, 555": format(16, 15, "le", [31, 31, 31], [10, 5, 0]),
  "16 bits, 8 of them blue": format(16, 16, "le", [15, 15, 255], [12, 8, 0]),
  "depth 32 with three channels of 255": format(32, 32, "le", ALL_255, [16, 8, 0]),
  "8 bits, 332": format(8, 8, "le", [7, 7, 3], [5, 2, 0]),
  "8 bits, BGR233": BGR233,
  "8 bits, 222": format(8, 6, "le", [3, 3, 3], [4, 2, 0]),
  "one bit a channel": format(8, 3, "le", [1, 1, 1], [2, 1, 0]),
};

for (const [name, wanted] of Object.entries(ACCEPTED)) {
  Deno.test(`checkPixelFormat() accepts ${name} as it is (§7.4)`, () => {
    assert.deepEqual(checkPixelFormat(wanted), wanted);
  });
}

const NORMALISED: Record<string, [PixelFormat, PixelFormat]> = {
  "depth 0 as the sum of the channels": [
    format(16, 0, "le", [31, 63, 31], [11, 5, 0]),
    format(16, 16, "le", [31, 63, 31], [11, 5, 0]),
  ],
  "a channel that is not there, wherever it lies": [
    format(32, 16, "le", [255, 0, 255], [8, 200, 0]),
    format(32, 16, "le", [255, 0, 255], [8, 0, 0]),
  ],
  "no channel at all": [
    format(32, 24, "le", [0, 0, 0], [16, 8, 0]),
    format(32, 24, "le", [0, 0, 0], [0, 0, 0]),
  ],
  "the byte order of a single byte": [
    format(8, 8, "be", [7, 7, 3], [5, 2, 0]),
    format(8, 8, "le", [7, 7, 3], [5, 2, 0]),
  ],
  "a colour map with the channels of its indices": [MAP_OF_8, { ...BGR233, trueColour: false }],
  "a colour map with nonsense for channels": [
    { ...format(8, 8, "be", [254, 1, 9], [99, 99, 99]), trueColour: false },
    { ...BGR233, trueColour: false },
  ],
};

for (const [name, [wanted, expected]] of Object.entries(NORMALISED)) {
  Deno.test(`checkPixelFormat() takes ${name} (§7.4)`, () => {
    assert.deepEqual(checkPixelFormat(wanted), expected);
  });
}

const REFUSED: Record<string, PixelFormat> = {
  "24 bits": format(24, 24, "le", ALL_255, [16, 8, 0]),
  "0 bits": format(0, 0, "le", [0, 0, 0], [0, 0, 0]),
  "64 bits": format(64, 24, "le", ALL_255, [16, 8, 0]),
  "depth 33": format(32, 33, "le", ALL_255, [16, 8, 0]),
  "depth 17 in 16 bits": format(16, 17, "le", [31, 63, 31], [11, 5, 0]),
  "a maximum of 254": format(32, 24, "le", [254, 255, 255], [16, 8, 0]),
  "a maximum of 256": format(32, 24, "le", [255, 256, 255], [20, 8, 0]),
  "eleven bits a channel": format(32, 32, "le", [2047, 1023, 1023], [20, 10, 0]),
  "nine bits a channel in 16 bits": format(16, 16, "le", [511, 31, 3], [7, 2, 0]),
  "a maximum of 65535": format(32, 32, "le", [255, 255, 65535], [24, 16, 0]),
  "channels that overlap": format(32, 24, "le", ALL_255, [16, 9, 0]),
  "channels that lie on each other": format(32, 24, "le", ALL_255, [0, 0, 0]),
  "red on blue with green apart": format(32, 24, "le", ALL_255, [0, 8, 0]),
  "channels that overlap in the highest bit": format(32, 24, "le", ALL_255, [24, 24, 0]),
  "shift 31": format(32, 24, "le", ALL_255, [31, 8, 0]),
  "shift 25 of eight bits": format(32, 24, "le", ALL_255, [25, 8, 0]),
  "shift 32": format(32, 24, "le", ALL_255, [32, 8, 0]),
  "shift 255": format(32, 24, "le", ALL_255, [16, 8, 255]),
  "565 with a shift of 12 in 16 bits": format(16, 16, "le", [31, 63, 31], [12, 5, 0]),
  "a colour map of 16 bits": { ...MAP_OF_8, bitsPerPixel: 16, depth: 16 },
  "a colour map of 16 bits with depth 8": { ...MAP_OF_8, bitsPerPixel: 16 },
  "a colour map of depth 4": { ...MAP_OF_8, depth: 4 },
};

for (const [name, wanted] of Object.entries(REFUSED)) {
  Deno.test(`checkPixelFormat() refuses ${name} (§7.4)`, () => {
    assert.throws(
      () => checkPixelFormat(wanted),
      (error) => error instanceof ProtocolError && error.section === "7.4",
    );
  });
}

const byte = fc.nat({ max: 255 });
const max = fc.oneof(fc.constantFrom(0, 1, 3, 7, 15, 31, 63, 127, 255, 511, 1023), fc.nat({ max: 0xffff }));
const anyFormat: fc.Arbitrary<PixelFormat> = fc.record({
  bitsPerPixel: fc.oneof(fc.constantFrom(8, 16, 32), byte),
  depth: fc.oneof(fc.nat({ max: 32 }), byte),
  bigEndian: fc.boolean(),
  trueColour: fc.boolean(),
  redMax: max,
  greenMax: max,
  blueMax: max,
  redShift: byte,
  greenShift: byte,
  blueShift: byte,
}, { noNullPrototype: true });

/** Formats that are right, or almost: channels lie in a row, with gaps of a few bits, or of minus one. */
const likelyFormat: fc.Arbitrary<PixelFormat> = fc.record({
  bitsPerPixel: fc.constantFrom(8, 16, 32),
  depth: fc.nat({ max: 33 }),
  order: fc.constantFrom("le" as const, "be" as const),
  widths: fc.tuple(fc.nat({ max: 11 }), fc.nat({ max: 11 }), fc.nat({ max: 11 })),
  gaps: fc.tuple(fc.nat({ max: 4 }), fc.integer({ min: -1, max: 4 }), fc.integer({ min: -1, max: 4 })),
  off: fc.oneof({ weight: 9, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.constantFrom(-1, 1) }),
}).map(({ bitsPerPixel, depth, order, widths: [r, g, b], gaps: [below, between, above], off }) => {
  const green = below + b + between;
  return format(bitsPerPixel, depth, order, [2 ** r - 1, Math.max(0, 2 ** g - 1 + off), 2 ** b - 1], [
    Math.max(0, green + g + above),
    Math.max(0, green),
    below,
  ]);
});

/** The rules again, bit by bit. */
function isLegal(f: PixelFormat): boolean {
  if (![8, 16, 32].includes(f.bitsPerPixel) || f.depth > f.bitsPerPixel) return false;
  if (!f.trueColour) return f.bitsPerPixel === 8 && f.depth === 8;
  const taken = new Set<number>();
  let bits = 0;
  const channels = [[f.redMax, f.redShift], [f.greenMax, f.greenShift], [f.blueMax, f.blueShift]] as const;
  for (const [max, shift] of channels) {
    const digits = max === 0 ? "" : max.toString(2);
    if (digits.includes("0") || digits.length > (f.bitsPerPixel === 32 ? 10 : 8)) return false;
    for (let bit = 0; bit < digits.length; bit++) taken.add(shift + bit);
    bits += digits.length;
  }
  return taken.size === bits && Math.max(-1, ...taken) < f.bitsPerPixel;
}

Deno.test("checkPixelFormat() accepts a format exactly when its channels fit into a pixel side by side (§7.4)", () => {
  let accepted = 0;
  fc.assert(
    fc.property(fc.oneof(anyFormat, likelyFormat), (wanted) => {
      if (!isLegal(wanted)) {
        assert.throws(() => checkPixelFormat(wanted), ProtocolError);
        return;
      }
      accepted++;
      const checked = checkPixelFormat(wanted);
      assert.ok(
        samePixelFormat(checkPixelFormat(checked), checked),
        "a checked format changes when checked again",
      );
    }),
    { seed: 0x6143, numRuns: 10_000 },
  );
  assert.ok(accepted > 500 && accepted < 9000, `only ${accepted} formats were legal`);
});

Deno.test("parsePixelFormat() reads what writePixelFormat() writes, in 16 bytes that end with zeros (§7.4)", () => {
  fc.assert(
    fc.property(anyFormat, (wanted) => {
      const out = new ByteWriter();
      // Memory that was used before must not show through as padding.
      out.reserve(16).fill(0xff);
      writePixelFormat(out, wanted);
      assert.deepEqual(parsePixelFormat(out.view()), wanted);
      assert.equal(toHex(out.view().subarray(13)), "000000");
      assert.equal(out.length, 16);
    }),
    { seed: 0x6143, numRuns: 500 },
  );
});

Deno.test("writePixelFormat() writes the server's own format (§7.4)", () => {
  const out = new ByteWriter();
  writePixelFormat(out, NATIVE_PIXEL_FORMAT);
  assert.equal(toHex(out.view()), toHex(hex("20 18 00 01 00ff 00ff 00ff 10 08 00 000000")));
});

Deno.test("parsePixelFormat() takes any flag but 0 for true (§7.4)", () => {
  const parsed = parsePixelFormat(hex("ee 20 18 80 ff 00ff 00ff 00ff 10 08 00 112233"), 1);
  assert.deepEqual(parsed, { ...NATIVE_PIXEL_FORMAT, bigEndian: true });
});

Deno.test("parsePixelFormat() refuses to read less than 16 bytes", () => {
  assert.throws(() => parsePixelFormat(new Uint8Array(15)), RangeError);
  assert.throws(() => parsePixelFormat(new Uint8Array(20), 5), RangeError);
});

Deno.test("samePixelFormat() sees a difference in every field", () => {
  assert.ok(samePixelFormat(NATIVE_PIXEL_FORMAT, { ...NATIVE_PIXEL_FORMAT }));
  for (const [field, value] of Object.entries(NATIVE_PIXEL_FORMAT)) {
    const other = { ...NATIVE_PIXEL_FORMAT, [field]: typeof value === "boolean" ? !value : value + 1 };
    assert.ok(!samePixelFormat(NATIVE_PIXEL_FORMAT, other), field);
  }
});
