/**
 * Cuts what is not background into rectangles of one colour, for RRE, CoRRE and Hextile.
 *
 * @module
 */

/** Receives a rectangle of one colour, relative to the block. */
export interface SubrectSink {
  subrect(colour: number, x: number, y: number, width: number, height: number): void;
}

/**
 * Gives `sink` rectangles of one colour that together are exactly the pixels which are not `background`.
 *
 * Greedy: from the first pixel that is left, row by row, the larger of the widest and of the tallest rectangle.
 *
 * @param pixels `width * height` values without gaps; **overwritten** with the background.
 * @returns Number of rectangles.
 */
export function cutSubrects(
  pixels: Uint32Array,
  width: number,
  height: number,
  background: number,
  sink: SubrectSink,
): number {
  let count = 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const first = y * width + x;
      const colour = pixels[first]!;
      if (colour === background) continue;
      const right = runRight(pixels, first, width - x, colour);
      const down = runDown(pixels, first, width, height - y, colour);
      // Row by row below the widest, column by column beside the tallest.
      let tall = 1;
      while (tall < down && runRight(pixels, first + tall * width, right, colour) === right) tall++;
      let wide = 1;
      while (wide < right && runDown(pixels, first + wide, width, down, colour) === down) wide++;
      const flat = right * tall >= wide * down;
      const w = flat ? right : wide;
      const h = flat ? tall : down;
      sink.subrect(colour, x, y, w, h);
      count++;
      for (let row = 0; row < h; row++) {
        const from = first + row * width;
        for (let i = from; i < from + w; i++) pixels[i] = background;
      }
      x += w - 1;
    }
  }
  return count;
}

/** Pixels of `colour` from `at` rightwards, at most `limit`. */
function runRight(pixels: Uint32Array, at: number, limit: number, colour: number): number {
  let length = 0;
  while (length < limit && pixels[at + length] === colour) length++;
  return length;
}

/** Pixels of `colour` from `at` downwards, at most `limit`. */
function runDown(pixels: Uint32Array, at: number, stride: number, limit: number, colour: number): number {
  let length = 0;
  while (length < limit && pixels[at] === colour) {
    length++;
    at += stride;
  }
  return length;
}
