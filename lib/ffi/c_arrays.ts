/**
 * Structs and arrays that C has made.
 *
 * @module
 */

/** The `size` bytes at `at`, in place: valid as long as C keeps them. */
export function structAt(at: Deno.PointerObject, size: number): DataView<ArrayBuffer> {
  return new DataView(Deno.UnsafePointerView.getArrayBuffer(at, size));
}

/** The pointer that a struct has at `offset`. */
export function pointerAt(struct: DataView, offset: number): Deno.PointerValue {
  return Deno.UnsafePointer.create(struct.getBigUint64(offset, true));
}

/**
 * Copies an array of `unsigned long` that hold 32-bit values, such as XIDs and cursor pixels.
 *
 * @param at `null` with a count of 0 is what C libraries say for none.
 */
export function readLongs(at: Deno.PointerValue, count: number): Uint32Array<ArrayBuffer> {
  const values = new Uint32Array(at === null ? 0 : count);
  if (at === null || count === 0) return values;
  const longs = new Uint32Array(Deno.UnsafePointerView.getArrayBuffer(at, count * 8));
  for (let i = 0; i < count; i++) values[i] = longs[2 * i]!;
  return values;
}
