/**
 * Checks that what a kernel is told to read and write lies inside its arrays. In shared memory a step outside would
 * hit a neighbour, so both forms ask here first.
 *
 * @module
 */

/**
 * Checks a rectangle of an array.
 *
 * @returns Whether there is a pixel in it.
 * @throws {RangeError} It reaches outside.
 */
export function hasRect(
  array: Uint32Array,
  offset: number,
  stride: number,
  width: number,
  height: number,
): boolean {
  if (width <= 0 || height <= 0) return false;
  const end = offset + (height - 1) * stride + width;
  if (!(offset >= 0 && stride >= 0 && end <= array.length)) {
    throw new RangeError(
      `Cannot use rectangle ${width}x${height} at ${offset} with stride ${stride}: ` +
        `must lie in the array's ${array.length} pixels`,
    );
  }
  return true;
}

/**
 * Checks that `length` elements from `offset` on are in an array.
 *
 * @throws {RangeError} They are not.
 */
export function requireRoom(array: { readonly length: number }, offset: number, length: number): void {
  if (!(offset >= 0 && offset + length <= array.length)) {
    throw new RangeError(`Cannot use ${length} elements from ${offset} on: the array has ${array.length}`);
  }
}
