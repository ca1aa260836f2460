/**
 * What is in a block of pixels: its colours, which pixel has which, and its runs. One analysis for all encodings
 * that send palettes, runs or a background.
 *
 * @module
 */
import type { PixelBlock } from "./pixel_target.ts";

/** Most colours that an index of one byte can tell apart. */
export const MAX_COLOURS = 256;

/** Slots of the hash table: four times the colours, so that chains stay short. */
const SLOTS = 1024;

/**
 * Colours and runs of a block. One object is used for many blocks; what it says is of the last.
 *
 * Pixels are read once, so that encoders which write from `indices` and `colours` stay consistent even when the
 * frame changes under them.
 */
export class Content {
  /** Colours in order of their first pixel; `colourCount` of them. */
  readonly colours: Uint32Array = new Uint32Array(MAX_COLOURS);
  /** Pixels of each colour. */
  readonly counts: Uint32Array = new Uint32Array(MAX_COLOURS);
  /** For each pixel, row after row without gaps, the index of its colour. */
  indices: Uint8Array = new Uint8Array(0);
  /** Colours found; 0 when there are more than allowed. */
  colourCount = 0;
  /** Runs of equal pixels, which go on from the end of a row to the start of the next. */
  runs = 0;
  /** Runs that are one pixel long. */
  singles = 0;
  /** Bytes of 255 that the lengths of all runs take before their last byte (RFC 6143 §7.7.5). */
  runCarries = 0;

  /** For each hash, 1 + the index of a colour, or 0. */
  readonly #slots = new Uint16Array(SLOTS);

  /**
   * Finds the colours of `block`, and the runs unless there are too many colours.
   *
   * Cost: a few nanoseconds a pixel, most of it where colours change.
   *
   * @param limit Most colours that are of use, 1 … 256.
   * @returns Whether there are no more than that.
   */
  analyse(block: PixelBlock, limit: number): boolean {
    const { pixels, stride, width, height } = block;
    if (this.indices.length < width * height) this.indices = new Uint8Array(width * height);
    const { colours, counts, indices } = this;
    const slots = this.#slots.fill(0);
    this.colourCount = 0;
    let found = 0;
    let runs = 0;
    let singles = 0;
    let carries = 0;
    let colour = 0;
    let index = -1;
    let length = 0;
    for (let row = 0, to = 0; row < height; row++) {
      let at = block.offset + row * stride;
      for (const end = at + width; at < end; at++) {
        const pixel = pixels[at]!;
        if (pixel !== colour || index < 0) {
          if (index >= 0) {
            runs++;
            counts[index]! += length;
            if (length === 1) singles++;
            else if (length > 255) carries += Math.floor((length - 1) / 255);
          }
          colour = pixel;
          length = 0;
          let slot = Math.imul(pixel, 0x9e37_79b1) >>> 22;
          for (;;) {
            index = slots[slot]! - 1;
            if (index < 0) {
              if (found === limit) return false;
              index = found++;
              slots[slot] = found;
              colours[index] = pixel;
              counts[index] = 0;
              break;
            }
            if (colours[index] === pixel) break;
            slot = slot + 1 & SLOTS - 1;
          }
        }
        length++;
        indices[to++] = index;
      }
    }
    runs++;
    counts[index]! += length;
    if (length === 1) singles++;
    else carries += Math.floor((length - 1) / 255);
    this.colourCount = found;
    this.runs = runs;
    this.singles = singles;
    this.runCarries = carries;
    return true;
  }

  /** Counts the runs of a block whatever its colours; leaves all but `runs`, `singles` and `runCarries` alone. */
  countRuns(block: PixelBlock): void {
    const { pixels, stride, width, height } = block;
    let runs = 0;
    let singles = 0;
    let carries = 0;
    let colour = pixels[block.offset]!;
    let length = 0;
    for (let row = 0; row < height; row++) {
      let at = block.offset + row * stride;
      for (const end = at + width; at < end; at++) {
        const pixel = pixels[at]!;
        if (pixel === colour) {
          length++;
          continue;
        }
        runs++;
        if (length === 1) singles++;
        else if (length > 255) carries += Math.floor((length - 1) / 255);
        colour = pixel;
        length = 1;
      }
    }
    this.runs = runs + 1;
    this.singles = singles + (length === 1 ? 1 : 0);
    this.runCarries = carries + Math.floor((length - 1) / 255);
  }

  /** The index of the colour that most pixels have; of several, the first. */
  commonest(): number {
    let best = 0;
    for (let index = 1; index < this.colourCount; index++) {
      if (this.counts[index]! > this.counts[best]!) best = index;
    }
    return best;
  }
}

/**
 * Writes palette indices as bits: each row starts at a byte, the leftmost pixel is in the highest bits
 * (RFC 6143 §7.7.5, rfbproto "Tight Encoding").
 *
 * @param indices Of the pixels, `width * height`, each below `2 ** bits`.
 * @param bits Per index: 1, 2 or 4.
 * @param bytes Receives {@linkcode packedSize} bytes.
 * @param at Where in it.
 * @returns Index behind the last byte.
 */
export function packIndices(
  indices: Uint8Array,
  width: number,
  height: number,
  bits: number,
  bytes: Uint8Array,
  at: number,
): number {
  for (let row = 0, from = 0; row < height; row++) {
    let packed = 0;
    let free = 8;
    for (const end = from + width; from < end; from++) {
      free -= bits;
      packed |= indices[from]! << free;
      if (free === 0) {
        bytes[at++] = packed;
        packed = 0;
        free = 8;
      }
    }
    if (free < 8) bytes[at++] = packed;
  }
  return at;
}

/** Bytes that {@linkcode packIndices} writes. */
export function packedSize(width: number, height: number, bits: number): number {
  return Math.ceil(width * bits / 8) * height;
}
