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

/** Values at which programs break. */
const EDGES = [0, 1, 2, 3, 4, 7, 8, 15, 16, 31, 32, 64, 100, 127, 128, 129, 250, 254, 255];

/** Changes a stream in none to eight places: bits, bytes, lengths; parts left out, doubled, or put elsewhere. */
export function mutate(stream: Uint8Array, random: Random): Uint8Array<ArrayBuffer> {
  let bytes = Uint8Array.from(stream);
  const below = (limit: number) => Math.floor(random() * limit);
  for (let changes = below(9); changes > 0 && bytes.length > 0; changes--) {
    const at = below(bytes.length);
    const length = Math.min(1 + below(16), bytes.length - at);
    switch (below(7)) {
      case 0:
        bytes[at]! ^= 1 << below(8);
        break;
      case 1:
        bytes[at] = below(256);
        break;
      case 2:
        bytes[at] = EDGES[below(EDGES.length)]!;
        break;
      case 3:
        bytes.fill(random() < 0.5 ? 0 : 255, at, at + length);
        break;
      case 4:
        bytes = Uint8Array.from([...bytes.subarray(0, at), ...bytes.subarray(at + length)]);
        break;
      case 5:
        bytes = Uint8Array.from([...bytes.subarray(0, at + length), ...bytes.subarray(at)]);
        break;
      default:
        bytes = bytes.slice(0, at);
    }
  }
  return bytes;
}
