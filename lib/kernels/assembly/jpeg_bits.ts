/**
 * The bits of a scan on their way out. They are gathered from the lowest bit of each byte up, which takes the fewest steps
 * for each symbol, in a small buffer; from there they go out in larger pieces, each byte turned round to the order that
 * JPEG has, with a 0 behind each byte of 0xff (T.81 F.1.2.3).
 */

/** Bits that wait, fewer than 64 of them, and how many; an instance's own, as threads have one each. */
export let waiting: u64 = 0;
export let filled: u32 = 0;
/** The buffer, and where its next byte goes. */
let buffer: usize = 0;
export let gathered: usize = 0;
/** Where the next byte goes in the end. */
export let output: usize = 0;

/** Leaves room in 4 KiB for the blocks of one unit, 6 of at most 64 symbols of at most 26 bits, and 16 symbols more. */
const DRAIN_BYTES: usize = 2048;

/** Four bits the other way round, as the upper and the lower half of a byte. */
// prettier-ignore
const REVERSED = memory.data<u8>([
  0x00, 0x80, 0x40, 0xc0, 0x20, 0xa0, 0x60, 0xe0, 0x10, 0x90, 0x50, 0xd0, 0x30, 0xb0, 0x70, 0xf0,
  0x00, 0x08, 0x04, 0x0c, 0x02, 0x0a, 0x06, 0x0e, 0x01, 0x09, 0x05, 0x0d, 0x03, 0x0b, 0x07, 0x0f,
], 16);

/** Begins a scan. @param room 4 KiB for the buffer. */
export function beginBits(room: usize, out: usize): void {
  waiting = 0;
  filled = 0;
  buffer = room;
  gathered = room;
  output = out;
}

/** Keeps the state that a loop had in its locals. */
// @ts-ignore: decorator
@inline export function keepBits(bits: u64, count: u32, at: usize): void {
  waiting = bits;
  filled = count;
  gathered = at;
}

/** Sends out what the buffer has, if that is much. To be called once for each unit. */
// @ts-ignore: decorator
@inline export function drainBits(): void {
  if (gathered - buffer >= DRAIN_BYTES) drain();
}

/** Sends out all whole bytes. */
function drain(): void {
  const upper = v128.load(REVERSED), lower = v128.load(REVERSED, 16);
  const nibbles = i8x16.splat(0x0f), full = i8x16.splat(-1);
  const end = gathered;
  let at = buffer;
  let out = output;
  while (at < end) {
    const bytes = v128.load(at);
    // The indices are below 16, for which this is the same everywhere.
    const turned = v128.or(
      i8x16.relaxed_swizzle(upper, v128.and(bytes, nibbles)),
      i8x16.relaxed_swizzle(lower, v128.and(i16x8.shr_u(bytes, 4), nibbles)),
    );
    v128.store(out, turned);
    const found = i8x16.bitmask(i8x16.eq(turned, full));
    // As many as there are up to the first byte of 0xff.
    const some = found ? <usize>ctz(found) + 1 : 16;
    const left = end - at;
    if (some > left) {
      out += left;
      break;
    }
    at += some;
    out += some;
    if (found) store<u8>(out++, 0);
  }
  output = out;
  gathered = buffer;
}

/** Ends a scan, the last byte filled up with ones; returns where it ends. */
export function finishBits(): usize {
  const count = filled & 63;
  store<u64>(gathered, waiting | (<u64>0x7f << <u64>count));
  gathered += <usize>((count + 7) >> 3);
  drain();
  return output;
}
