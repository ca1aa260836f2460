/**
 * Pixels into samples for the fast transform, i16: Y, rounded, Cb and Cr (ITU-T T.871 §7), all times 16; of Y, 128 is not
 * yet taken away. Colour is of the mean of the pixels that share a sample.
 *
 * Pixels are bytes blue, green, red, nothing. Products are added in pairs: of blue and red, and of twice green and nothing,
 * as green's factor in Y is above 32767. Constants come from memory, see jpeg_fast_dct.ts.
 */

/** Where blue and red are in a pixel, and where twice green is in one that was moved by seven bits. */
// prettier-ignore
const MASKS = memory.data<u32>([
  0x00ff00ff, 0x00ff00ff, 0x00ff00ff, 0x00ff00ff,
  0x000001fe, 0x000001fe, 0x000001fe, 0x000001fe,
], 16);

/**
 * Factors with 16 binary digits after the point, for each sample those of blue and red, then half of green's. Cb's and
 * Cr's add up to 0, so that gray has no colour.
 */
// prettier-ignore
const PAIRS = memory.data<i16>([
  7471, 19595, 7471, 19595, 7471, 19595, 7471, 19595,
  19235, 0, 19235, 0, 19235, 0, 19235, 0,
  32767, -11057, 32767, -11057, 32767, -11057, 32767, -11057,
  -10855, 0, -10855, 0, -10855, 0, -10855, 0,
  -5329, 32767, -5329, 32767, -5329, 32767, -5329, 32767,
  -13719, 0, -13719, 0, -13719, 0, -13719, 0,
], 16);

/** Half a level, and what levels have. */
// prettier-ignore
const LEVELS = memory.data<i16>([
  8, 8, 8, 8, 8, 8, 8, 8,
  -16, -16, -16, -16, -16, -16, -16, -16,
], 16);

/** Which sample: its place in the factors. */
const LUMINANCE: usize = 0;
const BLUE_DIFFERENCE: usize = 32;
const RED_DIFFERENCE: usize = 64;

// @ts-ignore: decorator
@inline function blueRed(pixels: v128): v128 {
  return v128.and(pixels, v128.load(MASKS));
}
// @ts-ignore: decorator
@inline function twiceGreen(pixels: v128): v128 {
  return v128.and(i32x4.shr_u(pixels, 7), v128.load(MASKS, 16));
}

/** Four samples, as i32. */
// @ts-ignore: decorator
@inline function samples4(blueRed: v128, twiceGreen: v128, which: usize): v128 {
  const sum = i32x4.add(
    i32x4.dot_i16x8_s(blueRed, v128.load(PAIRS + which)),
    i32x4.dot_i16x8_s(twiceGreen, v128.load(PAIRS + which, 16)),
  );
  return i32x4.shr_s(sum, 12);
}

/** Eight samples of four and four pixels. */
// @ts-ignore: decorator
@inline function samples8(left: v128, right: v128, which: usize): v128 {
  return i16x8.narrow_i32x4_s(
    samples4(blueRed(left), twiceGreen(left), which),
    samples4(blueRed(right), twiceGreen(right), which),
  );
}

/** Eight samples, rounded to whole levels. */
// @ts-ignore: decorator
@inline function wholeLevels(samples: v128): v128 {
  return v128.and(i16x8.add(samples, v128.load(LEVELS)), v128.load(LEVELS, 16));
}

/** Y samples of four and four pixels. */
// @ts-ignore: decorator
@inline export function luminance8(left: v128, right: v128): v128 {
  return wholeLevels(samples8(left, right, LUMINANCE));
}

/** Cb samples. */
// @ts-ignore: decorator
@inline export function blueDifference8(left: v128, right: v128): v128 {
  return samples8(left, right, BLUE_DIFFERENCE);
}

/** Cr samples. */
// @ts-ignore: decorator
@inline export function redDifference8(left: v128, right: v128): v128 {
  return samples8(left, right, RED_DIFFERENCE);
}

/** Four means of two pixels beside each other. */
// @ts-ignore: decorator
@inline function pairMeans(left: v128, right: v128): v128 {
  return i8x16.avgr_u(i32x4.shuffle(left, right, 0, 2, 4, 6), i32x4.shuffle(left, right, 1, 3, 5, 7));
}

/** Four means of as many pixels as one sample of colour is for; `at` is the first. */
// @ts-ignore: decorator
@inline export function meanPixels4(at: usize, stride: usize, across: i32, down: i32): v128 {
  if (across == 1) return v128.load(at);
  if (across == 4) {
    return pairMeans(
      pairMeans(v128.load(at), v128.load(at, 16)),
      pairMeans(v128.load(at, 32), v128.load(at, 48)),
    );
  }
  if (down == 1) return pairMeans(v128.load(at), v128.load(at, 16));
  const below = at + stride;
  return pairMeans(
    i8x16.avgr_u(v128.load(at), v128.load(below)),
    i8x16.avgr_u(v128.load(at, 16), v128.load(below, 16)),
  );
}
