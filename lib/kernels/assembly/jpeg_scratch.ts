/** Where things are in the scratch of the JPEG encoder, as jpeg/layout.ts says. */

export const RECIPROCALS: usize = 0;
export const HALVES: usize = 512;
/** The same place for the fast transform: factors, 2 x 64 i16, and what products are multiplied with once more, 2 x 8 i16. */
export const FACTORS: usize = 0;
export const LAST_FACTORS: usize = 256;
export const NATURAL_OF: usize = 768;
export const CODES: usize = 832;
export const BLOCKS: usize = 4928;
export const ZIGZAG: usize = 5184;
export const EDGE: usize = 5248;
export const FREQUENCIES: usize = 6272;
/** Frequencies are used up when bits are gathered. */
export const BITS: usize = 6272;
export const TOKENS: usize = 10368;

/** Bytes of a table of 256 codes or frequencies; the luminance tables come first, those of AC behind those of DC. */
export const TABLE_BYTES: usize = 1024;
