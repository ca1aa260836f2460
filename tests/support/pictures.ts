/**
 * Pictures for tests and benches of what works on pixels: what desktops show, and what is hard for one part or another.
 *
 * @module
 */

/** A picture: `0x00RRGGBB`, no padding. */
export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly pixels: Uint32Array<ArrayBuffer>;
}

/** Numbers without pattern, the same for the same seed: 32 bits each. */
export function randomNumbers(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = state + 0x6d2b79f5 | 0;
    let mixed = Math.imul(state ^ state >>> 15, 1 | state);
    mixed = mixed + Math.imul(mixed ^ mixed >>> 7, 61 | mixed) ^ mixed;
    return (mixed ^ mixed >>> 14) >>> 0;
  };
}

/** Makes a picture from what each pixel is. */
export function picture(width: number, height: number, at: (x: number, y: number) => number): Picture {
  const pixels = new Uint32Array(width * height);
  for (let y = 0; y < height; y++) for (let x = 0; x < width; x++) pixels[y * width + x] = at(x, y);
  return { width, height, pixels };
}

/** One colour. */
export function solid(width: number, height: number, colour = 0x336699): Picture {
  return picture(width, height, () => colour);
}

/** Anything anywhere. */
export function noise(width: number, height: number, seed = 1): Picture {
  const next = randomNumbers(seed);
  return picture(width, height, () => next() >>> 8);
}

/** What text in a terminal is like: short strokes of one colour on another, lines with gaps, some words coloured. */
export function text(width: number, height: number, seed = 2): Picture {
  const next = randomNumbers(seed);
  const glyphs = Array.from({ length: 64 }, () => [next() & next(), next() & next(), next() & next()]);
  const columns = Math.ceil(width / 7);
  const inks = [0xd0d0d0, 0xd0d0d0, 0xd0d0d0, 0x5fafff, 0xaf5f00];
  const cells = Array.from({ length: columns * Math.ceil(height / 13) }, (_, i) => ({
    glyph: glyphs[next() % 64]!,
    blank: i % columns > next() % columns || next() % 6 === 0,
    ink: inks[(i >> 3) * 7 % 5]!,
  }));
  return picture(width, height, (x, y) => {
    const cell = cells[Math.floor(y / 13) * columns + Math.floor(x / 7)]!;
    const [column, row] = [x % 7, y % 13];
    const bit = row < 10 && column < 6 && (cell.glyph[row >> 2]! >>> (column + (row & 3) * 6) & 1) === 1;
    return bit && !cell.blank ? cell.ink : 0x101018;
  });
}

/** What photographs are like: soft shades with some grain. */
export function photo(width: number, height: number, seed = 3): Picture {
  const next = randomNumbers(seed);
  return picture(width, height, (x, y) => {
    const grain = (next() & 7) - 4;
    const shade = (fx: number, fy: number, phase: number) =>
      Math.max(
        0,
        Math.min(
          255,
          Math.round(128 + 60 * Math.sin(x / fx + phase) + 55 * Math.cos(y / fy - phase) + grain),
        ),
      );
    return shade(37, 29, 0) << 16 | shade(53, 41, 1) << 8 | shade(23, 61, 2);
  });
}

/** What a desktop is like: windows with borders and title bars, text in one, a photograph in another, flat ground. */
export function desktop(width: number, height: number, seed = 4): Picture {
  const words = text(width, height, seed);
  const image = photo(width, height, seed);
  return picture(width, height, (x, y) => {
    const [u, v] = [x / width, y / height];
    if (u > 0.05 && u < 0.55 && v > 0.1 && v < 0.8) {
      if (v < 0.13) return 0x3a5f8f + Math.round(u * 32) * 0x010101;
      return words.pixels[y * width + x]!;
    }
    if (u > 0.6 && u < 0.9 && v > 0.3 && v < 0.7) return image.pixels[y * width + x]!;
    return v < 0.03 ? 0xdcdcdc : 0x2e3440;
  });
}

/** A name for each kind of picture. */
export const PICTURES: readonly [string, (width: number, height: number) => Picture][] = [
  ["solid", solid],
  ["text", text],
  ["photo", photo],
  ["noise", noise],
  ["desktop", desktop],
];
