/**
 * Random numbers that come again with their seed, and changes of byte streams.
 *
 * @module
 */

/** From 0 up to, but not including, 1. */
export type Random = () => number;

/** Mulberry32: small, and good enough to choose bytes. */
export function randomOf(seed: number): Random {
  let state = seed >>> 0;
  return () => {
    state = state + 0x6d2b79f5 >>> 0;
    let mixed = Math.imul(state ^ state >>> 15, state | 1);
    mixed ^= mixed + Math.imul(mixed ^ mixed >>> 7, mixed | 61);
    return ((mixed ^ mixed >>> 14) >>> 0) / 2 ** 32;
  };
}

/** From 0 up to, but not including, `limit`. */
export function below(limit: number, random: Random): number {
  return Math.floor(random() * limit);
}

/** One of a list. */
export function oneOf<T>(list: ArrayLike<T>, random: Random): T {
  return list[below(list.length, random)]!;
}

/** Random bytes. */
export function some(count: number, random: Random): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(count);
  for (let i = 0; i < count; i++) bytes[i] = random() * 256;
  return bytes;
}

/** One behind the other. */
export function joined(...parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** Values at which programs break. */
const EDGES = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 64, 100, 127, 128, 129, 250, 254, 255];
/** Lengths and numbers of four bytes likewise. */
const LONG_EDGES = [0, 1, 0x7f, 0xff, 0x100, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffc, 0xffffffff];

/** Changes a stream in none to eight places: bits, bytes, numbers; parts left out, doubled, or put elsewhere. */
export function mutate(stream: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let bytes = stream.slice();
  for (let changes = below(9, random); changes > 0 && bytes.length > 0; changes--) {
    const at = below(bytes.length, random);
    const length = Math.min(1 + below(16, random), bytes.length - at);
    switch (below(9, random)) {
      case 0:
        bytes[at]! ^= 1 << below(8, random);
        break;
      case 1:
        bytes[at] = below(256, random);
        break;
      case 2:
        bytes[at] = oneOf(EDGES, random);
        break;
      case 3:
        bytes.fill(random() < 0.5 ? 0 : 255, at, at + length);
        break;
      case 4:
        bytes = joined(bytes.subarray(0, at), bytes.subarray(at + length));
        break;
      case 5:
        bytes = joined(bytes.subarray(0, at + length), bytes.subarray(at));
        break;
      case 6: {
        const part = bytes.slice(at, at + length);
        const to = below(bytes.length - length + 1, random);
        bytes.set(part, to);
        break;
      }
      case 7:
        if (at + 4 <= bytes.length) new DataView(bytes.buffer).setUint32(at, oneOf(LONG_EDGES, random));
        break;
      default:
        bytes = bytes.slice(0, at);
    }
  }
  return bytes;
}

/** Changes text: characters, words of `words`, parts left out or doubled. */
export function mutateText(text: string, words: readonly string[], random: Random): string {
  let changed = text;
  for (let changes = below(6, random); changes > 0; changes--) {
    const at = below(changed.length + 1, random);
    const end = Math.min(changed.length, at + below(12, random));
    const put = random() < 0.5 ? oneOf(words, random) : String.fromCodePoint(
      random() < 0.9
        ? 32 + below(95, random)
        : oneOf([0, 9, 10, 13, 0x7f, 0xe9, 0x2028, 0xd800, 0x1f600], random),
    );
    switch (below(4, random)) {
      case 0:
        changed = changed.slice(0, at) + put + changed.slice(at);
        break;
      case 1:
        changed = changed.slice(0, at) + put + changed.slice(end);
        break;
      case 2:
        changed = changed.slice(0, end) + changed.slice(at);
        break;
      default:
        changed = changed.slice(0, at) + changed.slice(end);
    }
  }
  return changed;
}
