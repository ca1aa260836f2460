/**
 * Tables of the JPEG encoder that are the same for all pictures. They lie at addresses that are constants, which the engine
 * need not look at.
 *
 * Each instance writes them before it reads them for the first time. All write the same, and each byte once, so that an
 * instance may write while another one reads.
 */
import { CODES, NATURAL_OF, TABLE_BYTES } from "./jpeg_scratch";

/** Where tables are: behind the module's data, which kernels_wasm_test.ts looks at, within the kernels' 128 KiB. */
const TABLES: usize = 0x4000;

/** Bytes of a row: an entry for each value of a byte. */
const ROW_BYTES: usize = 1024;
/** Rows for one kind of component: differences of means, then coefficients behind 0 to 15 zeros. */
export const KIND_BYTES: usize = 17 * ROW_BYTES;
/** Places of codes without a value, in the rows of a kind: where a coefficient of 0 would be. */
export const END_OF_BLOCK: usize = ROW_BYTES;
export const SIXTEEN_ZEROS: usize = 2 * ROW_BYTES;

/**
 * The standard's codes of both kinds of component, with the bits behind them: `bits << 6 | their number`, the first bit
 * lowest; 0 for -128 and 127, in whose place there may be another value.
 */
const ENTRIES: usize = TABLES;
/** For each value of a byte `bits << 16 | their number`, the first bit lowest; 0 for -128 and 127 likewise. */
export const VALUES: usize = ENTRIES + 2 * KIND_BYTES;
/**
 * For the accurate transform and the fast one: for each sixteen places in zigzag order and each sixteen coefficients of a
 * block, which of these go there, or 255; 16 x 16 u8.
 */
export const CHOICES: usize = VALUES + ROW_BYTES;
export const FAST_CHOICES: usize = CHOICES + 256;
/** As {@link ENTRIES}, the codes for soft pictures. */
const SOFT_ENTRIES: usize = FAST_CHOICES + 256;

/** Those of the picture under work; an instance's own. */
export let entries: usize = ENTRIES;

/** Which tables are made; an instance's own. */
let hasEntries = false;
let hasSoftEntries = false;
let hasValues = false;
let hasChoices = false;
let hasFastChoices = false;

/** Number of bits of a difference or coefficient: of its magnitude. */
// @ts-ignore: decorator
@inline function sizeOf(value: i32): i32 {
  const sign = value >> 31;
  return 32 - clz((value ^ sign) - sign);
}

/** Those bits; of a negative value those of one less, so that they begin with a 0. */
// @ts-ignore: decorator
@inline function bitsOf(value: i32, size: i32): u32 {
  return <u32>(value + (value >> 31)) & ((1 << size) - 1);
}

/** The lowest `count` bits the other way round. */
// @ts-ignore: decorator
@inline export function reversed(bits: u32, count: i32): u32 {
  bits = ((bits >> 1) & 0x55555555) | ((bits & 0x55555555) << 1);
  bits = ((bits >> 2) & 0x33333333) | ((bits & 0x33333333) << 2);
  bits = ((bits >> 4) & 0x0f0f0f0f) | ((bits & 0x0f0f0f0f) << 4);
  // A shift by 32 would be none.
  return count ? bswap<u32>(bits) >> (32 - count) : 0;
}

/** The entry of {@link ENTRIES} for any value, of a code in the scratch. */
// @ts-ignore: decorator
@inline export function entryOf(scratch: usize, table: usize, run: i32, value: i32): u32 {
  const size = sizeOf(value);
  const code = load<u32>(scratch + table * TABLE_BYTES + (<usize>((run << 4) | size) << 2), CODES);
  const length = <i32>(code & 31);
  return (reversed((code >> 5) | bitsOf(value, size), length) << 6) | length;
}

/** The entry of {@link VALUES} for any value. */
// @ts-ignore: decorator
@inline export function valueOf(value: i32): u32 {
  const size = sizeOf(value);
  return (reversed(bitsOf(value, size), size) << 16) | size;
}

/** @param scratch Has the standard's codes, or those for soft pictures. */
export function makeEntries(scratch: usize, soft: bool): void {
  entries = soft ? SOFT_ENTRIES : ENTRIES;
  if (soft ? hasSoftEntries : hasEntries) return;
  for (let kind: usize = 0; kind < 2; kind++) {
    const rows = entries + kind * KIND_BYTES;
    for (let value = -127; value < 127; value++) {
      const at = rows + (<usize>(value & 0xff) << 2);
      store<u32>(at, entryOf(scratch, kind, 0, value));
      if (!value) continue;
      for (let run = 0; run < 16; run++) {
        store<u32>(at + <usize>(run + 1) * ROW_BYTES, entryOf(scratch, kind + 2, run, value));
      }
    }
    store<u32>(rows, entryOf(scratch, kind + 2, 0, 0), END_OF_BLOCK);
    store<u32>(rows, entryOf(scratch, kind + 2, 15, 0), SIXTEEN_ZEROS);
  }
  if (soft) hasSoftEntries = true;
  else hasEntries = true;
}

export function makeValues(): void {
  if (hasValues) return;
  for (let value = -127; value < 127; value++) store<u32>(VALUES + (<usize>(value & 0xff) << 2), valueOf(value));
  hasValues = true;
}

/** @param scratch Has the order of the transform. */
export function makeChoices(scratch: usize, fast: bool): void {
  if (fast ? hasFastChoices : hasChoices) return;
  const choices = fast ? FAST_CHOICES : CHOICES;
  for (let position: usize = 0; position < 64; position++) {
    const index = <usize>load<u8>(scratch + position, NATURAL_OF);
    const at = choices + ((position >> 4) << 6) + (position & 15);
    for (let part: usize = 0; part < 4; part++) {
      store<u8>(at + (part << 4), index >> 4 == part ? index & 15 : 255);
    }
  }
  if (fast) hasFastChoices = true;
  else hasChoices = true;
}
