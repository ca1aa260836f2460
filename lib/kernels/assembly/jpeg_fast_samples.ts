/**
 * Pixels into samples for the fast transform: Y, Cb and Cr less 128 (ITU-T T.871 §7), rounded, times 16, i16. Colour is of
 * the mean of the pixels that share a sample.
 *
 * Pixels are bytes blue, green, red, nothing. Products are added in pairs, so each sum is split into (red, green) and
 * (blue, green), green's factor being split where it is above 32767. Constants come from memory: the engine would put
 * others together anew at each use.
 */

/** Choices of bytes: red and green, blue and green, of each pixel, widened; 0xff gives 0. */
// prettier-ignore
const CHOICES = memory.data<u8>([
  2, 255, 1, 255, 6, 255, 5, 255, 10, 255, 9, 255, 14, 255, 13, 255,
  0, 255, 1, 255, 4, 255, 5, 255, 8, 255, 9, 255, 12, 255, 13, 255,
], 16);

/** Factors with 16 binary digits after the point: Y's two pairs; Cb's and Cr's, less the colour with the factor 1/2. */
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

/** Eight samples from sums. */
// @ts-ignore: decorator
@inline function samples8(left: v128, right: v128): v128 {
  return i16x8.shl(i16x8.narrow_i32x4_s(i32x4.shr_s(left, 16), i32x4.shr_s(right, 16)), 4);
}

/** Y samples of 8 x 8 pixels. */
export function sampleLuminanceFast(at: usize, stride: usize, block: usize): void {
  const redGreen = v128.load(CHOICES), blueGreen = v128.load(CHOICES, 16);
  const factors = v128.load(PAIRS), moreFactors = v128.load(PAIRS, 16);
  const half = v128.load(WORDS);
  for (let y = 0; y < 8; y++) {
    const a = v128.load(at), b = v128.load(at, 16);
    const left = i32x4.add(
      i32x4.dot_i16x8_s(i8x16.relaxed_swizzle(a, redGreen), factors),
      i32x4.dot_i16x8_s(i8x16.relaxed_swizzle(a, blueGreen), moreFactors),
    );
    const right = i32x4.add(
      i32x4.dot_i16x8_s(i8x16.relaxed_swizzle(b, redGreen), factors),
      i32x4.dot_i16x8_s(i8x16.relaxed_swizzle(b, blueGreen), moreFactors),
    );
    v128.store(block, samples8(i32x4.add(left, half), i32x4.add(right, half)));
    block += 16;
    at += stride;
  }
}

/** Four means of two pixels beside each other. */
// @ts-ignore: decorator
@inline function pairMeans(left: v128, right: v128): v128 {
  return i8x16.avgr_u(i32x4.shuffle(left, right, 0, 2, 4, 6), i32x4.shuffle(left, right, 1, 3, 5, 7));
}

/** Four means of as many pixels as one sample of colour is for; `at` is the first. */
// @ts-ignore: decorator
@inline function meanPixels4(at: usize, stride: usize, across: i32, down: i32): v128 {
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

/** Cb and Cr samples of one unit, into two blocks. `across` and `down` are constants where this is inlined. */
// @ts-ignore: decorator
@inline function sampleChrominance(at: usize, stride: usize, across: i32, down: i32, block: usize): void {
  const redGreen = v128.load(CHOICES), blueGreen = v128.load(CHOICES, 16);
  const blueFactors = v128.load(PAIRS, 32), redFactors = v128.load(PAIRS, 48);
  const half = v128.load(WORDS, 16), onlyRed = v128.load(WORDS, 32);
  const step = stride * <usize>down;
  for (let y = 0; y < 8; y++) {
    const a = meanPixels4(at, stride, across, down);
    const b = meanPixels4(at + (<usize>across << 4), stride, across, down);
    // Half of blue, or red, has 16 digits after the point when it is 15 bits up.
    const blueLeft = i32x4.add(
      i32x4.add(i32x4.shr_u(i32x4.shl(a, 24), 9), half),
      i32x4.dot_i16x8_s(i8x16.relaxed_swizzle(a, redGreen), blueFactors),
    );
    const blueRight = i32x4.add(
      i32x4.add(i32x4.shr_u(i32x4.shl(b, 24), 9), half),
      i32x4.dot_i16x8_s(i8x16.relaxed_swizzle(b, redGreen), blueFactors),
    );
    v128.store(block, samples8(blueLeft, blueRight));
    const redLeft = i32x4.add(
      i32x4.add(i32x4.shr_u(v128.and(a, onlyRed), 1), half),
      i32x4.dot_i16x8_s(i8x16.relaxed_swizzle(a, blueGreen), redFactors),
    );
    const redRight = i32x4.add(
      i32x4.add(i32x4.shr_u(v128.and(b, onlyRed), 1), half),
      i32x4.dot_i16x8_s(i8x16.relaxed_swizzle(b, blueGreen), redFactors),
    );
    v128.store(block, samples8(redLeft, redRight), 128);
    block += 16;
    at += step;
  }
}

/** Cb and Cr samples of one unit, into two blocks. */
export function sampleChrominanceFast(at: usize, stride: usize, across: i32, down: i32, block: usize): void {
  if (across == 1) sampleChrominance(at, stride, 1, 1, block);
  else if (across == 4) sampleChrominance(at, stride, 4, 1, block);
  else if (down == 1) sampleChrominance(at, stride, 2, 1, block);
  else sampleChrominance(at, stride, 2, 2, block);
}
