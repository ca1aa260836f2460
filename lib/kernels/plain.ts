/**
 * The hot loops in plain TypeScript: they run wherever the pixels lie, and say in tests what the WebAssembly form has
 * to give, bit by bit.
 *
 * @module
 */
import type { Kernels } from "./kernels.ts";
import { packByTable, packTrueColour, packValues } from "./plain/convert.ts";
import { diffTiles, updateShadow } from "./plain/diff.ts";
import { subtractGradient } from "./plain/gradient.ts";
import { columnHashes, rowHashes, spanHashes } from "./plain/hash.ts";
import { encodeJpeg } from "./plain/jpeg.ts";
import { findSpan, leadingSameRows, moveRect, sameRect } from "./plain/match.ts";
import { countIndexRuns, countRuns, indexColours, packBits, packIndices } from "./plain/palette.ts";
import { resample } from "./plain/resample.ts";
import {
  isSolid,
  leadingSolidColumns,
  leadingSolidRows,
  trailingSolidColumns,
  trailingSolidRows,
} from "./plain/solid.ts";
import { encodeTile } from "./plain/tile.ts";

/** All kernels, in plain TypeScript. */
export const plainKernels: Kernels = {
  diffTiles,
  updateShadow,
  isSolid,
  leadingSolidRows,
  trailingSolidRows,
  leadingSolidColumns,
  trailingSolidColumns,
  rowHashes,
  spanHashes,
  columnHashes,
  sameRect,
  leadingSameRows,
  findSpan,
  moveRect,
  packValues,
  packTrueColour,
  packByTable,
  subtractGradient,
  resample,
  indexColours,
  countIndexRuns,
  countRuns,
  packBits,
  packIndices,
  encodeTile,
  encodeJpeg,
};
