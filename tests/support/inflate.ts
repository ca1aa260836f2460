/**
 * A zlib stream read piece by piece, each at once: the receiving end of Zlib, ZRLE and Tight in tests.
 *
 * Written from RFC 1950 and RFC 1951 and not from a library, so that it is a second opinion on whatever compressed the
 * data, and so that it can be strict: it says whether a piece ended where a sync flush ends, and it never takes a
 * stream's end or a second header for granted.
 *
 * @module
 */

const WINDOW = 32768;
/** RFC 1951 §3.2.5: base and extra bits of length codes 257 … 285. */
const LENGTH_BASE = [
  ...[
    3,
    4,
    5,
    6,
    7,
    8,
    9,
    10,
    11,
    13,
    15,
    17,
    19,
    23,
    27,
    31,
    35,
    43,
    51,
    59,
    67,
    83,
    99,
    115,
    131,
    163,
    195,
    227,
  ],
  258,
];
const LENGTH_EXTRA = [
  ...[0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5],
  0,
];
/** RFC 1951 §3.2.7: the order in which lengths of the code length code are sent. */
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** Thrown when the input of a piece ends within a symbol; what was read of it is read again with the next piece. */
class Shortage extends Error {}

/** Looks up a Huffman code by the next `bits` bits of the input: `symbol << 4 | length`, or 0 if there is none. */
interface Codes {
  readonly bits: number;
  readonly table: Uint32Array;
}

/** Builds the lookup of RFC 1951 §3.2.2. @throws When lengths ask for more codes than there are. */
function codesOf(lengths: readonly number[]): Codes {
  const bits = Math.max(1, ...lengths);
  const count = new Array<number>(16).fill(0);
  for (const length of lengths) count[length]!++;
  count[0] = 0;
  let space = 0;
  for (let length = 1; length <= bits; length++) space += count[length]! << (bits - length);
  if (space > 1 << bits) throw new Error("Inflate: code lengths are over-subscribed");
  const next = new Array<number>(16).fill(0);
  for (let length = 1; length < 16; length++) next[length] = (next[length - 1]! + count[length - 1]!) << 1;
  const table = new Uint32Array(1 << bits);
  lengths.forEach((length, symbol) => {
    if (length === 0) return;
    let code = next[length]!++;
    let reversed = 0;
    for (let i = 0; i < length; i++, code >>= 1) reversed = (reversed << 1) | (code & 1);
    for (let at = reversed; at < table.length; at += 1 << length) table[at] = (symbol << 4) | length;
  });
  return { bits, table };
}

let fixed: { literals: Codes; distances: Codes } | undefined;
function fixedCodes(): { literals: Codes; distances: Codes } {
  const lengths = Array.from({ length: 288 }, (_, i) => i < 144 ? 8 : i < 256 ? 9 : i < 280 ? 7 : 8);
  return fixed ??= { literals: codesOf(lengths), distances: codesOf(new Array<number>(30).fill(5)) };
}

/** Where the reader is within the stream. */
type Mode = "header" | "block" | "stored" | "codes" | "ended";

/** One zlib stream from its header on. Pieces are given to {@linkcode InflateStream.push} in order. */
export class InflateStream {
  #mode: Mode = "header";
  #final = false;
  #stored = 0;
  #literals: Codes | undefined;
  #distances: Codes | undefined;
  /** Bytes of earlier pieces that end in the middle of a symbol. */
  #carry: Uint8Array = new Uint8Array(0);
  /** Bit of `#input` that is read next. */
  #bit = 0;
  #input: Uint8Array = new Uint8Array(0);
  /** The last up to 32 KiB of earlier output, followed by the output of this piece. */
  #out = new Uint8Array(4 * WINDOW);
  #length = 0;
  /** Whether the piece ended right after a block's end, at a whole byte: what Z_SYNC_FLUSH leaves behind. */
  #flushed = false;

  /** Whether the last piece ended behind a whole block, at a byte boundary. */
  get flushed(): boolean {
    return this.#flushed;
  }

  /** Whether a block marked as the last one has come: a server never ends a stream while the connection lasts. */
  get ended(): boolean {
    return this.#mode === "ended";
  }

  /**
   * Takes the next piece.
   *
   * @param limit Bytes of output at which to give up.
   * @returns All that it decompresses to, as a copy.
   * @throws {Error} The data is not a zlib stream, or goes on after its end, or grows beyond `limit`.
   */
  push(piece: Uint8Array, limit = 1 << 28): Uint8Array<ArrayBuffer> {
    this.#input = this.#carry.length === 0 ? piece : concat(this.#carry, piece);
    const keep = Math.min(this.#length, WINDOW);
    this.#out.copyWithin(0, this.#length - keep, this.#length);
    this.#length = keep;
    const start = keep;
    let checkpoint = this.#bit;
    try {
      while (this.#mode !== "ended") {
        checkpoint = this.#bit;
        this.#step(start + limit);
      }
      if (this.#bit < this.#input.length * 8) throw new Error("Inflate: data behind the end of the stream");
    } catch (error) {
      if (!(error instanceof Shortage)) throw error;
      this.#bit = checkpoint;
    }
    const whole = this.#bit >> 3;
    this.#flushed = this.#mode === "block" && this.#bit === this.#input.length * 8;
    this.#carry = this.#input.slice(whole);
    this.#bit -= whole * 8;
    return this.#out.slice(start, this.#length);
  }

  /** Does the next smallest part: a header, or one symbol. Changes nothing but the bit position when it throws. */
  #step(limit: number): void {
    if (this.#length > limit) throw new Error(`Inflate: more than the ${limit} bytes that are allowed`);
    switch (this.#mode) {
      case "header":
        return this.#header();
      case "block":
        return this.#block();
      case "stored":
        return this.#copyStored(limit);
      case "codes":
        return this.#symbol();
      case "ended":
        return;
    }
  }

  /** RFC 1950 §2.2. */
  #header(): void {
    const method = this.#bits(8);
    const flags = this.#bits(8);
    if ((method & 15) !== 8 || method >> 4 > 7) throw new Error(`Inflate: method byte is ${method}`);
    if ((method * 256 + flags) % 31 !== 0) throw new Error("Inflate: wrong check bits in the header");
    if (flags & 0x20) throw new Error("Inflate: the header asks for a dictionary");
    this.#mode = "block";
  }

  /** RFC 1951 §3.2.3. */
  #block(): void {
    const final = this.#bits(1) === 1;
    const type = this.#bits(2);
    if (type === 0) {
      this.#bit = (this.#bit + 7) & ~7;
      const length = this.#bits(16);
      if (length !== (this.#bits(16) ^ 0xffff)) {
        throw new Error("Inflate: length of a stored block is damaged");
      }
      this.#stored = length;
      this.#mode = "stored";
    } else if (type === 1) {
      ({ literals: this.#literals, distances: this.#distances } = fixedCodes());
      this.#mode = "codes";
    } else if (type === 2) {
      this.#dynamicCodes();
      this.#mode = "codes";
    } else {
      throw new Error("Inflate: block type 3");
    }
    this.#final = final;
    if (this.#mode === "stored" && this.#stored === 0) this.#endBlock();
  }

  /** RFC 1951 §3.2.7. */
  #dynamicCodes(): void {
    const literals = this.#bits(5) + 257;
    const distances = this.#bits(5) + 1;
    const count = this.#bits(4) + 4;
    if (literals > 286 || distances > 30) {
      throw new Error(`Inflate: ${literals} length codes, ${distances} distances`);
    }
    const meta = new Array<number>(19).fill(0);
    for (let i = 0; i < count; i++) meta[CODE_LENGTH_ORDER[i]!] = this.#bits(3);
    const codes = codesOf(meta);
    const lengths: number[] = [];
    while (lengths.length < literals + distances) {
      const symbol = this.#code(codes);
      if (symbol < 16) {
        lengths.push(symbol);
        continue;
      }
      if (symbol === 16 && lengths.length === 0) {
        throw new Error("Inflate: repeats a length before the first");
      }
      const value = symbol === 16 ? lengths.at(-1)! : 0;
      const times = symbol === 16
        ? 3 + this.#bits(2)
        : symbol === 17
        ? 3 + this.#bits(3)
        : 11 + this.#bits(7);
      for (let i = 0; i < times; i++) lengths.push(value);
    }
    if (lengths.length > literals + distances) throw new Error("Inflate: too many code lengths");
    if (lengths[256] === 0) throw new Error("Inflate: no code for the end of the block");
    this.#literals = codesOf(lengths.slice(0, literals));
    this.#distances = codesOf(lengths.slice(literals));
  }

  #copyStored(limit: number): void {
    const at = this.#bit >> 3;
    const count = Math.min(this.#stored, this.#input.length - at, limit + 1 - this.#length);
    if (count <= 0) throw new Shortage();
    this.#reserve(count);
    this.#out.set(this.#input.subarray(at, at + count), this.#length);
    this.#length += count;
    this.#bit += count * 8;
    this.#stored -= count;
    if (this.#stored === 0) this.#endBlock();
  }

  #symbol(): void {
    const symbol = this.#code(this.#literals!);
    if (symbol < 256) {
      this.#reserve(1);
      this.#out[this.#length++] = symbol;
      return;
    }
    if (symbol === 256) return this.#endBlock();
    const index = symbol - 257;
    if (index >= LENGTH_BASE.length) throw new Error(`Inflate: length code ${symbol}`);
    const length = LENGTH_BASE[index]! + this.#bits(LENGTH_EXTRA[index]!);
    const code = this.#code(this.#distances!);
    if (code >= 30) throw new Error(`Inflate: distance code ${code}`);
    const extra = code < 4 ? 0 : (code >> 1) - 1;
    const distance = (code < 4 ? code + 1 : ((2 + (code & 1)) << extra) + 1) + this.#bits(extra);
    if (distance > this.#length) throw new Error("Inflate: distance reaches before the start of the stream");
    this.#reserve(length);
    const out = this.#out;
    let at = this.#length;
    for (const end = at + length; at < end; at++) out[at] = out[at - distance]!;
    this.#length = at;
  }

  #endBlock(): void {
    this.#mode = this.#final ? "ended" : "block";
  }

  #code(codes: Codes): number {
    const at = this.#bit >> 3;
    const input = this.#input;
    // Three bytes hold any code: 15 bits from bit 7 on are 22. Missing ones count as 0 and are noticed below.
    const window = ((input[at] ?? 0) | ((input[at + 1] ?? 0) << 8) | ((input[at + 2] ?? 0) << 16)) >>
      (this.#bit & 7);
    const entry = codes.table[window & ((1 << codes.bits) - 1)]!;
    const length = entry & 15;
    if (length === 0) {
      if (this.#bit + codes.bits > input.length * 8) throw new Shortage();
      throw new Error("Inflate: bits that are no code");
    }
    if (this.#bit + length > input.length * 8) throw new Shortage();
    this.#bit += length;
    return entry >> 4;
  }

  /** The next `count` bits, at most 16, the first one lowest. */
  #bits(count: number): number {
    if (this.#bit + count > this.#input.length * 8) throw new Shortage();
    const at = this.#bit >> 3;
    const input = this.#input;
    const window = (input[at] ?? 0) | ((input[at + 1] ?? 0) << 8) | ((input[at + 2] ?? 0) << 16);
    const value = (window >> (this.#bit & 7)) & ((1 << count) - 1);
    this.#bit += count;
    return value;
  }

  #reserve(count: number): void {
    if (this.#length + count <= this.#out.length) return;
    const grown = new Uint8Array(Math.max(this.#out.length * 2, this.#length + count));
    grown.set(this.#out.subarray(0, this.#length));
    this.#out = grown;
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}
