/**
 * The inverse discrete cosine transform of JPEG (ITU-T T.81, §A.3.3).
 *
 * @module
 */

/** cos(k π / 16) / 2 of the even and of the odd frequencies, for the first four places; the others are their mirror. */
const EVEN = matrix([0, 2, 4, 6]);
const ODD = matrix([1, 3, 5, 7]);

const rows = new Float32Array(64);

/**
 * Turns 64 coefficients into samples, 128 added.
 *
 * @param block Row after row.
 * @param samples Receives eight rows from `at`, `stride` bytes from one to the next.
 */
export function inverseDct(
  block: Float32Array,
  samples: Uint8ClampedArray,
  at: number,
  stride: number,
): void {
  for (let row = 0; row < 64; row += 8) {
    for (let x = 0; x < 4; x++) {
      let even = 0;
      let odd = 0;
      for (let k = 0; k < 4; k++) {
        even += EVEN[4 * x + k]! * block[row + 2 * k]!;
        odd += ODD[4 * x + k]! * block[row + 2 * k + 1]!;
      }
      rows[row + x] = even + odd;
      rows[row + 7 - x] = even - odd;
    }
  }
  for (let column = 0; column < 8; column++) {
    for (let y = 0; y < 4; y++) {
      let even = 128;
      let odd = 0;
      for (let k = 0; k < 4; k++) {
        even += EVEN[4 * y + k]! * rows[16 * k + column]!;
        odd += ODD[4 * y + k]! * rows[16 * k + 8 + column]!;
      }
      samples[at + y * stride + column] = even + odd;
      samples[at + (7 - y) * stride + column] = even - odd;
    }
  }
}

/** What each frequency adds at each of the first four places. */
function matrix(frequencies: readonly number[]): Float32Array {
  const values = [0, 1, 2, 3].flatMap((place) =>
    frequencies.map((frequency) =>
      Math.cos((2 * place + 1) * frequency * Math.PI / 16) / 2 * (frequency === 0 ? Math.SQRT1_2 : 1)
    )
  );
  return Float32Array.from(values);
}
