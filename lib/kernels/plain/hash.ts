/**
 * Hashes of rows, pieces of rows, and columns, for finding what has moved: plain form.
 *
 * A hash says where to look; whether pixels are the same says {@linkcode Kernels.sameRect} only.
 *
 * The row hash has 16 lanes, pixel i going to lane i mod 16, because the SIMD form needs that many multiplications under
 * way; what is left over at the end of the row goes into one more. All steps are `h = (h ^ pixel) * m; h ^= h >>> 15`,
 * which is invertible for a given pixel: two rows that differ in one pixel never collide within a lane.
 *
 * @module
 */
import { hasRect, requireRoom } from "../bounds.ts";
import type { Kernels } from "../kernels.ts";

/** Odd numbers without structure; the assembly has the same. */
const MULTIPLIER = 0x9e3779b1;
const MULTIPLIER_2 = 0x85ebca77;
const MULTIPLIER_3 = 0xc2b2ae3d;
const MULTIPLIER_4 = 0x27d4eb2f;
const SEEDS = [MULTIPLIER, MULTIPLIER_2, MULTIPLIER_3, MULTIPLIER_4];
const COLUMN_SEED = 0x165667b1;

const LANES = 16;
const lanes = new Int32Array(LANES);

/** One step of the hash. */
function mix(hash: number, pixel: number): number {
  const product = Math.imul(hash ^ (pixel & 0xffffff), MULTIPLIER);
  return product ^ (product >>> 15);
}

/** Hash of `count` pixels from `start` on. */
function hashRow(pixels: Uint32Array, start: number, count: number): number {
  for (let lane = 0; lane < LANES; lane++) lanes[lane] = SEEDS[lane >> 2]!;
  const end = start + count;
  let at = start;
  for (; at + LANES <= end; at += LANES) {
    for (let lane = 0; lane < LANES; lane++) lanes[lane] = mix(lanes[lane]!, pixels[at + lane]!);
  }
  let hash = count;
  for (; at < end; at++) hash = mix(hash, pixels[at]!);
  for (let lane = 0; lane < 4; lane++) {
    let sum = Math.imul(lanes[lane]!, MULTIPLIER_2) + lanes[lane + 4]! | 0;
    sum = Math.imul(sum, MULTIPLIER_3) + lanes[lane + 8]! | 0;
    sum = Math.imul(sum, MULTIPLIER_4) + lanes[lane + 12]! | 0;
    const product = Math.imul(hash ^ sum, MULTIPLIER_2);
    hash = product ^ (product >>> 13);
  }
  return hash ^ (hash >>> 16);
}

/** See {@linkcode Kernels.rowHashes}. */
export const rowHashes: Kernels["rowHashes"] = (pixels, offset, stride, width, height, hashes) =>
  spanHashes(pixels, offset, stride, width, height, width, hashes);

/** See {@linkcode Kernels.spanHashes}. */
export const spanHashes: Kernels["spanHashes"] = (pixels, offset, stride, width, height, span, hashes) => {
  if (!hasRect(pixels, offset, stride, width, height)) return;
  if (!(span >= 1)) throw new RangeError(`Cannot hash spans of ${span} pixels: must be at least 1`);
  const spans = Math.floor(width / span);
  requireRoom(hashes, 0, spans * height);
  let at = 0;
  for (let y = 0; y < height; y++) {
    const row = offset + y * stride;
    for (let i = 0; i < spans; i++) hashes[at++] = hashRow(pixels, row + i * span, span);
  }
};

/** See {@linkcode Kernels.columnHashes}. */
export const columnHashes: Kernels["columnHashes"] = (pixels, offset, stride, width, height, hashes) => {
  if (!hasRect(pixels, offset, stride, width, height)) return;
  requireRoom(hashes, 0, width);
  for (let x = 0; x < width; x++) hashes[x] = COLUMN_SEED;
  for (let y = 0; y < height; y++) {
    const row = offset + y * stride;
    for (let x = 0; x < width; x++) hashes[x] = mix(hashes[x]!, pixels[row + x]!);
  }
};
