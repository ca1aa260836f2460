/** Hashes of rows and columns; `plain/hash.ts` says what they are. */
import { colourMask } from "./pixels";

const MULTIPLIER: u32 = 0x9e3779b1;
const MULTIPLIER_2: u32 = 0x85ebca77;
const MULTIPLIER_3: u32 = 0xc2b2ae3d;
const MULTIPLIER_4: u32 = 0x27d4eb2f;
const COLUMN_SEED: u32 = 0x165667b1;

const MULTIPLIERS = memory.data<u32>([MULTIPLIER, MULTIPLIER, MULTIPLIER, MULTIPLIER], 16);

/** One step for four lanes. */
// @ts-ignore: decorator
@inline function mix4(hash: v128, pixels: v128, mask: v128, multiplier: v128): v128 {
  const product = i32x4.mul(v128.xor(hash, v128.and(pixels, mask)), multiplier);
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
  const mask = colourMask();
  const multiplier = v128.load(MULTIPLIERS);
  for (; at + 64 <= end; at += 64) {
    a = mix4(a, v128.load(at), mask, multiplier);
    b = mix4(b, v128.load(at, 16), mask, multiplier);
    c = mix4(c, v128.load(at, 32), mask, multiplier);
    d = mix4(d, v128.load(at, 48), mask, multiplier);
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

/** Row by row, with the hashes themselves as state: steps of different columns do not wait for each other. */
export function columnHashes(at: usize, stride: usize, width: i32, height: i32, hashes: usize): void {
  const mask = colourMask();
  const multiplier = v128.load(MULTIPLIERS);
  const bytes = <usize>width << 2;
  for (let x: usize = 0; x < bytes; x += 4) store<u32>(hashes + x, COLUMN_SEED);
  for (let y = 0; y < height; y++) {
    let x: usize = 0;
    for (; x + 32 <= bytes; x += 32) {
      const out = hashes + x;
      const p = at + x;
      v128.store(out, mix4(v128.load(out), v128.load(p), mask, multiplier));
      v128.store(out, mix4(v128.load(out, 16), v128.load(p, 16), mask, multiplier), 16);
    }
    for (; x < bytes; x += 4) store<u32>(hashes + x, mix1(load<u32>(hashes + x), load<u32>(at + x)));
    at += stride;
  }
}
