/**
 * Huffman tables of JPEG (ITU-T T.81): the examples of Annex K.3, codes from lengths (Annex C), and the best table for
 * given frequencies (Annex K.2).
 *
 * @module
 */

/** A table as DHT carries it (T.81 B.2.4.2). */
export interface HuffmanTable {
  /** Number of codes of length 1 to 16. */
  readonly lengths: Uint8Array;
  /** Symbols in the order of their codes. */
  readonly symbols: Uint8Array;
}

/** Where each of the four tables has its 256 entries, in tables of codes and of frequencies. */
export const DC_LUMINANCE = 0;
export const DC_CHROMINANCE = 1;
export const AC_LUMINANCE = 2;
export const AC_CHROMINANCE = 3;

const LONGEST_CODE = 16;
const SYMBOLS = 256;

const dcSymbols = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11);

/** T.81 tables K.3 to K.6, in the order of the constants above. */
export const STANDARD_TABLES: readonly HuffmanTable[] = [
  { lengths: Uint8Array.of(0, 1, 5, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0), symbols: dcSymbols },
  { lengths: Uint8Array.of(0, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0, 0), symbols: dcSymbols },
  {
    lengths: Uint8Array.of(0, 2, 1, 3, 3, 2, 4, 3, 5, 5, 4, 4, 0, 0, 1, 125),
    symbols: fromHex(
      "01020300041105122131410613516107227114328191a1082342b1c11552d1f0" +
        "2433627282090a161718191a25262728292a3435363738393a43444546474849" +
        "4a535455565758595a636465666768696a737475767778797a83848586878889" +
        "8a92939495969798999aa2a3a4a5a6a7a8a9aab2b3b4b5b6b7b8b9bac2c3c4c5" +
        "c6c7c8c9cad2d3d4d5d6d7d8d9dae1e2e3e4e5e6e7e8e9eaf1f2f3f4f5f6f7f8" +
        "f9fa",
    ),
  },
  {
    lengths: Uint8Array.of(0, 2, 1, 2, 4, 4, 3, 4, 7, 5, 4, 4, 0, 1, 2, 119),
    symbols: fromHex(
      "0001020311040521310612415107617113223281081442" +
        "91a1b1c109233352f0156272d10a162434e125f11718191a262728292a353637" +
        "38393a434445464748494a535455565758595a636465666768696a7374757677" +
        "78797a82838485868788898a92939495969798999aa2a3a4a5a6a7a8a9aab2b3" +
        "b4b5b6b7b8b9bac2c3c4c5c6c7c8c9cad2d3d4d5d6d7d8d9dae2e3e4e5e6e7e8" +
        "e9eaf2f3f4f5f6f7f8f9fa",
    ),
  },
];

/**
 * Tables for soft pictures, where most blocks are like the one before them and have hardly anything besides their mean;
 * made by {@linkcode optimalTable} of the symbols of slopes and enlarged photographs at qualities 62 to 92. Those that are
 * rare there have codes of 16 bits.
 */
export const SOFT_TABLES: readonly HuffmanTable[] = [
  { lengths: Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 0), symbols: dcSymbols },
  { lengths: Uint8Array.of(1, 1, 1, 1, 0, 3, 1, 1, 0, 3, 0, 0, 0, 0, 0, 0), symbols: dcSymbols },
  {
    lengths: Uint8Array.of(1, 1, 1, 0, 2, 2, 3, 1, 0, 1, 1, 0, 1, 1, 0, 147),
    symbols: withAllOthers("000111021251610321314171040506"),
  },
  {
    lengths: Uint8Array.of(1, 1, 1, 1, 1, 1, 1, 0, 2, 1, 1, 0, 1, 0, 1, 149),
    symbols: withAllOthers("00110102213112226103513241"),
  },
];

/** Symbols of AC in hexadecimal digits, and behind them the others that there are (T.81 F.1.2.2). */
function withAllOthers(first: string): Uint8Array {
  const symbols = new Set(fromHex(first)).add(0x00).add(0xf0);
  for (let run = 0; run < 16; run++) for (let size = 1; size <= 10; size++) symbols.add(run << 4 | size);
  return Uint8Array.from(symbols);
}

/**
 * Writes the codes of a table (T.81 C.2), each with room for the bits that follow it: as many as the symbol's lower four
 * bits say, for DC and AC alike.
 *
 * @param codes Receives `code << following << 5 | length + following` at `offset + symbol`, 0 where there is no code.
 */
export function writeCodes(table: HuffmanTable, codes: Uint32Array, offset: number): void {
  codes.fill(0, offset, offset + SYMBOLS);
  let code = 0;
  let next = 0;
  for (let length = 1; length <= LONGEST_CODE; length++) {
    for (let i = 0; i < table.lengths[length - 1]!; i++) {
      const symbol = table.symbols[next++]!;
      const following = symbol & 0xf;
      codes[offset + symbol] = code << following << 5 | (length + following);
      code++;
    }
    code <<= 1;
  }
}

/**
 * The table that gives the shortest data (T.81 K.2).
 *
 * @param frequencies Of the 256 symbols, from `offset` on. At least one is not 0.
 */
export function optimalTable(frequencies: Uint32Array, offset: number): HuffmanTable {
  // One symbol more, with the longest code, so that no code consists of ones only.
  const weights = new Float64Array(SYMBOLS + 1);
  const used: number[] = [];
  for (let symbol = 0; symbol < SYMBOLS; symbol++) {
    const frequency = frequencies[offset + symbol]!;
    if (frequency === 0) continue;
    weights[symbol] = frequency;
    used.push(symbol);
  }
  weights[SYMBOLS] = 1;
  const sizes = codeSizes(weights, [...used, SYMBOLS]);
  // Those of the same size stay in the order of their numbers.
  const symbols = Uint8Array.from(used.sort((a, b) => sizes[a]! - sizes[b]! || a - b));
  return { lengths: limitLengths(sizes), symbols };
}

/**
 * Length of each symbol's code, of any length; 0 where the weight is (T.81 figure K.1).
 *
 * @param used Those whose weight is not 0, rising.
 */
function codeSizes(weights: Float64Array, used: readonly number[]): Uint16Array {
  const sizes = new Uint16Array(weights.length);
  /** The next symbol in the same tree, or -1. */
  const others = new Int16Array(weights.length).fill(-1);
  /** The first symbols of all trees, rising. */
  const trees = Int16Array.from(used);
  let treeCount = used.length;
  for (; treeCount > 1; treeCount--) {
    const at = lightestTwo(trees, treeCount, weights);
    const first = trees[at.first]!;
    const second = trees[at.second]!;
    weights[first]! += weights[second]!;
    trees.copyWithin(at.second, at.second + 1, treeCount);
    let symbol = first;
    sizes[symbol]!++;
    while (others[symbol]! >= 0) {
      symbol = others[symbol]!;
      sizes[symbol]!++;
    }
    others[symbol] = second;
    for (symbol = second; symbol >= 0; symbol = others[symbol]!) sizes[symbol]!++;
  }
  return sizes;
}

/** Where the two lightest of at least two trees are; of equal ones those that come last, the last of all first. */
function lightestTwo(
  trees: Int16Array,
  count: number,
  weights: Float64Array,
): { readonly first: number; readonly second: number } {
  let first = 0;
  let second = -1;
  let least = weights[trees[0]!]!;
  let next = Infinity;
  for (let at = 1; at < count; at++) {
    const weight = weights[trees[at]!]!;
    if (weight <= least) {
      second = first;
      next = least;
      first = at;
      least = weight;
    } else if (weight <= next) {
      second = at;
      next = weight;
    }
  }
  return { first, second };
}

/** Number of codes of length 1 to 16, the extra symbol's left out (T.81 figure K.3). */
function limitLengths(sizes: Uint16Array): Uint8Array {
  const counts = new Uint16Array(SYMBOLS + 1);
  let longest = 0;
  for (let symbol = 0; symbol < sizes.length; symbol++) {
    const size = sizes[symbol]!;
    if (size > 0) counts[size]!++;
    if (size > longest) longest = size;
  }
  for (let length = longest; length > LONGEST_CODE; length--) {
    while (counts[length]! > 0) {
      // Two codes become one that is shorter by one, and a shorter code makes room for the other.
      let shorter = length - 2;
      while (counts[shorter] === 0) shorter--;
      counts[length]! -= 2;
      counts[length - 1]! += 1;
      counts[shorter + 1]! += 2;
      counts[shorter]! -= 1;
    }
  }
  let last = LONGEST_CODE;
  while (counts[last] === 0) last--;
  counts[last]!--;
  return Uint8Array.from(counts.subarray(1, LONGEST_CODE + 1));
}

/** Bytes from hexadecimal digits. */
function fromHex(text: string): Uint8Array {
  return Uint8Array.from(text.match(/../g)!, (pair) => parseInt(pair, 16));
}
