/**
 * The hot loops, as functions over typed arrays: the port that has a plain TypeScript form (`plain.ts`, which is also
 * the oracle in tests) and a WebAssembly SIMD form (`simd.ts`). Both give the same numbers and the same bytes.
 *
 * Terms used throughout:
 * - *Pixels* are `0x00RRGGBB` (see core/pixels.ts); where top bytes are said to be ignored, captured pixels will do.
 * - *Values* are any u32, for instance pixels of a client's own format; all 32 bits count.
 * - A rectangle in an array is given by `offset` (index of its first pixel), `stride` (pixels from one row to the
 *   next), `width` and `height` (pixels). It must lie inside the array; one without pixels is passed over.
 *
 * Nothing is allocated and nothing is kept between calls. `RangeError` is thrown when a rectangle or what is written
 * reaches outside its array.
 *
 * @module
 */
import type { Resample } from "./shares.ts";

/** Side of a tile in pixels. */
export const TILE = 64;

/** The colours that {@linkcode Kernels.indexColours} can tell apart at most. */
export const MAX_COLOURS = 256;

/** Length of the table that {@linkcode Kernels.indexColours} works in. */
export const COLOUR_TABLE_LENGTH = 1024;

/**
 * How values are laid out as bytes: the hexadecimal digit of 0x10000 is their number, and the digits from the lowest up
 * say which byte of the value comes first, second and so on, 0 being the least significant.
 */
export const Layout = {
  U8: 0x1_0000,
  U16Little: 0x2_0010,
  U16Big: 0x2_0001,
  U32Little: 0x4_3210,
  U32Big: 0x4_0123,
  /** ZRLE's CPIXEL of a little-endian client (RFC 6143 §7.7.5), where the high byte is unused. */
  Low24Little: 0x3_0210,
  /** Of `0x00RRGGBB`, red, green, blue: Tight's TPIXEL. */
  Low24Big: 0x3_0012,
  High24Little: 0x3_0321,
  High24Big: 0x3_0123,
} as const;
/** One of those, or another made by {@linkcode layoutOf}. */
export type Layout = number;

/**
 * The layout in which each byte is `value >>> shift`.
 *
 * @param shifts One to four of 0, 8, 16 and 24.
 */
export function layoutOf(shifts: readonly number[]): Layout {
  return shifts.reduce((layout, shift, i) => layout | (shift >> 3) << (i * 4), shifts.length << 16);
}

/** Bytes per value of a layout. */
export function layoutBytes(layout: Layout): number {
  return layout >> 16;
}

/**
 * How the three colours lie in a client's pixel (PIXEL_FORMAT, RFC 6143 §7.4): each `round(c * max / 255) << shift`.
 * Maxima are at most 255.
 */
export interface ColourFields {
  readonly redMax: number;
  readonly greenMax: number;
  readonly blueMax: number;
  readonly redShift: number;
  readonly greenShift: number;
  readonly blueShift: number;
}

/** The parts of the image that share one colour sample (rfbproto "JPEG Subsampling Level Pseudo-encoding"). */
export const Subsampling = {
  /** 4:4:4, every pixel has its own. */
  None: 0,
  /** 4:2:2, two beside each other. */
  Horizontal2: 1,
  /** 4:2:0, two by two. */
  Both2: 2,
  /** 4:1:1, four beside each other. */
  Horizontal4: 3,
  /** No colour at all. */
  Gray: 4,
} as const;
export type Subsampling = typeof Subsampling[keyof typeof Subsampling];

/** How a JPEG is written beside its quality. Values can be added. */
export const JpegOption = {
  None: 0,
  /** Huffman tables made for the image rather than the standard's examples: smaller, slower. */
  OptimalTables: 1,
  /** Neither quantisation nor Huffman tables (ITU-T T.81 B.5, abbreviated format): the decoder has them already. */
  NoTables: 2,
  /** The accurate transform at all qualities, not only from 95 on: about twice the time, no visible difference. */
  Accurate: 4,
  /** Huffman tables for pictures without much detail rather than the standard's examples: as fast. */
  SoftTables: 8,
} as const;

/** The hot loops. Arrays that do not lie in the shared memory are served by the plain form. */
export interface Kernels {
  // Change detection

  /**
   * Compares marked tiles of a band of a captured frame with the shadow.
   *
   * @param capture Top bytes are ignored.
   * @param shadow What clients know; not modified.
   * @param stride Pixels per row, of both.
   * @param width Pixels of the screen.
   * @param top First row.
   * @param bottom Row behind the last. Of a tile whose rows are not all in the band, the others are not looked at.
   * @param marks One byte per tile of the whole screen, `ceil(width / 64)` per tile row: 0 is passed over.
   * @param boxes Four u16 per tile of the whole screen: x0, y0, x1, y1 of the pixels that differ, relative to the
   *   screen's origin, ends exclusive. Written for marked tiles only; x0 = x1 = 0 when nothing differs.
   * @returns Number of tiles that differ.
   */
  diffTiles(
    capture: Uint32Array,
    shadow: Uint32Array,
    stride: number,
    width: number,
    top: number,
    bottom: number,
    marks: Uint8Array,
    boxes: Uint16Array,
  ): number;

  /** Copies a rectangle from capture to shadow, clearing the top bytes. Both have `stride` pixels per row. */
  updateShadow(
    capture: Uint32Array,
    shadow: Uint32Array,
    stride: number,
    x: number,
    y: number,
    width: number,
    height: number,
  ): void;

  // Solid areas

  /** Whether a rectangle is of one value. One without pixels is. */
  isSolid(values: Uint32Array, offset: number, stride: number, width: number, height: number): boolean;

  /** Number of rows from the top of a rectangle that are all of `value`. */
  leadingSolidRows(
    values: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    value: number,
  ): number;

  /** Number of rows from the bottom of a rectangle that are all of `value`. */
  trailingSolidRows(
    values: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    value: number,
  ): number;

  /** Number of columns from the left of a rectangle that are all of `value`. */
  leadingSolidColumns(
    values: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    value: number,
  ): number;

  /** Number of columns from the right of a rectangle that are all of `value`. */
  trailingSolidColumns(
    values: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    value: number,
  ): number;

  // Moves

  /**
   * A 32-bit hash for each row of a rectangle. Top bytes are ignored; rows of the same pixels have the same hash
   * wherever they lie.
   *
   * @param hashes Receives `height` of them.
   */
  rowHashes(
    pixels: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    hashes: Uint32Array,
  ): void;

  /**
   * As {@linkcode rowHashes}, for each piece of `span` pixels of each row; what is left at the right end of a row is
   * left out.
   *
   * @param span Pixels, at least 1.
   * @param hashes Receives `floor(width / span)` for the first row, then those of the second.
   */
  spanHashes(
    pixels: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    span: number,
    hashes: Uint32Array,
  ): void;

  /** As {@linkcode rowHashes}, for columns: `width` hashes. Not to be compared with those of rows. */
  columnHashes(
    pixels: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    hashes: Uint32Array,
  ): void;

  /** Whether two rectangles of the same size hold the same pixels. Top bytes are ignored. */
  sameRect(
    a: Uint32Array,
    aOffset: number,
    aStride: number,
    b: Uint32Array,
    bOffset: number,
    bStride: number,
    width: number,
    height: number,
  ): boolean;

  /** Number of rows, from the top, up to the first in which two rectangles of the same size differ. */
  leadingSameRows(
    a: Uint32Array,
    aOffset: number,
    aStride: number,
    b: Uint32Array,
    bOffset: number,
    bStride: number,
    width: number,
    height: number,
  ): number;

  /**
   * Looks in a rectangle for a row of pixels. Top bytes are ignored. Fast when the first of them is rare.
   *
   * @param needle Holds the `length` pixels to find, from `needleOffset` on; at least 1.
   * @param found Receives x and y of each place, relative to the rectangle, in reading order; no more than fit.
   * @returns Number of places found, at most half the length of `found`.
   */
  findSpan(
    pixels: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    needle: Uint32Array,
    needleOffset: number,
    length: number,
    found: Uint32Array,
  ): number;

  /** Copies a rectangle within one array, as if it were taken out whole first: source and target may overlap. */
  moveRect(
    pixels: Uint32Array,
    fromOffset: number,
    toOffset: number,
    stride: number,
    width: number,
    height: number,
  ): void;

  // Pixel formats

  /**
   * Writes the values of a rectangle without gaps.
   *
   * @returns Bytes written: `width * height * layoutBytes(layout)`.
   */
  packValues(
    values: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    layout: Layout,
    out: Uint8Array,
    outOffset: number,
  ): number;

  /**
   * Turns pixels into those of a true-colour format and writes them without gaps. Top bytes are ignored.
   *
   * @param out May be the bytes of a `Uint32Array`: `Layout.U32Little` makes values.
   * @returns Bytes written.
   */
  packTrueColour(
    pixels: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    fields: ColourFields,
    layout: Layout,
    out: Uint8Array,
    outOffset: number,
  ): number;

  /**
   * As {@linkcode packTrueColour}, for any format: a pixel becomes
   * `table[red] | table[256 + green] | table[512 + blue]`.
   *
   * @param table 768 of them.
   */
  packByTable(
    pixels: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    table: Uint32Array,
    layout: Layout,
    out: Uint8Array,
    outOffset: number,
  ): number;

  // Smooth content

  /**
   * Subtracts from each of the four bytes of each value what is left + above - above left of it, clamped to 0 … 255.
   * What lies outside the rectangle counts as 0. (Tight's gradient filter, for channels of a byte each.)
   *
   * @param out Receives `width * height` values, without gaps.
   */
  subtractGradient(
    values: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    out: Uint32Array,
  ): void;

  // Other sizes

  /** See {@linkcode Resample}. */
  readonly resample: Resample;

  // Few colours

  /**
   * Finds the colours of a rectangle, and for each pixel which of them it has, in one pass that ends at the first
   * colour too many.
   *
   * @param max Colours to tell apart, 1 to {@linkcode MAX_COLOURS}.
   * @param colours Receives up to `max`, in the order in which they appear.
   * @param indices Receives `width * height`, without gaps; not meaningful when there are too many colours.
   * @param table Scratch of {@linkcode COLOUR_TABLE_LENGTH}.
   * @returns Number of colours, or `max + 1` when there are more than `max`.
   */
  indexColours(
    values: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    max: number,
    colours: Uint32Array,
    indices: Uint8Array,
    table: Uint16Array,
  ): number;

  /**
   * Counts runs of like indices, as run-length encodings need it (RFC 6143 §7.7.5).
   *
   * @param indices The first `length` are looked at.
   * @param counts Receives the number of single ones, the number of runs of two and more, and the number of bytes that
   *   the lengths of those take: `1 + floor((length - 1) / 255)` each.
   */
  countIndexRuns(indices: Uint8Array, length: number, counts: Uint32Array): void;

  /** As {@linkcode countIndexRuns}, for the values of a rectangle in reading order: runs go on in the next row. */
  countRuns(
    values: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    counts: Uint32Array,
  ): void;

  /**
   * Writes a rectangle of two values as bits, 0 for `background` and 1 for anything else, most significant first, each
   * row from a byte of its own.
   *
   * @returns Bytes written: `ceil(width / 8) * height`.
   */
  packBits(
    values: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    background: number,
    out: Uint8Array,
    outOffset: number,
  ): number;

  /**
   * Writes indices without gaps as 1, 2 or 4 bits each, most significant first, each row from a byte of its own.
   *
   * @param indices `width * height`, each below `2 ** bits`.
   * @returns Bytes written: `ceil(width * bits / 8) * height`.
   */
  packIndices(
    indices: Uint8Array,
    width: number,
    height: number,
    bits: 1 | 2 | 4,
    out: Uint8Array,
    outOffset: number,
  ): number;

  /**
   * Writes one tile as TRLE and ZRLE have it (RFC 6143 §7.7.5, §7.7.6): whichever of raw, solid, packed palette, plain
   * RLE and palette RLE takes the fewest bytes. Palettes have at most 127 colours; none is reused from another tile.
   *
   * @param width At most 64, as is `height`; both at least 1.
   * @param layout Of a CPIXEL.
   * @param scratch {@linkcode TILE_SCRATCH_BYTES} of scratch.
   * @param out Has room for `1 + width * height * (layoutBytes(layout) + 1)` bytes. No more than that is written even when
   *   another thread changes the pixels meanwhile; when none does, at most `1 + width * height * layoutBytes(layout)`.
   * @returns Bytes written.
   */
  encodeTile(
    values: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    layout: Layout,
    scratch: Uint8Array,
    out: Uint8Array,
    outOffset: number,
  ): number;

  // JPEG

  /**
   * Encodes a rectangle as one JFIF image, baseline, Huffman (ITU-T T.81, T.871). Top bytes are ignored. With the
   * accurate transform the bytes are those of libjpeg-turbo with its slow integer DCT.
   *
   * @param width 1 to 65535, as is `height`.
   * @param quality 1 to 100: Annex K's tables scaled as the Independent JPEG Group's library scales them.
   * @param options Sum of {@linkcode JpegOption}s.
   * @param out Has room for `jpegBound(width, height, subsampling)` bytes from `outOffset` on.
   * @param scratch Has `jpegScratchBytes(width, height, subsampling, options)` and begins at a multiple of four bytes.
   *   Nothing need be in it, and nothing of use remains.
   * @returns Bytes written.
   * @throws {RangeError} An argument is out of range.
   */
  encodeJpeg(
    pixels: Uint32Array,
    offset: number,
    stride: number,
    width: number,
    height: number,
    quality: number,
    subsampling: Subsampling,
    options: number,
    out: Uint8Array,
    outOffset: number,
    scratch: Uint8Array,
  ): number;
}

/** Scratch of {@linkcode Kernels.encodeTile} in bytes: indices, colours, table. */
export const TILE_SCRATCH_BYTES = TILE * TILE + 16 + 1024 + COLOUR_TABLE_LENGTH * 2;
