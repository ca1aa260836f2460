/**
 * Canonical Huffman codes as deflate has them (RFC 1951 §3.2.2), for reading.
 *
 * @module
 */
import { RecordingError } from "../core/errors.ts";

/** Bits of a word at most. */
export const MOST_BITS = 15;

/** Words up to so many bits are found by one look; longer ones by walking on. */
export const FAST_BITS = 9;

/** A canonical Huffman code. */
export class HuffmanCode {
  static readonly NO_WORD = -1;
  static readonly NEEDS_BITS = -2;

  /** By the next bits, lowest first: length in the upper bits, symbol in the lower 9; 0 where the code is longer. */
  readonly fast = new Uint16Array(1 << FAST_BITS);
  readonly #counts = new Uint16Array(MOST_BITS + 1);
  readonly #symbols: Uint16Array;

  /** @param lengths Of each symbol's code in bits; 0 is a symbol that does not occur. */
  constructor(lengths: Uint8Array, what: string) {
    const counts = this.#counts;
    for (const length of lengths) counts[length]!++;
    counts[0] = 0;
    let left = 1;
    let used = 0;
    for (let bits = 1; bits <= MOST_BITS; bits++) {
      left = left * 2 - counts[bits]!;
      used += counts[bits]!;
      if (left < 0) throw new RecordingError(`Cannot inflate: code of ${what} has too many words`);
    }
    // One word alone is allowed (RFC 1951 §3.2.7); no word at all too, as long as none is needed.
    if (left > 0 && used > 1) throw new RecordingError(`Cannot inflate: code of ${what} is incomplete`);
    const offsets = new Uint16Array(MOST_BITS + 2);
    for (let bits = 1; bits <= MOST_BITS; bits++) offsets[bits + 1] = offsets[bits]! + counts[bits]!;
    this.#symbols = new Uint16Array(used);
    const next = offsets.slice();
    for (let symbol = 0; symbol < lengths.length; symbol++) {
      if (lengths[symbol]) this.#symbols[next[lengths[symbol]!]!++] = symbol;
    }
    this.#fillFast(offsets);
  }

  #fillFast(offsets: Uint16Array): void {
    let word = 0;
    for (let bits = 1; bits <= FAST_BITS; bits++) {
      for (let i = 0; i < this.#counts[bits]!; i++, word++) {
        const entry = bits << 9 | this.#symbols[offsets[bits]! + i]!;
        for (let at = reversed(word, bits); at < 1 << FAST_BITS; at += 1 << bits) this.fast[at] = entry;
      }
      word <<= 1;
    }
  }

  /**
   * Finds a word that is longer than {@linkcode FAST_BITS}, bit by bit.
   *
   * @param bits Lowest first. @param available How many of them are there.
   * @returns Length and symbol as in `fast`; or that there is no such word, or that more bits are needed.
   */
  slow(bits: number, available: number): number {
    let word = 0;
    let first = 0;
    let index = 0;
    for (let length = 1; length <= MOST_BITS; length++) {
      if (length > available) return HuffmanCode.NEEDS_BITS;
      word |= bits >>> (length - 1) & 1;
      const count = this.#counts[length]!;
      if (word - first < count) return length << 9 | this.#symbols[index + word - first]!;
      index += count;
      first = (first + count) << 1;
      word <<= 1;
    }
    return HuffmanCode.NO_WORD;
  }
}

function reversed(word: number, bits: number): number {
  let out = 0;
  for (let i = 0; i < bits; i++) out |= (word >>> i & 1) << (bits - 1 - i);
  return out;
}
