/**
 * Change detection, solid areas and moves: from typed arrays to addresses.
 *
 * @module
 */
import { hasRect, requireRoom } from "../bounds.ts";
import { type Kernels, TILE } from "../kernels.ts";
import { plainKernels } from "../plain.ts";
import type { SharedArrays } from "../shared_arrays.ts";
import { address, type Exports } from "./exports.ts";

/** The kernels of this subject, for arrays of one memory. */
export function pixelKernels(wasm: Exports, arrays: SharedArrays) {
  const rowHashes: Kernels["rowHashes"] = (pixels, offset, stride, width, height, hashes) => {
    spanHashes(pixels, offset, stride, width, height, width, hashes);
  };
  const spanHashes: Kernels["spanHashes"] = (pixels, offset, stride, width, height, span, hashes) => {
    if (!arrays.has(pixels) || !arrays.has(hashes)) {
      return plainKernels.spanHashes(pixels, offset, stride, width, height, span, hashes);
    }
    if (!hasRect(pixels, offset, stride, width, height)) return;
    if (!(span >= 1)) throw new RangeError(`Cannot hash spans of ${span} pixels: must be at least 1`);
    const spans = Math.floor(width / span);
    requireRoom(hashes, 0, spans * height);
    wasm.spanHashes(address(pixels, offset), stride * 4, spans, height, span, hashes.byteOffset);
  };
  const leadingSameRows: Kernels["leadingSameRows"] = (
    a,
    aOffset,
    aStride,
    b,
    bOffset,
    bStride,
    width,
    height,
  ) => {
    if (!arrays.has(a) || !arrays.has(b)) {
      return plainKernels.leadingSameRows(a, aOffset, aStride, b, bOffset, bStride, width, height);
    }
    if (!hasRect(a, aOffset, aStride, width, height)) return 0;
    hasRect(b, bOffset, bStride, width, height);
    return wasm.leadingSameRows(
      address(a, aOffset),
      aStride * 4,
      address(b, bOffset),
      bStride * 4,
      width,
      height,
    );
  };
  /** The four solid kernels have one shape. */
  const solid = (name: SolidKernel): Kernels[SolidKernel] => {
    const inWasm = wasm[name];
    const plain = plainKernels[name];
    return (values, offset, stride, width, height, value) => {
      if (!arrays.has(values)) return plain(values, offset, stride, width, height, value);
      if (!hasRect(values, offset, stride, width, height)) return 0;
      return inWasm(address(values, offset), stride * 4, width, height, value);
    };
  };
  const leadingSolidRows = solid("leadingSolidRows");
  return {
    diffTiles: (capture, shadow, stride, width, top, bottom, marks, boxes) => {
      const inMemory = arrays.has(capture) && arrays.has(shadow) && arrays.has(marks) && arrays.has(boxes);
      if (!inMemory) {
        return plainKernels.diffTiles(capture, shadow, stride, width, top, bottom, marks, boxes);
      }
      const start = top * stride;
      if (!hasRect(capture, start, stride, width, bottom - top)) return 0;
      hasRect(shadow, start, stride, width, bottom - top);
      const tiles = Math.ceil(width / TILE) * Math.ceil(bottom / TILE);
      requireRoom(marks, 0, tiles);
      requireRoom(boxes, 0, tiles * 4);
      return wasm.diffTiles(
        capture.byteOffset,
        shadow.byteOffset,
        stride * 4,
        width,
        top,
        bottom,
        marks.byteOffset,
        boxes.byteOffset,
      );
    },
    updateShadow: (capture, shadow, stride, x, y, width, height) => {
      if (!arrays.has(capture) || !arrays.has(shadow)) {
        return plainKernels.updateShadow(capture, shadow, stride, x, y, width, height);
      }
      const start = y * stride + x;
      if (!hasRect(capture, start, stride, width, height)) return;
      hasRect(shadow, start, stride, width, height);
      wasm.updateShadow(address(capture, start), address(shadow, start), stride * 4, width, height);
    },
    isSolid: (values, offset, stride, width, height) => {
      if (!hasRect(values, offset, stride, width, height)) return true;
      return leadingSolidRows(values, offset, stride, width, height, values[offset]!) === height;
    },
    leadingSolidRows,
    trailingSolidRows: solid("trailingSolidRows"),
    leadingSolidColumns: solid("leadingSolidColumns"),
    trailingSolidColumns: solid("trailingSolidColumns"),
    rowHashes,
    spanHashes,
    columnHashes: (pixels, offset, stride, width, height, hashes) => {
      if (!arrays.has(pixels) || !arrays.has(hashes)) {
        return plainKernels.columnHashes(pixels, offset, stride, width, height, hashes);
      }
      if (!hasRect(pixels, offset, stride, width, height)) return;
      requireRoom(hashes, 0, width);
      wasm.columnHashes(address(pixels, offset), stride * 4, width, height, hashes.byteOffset);
    },
    sameRect: (a, aOffset, aStride, b, bOffset, bStride, width, height) =>
      width <= 0 || height <= 0 ||
      leadingSameRows(a, aOffset, aStride, b, bOffset, bStride, width, height) === height,
    leadingSameRows,
    findSpan: (pixels, offset, stride, width, height, needle, needleOffset, length, found) => {
      if (!arrays.has(pixels) || !arrays.has(needle) || !arrays.has(found)) {
        return plainKernels.findSpan(
          pixels,
          offset,
          stride,
          width,
          height,
          needle,
          needleOffset,
          length,
          found,
        );
      }
      if (!hasRect(pixels, offset, stride, width, height)) return 0;
      if (!(length >= 1)) throw new RangeError(`Cannot look for ${length} pixels: must be at least 1`);
      requireRoom(needle, needleOffset, length);
      return wasm.findSpan(
        address(pixels, offset),
        stride * 4,
        width,
        height,
        address(needle, needleOffset),
        length,
        found.byteOffset,
        found.length >> 1,
      );
    },
    moveRect: (pixels, fromOffset, toOffset, stride, width, height) => {
      if (!arrays.has(pixels)) {
        return plainKernels.moveRect(pixels, fromOffset, toOffset, stride, width, height);
      }
      if (!hasRect(pixels, fromOffset, stride, width, height)) return;
      hasRect(pixels, toOffset, stride, width, height);
      wasm.moveRect(address(pixels, fromOffset), address(pixels, toOffset), stride * 4, width, height);
    },
  } satisfies Partial<Kernels>;
}

/** Names of the kernels that measure solid rows and columns. */
type SolidKernel =
  | "leadingSolidRows"
  | "trailingSolidRows"
  | "leadingSolidColumns"
  | "trailingSolidColumns";
