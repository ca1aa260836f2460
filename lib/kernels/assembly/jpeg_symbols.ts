/**
 * The symbols of quantised blocks (T.81 F.1.2), written with the standard's codes or kept for a second pass.
 *
 * A block's coefficients are 64 bytes in zigzag order; those that may not fit a byte are taken from the block itself. Codes
 * come from tables that have the bits behind each code in them, so that a coefficient is one look-up.
 */
import { drainBits, filled, gathered, keepBits, waiting } from "./jpeg_bits";
import { CODES, FREQUENCIES, NATURAL_OF, TABLE_BYTES, TOKENS, ZIGZAG } from "./jpeg_scratch";
import { END_OF_BLOCK, entries, entryOf, KIND_BYTES, reversed, SIXTEEN_ZEROS, valueOf, VALUES } from "./jpeg_tables";

/** The coefficient at a place in zigzag order. */
// @ts-ignore: decorator
@inline function coefficient(scratch: usize, block: usize, position: usize): i32 {
  const byte = <i32>load<i8>(scratch + position, ZIGZAG);
  if (fitsEntry(byte)) return byte;
  return <i32>load<i16>(block + (<usize>load<u8>(scratch + position, NATURAL_OF) << 1));
}

/** Whether a value has an entry in the tables. */
// @ts-ignore: decorator
@inline function fitsEntry(value: i32): bool {
  return <u32>(value + 127) < 254;
}

/** Writes an entry. */
// @ts-ignore: decorator
@inline function writeEntry(entry: u32): void {
  const bits = waiting | (<u64>(entry >> 6) << <u64>filled);
  const count = filled + (entry & 63);
  store<u64>(gathered, bits);
  keepBits(bits >> <u64>(count & 56), count & 7, gathered + (count >> 3));
}

/**
 * Writes the coefficients of `rest` and the end of block, whatever they are.
 *
 * @param last Place of the coefficient before them.
 */
function writeRest(scratch: usize, block: usize, kind: usize, rest: u64, last: usize): void {
  const rows = entries + kind * KIND_BYTES;
  while (rest) {
    const position = <usize>ctz(rest);
    rest &= rest - 1;
    let distance = position - last;
    last = position;
    for (; distance > 16; distance -= 16) writeEntry(load<u32>(rows, SIXTEEN_ZEROS));
    const value = coefficient(scratch, block, position);
    writeEntry(
      fitsEntry(value)
        ? load<u32>(rows + (distance << 10) + (<usize>(value & 0xff) << 2))
        : entryOf(scratch, kind + 2, <i32>distance - 1, value),
    );
  }
  if (last != 63) writeEntry(load<u32>(rows, END_OF_BLOCK));
}

/**
 * Writes a quantised block.
 *
 * @param difference Of its mean to the last one's.
 * @param present A bit for each coefficient in zigzag order that is not 0, but for the mean.
 */
export function writeBlock(
  scratch: usize,
  block: usize,
  kind: usize,
  difference: i32,
  present: u64,
): void {
  const rows = entries + kind * KIND_BYTES;
  let entry = fitsEntry(difference)
    ? load<u32>(rows + (<usize>(difference & 0xff) << 2))
    : entryOf(scratch, kind, 0, difference);
  // In locals until the end: the loop is one chain through them. Counts have anything above their lowest six bits.
  let bits = waiting | (<u64>(entry >> 6) << <u64>filled);
  let count = filled + entry;
  let out = gathered;
  store<u64>(out, bits);
  out += (count >> 3) & 7;
  bits >>= <u64>(count & 56);
  count &= 7;

  let rest = present;
  let last: usize = 0;
  while (rest) {
    let position = <usize>ctz(rest);
    let distance = position - last;
    entry = distance > 16
      ? 0
      : load<u32>(rows + (distance << 10) + (<usize>load<u8>(scratch + position, ZIGZAG) << 2));
    if (!entry) {
      // Nothing of this loop is needed behind the call, so that it can have all registers.
      keepBits(bits, count, out);
      writeRest(scratch, block, kind, rest, last);
      return;
    }
    bits |= <u64>(entry >> 6) << <u64>count;
    count += entry;
    rest &= rest - 1;
    last = position;
    if (rest) {
      // Two fit before anything has to be stored.
      position = <usize>ctz(rest);
      distance = position - last;
      entry = distance > 16
        ? 0
        : load<u32>(rows + (distance << 10) + (<usize>load<u8>(scratch + position, ZIGZAG) << 2));
      if (!entry) {
        keepBits(bits, count & 63, out);
        writeRest(scratch, block, kind, rest, last);
        return;
      }
      bits |= <u64>(entry >> 6) << <u64>count;
      count += entry;
      rest &= rest - 1;
      last = position;
    }
    store<u64>(out, bits);
    out += (count >> 3) & 7;
    bits >>= <u64>(count & 56);
    count &= 7;
  }
  // The end of block, unless the last coefficient is not 0.
  entry = last == 63 ? 0 : load<u32>(rows, END_OF_BLOCK);
  bits |= <u64>(entry >> 6) << <u64>count;
  count += entry & 63;
  keepBits(bits, count, out);
}

/** Where the next token goes; an instance's own. */
export let tokensEnd: usize = 0;

/** Begins a picture's tokens. */
export function beginTokens(scratch: usize): void {
  memory.fill(scratch + FREQUENCIES, 0, 4 * TABLE_BYTES);
  tokensEnd = scratch + TOKENS;
}

/** Keeps a token at `out` and counts its symbol. */
// @ts-ignore: decorator
@inline function keepToken(scratch: usize, token: u32, out: usize): void {
  store<u32>(out, token);
  const at = scratch + (<usize>(token & 0x3ff) << 2);
  store<u32>(at, load<u32>(at, FREQUENCIES) + 1, FREQUENCIES);
}

/** Keeps the coefficients of `rest` and the end of block, as {@link writeRest}. `ac` is the table's part of tokens. */
function keepRest(scratch: usize, block: usize, ac: u32, rest: u64, last: usize, out: usize): void {
  while (rest) {
    const position = <usize>ctz(rest);
    rest &= rest - 1;
    let run = position - last - 1;
    last = position;
    for (; run > 15; run -= 16) {
      keepToken(scratch, ac + 0xf0, out);
      out += 4;
    }
    keepToken(scratch, ac + valueOf(coefficient(scratch, block, position)) + (<u32>run << 4), out);
    out += 4;
  }
  if (last != 63) {
    keepToken(scratch, ac, out);
    out += 4;
  }
  tokensEnd = out;
}

/** Keeps the symbols of a quantised block; the arguments are {@link writeBlock}'s. */
export function keepBlock(
  scratch: usize,
  block: usize,
  kind: usize,
  difference: i32,
  present: u64,
): void {
  const dc = <u32>kind << 8;
  const ac = dc + 0x200;
  let out = tokensEnd;
  keepToken(
    scratch,
    dc + (fitsEntry(difference) ? load<u32>(VALUES + (<usize>(difference & 0xff) << 2)) : valueOf(difference)),
    out,
  );
  out += 4;
  let rest = present;
  let last: usize = 0;
  while (rest) {
    const position = <usize>ctz(rest);
    const run = position - last - 1;
    const value = run > 15 ? 0 : load<u32>(VALUES + (<usize>load<u8>(scratch + position, ZIGZAG) << 2));
    if (!value) {
      keepRest(scratch, block, ac, rest, last, out);
      return;
    }
    rest &= rest - 1;
    last = position;
    keepToken(scratch, ac + value + (<u32>run << 4), out);
    out += 4;
  }
  if (last != 63) {
    keepToken(scratch, ac, out);
    out += 4;
  }
  tokensEnd = out;
}

/** Writes tokens with the codes in the scratch, which it uses up. */
export function writeTokens(count: i32, scratch: usize): void {
  // Codes without room for what follows, the first bit lowest: code << 11 | its length << 6 | with what follows.
  const codes = scratch + CODES;
  for (let symbol: usize = 0; symbol < 1024; symbol++) {
    const at = codes + (symbol << 2);
    const code = load<u32>(at);
    if (!code) continue;
    const following = <i32>symbol & 15;
    const length = <i32>(code & 31) - following;
    store<u32>(at, (reversed(code >> 5 >> following, length) << 11) | (length << 6) | (code & 31));
  }
  let at = scratch + TOKENS;
  const end = at + (<usize>count << 2);
  while (at < end) {
    // As many as the buffer has room for.
    const stop = min(end, at + 256 * 4);
    let bits = waiting;
    let count = filled;
    let out = gathered;
    while (at < stop) {
      // Two fit before anything has to be stored.
      let token = load<u32>(at);
      let code = load<u32>(codes + ((token & 0x3ff) << 2));
      bits |= <u64>((code >> 11) | ((token >> 16) << (code >> 6))) << <u64>count;
      count += code;
      if (at + 4 < stop) {
        token = load<u32>(at, 4);
        code = load<u32>(codes + ((token & 0x3ff) << 2));
        bits |= <u64>((code >> 11) | ((token >> 16) << (code >> 6))) << <u64>count;
        count += code;
      }
      at += 8;
      store<u64>(out, bits);
      out += (count >> 3) & 7;
      bits >>= <u64>(count & 56);
      count &= 7;
    }
    keepBits(bits, count, out);
    drainBits();
  }
}
