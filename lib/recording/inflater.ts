/**
 * Inflates streams that come in pieces (RFC 1950, RFC 1951), as recordings hold them: zlib streams of encodings, which
 * go on from rectangle to rectangle, and the members of the file itself, which may end anywhere.
 *
 * Nothing that a piece says is believed: what it makes is bounded by the caller, and damage is a
 * {@linkcode RecordingError}.
 *
 * @module
 */
import { RecordingError } from "../core/errors.ts";
import { FAST_BITS, HuffmanCode, MOST_BITS } from "./huffman_code.ts";

/** Distance that deflate can look back, in bytes. */
const WINDOW = 32768;

const LENGTH_BASE = Uint16Array.of(
  ...[3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163],
  ...[195, 227, 258],
);
const LENGTH_EXTRA = Uint8Array.of(
  ...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0],
);
const DISTANCE_BASE = Uint16Array.of(
  ...[1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073],
  ...[4097, 6145, 8193, 12289, 16385, 24577],
);
const DISTANCE_EXTRA = Uint8Array.of(
  ...[0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13],
);
/** In this order the lengths of the code for code lengths are told (RFC 1951 §3.2.7). */
const LENGTH_ORDER = Uint8Array.of(16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15);

/** Thrown inside when the input does not suffice: the step is taken again when there is more. */
class NeedsInput extends Error {}
const NEEDS_INPUT = new NeedsInput();

let fixed: { readonly literals: HuffmanCode; readonly distances: HuffmanCode } | undefined;

function fixedCodes(): { readonly literals: HuffmanCode; readonly distances: HuffmanCode } {
  if (fixed) return fixed;
  const lengths = new Uint8Array(288);
  lengths.fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280, 288);
  return fixed = {
    literals: new HuffmanCode(lengths, "literals"),
    distances: new HuffmanCode(new Uint8Array(32).fill(5), "distances"),
  };
}

/** What comes next in the stream. */
const State = { Header: 0, Block: 1, Stored: 2, Coded: 3, End: 4 } as const;
type State = typeof State[keyof typeof State];

/** How a stream is wrapped: not at all; or as zlib, whose header may also be missing, where a key frame cut it off. */
export type Wrapping = "raw" | "zlib";

/** One stream. */
export class Inflater {
  #state: State;
  #final = false;
  /** Input that was not used up: at most what one step can need. */
  #input: Uint8Array<ArrayBufferLike> = new Uint8Array(0);
  #at = 0;
  #bits = 0;
  #bitCount = 0;
  /** The last 32 KiB that came out, and then what comes out now. */
  #out = new Uint8Array(2 * WINDOW);
  #end = 0;
  #start = 0;
  #limit = 0;
  #storedLeft = 0;
  #literals: HuffmanCode | undefined;
  #distances: HuffmanCode | undefined;

  constructor(wrapping: Wrapping) {
    this.#state = wrapping === "raw" ? State.Block : State.Header;
  }

  /** The last block has been inflated; what follows in the input belongs to somebody else. */
  get isAtEnd(): boolean {
    return this.#state === State.End;
  }

  /** Bytes of the last input that lie behind the stream's end. */
  get surplus(): number {
    return this.#input.length - this.#at + (this.#bitCount >> 3);
  }

  /**
   * Inflates as much of the stream as has come.
   *
   * @param most Bytes that may come out.
   * @returns What came out: a view, valid until the next call.
   * @throws {RecordingError} The stream is damaged, or more than `most` would come out. It cannot be used any more.
   */
  inflate(input: Uint8Array, most: number): Uint8Array {
    this.#take(input);
    this.#slide();
    this.#limit = this.#start + most;
    try {
      while (this.#state !== State.End) this.#step();
    } catch (error) {
      if (error !== NEEDS_INPUT) throw error;
    }
    return this.#out.subarray(this.#start, this.#end);
  }

  #take(input: Uint8Array): void {
    const rest = this.#input.subarray(this.#at);
    if (rest.length === 0) this.#input = input;
    else {
      const joined = new Uint8Array(rest.length + input.length);
      joined.set(rest);
      joined.set(input, rest.length);
      this.#input = joined;
    }
    this.#at = 0;
  }

  /** Keeps 32 KiB of what came out before, and no more. */
  #slide(): void {
    if (this.#end > WINDOW) {
      this.#out.copyWithin(0, this.#end - WINDOW, this.#end);
      this.#end = WINDOW;
      // A big piece has been given; memory for the next big one is taken when it comes.
      if (this.#out.length > 64 * WINDOW) this.#out = this.#out.slice(0, 2 * WINDOW);
    }
    this.#start = this.#end;
  }

  #step(): void {
    switch (this.#state) {
      case State.Header:
        return this.#header();
      case State.Block:
        return this.#block();
      case State.Stored:
        return this.#stored();
      case State.Coded:
        return this.#coded();
      default:
        return;
    }
  }

  /** CMF and FLG (RFC 1950 §2.2). A stored block begins with zeros, so 0x78 can be no other thing. */
  #header(): void {
    if (this.#input.length === 0) throw NEEDS_INPUT;
    if (this.#input[0] !== 0x78) {
      this.#state = State.Block;
      return;
    }
    if (this.#input.length < 2) throw NEEDS_INPUT;
    if ((0x7800 | this.#input[1]!) % 31 !== 0 || this.#input[1]! & 0x20) {
      throw new RecordingError("Cannot inflate: zlib header is damaged");
    }
    this.#at = 2;
    this.#state = State.Block;
  }

  #block(): void {
    if (this.#final) {
      this.#state = State.End;
      return;
    }
    const mark = this.#mark();
    try {
      this.#final = this.#takeBits(1) === 1;
      const type = this.#takeBits(2);
      if (type === 0) this.#beginStored();
      else if (type === 1) ({ literals: this.#literals, distances: this.#distances } = fixedCodes());
      else if (type === 2) this.#readCodes();
      else throw new RecordingError("Cannot inflate: block of type 3");
      this.#state = type === 0 ? State.Stored : State.Coded;
    } catch (error) {
      if (error === NEEDS_INPUT) {
        this.#final = false;
        this.#reset(mark);
      }
      throw error;
    }
  }

  #beginStored(): void {
    const spare = this.#bitCount & 7;
    this.#bits >>>= spare;
    this.#bitCount -= spare;
    const length = this.#takeBits(16);
    if (this.#takeBits(16) !== (~length & 0xffff)) {
      throw new RecordingError("Cannot inflate: lengths of a stored block contradict each other");
    }
    this.#storedLeft = length;
  }

  #stored(): void {
    // Whole bytes that were taken for bits belong to the data.
    this.#at -= this.#bitCount >> 3;
    this.#bits = 0;
    this.#bitCount = 0;
    const count = Math.min(this.#storedLeft, this.#input.length - this.#at);
    this.#reserve(count);
    this.#out.set(this.#input.subarray(this.#at, this.#at + count), this.#end);
    this.#at += count;
    this.#end += count;
    this.#storedLeft -= count;
    if (this.#storedLeft > 0) throw NEEDS_INPUT;
    this.#state = State.Block;
  }

  /** Codes of a block with codes of its own (RFC 1951 §3.2.7). */
  #readCodes(): void {
    const literalCount = this.#takeBits(5) + 257;
    const distanceCount = this.#takeBits(5) + 1;
    const lengthCount = this.#takeBits(4) + 4;
    const order = new Uint8Array(19);
    for (let i = 0; i < lengthCount; i++) order[LENGTH_ORDER[i]!] = this.#takeBits(3);
    const code = new HuffmanCode(order, "code lengths");
    const lengths = new Uint8Array(literalCount + distanceCount);
    for (let i = 0; i < lengths.length;) {
      const symbol = this.#symbol(code);
      if (symbol < 16) {
        lengths[i++] = symbol;
        continue;
      }
      if (symbol === 16 && i === 0) throw new RecordingError("Cannot inflate: nothing to repeat");
      const value = symbol === 16 ? lengths[i - 1]! : 0;
      const times = symbol === 18 ? 11 + this.#takeBits(7) : 3 + this.#takeBits(symbol === 17 ? 3 : 2);
      if (i + times > lengths.length) throw new RecordingError("Cannot inflate: too many code lengths");
      lengths.fill(value, i, i += times);
    }
    this.#literals = new HuffmanCode(lengths.subarray(0, literalCount), "literals");
    this.#distances = new HuffmanCode(lengths.subarray(literalCount), "distances");
  }

  #coded(): void {
    while (this.#state === State.Coded) {
      this.#codedFast();
      const mark = this.#mark();
      try {
        this.#codedOnce();
      } catch (error) {
        if (error === NEEDS_INPUT) this.#reset(mark);
        throw error;
      }
    }
  }

  /** One symbol, whatever is left of input and room. */
  #codedOnce(): void {
    const symbol = this.#symbol(this.#literals!);
    if (symbol < 256) {
      this.#reserve(1);
      this.#out[this.#end++] = symbol;
    } else if (symbol === 256) {
      this.#state = State.Block;
    } else {
      if (symbol > 285) throw new RecordingError(`Cannot inflate: length symbol ${symbol}`);
      const length = LENGTH_BASE[symbol - 257]! + this.#takeBits(LENGTH_EXTRA[symbol - 257]!);
      const place = this.#symbol(this.#distances!);
      if (place > 29) throw new RecordingError(`Cannot inflate: distance symbol ${place}`);
      this.#copy(DISTANCE_BASE[place]! + this.#takeBits(DISTANCE_EXTRA[place]!), length);
    }
  }

  /** As many symbols as there are input and room for without a look at either; leaves what is rare to the other. */
  #codedFast(): void {
    const literals = this.#literals!.fast;
    const distances = this.#distances!.fast;
    const input = this.#input;
    const out = this.#out;
    const inputEnd = input.length - 8;
    const outEnd = Math.min(out.length, this.#limit) - 258;
    const mask = (1 << FAST_BITS) - 1;
    let at = this.#at;
    let end = this.#end;
    let bits = this.#bits;
    let bitCount = this.#bitCount;
    // At least 9 bits are there before a code, and as many as the longest extra field before that: 30 hold all of them.
    while (at < inputEnd && end < outEnd) {
      while (bitCount < 23) {
        bits |= input[at++]! << bitCount;
        bitCount += 8;
      }
      const entry = literals[bits & mask]!;
      const symbol = entry & 0x1ff;
      if (entry === 0 || symbol === 256 || symbol > 285) break;
      let used = entry >> 9;
      if (symbol < 256) {
        out[end++] = symbol;
        bits >>>= used;
        bitCount -= used;
        continue;
      }
      // Length: up to 9 + 5 bits. Then the distance, up to 9 + 13: more bits are taken between the two.
      const lengthExtra = LENGTH_EXTRA[symbol - 257]!;
      const length = LENGTH_BASE[symbol - 257]! + (bits >>> used & (1 << lengthExtra) - 1);
      used += lengthExtra;
      const savedBits = bits;
      const savedCount = bitCount;
      const savedAt = at;
      bits >>>= used;
      bitCount -= used;
      while (bitCount < 23) {
        bits |= input[at++]! << bitCount;
        bitCount += 8;
      }
      const placeEntry = distances[bits & mask]!;
      const place = placeEntry & 0x1ff;
      const distanceExtra = DISTANCE_EXTRA[place]!;
      const distance = DISTANCE_BASE[place]! + (bits >>> (placeEntry >> 9) & (1 << distanceExtra) - 1);
      if (placeEntry === 0 || place > 29 || distance > end) {
        bits = savedBits;
        bitCount = savedCount;
        at = savedAt;
        break;
      }
      used = (placeEntry >> 9) + distanceExtra;
      bits >>>= used;
      bitCount -= used;
      if (distance >= length) {
        if (length > 32) out.copyWithin(end, end - distance, end - distance + length);
        else for (let i = 0; i < length; i++) out[end + i] = out[end + i - distance]!;
      } else if (distance === 1) out.fill(out[end - 1]!, end, end + length);
      else for (let i = 0; i < length; i++) out[end + i] = out[end + i - distance]!;
      end += length;
    }
    // Whole bytes too many go back: the careful way counts on fewer.
    while (bitCount >= 16 && at > 0) {
      bitCount -= 8;
      at--;
    }
    this.#bits = bits & (1 << bitCount) - 1;
    this.#bitCount = bitCount;
    this.#at = at;
    this.#end = end;
  }

  #copy(distance: number, length: number): void {
    if (distance > this.#end) {
      throw new RecordingError("Cannot inflate: distance reaches behind the beginning");
    }
    this.#reserve(length);
    const out = this.#out;
    const end = this.#end;
    if (distance >= length) out.copyWithin(end, end - distance, end - distance + length);
    else if (distance === 1) out.fill(out[end - 1]!, end, end + length);
    else for (let i = 0; i < length; i++) out[end + i] = out[end + i - distance]!;
    this.#end = end + length;
  }

  #reserve(count: number): void {
    const needed = this.#end + count;
    if (needed > this.#limit) {
      throw new RecordingError(
        `Cannot inflate: more than the ${this.#limit - this.#start} bytes that may be`,
      );
    }
    if (needed <= this.#out.length) return;
    const grown = new Uint8Array(Math.max(needed, Math.min(2 * this.#out.length, this.#limit)));
    grown.set(this.#out.subarray(0, this.#end));
    this.#out = grown;
  }

  #symbol(code: HuffmanCode): number {
    while (this.#bitCount < MOST_BITS && this.#at < this.#input.length) {
      this.#bits |= this.#input[this.#at++]! << this.#bitCount;
      this.#bitCount += 8;
    }
    let entry: number = code.fast[this.#bits & (1 << FAST_BITS) - 1]!;
    if (entry === 0) entry = code.slow(this.#bits, this.#bitCount);
    if (entry === HuffmanCode.NO_WORD) throw new RecordingError("Cannot inflate: no such code word");
    const length = entry >> 9;
    if (entry < 0 || length > this.#bitCount) throw NEEDS_INPUT;
    this.#bits >>>= length;
    this.#bitCount -= length;
    return entry & 0x1ff;
  }

  /** The next `count` bits, at most 16. */
  #takeBits(count: number): number {
    while (this.#bitCount < count) {
      if (this.#at === this.#input.length) throw NEEDS_INPUT;
      this.#bits |= this.#input[this.#at++]! << this.#bitCount;
      this.#bitCount += 8;
    }
    const value = this.#bits & (1 << count) - 1;
    this.#bits >>>= count;
    this.#bitCount -= count;
    return value;
  }

  #mark(): Mark {
    return { at: this.#at, bits: this.#bits, bitCount: this.#bitCount };
  }

  #reset({ at, bits, bitCount }: Mark): void {
    this.#at = at;
    this.#bits = bits;
    this.#bitCount = bitCount;
  }
}

/** A place in the input to come back to. */
interface Mark {
  readonly at: number;
  readonly bits: number;
  readonly bitCount: number;
}
