/** Loads of pixels that forget their top byte, which belongs to nobody. */

const COLOUR_MASK = memory.data<u32>([0x00ffffff, 0x00ffffff, 0x00ffffff, 0x00ffffff], 16);

/** The bits of four pixels that are colour. From memory: the engine would put a constant together anew at each use. */
// @ts-ignore: decorators are AssemblyScript's
@inline export function colourMask(): v128 {
  return v128.load(COLOUR_MASK);
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
  while (a + 128 <= end) {
    const d0 = v128.xor(v128.load(a), v128.load(b));
    const d1 = v128.xor(v128.load(a, 16), v128.load(b, 16));
    const d2 = v128.xor(v128.load(a, 32), v128.load(b, 32));
    const d3 = v128.xor(v128.load(a, 48), v128.load(b, 48));
    const d4 = v128.xor(v128.load(a, 64), v128.load(b, 64));
    const d5 = v128.xor(v128.load(a, 80), v128.load(b, 80));
    const d6 = v128.xor(v128.load(a, 96), v128.load(b, 96));
    const d7 = v128.xor(v128.load(a, 112), v128.load(b, 112));
    const low = v128.or(v128.or(d0, d1), v128.or(d2, d3));
    const high = v128.or(v128.or(d4, d5), v128.or(d6, d7));
    if (v128.any_true(v128.and(v128.or(low, high), mask))) return true;
    a += 128;
    b += 128;
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
