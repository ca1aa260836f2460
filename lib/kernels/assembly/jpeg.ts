/** The loops of the JPEG encoder (ITU-T T.81); what lies where in the scratch is said in jpeg/layout.ts. */
import { accurateDct, accurateQuantize } from "./jpeg_dct";
import { fastTransform } from "./jpeg_fast_dct";
import { sampleChrominanceFast, sampleLuminanceFast } from "./jpeg_fast_samples";
import { sampleChrominance, sampleLuminance } from "./jpeg_samples";

const RECIPROCALS: usize = 0;
const HALVES: usize = 512;
/** The same place for the fast transform: factors, and what products are multiplied with once more, 2 x 64 i16 each. */
const FACTORS: usize = 0;
const LAST_FACTORS: usize = 256;
const ZIGZAG_OF: usize = 768;
const NATURAL_OF: usize = 832;
const CODES: usize = 896;
const BLOCKS: usize = 4992;
const EDGE: usize = 5760;
const FREQUENCIES: usize = 6784;
const TOKENS: usize = 10880;

/** Bytes of a table of 256 codes or frequencies; the luminance tables come first, those of AC behind those of DC. */
const TABLE_BYTES: usize = 1024;

/** Bits that wait to be written, the last `filled` of `waiting`. An instance's own, as threads have one each. */
let waiting: u64 = 0;
let filled: i32 = 0;
/** Where the next byte, or the next token, goes. */
let output: usize = 0;

/** Writes 32 bits, with a 0 behind each byte of 0xff; returns where they end. */
function storeStuffed(word: u32, out: usize): usize {
  for (let shift = 24; shift >= 0; shift -= 8) {
    const byte = (word >> shift) & 0xff;
    store<u8>(out++, byte);
    if (byte == 0xff) store<u8>(out++, 0);
  }
  return out;
}

/** Writes 32 bits; returns where they end. */
// @ts-ignore: decorator
@inline function storeWord(word: u32, out: usize): usize {
  // A byte can be 0xff only if adding 1 to it clears its highest bit.
  if (word & 0x80808080 & ~(word + 0x01010101)) return storeStuffed(word, out);
  store<u32>(out, bswap<u32>(word));
  return out + 4;
}

/** At most 27 bits. */
// @ts-ignore: decorator
@inline function writeBits(bits: u32, count: i32): void {
  waiting = (waiting << <u64>count) | <u64>bits;
  filled += count;
  if (filled >= 32) {
    filled -= 32;
    output = storeWord(<u32>(waiting >> <u64>filled), output);
  }
}

/** Writes the rest, the last byte filled up with ones. */
function finishBits(): void {
  const missing = -filled & 7;
  waiting = (waiting << <u64>missing) | <u64>((1 << missing) - 1);
  filled += missing;
  while (filled > 0) {
    filled -= 8;
    const byte = <u32>(waiting >> <u64>filled) & 0xff;
    store<u8>(output++, byte);
    if (byte == 0xff) store<u8>(output++, 0);
  }
}

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

/** Bits of coefficients that are not 0, but for the first, from the block's order into zigzag order. */
// @ts-ignore: decorator
@inline function zigzagBits(scratch: usize, present: u64): u64 {
  let rest = present & ~(<u64>1);
  let zigzag: u64 = 0;
  // One by one: few are not 0.
  while (rest) {
    zigzag |= <u64>1 << <u64>load<u8>(scratch + <usize>ctz(rest), ZIGZAG_OF);
    rest &= rest - 1;
  }
  return zigzag;
}

/** Writes a quantised block. `difference` is of its mean to the last one's. */
function writeBlock(scratch: usize, block: usize, kind: usize, difference: i32, present: u64): void {
  const acCodes = scratch + CODES + (kind + 2) * TABLE_BYTES;
  // In registers until the end: the loop is one chain through them.
  let bitsWaiting = waiting;
  let count = filled;
  let out = output;

  let zigzag = zigzagBits(scratch, present);
  const size = sizeOf(difference);
  let code = load<u32>(scratch + kind * TABLE_BYTES + (<usize>size << 2), CODES);
  let bits = bitsOf(difference, size);
  let last = 0;
  for (;;) {
    // Entries have room for the bits behind the code.
    const length = <i32>(code & 31);
    bitsWaiting = (bitsWaiting << <u64>length) | <u64>((code >> 5) | bits);
    count += length;
    if (count >= 32) {
      count -= 32;
      out = storeWord(<u32>(bitsWaiting >> <u64>count), out);
    }
    if (!zigzag) {
      // The end of block, unless it was written or the last coefficient is not 0.
      if (last == 63) break;
      last = 63;
      code = load<u32>(acCodes);
      bits = 0;
      continue;
    }
    const position = <i32>ctz(zigzag);
    const run = position - last - 1;
    if (run > 15) {
      // Sixteen zeros.
      last += 16;
      code = load<u32>(acCodes, 0xf0 << 2);
      bits = 0;
      continue;
    }
    zigzag &= zigzag - 1;
    last = position;
    const at = <usize>load<u8>(scratch + <usize>position, NATURAL_OF);
    const value = <i32>load<i16>(block + (at << 1));
    const size = sizeOf(value);
    bits = bitsOf(value, size);
    code = load<u32>(acCodes + (<usize>((run << 4) | size) << 2));
  }
  waiting = bitsWaiting;
  filled = count;
  output = out;
}

/** Keeps a symbol and the bits behind it, and counts it. `table` is an offset in the frequencies. */
// @ts-ignore: decorator
@inline function keepSymbol(scratch: usize, table: usize, symbol: u32, bits: u32): void {
  const at = scratch + table + (<usize>symbol << 2);
  store<u32>(output, (bits << 16) | ((<u32>table >> 2) & 0x300) | symbol);
  output += 4;
  store<u32>(at, load<u32>(at, FREQUENCIES) + 1, FREQUENCIES);
}

/** Keeps the symbols of a quantised block. `difference` is of its mean to the last one's. */
function keepBlock(scratch: usize, block: usize, kind: usize, difference: i32, present: u64): void {
  const dcTable = kind * TABLE_BYTES;
  const acTable = dcTable + 2 * TABLE_BYTES;
  const size = sizeOf(difference);
  keepSymbol(scratch, dcTable, size, bitsOf(difference, size));
  let zigzag = zigzagBits(scratch, present);
  let last = 0;
  while (zigzag) {
    const position = <i32>ctz(zigzag);
    zigzag &= zigzag - 1;
    let run = position - last - 1;
    last = position;
    for (; run > 15; run -= 16) keepSymbol(scratch, acTable, 0xf0, 0);
    const at = <usize>load<u8>(scratch + <usize>position, NATURAL_OF);
    const value = <i32>load<i16>(block + (at << 1));
    const size = sizeOf(value);
    keepSymbol(scratch, acTable, (run << 4) | size, bitsOf(value, size));
  }
  if (last != 63) keepSymbol(scratch, acTable, 0, 0);
}

/** Transforms and quantises a block in place; returns a bit for each coefficient that is not 0. */
function transformAccurately(scratch: usize, block: usize, kind: usize): u64 {
  accurateDct(block);
  return accurateQuantize(block, scratch + RECIPROCALS + (kind << 8), scratch + HALVES + (kind << 7));
}

/** As {@link transformAccurately}, fast, and with rows and columns exchanged. */
// @ts-ignore: decorator
@inline function transformFast(scratch: usize, block: usize, kind: usize): u64 {
  const factors = scratch + (kind << 7);
  return fastTransform(block, factors + FACTORS, factors + LAST_FACTORS);
}

/** Transforms, quantises and codes a block; returns its DC coefficient. `kind` is 0 for luminance, else 1. */
function codeBlock(scratch: usize, block: usize, kind: usize, prediction: i32, fast: bool, keep: bool): i32 {
  const present = fast ? transformFast(scratch, block, kind) : transformAccurately(scratch, block, kind);
  const mean = <i32>load<i16>(block);
  if (keep) keepBlock(scratch, block, kind, mean - prediction, present);
  else writeBlock(scratch, block, kind, mean - prediction, present);
  return mean;
}

/** Codes a block that is outside of the image: nothing but the last block's mean again. */
function codeNothing(scratch: usize, block: usize, keep: bool): void {
  if (keep) keepBlock(scratch, block, 0, 0, 0);
  else writeBlock(scratch, block, 0, 0, 0);
}

/**
 * Copies a unit that reaches over the right or lower edge, the last column and row of the image repeated.
 *
 * @param columns Pixels of the image in each row of the unit; `rows` likewise.
 */
function copyEdge(
  at: usize,
  stride: usize,
  columns: i32,
  rows: i32,
  unitWidth: i32,
  unitHeight: i32,
  out: usize,
): void {
  const rowBytes = <usize>unitWidth << 2;
  const bytes = <usize>columns << 2;
  for (let y = 0; y < unitHeight; y++) {
    if (y < rows) {
      memory.copy(out, at, bytes);
      const last = load<u32>(out + bytes - 4);
      for (let x = bytes; x < rowBytes; x += 4) store<u32>(out + x, last);
      at += stride;
    } else {
      memory.copy(out, out - rowBytes, rowBytes);
    }
    out += rowBytes;
  }
}

/** Below the image, its last row of samples goes on. */
function repeatRows(block: usize, rows: i32): void {
  const last = v128.load(block + (<usize>(rows - 1) << 4));
  for (let y = rows; y < 8; y++) v128.store(block + (<usize>y << 4), last);
}

/** Codes all blocks of an image, one minimum coded unit after the other. */
function codeImage(
  at: usize,
  stride: usize,
  width: i32,
  height: i32,
  across: i32,
  down: i32,
  colour: bool,
  fast: bool,
  scratch: usize,
  keep: bool,
): void {
  const unitWidth = across << 3;
  const unitHeight = down << 3;
  const block = scratch + BLOCKS;
  let luminance = 0;
  let blue = 0;
  let red = 0;
  for (let top = 0; top < height; top += unitHeight) {
    for (let left = 0; left < width; left += unitWidth) {
      let unit = at + <usize>top * stride + (<usize>left << 2);
      let unitStride = stride;
      const columns = min(unitWidth, width - left);
      const rows = min(unitHeight, height - top);
      if (columns < unitWidth || rows < unitHeight) {
        copyEdge(unit, stride, columns, rows, unitWidth, unitHeight, scratch + EDGE);
        unit = scratch + EDGE;
        unitStride = <usize>unitWidth << 2;
      }
      for (let y = 0; y < unitHeight; y += 8) {
        for (let x = 0; x < unitWidth; x += 8) {
          if (x >= columns || y >= rows) {
            codeNothing(scratch, block, keep);
            continue;
          }
          const at = unit + <usize>y * unitStride + (<usize>x << 2);
          if (fast) sampleLuminanceFast(at, unitStride, block);
          else sampleLuminance(at, unitStride, block);
          luminance = codeBlock(scratch, block, 0, luminance, fast, keep);
        }
      }
      if (!colour) continue;
      if (fast) sampleChrominanceFast(unit, unitStride, across, down, block);
      else sampleChrominance(unit, unitStride, across, down, block);
      const sampleRows = (rows + down - 1) / down;
      if (sampleRows < 8) {
        repeatRows(block, sampleRows);
        repeatRows(block + 128, sampleRows);
      }
      blue = codeBlock(scratch, block, 1, blue, fast, keep);
      red = codeBlock(scratch, block + 128, 1, red, fast, keep);
    }
  }
}

/** Writes the data of a scan with the codes in the scratch; returns its bytes. */
export function jpegScan(
  at: usize,
  stride: usize,
  width: i32,
  height: i32,
  across: i32,
  down: i32,
  colour: bool,
  fast: bool,
  scratch: usize,
  out: usize,
): i32 {
  output = out;
  waiting = 0;
  filled = 0;
  codeImage(at, stride, width, height, across, down, colour, fast, scratch, false);
  finishBits();
  return <i32>(output - out);
}

/** Writes symbols and their frequencies into the scratch; returns the number of symbols. */
export function jpegTokenize(
  at: usize,
  stride: usize,
  width: i32,
  height: i32,
  across: i32,
  down: i32,
  colour: bool,
  fast: bool,
  scratch: usize,
): i32 {
  memory.fill(scratch + FREQUENCIES, 0, 4 * TABLE_BYTES);
  output = scratch + TOKENS;
  codeImage(at, stride, width, height, across, down, colour, fast, scratch, true);
  return <i32>((output - scratch - TOKENS) >> 2);
}

/** Writes the data of the symbols in the scratch with the codes in the scratch; returns its bytes. */
export function jpegWriteTokens(count: i32, scratch: usize, out: usize): i32 {
  output = out;
  waiting = 0;
  filled = 0;
  let at = scratch + TOKENS;
  for (let i = 0; i < count; i++) {
    const token = load<u32>(at);
    at += 4;
    const code = load<u32>(scratch + ((<usize>token & 0x3ff) << 2), CODES);
    writeBits((code >> 5) | (token >> 16), <i32>(code & 31));
  }
  finishBits();
  return <i32>(output - out);
}
