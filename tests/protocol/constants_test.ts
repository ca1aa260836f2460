/**
 * Names and levels of encodings.
 *
 * @module
 */
import assert from "node:assert/strict";
import {
  encodingName,
  EncodingType,
  levelIn,
  LevelRange,
  PseudoEncoding,
} from "../../lib/protocol/constants.ts";

Deno.test("encodingName() knows encodings, pseudo-encodings, levels, and says the number of others", () => {
  assert.equal(encodingName(EncodingType.ZRLE), "ZRLE");
  assert.equal(encodingName(-260), "TightPNG");
  assert.equal(encodingName(-308), "ExtendedDesktopSize");
  assert.equal(encodingName(0xc0a1e5ce | 0), "ExtendedClipboard");
  assert.equal(encodingName(-23), "Quality 9");
  assert.equal(encodingName(-256), "Compress 0");
  assert.equal(encodingName(-412), "FineQuality 100");
  assert.equal(encodingName(-765), "Subsampling 3");
  assert.equal(encodingName(4711), "Unknown 4711");
});

Deno.test("levelIn() gives the level of numbers in the range, and of no others", () => {
  assert.equal(levelIn(LevelRange.Quality, -33), undefined);
  assert.equal(levelIn(LevelRange.Quality, -32), 0);
  assert.equal(levelIn(LevelRange.Quality, -23), 9);
  assert.equal(levelIn(LevelRange.Quality, -22), undefined);
  assert.equal(levelIn(LevelRange.FineQuality, -512), 0);
  assert.equal(levelIn(LevelRange.FineQuality, -412), 100);
});

Deno.test("PseudoEncoding and EncodingType have s32 numbers, each once and in no range of levels", () => {
  const numbers: number[] = [...Object.values(EncodingType), ...Object.values(PseudoEncoding)];
  assert.equal(new Set(numbers).size, numbers.length);
  for (const number of numbers) {
    assert.equal(number, number | 0);
    for (const range of Object.values(LevelRange)) assert.equal(levelIn(range, number), undefined);
  }
  assert.equal(PseudoEncoding.ExtendedClipboard, 0xc0a1e5ce | 0);
});
