/** The loops of the JPEG encoder (ITU-T T.81); what lies where in the scratch is said in jpeg/layout.ts. */
import { beginBits, drainBits, finishBits } from "./jpeg_bits";
import { mean } from "./jpeg_block";
import { accurateDct, accurateQuantize } from "./jpeg_dct";
import { fastTransform } from "./jpeg_fast_dct";
import { allSamples8, luminance8, sampleChrominanceFast } from "./jpeg_fast_samples";
import { sampleChrominance, sampleLuminance } from "./jpeg_samples";
import { BITS, BLOCKS, EDGE, FACTORS, HALVES, LAST_FACTORS, RECIPROCALS, TOKENS, ZIGZAG } from "./jpeg_scratch";
import { beginTokens, keepBlock, tokensEnd, writeBlock, writeTokens } from "./jpeg_symbols";
import { CHOICES, FAST_CHOICES, makeChoices, makeEntries, makeValues } from "./jpeg_tables";

/** Codes a block in zigzag order, which is in the scratch; returns its mean. `kind` is 0 for luminance, else 1. */
// @ts-ignore: decorator
@inline function codeBlock(scratch: usize, block: usize, kind: usize, last: i32, present: u64, keep: bool): i32 {
  const difference = mean - last;
  if (keep) keepBlock(scratch, block, kind, difference, present);
  else writeBlock(scratch, block, kind, difference, present);
  return mean;
}

/** Transforms, quantises and codes a block of samples. */
function codeAccurately(scratch: usize, block: usize, kind: usize, last: i32, keep: bool): i32 {
  accurateDct(block);
  const present = accurateQuantize(
    block,
    scratch + RECIPROCALS + (kind << 8),
    scratch + HALVES + (kind << 7),
    CHOICES,
    scratch + ZIGZAG,
  );
  return codeBlock(scratch, block, kind, last, present, keep);
}

/** As {@link codeAccurately}, fast, a block of colour. */
function codeChrominance(scratch: usize, block: usize, last: i32, keep: bool): i32 {
  const present = fastTransform(
    v128.load(block),
    v128.load(block, 16),
    v128.load(block, 32),
    v128.load(block, 48),
    v128.load(block, 64),
    v128.load(block, 80),
    v128.load(block, 96),
    v128.load(block, 112),
    1,
    scratch + FACTORS + 128,
    scratch + LAST_FACTORS + 16,
    block,
    FAST_CHOICES,
    scratch + ZIGZAG,
  );
  return codeBlock(scratch, block, 1, last, present, keep);
}

/** As {@link codeChrominance}, Y of pixels. */
function codeLuminance(at: usize, stride: usize, scratch: usize, last: i32, keep: bool): i32 {
  const block = scratch + BLOCKS;
  const present = fastTransform(
    luminance8(at),
    luminance8(at + stride),
    luminance8(at + 2 * stride),
    luminance8(at + 3 * stride),
    luminance8(at + 4 * stride),
    luminance8(at + 5 * stride),
    luminance8(at + 6 * stride),
    luminance8(at + 7 * stride),
    0,
    scratch + FACTORS,
    scratch + LAST_FACTORS,
    block,
    FAST_CHOICES,
    scratch + ZIGZAG,
  );
  return codeBlock(scratch, block, 0, last, present, keep);
}

/** As {@link codeLuminance}; samples of Cb and Cr go into the two blocks behind. */
function codeLuminanceOfAll(at: usize, stride: usize, scratch: usize, last: i32, keep: bool): i32 {
  const block = scratch + BLOCKS;
  const colour = block + 128;
  const present = fastTransform(
    allSamples8(at, colour),
    allSamples8(at + stride, colour + 16),
    allSamples8(at + 2 * stride, colour + 32),
    allSamples8(at + 3 * stride, colour + 48),
    allSamples8(at + 4 * stride, colour + 64),
    allSamples8(at + 5 * stride, colour + 80),
    allSamples8(at + 6 * stride, colour + 96),
    allSamples8(at + 7 * stride, colour + 112),
    0,
    scratch + FACTORS,
    scratch + LAST_FACTORS,
    block,
    FAST_CHOICES,
    scratch + ZIGZAG,
  );
  return codeBlock(scratch, block, 0, last, present, keep);
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
  // A sample of each is of the same pixel.
  const together = colour && unitWidth == 8;
  makeChoices(scratch, fast);
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
          if (!fast) {
            sampleLuminance(at, unitStride, block);
            luminance = codeAccurately(scratch, block, 0, luminance, keep);
          } else if (together) {
            luminance = codeLuminanceOfAll(at, unitStride, scratch, luminance, keep);
          } else {
            luminance = codeLuminance(at, unitStride, scratch, luminance, keep);
          }
        }
      }
      if (colour) {
        const first = block + 128, second = block + 256;
        if (!fast) sampleChrominance(unit, unitStride, across, down, first);
        else if (!together) sampleChrominanceFast(unit, unitStride, across, down, first);
        const sampleRows = (rows + down - 1) / down;
        if (sampleRows < 8) {
          repeatRows(first, sampleRows);
          repeatRows(second, sampleRows);
        }
        if (fast) {
          blue = codeChrominance(scratch, first, blue, keep);
          red = codeChrominance(scratch, second, red, keep);
        } else {
          blue = codeAccurately(scratch, first, 1, blue, keep);
          red = codeAccurately(scratch, second, 1, red, keep);
        }
      }
      if (!keep) drainBits();
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
  makeEntries(scratch);
  beginBits(scratch + BITS, out);
  codeImage(at, stride, width, height, across, down, colour, fast, scratch, false);
  return <i32>(finishBits() - out);
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
  makeValues();
  beginTokens(scratch);
  codeImage(at, stride, width, height, across, down, colour, fast, scratch, true);
  return <i32>((tokensEnd - scratch - TOKENS) >> 2);
}

/** Writes the data of the symbols in the scratch with the codes in the scratch; returns its bytes. */
export function jpegWriteTokens(count: i32, scratch: usize, out: usize): i32 {
  beginBits(scratch + BITS, out);
  writeTokens(count, scratch);
  return <i32>(finishBits() - out);
}
