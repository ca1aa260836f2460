/**
 * The entropy-coded part of JPEG images (ITU-T T.81, annex F.2.2): bits, Huffman codes, signed numbers.
 *
 * @module
 */
import type { ByteReader } from "../../core/bytes.ts";
import { RecordingError } from "../../core/errors.ts";

/** Bits of a word at most. */
const MOST_BITS = 16;

/** A Huffman code (§C.2): words in rising order, as many of each length as told. */
export class JpegCode {
  /** Of components whose scan has not begun. */
  static readonly NONE: JpegCode = new JpegCode();
  /** By length: the first word, how many there are, and where their symbols begin. */
  readonly #first = new Int32Array(MOST_BITS + 1);
  readonly #counts = new Uint8Array(MOST_BITS + 1);
  readonly #starts = new Int32Array(MOST_BITS + 1);
  readonly #symbols: Uint8Array;

  constructor(reader?: ByteReader) {
    if (reader) this.#counts.set(reader.bytes(MOST_BITS), 1);
    let word = 0;
    let start = 0;
    for (let length = 1; length <= MOST_BITS; length++) {
      this.#first[length] = word;
      this.#starts[length] = start;
      word += this.#counts[length]!;
      start += this.#counts[length]!;
      if (word > 1 << length) {
        throw new RecordingError("Cannot decode a JPEG image: a code has too many words");
      }
      word <<= 1;
    }
    this.#symbols = reader ? reader.bytes(start).slice() : new Uint8Array();
  }

  /** The symbol of a word; `undefined` where there is none of this length. */
  symbol(word: number, length: number): number | undefined {
    const index = word - this.#first[length]!;
    return index >= 0 && index < this.#counts[length]!
      ? this.#symbols[this.#starts[length]! + index]
      : undefined;
  }
}

/** Bits, from where a reader stands. A byte 0 behind a byte 255 is stuffing; anything else is a marker and ends the bits. */
export class JpegScan {
  readonly #reader: ByteReader;
  #bits = 0;
  #bitCount = 0;

  constructor(reader: ByteReader) {
    this.#reader = reader;
  }

  /** @throws {RecordingError} The bits make no word. */
  symbol(code: JpegCode): number {
    let word = 0;
    for (let length = 1; length <= MOST_BITS; length++) {
      word = word << 1 | this.#bit();
      const symbol = code.symbol(word, length);
      if (symbol !== undefined) return symbol;
    }
    throw new RecordingError("Cannot decode a JPEG image: no such code word");
  }

  /** A number of `size` bits, at most 15: those that begin with 0 are negative (§F.2.2.1). */
  signed(size: number): number {
    if (size > 15) throw new RecordingError(`Cannot decode a JPEG image: a number of ${size} bits`);
    let value = 0;
    for (let i = 0; i < size; i++) value = value << 1 | this.#bit();
    return size > 0 && value < 1 << (size - 1) ? value - (1 << size) + 1 : value;
  }

  /** A restart marker is here: bits begin anew behind it. */
  restart(): void {
    this.end();
    const marker = this.#reader.u16();
    if (marker < 0xffd0 || marker > 0xffd7) {
      throw new RecordingError("Cannot decode a JPEG image: a restart is missing");
    }
  }

  /** The rest of the last byte means nothing. */
  end(): void {
    this.#bitCount = 0;
  }

  #bit(): number {
    if (this.#bitCount === 0) {
      this.#bits = this.#reader.u8();
      if (this.#bits === 0xff && this.#reader.u8() !== 0) {
        throw new RecordingError("Cannot decode a JPEG image: it ends too early");
      }
      this.#bitCount = 8;
    }
    this.#bitCount--;
    return this.#bits >> this.#bitCount & 1;
  }
}
