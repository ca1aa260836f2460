/**
 * Pictures of other sizes: from typed arrays to addresses.
 *
 * @module
 */
import { requireRoom } from "../bounds.ts";
import type { Kernels } from "../kernels.ts";
import { plainKernels } from "../plain.ts";
import type { SharedArrays } from "../shared_arrays.ts";
import { hasPart, RESAMPLE_SCRATCH, type Shares } from "../shares.ts";
import { address, type Exports } from "./exports.ts";

/** The kernel of this subject, for arrays of one memory. */
export function resampleKernel(wasm: Exports, arrays: SharedArrays): Pick<Kernels, "resample"> {
  const hasAll = ({ first, start, shares }: Shares) =>
    arrays.has(first) && arrays.has(start) && arrays.has(shares);
  return {
    resample: (source, sourceStride, columns, rows, target, targetStride, x, y, width, height, scratch) => {
      const isHere = arrays.has(source) && arrays.has(target) && hasAll(columns) && hasAll(rows);
      if (!isHere || !arrays.has(scratch)) {
        const { resample } = plainKernels;
        resample(source, sourceStride, columns, rows, target, targetStride, x, y, width, height, scratch);
        return;
      }
      if (!hasPart(source, sourceStride, columns, rows, target, targetStride, x, y, width, height)) return;
      requireRoom(scratch, 0, Math.ceil(width / 4) * 4 * RESAMPLE_SCRATCH);
      wasm.resample(
        source.byteOffset,
        sourceStride * 4,
        address(columns.first, x),
        address(columns.start, x),
        columns.shares.byteOffset,
        address(rows.first, y),
        address(rows.start, y),
        rows.shares.byteOffset,
        address(target, y * targetStride + x),
        targetStride * 4,
        width,
        height,
        scratch.byteOffset,
      );
    },
  };
}
