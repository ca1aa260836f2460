/**
 * Pixels into samples for the accurate transform: colour conversion (ITU-T T.871 §7, 16 binary digits after the point) and
 * the means that subsampling takes. Samples are i16 of -128 to 127.
 *
 * Pixels are bytes blue, green, red, nothing. Pairs of bytes widened to i16 are multiplied and added in one step, so
 * each sum is split into pairs: (red, green) and (blue, green), green's factor being split where it is above 32767.
 * Constants come from memory, see jpeg_fast_dct.ts.
 */

/** Choices of bytes: red and green, blue and green, of each pixel, widened; 0xff gives 0. */
// prettier-ignore
const CHOICES = memory.data<u8>([
  2, 255, 1, 255, 6, 255, 5, 255, 10, 255, 9, 255, 14, 255, 13, 255,
  0, 255, 1, 255, 4, 255, 5, 255, 8, 255, 9, 255, 12, 255, 13, 255,
], 16);

/** Factors of Y's two pairs; of Cb's and Cr's, less the colour with the factor 1/2. */
// prettier-ignore
const PAIRS = memory.data<i16>([
  19595, 19235, 19595, 19235, 19595, 19235, 19595, 19235,
  7471, 19235, 7471, 19235, 7471, 19235, 7471, 19235,
  -11059, -21709, -11059, -21709, -11059, -21709, -11059, -21709,
  -5329, -27439, -5329, -27439, -5329, -27439, -5329, -27439,
], 16);

/** Halves, Y's with its 128, the others' a little less, so that none is above 127; and where red is in a pixel. */
// prettier-ignore
const WORDS = memory.data<i32>([
  0x8000 - (128 << 16), 0x8000 - (128 << 16), 0x8000 - (128 << 16), 0x8000 - (128 << 16),
  0x7fff, 0x7fff, 0x7fff, 0x7fff,
  0xff0000, 0xff0000, 0xff0000, 0xff0000,
], 16);

// @ts-ignore: decorator
@inline function redGreen(pixels: v128): v128 {
  // Each index is below 16 or 255, for which this is the same everywhere.
  return i8x16.relaxed_swizzle(pixels, v128.load(CHOICES));
}
// @ts-ignore: decorator
@inline function blueGreen(pixels: v128): v128 {
  return i8x16.relaxed_swizzle(pixels, v128.load(CHOICES, 16));
}

/** Y of four pixels less 128, as i32. */
// @ts-ignore: decorator
@inline function luminance4(pixels: v128): v128 {
  const sum = i32x4.add(
    i32x4.dot_i16x8_s(redGreen(pixels), v128.load(PAIRS)),
    i32x4.dot_i16x8_s(blueGreen(pixels), v128.load(PAIRS, 16)),
  );
  return i32x4.shr_s(i32x4.add(sum, v128.load(WORDS)), 16);
}

/** Cb of four pixels less 128, as i32. */
// @ts-ignore: decorator
@inline function blueDifference4(pixels: v128): v128 {
  const blue = i32x4.shr_u(i32x4.shl(pixels, 24), 9);
  const sum = i32x4.add(blue, i32x4.dot_i16x8_s(redGreen(pixels), v128.load(PAIRS, 32)));
  return i32x4.shr_s(i32x4.add(sum, v128.load(WORDS, 16)), 16);
}

/** Cr of four pixels less 128, as i32. */
// @ts-ignore: decorator
@inline function redDifference4(pixels: v128): v128 {
  const red = i32x4.shr_u(v128.and(pixels, v128.load(WORDS, 32)), 1);
  const sum = i32x4.add(red, i32x4.dot_i16x8_s(blueGreen(pixels), v128.load(PAIRS, 48)));
  return i32x4.shr_s(i32x4.add(sum, v128.load(WORDS, 16)), 16);
}

/** Y of eight pixels. */
// @ts-ignore: decorator
@inline function luminance8(at: usize): v128 {
  return i16x8.narrow_i32x4_s(luminance4(v128.load(at)), luminance4(v128.load(at, 16)));
}

/** Cb of eight pixels. */
// @ts-ignore: decorator
@inline function blueDifference8(at: usize): v128 {
  return i16x8.narrow_i32x4_s(blueDifference4(v128.load(at)), blueDifference4(v128.load(at, 16)));
}

/** Cr of eight pixels. */
// @ts-ignore: decorator
@inline function redDifference8(at: usize): v128 {
  return i16x8.narrow_i32x4_s(redDifference4(v128.load(at)), redDifference4(v128.load(at, 16)));
}

/** Sums of pixels beside each other, as i32. */
// @ts-ignore: decorator
@inline function pairSums(samples: v128): v128 {
  return i32x4.dot_i16x8_s(samples, i16x8.splat(1));
}

/** Eight means of two samples beside each other. Halves are rounded up and down by turns. */
// @ts-ignore: decorator
@inline function halved(left: v128, right: v128): v128 {
  const bias = i32x4(0, 1, 0, 1);
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(pairSums(left), bias), 1),
    i32x4.shr_s(i32x4.add(pairSums(right), bias), 1),
  );
}

/** Eight means of two by two samples. */
// @ts-ignore: decorator
@inline function quartered(left: v128, right: v128, leftBelow: v128, rightBelow: v128): v128 {
  const bias = i32x4(1, 2, 1, 2);
  return i16x8.narrow_i32x4_s(
    i32x4.shr_s(i32x4.add(pairSums(i16x8.add(left, leftBelow)), bias), 2),
    i32x4.shr_s(i32x4.add(pairSums(i16x8.add(right, rightBelow)), bias), 2),
  );
}

/** Four means of four samples beside each other, as i32, from eight and eight samples. */
// @ts-ignore: decorator
@inline function fourMeans(left: v128, right: v128): v128 {
  const a = pairSums(left), b = pairSums(right);
  const sum = i32x4.add(i32x4.shuffle(a, b, 0, 2, 4, 6), i32x4.shuffle(a, b, 1, 3, 5, 7));
  return i32x4.shr_s(i32x4.add(sum, i32x4.splat(2)), 2);
}

/** Eight means of four samples beside each other. */
// @ts-ignore: decorator
@inline function fourthed(a: v128, b: v128, c: v128, d: v128): v128 {
  return i16x8.narrow_i32x4_s(fourMeans(a, b), fourMeans(c, d));
}

/** Y samples of 8 x 8 pixels. */
export function sampleLuminance(at: usize, stride: usize, block: usize): void {
  for (let y = 0; y < 8; y++) {
    v128.store(block, luminance8(at));
    block += 16;
    at += stride;
  }
}

/** Cb and Cr samples of one unit, into two blocks. */
export function sampleChrominance(at: usize, stride: usize, across: i32, down: i32, block: usize): void {
  for (let y = 0; y < 8; y++) {
    let blue: v128;
    let red: v128;
    if (across == 1) {
      blue = blueDifference8(at);
      red = redDifference8(at);
    } else if (across == 4) {
      blue = fourthed(
        blueDifference8(at),
        blueDifference8(at + 32),
        blueDifference8(at + 64),
        blueDifference8(at + 96),
      );
      red = fourthed(
        redDifference8(at),
        redDifference8(at + 32),
        redDifference8(at + 64),
        redDifference8(at + 96),
      );
    } else if (down == 1) {
      blue = halved(blueDifference8(at), blueDifference8(at + 32));
      red = halved(redDifference8(at), redDifference8(at + 32));
    } else {
      const below = at + stride;
      blue = quartered(
        blueDifference8(at),
        blueDifference8(at + 32),
        blueDifference8(below),
        blueDifference8(below + 32),
      );
      red = quartered(
        redDifference8(at),
        redDifference8(at + 32),
        redDifference8(below),
        redDifference8(below + 32),
      );
      at = below;
    }
    v128.store(block, blue);
    v128.store(block, red, 128);
    block += 16;
    at += stride;
  }
}
