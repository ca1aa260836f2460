/** The loops of the JPEG encoder (ITU-T T.81); what lies where in the scratch is said in jpeg/layout.ts. */
import { beginBits, drainBits, finishBits } from "./jpeg_bits";
import { mean } from "./jpeg_block";
import { accurateTransform } from "./jpeg_dct";
import { fastTransform } from "./jpeg_fast_dct";
import { blueDifference8, luminance8, meanPixels4, redDifference8 } from "./jpeg_fast_samples";
import { sampleChrominance, sampleLuminance } from "./jpeg_samples";
import { BITS, BLOCKS, EDGE, FACTORS, HALVES, LAST_FACTORS, RECIPROCALS, TOKENS, ZIGZAG } from "./jpeg_scratch";
import { beginTokens, keepBlock, tokensEnd, writeBlock, writeTokens } from "./jpeg_symbols";
import { CHOICES, FAST_CHOICES, makeChoices, makeEntries, makeValues } from "./jpeg_tables";

/** Means of the last blocks; an instance's own. */
let lastLuminance = 0;
let lastBlue = 0;
let lastRed = 0;

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
  const present = accurateTransform(
    block,
    scratch + RECIPROCALS + (kind << 8),
    scratch + HALVES + (kind << 7),
    CHOICES,
    scratch + ZIGZAG,
  );
  return codeBlock(scratch, block, kind, last, present, keep);
}

/** As {@link codeAccurately}, fast, rows of samples. */
function codeFast(
  row0: v128,
  row1: v128,
  row2: v128,
  row3: v128,
  row4: v128,
  row5: v128,
  row6: v128,
  row7: v128,
  scratch: usize,
  kind: usize,
  last: i32,
  keep: bool,
): i32 {
  const block = scratch + BLOCKS;
  const present = fastTransform(
    row0,
    row1,
    row2,
    row3,
    row4,
    row5,
    row6,
    row7,
    kind,
    scratch + FACTORS + (kind << 7),
    scratch + LAST_FACTORS + (kind << 4),
    block,
    FAST_CHOICES,
    scratch + ZIGZAG,
  );
  return codeBlock(scratch, block, kind, last, present, keep);
}

/** Y of 8 x 8 pixels. */
function codeLuminance(at: usize, stride: usize, scratch: usize, keep: bool): void {
  const at1 = at + stride, at2 = at1 + stride, at3 = at2 + stride;
  const at4 = at3 + stride, at5 = at4 + stride, at6 = at5 + stride, at7 = at6 + stride;
  lastLuminance = codeFast(
    luminance8(v128.load(at), v128.load(at, 16)),
    luminance8(v128.load(at1), v128.load(at1, 16)),
    luminance8(v128.load(at2), v128.load(at2, 16)),
    luminance8(v128.load(at3), v128.load(at3, 16)),
    luminance8(v128.load(at4), v128.load(at4, 16)),
    luminance8(v128.load(at5), v128.load(at5, 16)),
    luminance8(v128.load(at6), v128.load(at6, 16)),
    luminance8(v128.load(at7), v128.load(at7, 16)),
    scratch,
    0,
    lastLuminance,
    keep,
  );
}

/**
 * Cb and Cr of a unit, and before them Y, if they are of the same pixels. All are in registers and on the engine's own
 * stack, whose addresses it need not look at.
 *
 * @param across Pixels beside each other for a sample of colour, a constant, as is `down`, those above each other.
 * @param sampleRows Rows of samples in the image, after which the last one is repeated.
 */
// @ts-ignore: decorator
@inline function codeColour(
  at: usize,
  stride: usize,
  across: i32,
  down: i32,
  sampleRows: i32,
  scratch: usize,
  keep: bool,
): void {
  const right = <usize>across << 4;
  const step = stride * <usize>down;
  const at1 = sampleRows > 1 ? at + step : at, at2 = sampleRows > 2 ? at1 + step : at1;
  const at3 = sampleRows > 3 ? at2 + step : at2, at4 = sampleRows > 4 ? at3 + step : at3;
  const at5 = sampleRows > 5 ? at4 + step : at4, at6 = sampleRows > 6 ? at5 + step : at5;
  const at7 = sampleRows > 7 ? at6 + step : at6;
  const l0 = meanPixels4(at, stride, across, down), r0 = meanPixels4(at + right, stride, across, down);
  const b0 = blueDifference8(l0, r0), c0 = redDifference8(l0, r0);
  const l1 = meanPixels4(at1, stride, across, down), r1 = meanPixels4(at1 + right, stride, across, down);
  const b1 = blueDifference8(l1, r1), c1 = redDifference8(l1, r1);
  const l2 = meanPixels4(at2, stride, across, down), r2 = meanPixels4(at2 + right, stride, across, down);
  const b2 = blueDifference8(l2, r2), c2 = redDifference8(l2, r2);
  const l3 = meanPixels4(at3, stride, across, down), r3 = meanPixels4(at3 + right, stride, across, down);
  const b3 = blueDifference8(l3, r3), c3 = redDifference8(l3, r3);
  const l4 = meanPixels4(at4, stride, across, down), r4 = meanPixels4(at4 + right, stride, across, down);
  const b4 = blueDifference8(l4, r4), c4 = redDifference8(l4, r4);
  const l5 = meanPixels4(at5, stride, across, down), r5 = meanPixels4(at5 + right, stride, across, down);
  const b5 = blueDifference8(l5, r5), c5 = redDifference8(l5, r5);
  const l6 = meanPixels4(at6, stride, across, down), r6 = meanPixels4(at6 + right, stride, across, down);
  const b6 = blueDifference8(l6, r6), c6 = redDifference8(l6, r6);
  const l7 = meanPixels4(at7, stride, across, down), r7 = meanPixels4(at7 + right, stride, across, down);
  const b7 = blueDifference8(l7, r7), c7 = redDifference8(l7, r7);
  if (across == 1) {
    lastLuminance = codeFast(
      luminance8(l0, r0),
      luminance8(l1, r1),
      luminance8(l2, r2),
      luminance8(l3, r3),
      luminance8(l4, r4),
      luminance8(l5, r5),
      luminance8(l6, r6),
      luminance8(l7, r7),
      scratch,
      0,
      lastLuminance,
      keep,
    );
  }
  lastBlue = codeFast(b0, b1, b2, b3, b4, b5, b6, b7, scratch, 1, lastBlue, keep);
  lastRed = codeFast(c0, c1, c2, c3, c4, c5, c6, c7, scratch, 1, lastRed, keep);
}

/** A unit of one block of each. */
function codeTogether(at: usize, stride: usize, scratch: usize, keep: bool): void {
  codeColour(at, stride, 1, 1, 8, scratch, keep);
}
function codeColour21(at: usize, stride: usize, sampleRows: i32, scratch: usize, keep: bool): void {
  codeColour(at, stride, 2, 1, sampleRows, scratch, keep);
}
function codeColour22(at: usize, stride: usize, sampleRows: i32, scratch: usize, keep: bool): void {
  codeColour(at, stride, 2, 2, sampleRows, scratch, keep);
}
function codeColour41(at: usize, stride: usize, sampleRows: i32, scratch: usize, keep: bool): void {
  codeColour(at, stride, 4, 1, sampleRows, scratch, keep);
}

/** Codes a block that is outside of the image: nothing but the last block's mean again. */
function codeNothing(scratch: usize, keep: bool): void {
  if (keep) keepBlock(scratch, 0, 0, 0, 0);
  else writeBlock(scratch, 0, 0, 0, 0);
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

/** Codes a unit, all of whose pixels are there; `columns` and `rows` of them are the image's. */
function codeUnit(
  at: usize,
  stride: usize,
  columns: i32,
  rows: i32,
  across: i32,
  down: i32,
  colour: bool,
  fast: bool,
  scratch: usize,
  keep: bool,
): void {
  if (fast && colour && across == 1) {
    codeTogether(at, stride, scratch, keep);
    return;
  }
  const block = scratch + BLOCKS;
  for (let y = 0; y < down << 3; y += 8) {
    for (let x = 0; x < across << 3; x += 8) {
      const from = at + <usize>y * stride + (<usize>x << 2);
      if (x >= columns || y >= rows) {
        codeNothing(scratch, keep);
      } else if (fast) {
        codeLuminance(from, stride, scratch, keep);
      } else {
        sampleLuminance(from, stride, block);
        lastLuminance = codeAccurately(scratch, block, 0, lastLuminance, keep);
      }
    }
  }
  if (!colour) return;
  const sampleRows = (rows + down - 1) / down;
  if (fast) {
    if (across == 4) codeColour41(at, stride, sampleRows, scratch, keep);
    else if (down == 1) codeColour21(at, stride, sampleRows, scratch, keep);
    else codeColour22(at, stride, sampleRows, scratch, keep);
    return;
  }
  sampleChrominance(at, stride, across, down, block);
  if (sampleRows < 8) {
    repeatRows(block, sampleRows);
    repeatRows(block + 128, sampleRows);
  }
  lastBlue = codeAccurately(scratch, block, 1, lastBlue, keep);
  lastRed = codeAccurately(scratch, block + 128, 1, lastRed, keep);
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
  makeChoices(scratch, fast);
  lastLuminance = lastBlue = lastRed = 0;
  for (let top = 0; top < height; top += unitHeight) {
    const rows = min(unitHeight, height - top);
    for (let left = 0; left < width; left += unitWidth) {
      let unit = at + <usize>top * stride + (<usize>left << 2);
      let unitStride = stride;
      const columns = min(unitWidth, width - left);
      if (columns < unitWidth || rows < unitHeight) {
        copyEdge(unit, stride, columns, rows, unitWidth, unitHeight, scratch + EDGE);
        unit = scratch + EDGE;
        unitStride = <usize>unitWidth << 2;
      }
      codeUnit(unit, unitStride, columns, rows, across, down, colour, fast, scratch, keep);
      if (!keep) drainBits();
    }
  }
}

/** Writes the data of a scan with the codes in the scratch, for soft pictures or not; returns its bytes. */
export function jpegScan(
  at: usize,
  stride: usize,
  width: i32,
  height: i32,
  across: i32,
  down: i32,
  colour: bool,
  fast: bool,
  soft: bool,
  scratch: usize,
  out: usize,
): i32 {
  makeEntries(scratch, soft);
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
