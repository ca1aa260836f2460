/** Hashes of rows and columns; `plain/hash.ts` says what they are. */
import { colourMask } from "./pixels";

const MULTIPLIER: u32 = 0x9e3779b1;
const MULTIPLIER_2: u32 = 0x85ebca77;
const MULTIPLIER_3: u32 = 0xc2b2ae3d;
const MULTIPLIER_4: u32 = 0x27d4eb2f;
const COLUMN_SEED: u32 = 0x165667b1;

/** One step for four lanes. */
// @ts-ignore: decorator
@inline function mix4(hash: v128, pixels: v128): v128 {
  const product = i32x4.mul(v128.xor(hash, v128.and(pixels, colourMask())), i32x4.splat(MULTIPLIER));
  return v128.xor(product, i32x4.shr_u(product, 15));
}

/** One step for one lane. */
// @ts-ignore: decorator
@inline function mix1(hash: u32, pixel: u32): u32 {
  const product = (hash ^ (pixel & 0x00ffffff)) * MULTIPLIER;
  return product ^ (product >> 15);
}

/** Takes one of the four sums of lanes into the hash of the rest. */
// @ts-ignore: decorator
@inline function fold(hash: u32, sum: u32): u32 {
  const product = (hash ^ sum) * MULTIPLIER_2;
  return product ^ (product >> 13);
}

function hashRow(at: usize, count: i32): u32 {
  let a = i32x4.splat(MULTIPLIER);
  let b = i32x4.splat(MULTIPLIER_2);
  let c = i32x4.splat(MULTIPLIER_3);
  let d = i32x4.splat(MULTIPLIER_4);
  const end = at + (<usize>count << 2);
  for (; at + 64 <= end; at += 64) {
    a = mix4(a, v128.load(at));
    b = mix4(b, v128.load(at, 16));
    c = mix4(c, v128.load(at, 32));
    d = mix4(d, v128.load(at, 48));
  }
  let hash: u32 = count;
  for (; at < end; at += 4) hash = mix1(hash, load<u32>(at));
  let sums = i32x4.add(i32x4.mul(a, i32x4.splat(MULTIPLIER_2)), b);
  sums = i32x4.add(i32x4.mul(sums, i32x4.splat(MULTIPLIER_3)), c);
  sums = i32x4.add(i32x4.mul(sums, i32x4.splat(MULTIPLIER_4)), d);
  hash = fold(hash, i32x4.extract_lane(sums, 0));
  hash = fold(hash, i32x4.extract_lane(sums, 1));
  hash = fold(hash, i32x4.extract_lane(sums, 2));
  hash = fold(hash, i32x4.extract_lane(sums, 3));
  return hash ^ (hash >> 16);
}

export function spanHashes(at: usize, stride: usize, spans: i32, height: i32, span: i32, hashes: usize): void {
  for (let y = 0; y < height; y++) {
    let p = at;
    for (let i = 0; i < spans; i++) {
      store<u32>(hashes, hashRow(p, span));
      hashes += 4;
      p += <usize>span << 2;
    }
    at += stride;
  }
}

export function columnHashes(at: usize, stride: usize, width: i32, height: i32, hashes: usize): void {
  let x = 0;
  // A cache line of each row at a time, from top to bottom.
  for (; x + 16 <= width; x += 16) {
    let p = at + (<usize>x << 2);
    let a = i32x4.splat(COLUMN_SEED);
    let b = a;
    let c = a;
    let d = a;
    for (let y = 0; y < height; y++) {
      a = mix4(a, v128.load(p));
      b = mix4(b, v128.load(p, 16));
      c = mix4(c, v128.load(p, 32));
      d = mix4(d, v128.load(p, 48));
      p += stride;
    }
    const out = hashes + (<usize>x << 2);
    v128.store(out, a);
    v128.store(out, b, 16);
    v128.store(out, c, 32);
    v128.store(out, d, 48);
  }
  for (; x < width; x++) {
    let p = at + (<usize>x << 2);
    let hash = COLUMN_SEED;
    for (let y = 0; y < height; y++) {
      hash = mix1(hash, load<u32>(p));
      p += stride;
    }
    store<u32>(hashes + (<usize>x << 2), hash);
  }
}
