/**
 * Pictures made by code: one named set for tests and benches of everything that works on pixels.
 *
 * All are deterministic: the same name, size and seed give the same pixels on every machine. Sizes are free, from
 * 1x1 up; parts that do not fit are cut off.
 *
 * @module
 */
import { createFrame, type Frame } from "../../lib/core/pixels.ts";

/** A picture that can be made in any size. */
export interface TestImage {
  /** What it shows, for names of tests and benches. */
  readonly name: string;
  /** Makes it: a fresh frame whose rows follow each other without gaps. */
  make(width: number, height: number, seed?: number): Frame;
}

/** A generator of pseudo-random u32 (xorshift32). */
export function randomSource(seed: number): () => number {
  let state = (Math.imul(seed + 1, 0x9e37_79b1) ^ 0x5bf0_3635) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>>= 0;
  };
}

/** Fills the pixels that both `frame` and the given rectangle have. */
export function fillRect(
  frame: Frame,
  x: number,
  y: number,
  width: number,
  height: number,
  colour: number,
): void {
  const left = Math.max(0, x);
  const right = Math.min(frame.width, x + width);
  if (right <= left) return;
  for (let row = Math.max(0, y); row < Math.min(frame.height, y + height); row++) {
    frame.pixels.fill(colour, row * frame.stride + left, row * frame.stride + right);
  }
}

/** The frame whose pixel at (x, y) is `colour(x, y)`. */
export function frameOf(width: number, height: number, colour: (x: number, y: number) => number): Frame {
  const frame = createFrame(width, height);
  for (let y = 0, at = 0; y < height; y++) {
    for (let x = 0; x < width; x++) frame.pixels[at++] = colour(x, y) & 0xff_ff_ff;
  }
  return frame;
}

function solid(width: number, height: number, seed = 1): Frame {
  const colour = randomSource(seed)() & 0xff_ff_ff;
  return frameOf(width, height, () => colour);
}

/** Cells of 5x3 pixels, like a pattern or large type. */
function twoColours(width: number, height: number, seed = 1): Frame {
  const cells = randomSource(seed);
  const columns = Math.ceil(width / 5);
  const cell = Uint8Array.from({ length: columns * Math.ceil(height / 3) }, () => cells() & 1);
  return frameOf(
    width,
    height,
    (x, y) => cell[Math.floor(y / 3) * columns + Math.floor(x / 5)] ? 0xff_ff_ff : 0x10_20_30,
  );
}

/** `count` colours in runs of 1 to `longest` pixels that pass over row ends. */
function runsOfColours(
  width: number,
  height: number,
  seed: number,
  count: number,
  longest: number,
): Frame {
  const random = randomSource(seed);
  const colours = Array.from({ length: count }, () => random() & 0xff_ff_ff);
  const frame = createFrame(width, height);
  for (let at = 0; at < frame.pixels.length;) {
    const length = 1 + random() % longest;
    frame.pixels.fill(colours[random() % count]!, at, at + length);
    at += length;
  }
  return frame;
}

function risingGradient(width: number, height: number): Frame {
  return frameOf(width, height, (x, y) => {
    const level = Math.floor((x + y) * 255 / Math.max(1, width + height - 2));
    return level << 16 | level << 8 | level;
  });
}

function fallingGradient(width: number, height: number): Frame {
  return frameOf(width, height, (x, y) => {
    const across = 255 - Math.floor(x * 255 / Math.max(1, width - 1));
    const down = 255 - Math.floor(y * 255 / Math.max(1, height - 1));
    return across << 16 | down << 8 | (across + down >> 1);
  });
}

function noise(width: number, height: number, seed = 1): Frame {
  const random = randomSource(seed);
  return frameOf(width, height, () => random());
}

/** Glyphs of 8x16 pixels in the few shades that anti-aliasing makes. */
function drawText(frame: Frame, x: number, y: number, columns: number, rows: number, seed: number): void {
  const random = randomSource(seed);
  const shades = [0x20_20_20, 0x60_60_60, 0xa0_a0_a0];
  for (let row = 0; row < rows; row++) {
    const lineLength = random() % (columns + 1);
    for (let column = 0; column < columns; column++) {
      // One of 96 shapes per cell; a sixth of the cells is a space, and lines end somewhere.
      const glyph = random() % 96;
      if (column >= lineLength || glyph < 16) continue;
      const strokes = randomSource(glyph);
      const left = x + column * 8;
      const top = y + row * 16;
      for (let stroke = 0; stroke < 3; stroke++) {
        const at = strokes() % 5;
        const length = 3 + strokes() % 6;
        const shade = shades[strokes() % 4 === 0 ? 1 + strokes() % 2 : 0]!;
        if (strokes() & 1) fillRect(frame, left + 1 + at, top + 3, 1, length, shade);
        else fillRect(frame, left + 1, top + 3 + at * 2, Math.min(6, length), 1, shade);
      }
    }
  }
}

function text(width: number, height: number, seed = 1): Frame {
  const frame = frameOf(width, height, () => 0xff_ff_ff);
  drawText(frame, 0, 0, Math.ceil(width / 8), Math.ceil(height / 16), seed);
  return frame;
}

/** Smooth waves under a little grain, as a camera gives. */
function photo(width: number, height: number, seed = 1): Frame {
  const grain = randomSource(seed);
  return frameOf(width, height, (x, y) => {
    const wave = Math.sin(x / 37 + seed) + Math.cos(y / 23) + Math.sin((x + 2 * y) / 61);
    const level = 128 + Math.round(wave * 36);
    const bits = grain();
    const red = level + (bits & 7);
    const green = (level * 3 >> 2) + (bits >>> 3 & 7);
    const blue = 255 - level + (bits >>> 6 & 7) >> 1;
    return red << 16 | green << 8 | blue;
  });
}

/** A wallpaper, a panel, and windows with title, text, buttons and a picture. */
function desktop(width: number, height: number, seed = 1): Frame {
  const random = randomSource(seed);
  const frame = frameOf(width, height, (_, y) => {
    const level = Math.floor(y * 64 / height);
    return 0x20_40_60 + (level << 8) + level;
  });
  fillRect(frame, 0, height - 28, width, 28, 0x30_30_34);
  const windows = 1 + Math.floor(width * height / 400_000);
  for (let window = 0; window < windows; window++) {
    const w = Math.max(24, Math.floor(width * (35 + random() % 35) / 100));
    const h = Math.max(24, Math.floor(height * (35 + random() % 35) / 100));
    const x = random() % Math.max(1, width - w);
    const y = random() % Math.max(1, height - h);
    fillRect(frame, x - 1, y - 1, w + 2, h + 2, 0x18_18_18);
    fillRect(frame, x, y, w, 20, window === windows - 1 ? 0x3a_6e_a5 : 0x80_80_88);
    fillRect(frame, x, y + 20, w, h - 20, 0xfa_fa_fa);
    fillRect(frame, x + w - 18, y + 3, 14, 14, 0xd0_40_40);
    const rows = Math.floor((h - 28) / 16);
    drawText(frame, x + 4, y + 24, Math.floor((w - 8) / 8), rows, random());
    if (window % 2 === 0 && w > 160 && h > 160) {
      const size = Math.min(w, h) >> 1;
      const picture = photo(size, size, random() & 0xff);
      for (let row = 0; row < size; row++) {
        const to = (y + 40 + row) * frame.stride + x + w - size - 8;
        frame.pixels.set(picture.pixels.subarray(row * size, (row + 1) * size), to);
      }
    }
  }
  return frame;
}

/** The named set. */
export const IMAGES: readonly TestImage[] = [
  { name: "solid", make: solid },
  { name: "two colours", make: twoColours },
  {
    name: "five colours in runs",
    make: (width, height, seed = 1) => runsOfColours(width, height, seed, 5, 9),
  },
  {
    name: "16 colours without runs",
    make: (width, height, seed = 1) => runsOfColours(width, height, seed, 16, 1),
  },
  {
    name: "100 colours in long runs",
    make: (width, height, seed = 1) => runsOfColours(width, height, seed, 100, 600),
  },
  { name: "250 colours", make: (width, height, seed = 1) => runsOfColours(width, height, seed, 250, 2) },
  {
    name: "1000 colours in runs",
    make: (width, height, seed = 1) => runsOfColours(width, height, seed, 1000, 20),
  },
  { name: "rising gradient", make: risingGradient },
  { name: "falling gradient", make: fallingGradient },
  { name: "noise", make: noise },
  { name: "text", make: text },
  { name: "photo", make: photo },
  { name: "desktop", make: desktop },
];

/** The image of that name. */
export function image(name: string): TestImage {
  const found = IMAGES.find((candidate) => candidate.name === name);
  if (!found) throw new RangeError(`Cannot find a test image named "${name}"`);
  return found;
}
