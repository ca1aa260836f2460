/**
 * The fast forward discrete cosine transform of JPEG, after Arai, Agui and Nakajima ("A fast DCT-SQ scheme for images",
 * 1988): five multiplications for eight samples, the rest of them taken into the quantisation; in 16 bits throughout, so
 * that the SIMD form does eight at once.
 *
 * Its samples are 16 times as large as the accurate one's, so that little is lost to rounding; between the passes that
 * becomes 2.5 times, the most for which no sum of any picture reaches 32768 (the largest is 12941 times the scale, for
 * black and white in the pattern of the first basis function of both directions). The error, about a twentieth of a
 * level, is far below that of quantisation up to a quality of 95.
 *
 * @module
 */

/** From this quality on only the accurate transform is near enough. */
export const ACCURATE_QUALITY = 95;

/** 2.5 / 16 with 15 binary digits after the point. */
const BETWEEN_PASSES = 5120;

/**
 * What sums of eight samples are too large by: luminance is above 0, where it should be around it; chrominance is rounded
 * down, which makes it half a sixteenth of a level too small on the average.
 */
const OFFSETS = [8 * (128 * 16), -4];

/** cos(pi / 4), cos(3 pi / 8), and sums and differences of cos(pi / 8) and it, less 1 in one case, times 2**15. */
const HALF = 23170;
const TURN = 12540;
const LOW = 17734;
const HIGH_LESS_ONE = 10045;

/** Times a factor of 15 binary digits after the point, rounded. */
function times(value: number, factor: number): number {
  return (value * factor + 0x4000) >> 15;
}

/** Transforms one column of eight samples in place. */
function transformColumn(block: Int32Array, at: number): void {
  const r0 = block[at]!, r7 = block[at + 56]!, r1 = block[at + 8]!, r6 = block[at + 48]!;
  const r2 = block[at + 16]!, r5 = block[at + 40]!, r3 = block[at + 24]!, r4 = block[at + 32]!;
  const even0 = r0 + r7 + r3 + r4, even3 = r0 + r7 - r3 - r4;
  const even1 = r1 + r6 + r2 + r5, even2 = r1 + r6 - r2 - r5;
  const middle = times(even2 + even3, HALF);
  block[at] = even0 + even1;
  block[at + 32] = even0 - even1;
  block[at + 16] = even3 + middle;
  block[at + 48] = even3 - middle;

  const d0 = r0 - r7, d1 = r1 - r6, d2 = r2 - r5, d3 = r3 - r4;
  const o0 = d3 + d2, o1 = d2 + d1, o2 = d1 + d0;
  const turn = times(o0 - o2, TURN);
  const low = times(o0, LOW) + turn;
  const high = o2 + times(o2, HIGH_LESS_ONE) + turn;
  const half = times(o1, HALF);
  block[at + 8] = d0 + half + high;
  block[at + 24] = d0 - half - low;
  block[at + 40] = d0 - half + low;
  block[at + 56] = d0 + half - high;
}

/** Exchanges rows and columns. */
function transpose(block: Int32Array): void {
  for (let y = 0; y < 8; y++) {
    for (let x = 0; x < y; x++) {
      const value = block[y * 8 + x]!;
      block[y * 8 + x] = block[x * 8 + y]!;
      block[x * 8 + y] = value;
    }
  }
}

/**
 * Transforms 8x8 samples in place: 0 to 4080 for luminance, `kind` 0, or -2040 to 2040 for chrominance, 1. The result has
 * rows and columns exchanged, and each coefficient is 20 times its two scale factors too large.
 */
export function fastDct(block: Int32Array, kind: number): void {
  for (let x = 0; x < 8; x++) {
    transformColumn(block, x);
    block[x]! -= OFFSETS[kind]!;
  }
  for (let i = 0; i < 64; i++) block[i] = times(block[i]!, BETWEEN_PASSES);
  transpose(block);
  for (let x = 0; x < 8; x++) transformColumn(block, x);
}

/** What coefficients are multiplied with, in place of a division by their steps. */
export interface FastFactors {
  /** 64, rows and columns exchanged, 15 binary digits after the point, times a power of two that makes them large. */
  readonly factors: Int16Array;
  /** 8 that take those powers of two away again, for all rows. Their rounding decides, so the powers should be large. */
  readonly lastFactors: Int16Array;
}

/**
 * @param steps 64 in natural order.
 * @throws {RangeError} The steps are too small.
 */
export function fastFactors(steps: Uint8Array): FastFactors {
  const factors = new Int16Array(64);
  const lastFactors = new Int16Array(8);
  for (let row = 0; row < 8; row++) {
    const exact = Array.from(
      { length: 8 },
      (_, column) => 2 ** 15 / (20 * steps[row * 8 + column]! * scaleFactor(row) * scaleFactor(column)),
    );
    const power = Math.floor(Math.log2(32767 / Math.max(...exact)));
    if (power < 1) throw new RangeError("Cannot quantise fast: steps are too small");
    exact.forEach((factor, column) => factors[column * 8 + row] = Math.round(factor * 2 ** power));
    lastFactors[row] = 2 ** (15 - power);
  }
  return { factors, lastFactors };
}

/** How many times too large the transform makes row or column `index`. */
function scaleFactor(index: number): number {
  return index === 0 ? 1 : Math.SQRT2 * Math.cos(index * Math.PI / 16);
}

/** Quantises a block in place, with the factors of its kind. */
export function fastQuantize(
  block: Int32Array,
  factors: Int16Array,
  lastFactors: Int16Array,
  kind: number,
): void {
  for (let i = 0; i < 64; i++) {
    block[i] = times(times(block[i]!, factors[kind * 64 + i]!), lastFactors[kind * 8 + (i & 7)]!);
  }
}
