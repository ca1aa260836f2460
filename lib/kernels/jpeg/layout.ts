/**
 * How an image is cut into blocks, how much memory encoding takes, and what lies where in the scratch.
 *
 * The scratch begins with tables that TypeScript writes and both forms read; the assembly has the same offsets.
 *
 * @module
 */

import { JpegOption, type Subsampling } from "../kernels.ts";

/** What subsampling means for the order of blocks (ITU-T T.81 A.2). */
export interface McuShape {
  /** Luminance blocks beside each other in a minimum coded unit. */
  readonly across: 1 | 2 | 4;
  /** Luminance blocks above each other. */
  readonly down: 1 | 2;
  /** Whether a block of each of Cb and Cr follows. */
  readonly colour: boolean;
}

/** By {@linkcode Subsampling}. */
export const MCU_SHAPES: readonly McuShape[] = [
  { across: 1, down: 1, colour: true },
  { across: 2, down: 1, colour: true },
  { across: 2, down: 2, colour: true },
  { across: 4, down: 1, colour: true },
  { across: 1, down: 1, colour: false },
];

/**
 * The scratch, in bytes from its start. Everything is little-endian.
 *
 * | from | what | written by |
 * |---|---|---|
 * | 0 | accurate: reciprocals, 64 u32 for luminance, 64 for chrominance: `ceil(2**19 / step)` | prepare |
 * | 512 | accurate: half steps of the DCT's output, 64 u16 and 64 u16: `4 * step` | prepare |
 * | 0 | fast: factors, 64 i16 for luminance, 64 for chrominance | prepare |
 * | 256 | fast: last factors, 8 i16 and 8 i16, for each row the same | prepare |
 * | 768 | index in a block of each zigzag position, 64 bytes | prepare |
 * | 832 | codes, 4 x 256 u32, see `writeCodes` | prepare, or from frequencies |
 * | 4928 | blocks under work, 2 x 64 i16 | encoder |
 * | 5184 | a block in zigzag order, 64 i8 | encoder |
 * | 5248 | pixels of one unit at an edge, at most 256 u32 | encoder |
 * | 6272 | frequencies, 4 x 256 u32; when they are used up, bits on their way out | tokens, encoder |
 * | 10368 | tokens, u32 each | tokens |
 */
export const Scratch = {
  Reciprocals: 0,
  Halves: 512,
  Factors: 0,
  LastFactors: 256,
  NaturalOf: 768,
  Codes: 832,
  Blocks: 4928,
  Edge: 5248,
  Frequencies: 6272,
  Tokens: 10368,
} as const;

/** What a block can take: 64 symbols of at most 26 bits with their values, each byte followed by a stuffed one. */
const MAX_BLOCK_BYTES = 416;
/** All markers together, tables made for the image included, and the end. */
const MAX_MARKER_BYTES = 1536;
/** A block has at most 64 symbols, four bytes each. */
const TOKEN_BYTES_PER_BLOCK = 256;

/** Number of blocks of an image. */
function countBlocks(width: number, height: number, subsampling: Subsampling): number {
  const { across, down, colour } = MCU_SHAPES[subsampling]!;
  const units = Math.ceil(width / (8 * across)) * Math.ceil(height / (8 * down));
  return units * (across * down + (colour ? 2 : 0));
}

/**
 * Bytes that `encodeJpeg` can write at most. Real images take a small part of it.
 *
 * @param width Pixels, as is `height`.
 */
export function jpegBound(width: number, height: number, subsampling: Subsampling): number {
  return MAX_MARKER_BYTES + countBlocks(width, height, subsampling) * MAX_BLOCK_BYTES;
}

/**
 * Bytes of scratch that `encodeJpeg` needs: 10368, and 256 per block more with `JpegOption.OptimalTables` (of which
 * only as much is touched as the image has detail).
 */
export function jpegScratchBytes(
  width: number,
  height: number,
  subsampling: Subsampling,
  options: number,
): number {
  if ((options & JpegOption.OptimalTables) === 0) return Scratch.Tokens;
  return Scratch.Tokens + countBlocks(width, height, subsampling) * TOKEN_BYTES_PER_BLOCK;
}
