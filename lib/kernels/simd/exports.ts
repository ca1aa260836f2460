/**
 * The WebAssembly module's side of the kernels.
 *
 * @module
 */

/** What the WebAssembly module exports, see lib/kernels/assembly. Pointers and strides are in bytes. */
export interface Exports {
  diffTiles(
    capture: number,
    shadow: number,
    stride: number,
    width: number,
    top: number,
    bottom: number,
    marks: number,
    boxes: number,
  ): number;
  updateShadow(capture: number, shadow: number, stride: number, width: number, height: number): void;
  leadingSolidRows(at: number, stride: number, width: number, height: number, value: number): number;
  trailingSolidRows(at: number, stride: number, width: number, height: number, value: number): number;
  leadingSolidColumns(at: number, stride: number, width: number, height: number, value: number): number;
  trailingSolidColumns(at: number, stride: number, width: number, height: number, value: number): number;
  spanHashes(at: number, stride: number, spans: number, height: number, span: number, hashes: number): void;
  columnHashes(at: number, stride: number, width: number, height: number, hashes: number): void;
  leadingSameRows(
    a: number,
    aStride: number,
    b: number,
    bStride: number,
    width: number,
    height: number,
  ): number;
  findSpan(
    at: number,
    stride: number,
    width: number,
    height: number,
    needle: number,
    length: number,
    found: number,
    most: number,
  ): number;
  moveRect(from: number, to: number, stride: number, width: number, height: number): void;
  packValues(at: number, stride: number, width: number, height: number, layout: number, out: number): void;
  packTrueColour(
    at: number,
    stride: number,
    width: number,
    height: number,
    redMax: number,
    greenMax: number,
    blueMax: number,
    redShift: number,
    greenShift: number,
    blueShift: number,
    layout: number,
    out: number,
  ): void;
  packByTable(
    at: number,
    stride: number,
    width: number,
    height: number,
    table: number,
    layout: number,
    out: number,
  ): void;
  subtractGradient(at: number, stride: number, width: number, height: number, out: number): void;
  resample(
    source: number,
    sourceStride: number,
    firstColumn: number,
    columnStart: number,
    columnShares: number,
    firstRow: number,
    rowStart: number,
    rowShares: number,
    target: number,
    targetStride: number,
    width: number,
    height: number,
    scratch: number,
  ): void;
  indexColours(
    at: number,
    stride: number,
    width: number,
    height: number,
    max: number,
    colours: number,
    indices: number,
    table: number,
  ): number;
  countIndexRuns(indices: number, length: number, counts: number): void;
  countRuns(at: number, stride: number, width: number, height: number, counts: number): void;
  packBits(
    at: number,
    stride: number,
    width: number,
    height: number,
    background: number,
    out: number,
  ): void;
  packIndices(indices: number, width: number, height: number, bits: number, out: number): number;
  encodeTile(
    at: number,
    stride: number,
    width: number,
    height: number,
    layout: number,
    scratch: number,
    out: number,
  ): number;
  jpegScan(
    at: number,
    stride: number,
    width: number,
    height: number,
    across: number,
    down: number,
    colour: number,
    fast: number,
    soft: number,
    scratch: number,
    out: number,
  ): number;
  jpegTokenize(
    at: number,
    stride: number,
    width: number,
    height: number,
    across: number,
    down: number,
    colour: number,
    fast: number,
    scratch: number,
  ): number;
  jpegWriteTokens(count: number, scratch: number, out: number): number;
}

/** Address of a pixel or value. */
export function address(array: Uint32Array, offset: number): number {
  return array.byteOffset + offset * 4;
}
