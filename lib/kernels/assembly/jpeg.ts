/** The loops of the JPEG encoder (ITU-T T.81); what lies where in the scratch is said in jpeg/layout.ts. */
import { forwardDct, quantize } from "./jpeg_dct";
import {
  blueDifference8,
  fourthed,
  halved,
  luminance8,
  quartered,
  redDifference8,
} from "./jpeg_samples";

const RECIPROCALS: usize = 0;
const HALVES: usize = 512;
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

/** Writes the topmost 32 of the bits that wait. */
// @ts-ignore: decorator
@inline function flush32(): void {
  filled -= 32;
  const word = <u32>(waiting >> <u64>filled);
  // A byte is 0xff if adding 1 to it carries: then each byte is written on its own, with a 0 behind.
  if (word & 0x80808080 & ~(word + 0x01010101)) {
    for (let shift = 24; shift >= 0; shift -= 8) {
      const byte = (word >> shift) & 0xff;
      store<u8>(output++, byte);
      if (byte == 0xff) store<u8>(output++, 0);
    }
  } else {
    store<u32>(output, bswap<u32>(word));
    output += 4;
  }
}

/** At most 27 bits. */
// @ts-ignore: decorator
@inline function writeBits(bits: u32, count: i32): void {
  waiting = (waiting << <u64>count) | <u64>bits;
  filled += count;
  if (filled >= 32) flush32();
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

/** Writes or keeps a symbol and the `count` bits behind it. `table` is an offset in codes and frequencies alike. */
// @ts-ignore: decorator
@inline function putSymbol(scratch: usize, table: usize, symbol: u32, bits: u32, count: i32, keep: bool): void {
  const at = scratch + table + (<usize>symbol << 2);
  if (keep) {
    store<u32>(output, (bits << 16) | ((<u32>table >> 2) & 0x300) | symbol);
    output += 4;
    store<u32>(at, load<u32>(at, FREQUENCIES) + 1, FREQUENCIES);
  } else {
    const code = load<u32>(at, CODES);
    writeBits(((code >> 8) << count) | bits, <i32>(code & 0xff) + count);
  }
}

/** Writes or keeps a difference or coefficient. */
// @ts-ignore: decorator
@inline function putValue(scratch: usize, table: usize, run: i32, value: i32, keep: bool): void {
  const sign = value >> 31;
  const size = 32 - clz((value ^ sign) - sign);
  // Negative values less 1, so that they begin with a 0.
  const bits = <u32>(value + sign) & ((1 << size) - 1);
  putSymbol(scratch, table, (run << 4) | size, bits, size, keep);
}

/** Transforms, quantises and codes a block; returns its DC coefficient. `kind` is 0 for luminance, else 1. */
function codeBlock(scratch: usize, block: usize, kind: usize, prediction: i32, keep: bool): i32 {
  forwardDct(block);
  const present = quantize(block, scratch + RECIPROCALS + (kind << 8), scratch + HALVES + (kind << 7));
  const dcTable = kind * TABLE_BYTES;
  const acTable = dcTable + 2 * TABLE_BYTES;
  const mean = <i32>load<i16>(block);
  putValue(scratch, dcTable, 0, mean - prediction, keep);
  // Bits of the coefficients that are not 0, from natural order into zigzag order, one by one: few are not.
  let natural = present & ~(<u64>1);
  let zigzag: u64 = 0;
  while (natural) {
    zigzag |= <u64>1 << <u64>load<u8>(scratch + <usize>ctz(natural), ZIGZAG_OF);
    natural &= natural - 1;
  }
  let last = 0;
  while (zigzag) {
    const position = <i32>ctz(zigzag);
    zigzag &= zigzag - 1;
    let run = position - last - 1;
    last = position;
    for (; run > 15; run -= 16) putSymbol(scratch, acTable, 0xf0, 0, 0, keep);
    const at = <usize>load<u8>(scratch + <usize>position, NATURAL_OF);
    putValue(scratch, acTable, run, load<i16>(block + (at << 1)), keep);
  }
  if (last != 63) putSymbol(scratch, acTable, 0, 0, 0, keep);
  return mean;
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

/** Y samples of 8 x 8 pixels. */
// @ts-ignore: decorator
@inline function sampleLuminance(at: usize, stride: usize, block: usize): void {
  for (let y = 0; y < 8; y++) {
    v128.store(block, luminance8(at));
    block += 16;
    at += stride;
  }
}

/** Cb and Cr samples of one unit, into two blocks. */
// @ts-ignore: decorator
@inline function sampleChrominance(at: usize, stride: usize, across: i32, down: i32, block: usize): void {
  for (let y = 0; y < 8; y++) {
    let blue: v128;
    let red: v128;
    if (across == 1) {
      blue = blueDifference8(at);
      red = redDifference8(at);
    } else if (across == 4) {
      blue = fourthed(
        blueDifference8(at),
        blueDifference8(at + 32),
        blueDifference8(at + 64),
        blueDifference8(at + 96),
      );
      red = fourthed(
        redDifference8(at),
        redDifference8(at + 32),
        redDifference8(at + 64),
        redDifference8(at + 96),
      );
    } else if (down == 1) {
      blue = halved(blueDifference8(at), blueDifference8(at + 32));
      red = halved(redDifference8(at), redDifference8(at + 32));
    } else {
      const below = at + stride;
      blue = quartered(
        blueDifference8(at),
        blueDifference8(at + 32),
        blueDifference8(below),
        blueDifference8(below + 32),
      );
      red = quartered(
        redDifference8(at),
        redDifference8(at + 32),
        redDifference8(below),
        redDifference8(below + 32),
      );
      at = below;
    }
    v128.store(block, blue);
    v128.store(block, red, 128);
    block += 16;
    at += stride;
  }
}

/** Below the image, its last row of samples goes on. */
function repeatRows(block: usize, rows: i32): void {
  const last = v128.load(block + (<usize>(rows - 1) << 4));
  for (let y = rows; y < 8; y++) v128.store(block + (<usize>y << 4), last);
}

/** Codes all blocks of an image, one minimum coded unit after the other. */
// @ts-ignore: decorator
@inline function codeImage(
  at: usize,
  stride: usize,
  width: i32,
  height: i32,
  across: i32,
  down: i32,
  colour: bool,
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
            // Outside of the image: nothing but the last block's mean again.
            putSymbol(scratch, 0, 0, 0, 0, keep);
            putSymbol(scratch, 2 * TABLE_BYTES, 0, 0, 0, keep);
            continue;
          }
          sampleLuminance(unit + <usize>y * unitStride + (<usize>x << 2), unitStride, block);
          luminance = codeBlock(scratch, block, 0, luminance, keep);
        }
      }
      if (!colour) continue;
      sampleChrominance(unit, unitStride, across, down, block);
      const sampleRows = (rows + down - 1) / down;
      if (sampleRows < 8) {
        repeatRows(block, sampleRows);
        repeatRows(block + 128, sampleRows);
      }
      blue = codeBlock(scratch, block, 1, blue, keep);
      red = codeBlock(scratch, block + 128, 1, red, keep);
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
  scratch: usize,
  out: usize,
): i32 {
  output = out;
  waiting = 0;
  filled = 0;
  codeImage(at, stride, width, height, across, down, colour, scratch, false);
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
  scratch: usize,
): i32 {
  memory.fill(scratch + FREQUENCIES, 0, 4 * TABLE_BYTES);
  output = scratch + TOKENS;
  codeImage(at, stride, width, height, across, down, colour, scratch, true);
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
    const size = <i32>(token & 0x0f);
    writeBits(((code >> 8) << size) | (token >> 16), <i32>(code & 0xff) + size);
  }
  finishBits();
  return <i32>(output - out);
}
