/**
 * What clients send: the start of each handshake, and messages of sessions, before anything is changed.
 *
 * @module
 */
import type { Random } from "./mutations.ts";

const ascii = (text: string) => [...new TextEncoder().encode(text)];
const u16 = (value: number) => [value >>> 8 & 255, value & 255];
const u32 = (value: number) => [value >>> 24 & 255, value >>> 16 & 255, value >>> 8 & 255, value & 255];

function some(count: number, random: Random): number[] {
  return Array.from({ length: count }, () => Math.floor(random() * 256));
}

function oneOf<T>(list: readonly T[], random: Random): T {
  return list[Math.floor(random() * list.length)]!;
}

const VERSIONS = ["003.003", "003.007", "003.008", "003.889", "004.001", "000.000"];

/** Messages of RFC 6143 §7.5 and of the extensions. */
export const MESSAGES: readonly ((random: Random) => number[])[] = [
  () => [0, 0, 0, 0, 32, 24, 0, 1, 0, 255, 0, 255, 0, 255, 16, 8, 0, 0, 0, 0],
  (random) => [0, 0, 0, 0, ...some(16, random)],
  (random) => {
    const known = [0, 1, 2, 4, 5, 6, 7, 8, 15, 16, 21, -32, -223, -224, -239, -240, -257, -258, -261, -307];
    const more = [-308, -312, -313, -314, -316, -26, -247, 0xc0a1e5ce, -1063131698];
    const list = Array.from({ length: Math.floor(random() * 12) }, () => oneOf([...known, ...more], random));
    return [2, 0, ...u16(list.length), ...list.flatMap(u32)];
  },
  (random) => [3, random() < 0.5 ? 0 : 1, ...u16(0), ...u16(0), ...u16(200), ...u16(150)],
  (random) => [3, ...some(9, random)],
  (random) => [4, random() < 0.5 ? 0 : 1, 0, 0, ...u32(0x61 + Math.floor(random() * 26))],
  (random) => [5, ...some(5, random)],
  (random) => {
    const length = Math.floor(random() * 200);
    return [6, 0, 0, 0, ...u32(length), ...some(length, random)];
  },
  (random) => {
    const length = 4 + Math.floor(random() * 40);
    const action = oneOf([1 << 24, 1 << 25, 1 << 26, 1 << 27, 1 << 28], random);
    return [6, 0, 0, 0, ...u32(-length), ...u32(action | 1), ...some(length - 4, random)];
  },
  (random) => [150, random() < 0.5 ? 0 : 1, ...some(8, random)],
  (random) => {
    const length = Math.floor(random() * 70);
    return [248, 0, 0, 0, ...u32(0x80000007), length, ...some(length, random)];
  },
  (
    random,
  ) => [251, 0, ...u16(64), ...u16(64), 1, 0, ...some(4, random), 0, 0, 0, 0, 0, 64, 0, 64, 0, 0, 0, 0],
  (random) => [255, 0, ...u16(1), ...u32(0x61), ...some(4, random)],
  (random) => [255, ...some(5, random)],
  (random) => some(1 + Math.floor(random() * 30), random),
];

function messages(random: Random): number[] {
  return Array.from({ length: 1 + Math.floor(random() * 20) }, () => oneOf(MESSAGES, random)(random)).flat();
}

function begin(type: number, random: Random): number[] {
  return [...ascii(`RFB ${random() < 0.7 ? "003.008" : oneOf(VERSIONS, random)}\n`), type];
}

/** TLS 1.2's ClientHello, roughly; what is in it is changed anyway. */
function clientHello(random: Random): number[] {
  const body = [3, 3, ...some(32, random), 0, 0, 4, 0xc0, 0x2b, 0xc0, 0x2f, 1, 0];
  const handshake = [1, 0, ...u16(body.length), ...body];
  return [22, 3, 1, ...u16(handshake.length), ...handshake];
}

function rsaAes(type: number, random: Random): number[] {
  const length = 256;
  const modulus = some(length, random);
  modulus[0]! |= 0x80;
  modulus[length - 1]! |= 1;
  const exponent = [...new Array(length - 3).fill(0), 1, 0, 1];
  const sealed = [...u16(length), ...some(length, random)];
  const record = [...u16(20), ...some(36, random)];
  return [...begin(type, random), ...u32(2048), ...modulus, ...exponent, ...sealed, ...record];
}

const KINDS: readonly ((random: Random) => number[])[] = [
  (random) => [...begin(1, random), 1, ...messages(random)],
  (random) => [...begin(1, random), 1, ...messages(random)],
  (random) => [...begin(1, random), 0, ...messages(random)],
  (random) => [...begin(2, random), ...some(16, random), 1, ...messages(random)],
  (random) => [...begin(19, random), 0, 2, ...u32(256), ...u32(4), ...u32(6), ...ascii("annageheim"), 1],
  (random) => [...begin(19, random), 0, 2, ...u32(oneOf([260, 261, 262], random)), ...clientHello(random)],
  (random) => rsaAes(oneOf([5, 6, 129, 130], random), random),
  (random) => [...ascii(`RFB ${oneOf(VERSIONS, random)}\n`), ...messages(random)],
  (random) => some(Math.floor(random() * 300), random),
];

/** Every kind of stream. */
export const STREAMS: readonly ((random: Random) => Uint8Array)[] = KINDS.map((make) => (random) =>
  Uint8Array.from(make(random))
);
