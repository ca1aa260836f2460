/**
 * How near a picture is to another.
 *
 * @module
 */

/** Peak signal to noise ratio of two pictures of `0x00RRGGBB`, in dB; infinite when they are equal. */
export function psnr(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) throw new RangeError(`Cannot compare ${a.length} pixels with ${b.length}`);
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    for (const shift of [16, 8, 0]) sum += ((a[i]! >> shift & 0xff) - (b[i]! >> shift & 0xff)) ** 2;
  }
  return sum === 0 ? Infinity : 10 * Math.log10(255 ** 2 / (sum / a.length / 3));
}
