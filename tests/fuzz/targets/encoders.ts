/**
 * What encoders make decodes to what they were given: small random tiles, through all encodings without loss, all pixel
 * formats, and the decoders that were written from the RFC (RFC 6143 §7.7).
 *
 * @module
 */
import { rectOf } from "../../../lib/core/geometry.ts";
import type { Frame } from "../../../lib/core/pixels.ts";
import { ENCODINGS, withForms } from "../../../lib/encodings/registry.ts";
import { PIXEL_FORMATS } from "../../support/pixel_formats.ts";
import { RoundTrip } from "../../support/round_trip.ts";
import { below, type Random, randomOf, some } from "../mutations.ts";
import { type FuzzTarget, simply } from "../target.ts";

const LOSSLESS = withForms(ENCODINGS).filter(({ isLossy }) => !isLossy);
const FORMATS = Object.entries(PIXEL_FORMATS);
/** Tiles behind one another, through the same zlib streams. */
const TILES = 64;

function oneTile(random: Random): Frame {
  const [width, height] = [
    1 + below(random() < 0.1 ? 70 : 20, random),
    1 + below(random() < 0.1 ? 40 : 18, random),
  ];
  const pixels = new Uint32Array(width * height);
  const colours = Uint32Array.from(
    { length: 1 + below(below(20, random) + 1, random) },
    () => below(1 << 24, random),
  );
  switch (below(4, random)) {
    case 0: // palette
      for (let i = 0; i < pixels.length; i++) pixels[i] = colours[below(colours.length, random)]!;
      break;
    case 1: // runs
      for (let i = 0; i < pixels.length;) {
        const end = i + 1 + below(width * 2, random);
        pixels.fill(colours[below(colours.length, random)]!, i, end);
        i = end;
      }
      break;
    case 2: { // rectangles on one colour
      pixels.fill(colours[0]!);
      for (let count = below(6, random); count > 0; count--) {
        const [x, y] = [below(width, random), below(height, random)];
        const [w, h] = [1 + below(width - x, random), 1 + below(height - y, random)];
        const colour = colours[below(colours.length, random)]!;
        for (let row = y; row < y + h; row++) pixels.fill(colour, row * width + x, row * width + x + w);
      }
      break;
    }
    default: { // slope and noise
      const [dx, dy, noise] = [below(9, random), below(9, random), below(3, random)];
      for (let i = 0; i < pixels.length; i++) {
        const level = (i % width * dx + Math.floor(i / width) * dy + below(noise + 1, random)) & 255;
        pixels[i] = level << 16 | (level ^ dx) << 8 | (255 - level);
      }
    }
  }
  return { width, height, stride: width, pixels };
}

export const ENCODERS: FuzzTarget = {
  name: "encoders (tiles)",
  share: 6,
  perCase: TILES,
  open: simply({
    // Encoding, format, level, and a seed from which the tiles come.
    make: (random) => some(7, random),
    attempt(bytes) {
      const [encoding = 0, format = 0, level = 0, ...seed] = bytes;
      const definition = LOSSLESS[encoding % LOSSLESS.length]!;
      const [title, pixels] = FORMATS[format % FORMATS.length]!;
      const isPng = definition.name.includes("PNG");
      if (isPng && pixels.redMax !== 255) return;
      using trip = new RoundTrip(definition, pixels, { compressLevel: level % 10 });
      const random = randomOf(seed.reduce((sum, byte) => sum * 256 + byte, 0));
      for (let i = 0; i < TILES; i++) {
        const frame = oneTile(random);
        const { limits } = definition;
        if (
          frame.width > limits.width || frame.height > limits.height ||
          frame.width * frame.height > limits.area
        ) continue;
        trip.check(
          frame,
          rectOf(frame),
          `${definition.name}, ${title}, tile ${i} of ${frame.width}x${frame.height}`,
        );
      }
    },
  }),
};
