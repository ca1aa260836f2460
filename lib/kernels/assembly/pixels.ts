/** Loads of pixels that forget their top byte, which belongs to nobody. */

// @ts-ignore: decorators are AssemblyScript's
@inline export function colourMask(): v128 {
  return i32x4.splat(0x00ffffff);
}

/** Bits in which four pixels at `a` and four at `b` differ, top bytes included. */
// @ts-ignore: decorator
@inline export function difference4(a: usize, b: usize): v128 {
  return v128.xor(v128.load(a), v128.load(b));
}

/** Bits in which the colours of one pixel at `a` and one at `b` differ. */
// @ts-ignore: decorator
@inline export function difference1(a: usize, b: usize): u32 {
  return (load<u32>(a) ^ load<u32>(b)) & 0x00ffffff;
}

/** Whether any of `bytes / 4` pixels at `a` differs in colour from its like at `b`. */
export function rowDiffers(a: usize, b: usize, bytes: usize): bool {
  const end = a + bytes;
  const mask = colourMask();
  while (a + 64 <= end) {
    const first = v128.or(difference4(a, b), difference4(a + 16, b + 16));
    const second = v128.or(difference4(a + 32, b + 32), difference4(a + 48, b + 48));
    if (v128.any_true(v128.and(v128.or(first, second), mask))) return true;
    a += 64;
    b += 64;
  }
  while (a + 16 <= end) {
    if (v128.any_true(v128.and(difference4(a, b), mask))) return true;
    a += 16;
    b += 16;
  }
  while (a < end) {
    if (difference1(a, b)) return true;
    a += 4;
    b += 4;
  }
  return false;
}
