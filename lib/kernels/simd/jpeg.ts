/**
 * The loops of the JPEG encoder: from typed arrays to addresses.
 *
 * @module
 */
import { createEncodeJpeg, type JpegCoder } from "../jpeg/encode.ts";
import type { Kernels } from "../kernels.ts";
import { plainKernels } from "../plain.ts";
import type { SharedArrays } from "../shared_arrays.ts";
import { address, type Exports } from "./exports.ts";

/** The kernel of this subject, for arrays of one memory. */
export function jpegKernel(wasm: Exports, arrays: SharedArrays) {
  const coder: JpegCoder = {
    scan: (pixels, offset, stride, width, height, shape, fast, soft, scratch, out, outOffset) =>
      wasm.jpegScan(
        address(pixels, offset),
        stride * 4,
        width,
        height,
        shape.across,
        shape.down,
        shape.colour ? 1 : 0,
        fast ? 1 : 0,
        soft ? 1 : 0,
        scratch.byteOffset,
        out.byteOffset + outOffset,
      ),
    tokenize: (pixels, offset, stride, width, height, shape, fast, scratch) =>
      wasm.jpegTokenize(
        address(pixels, offset),
        stride * 4,
        width,
        height,
        shape.across,
        shape.down,
        shape.colour ? 1 : 0,
        fast ? 1 : 0,
        scratch.byteOffset,
      ),
    writeTokens: (count, scratch, out, outOffset) =>
      wasm.jpegWriteTokens(count, scratch.byteOffset, out.byteOffset + outOffset),
  };
  const inWasm = createEncodeJpeg(coder);
  return {
    encodeJpeg: (pixels, offset, stride, width, height, quality, subsampling, options, out, at, scratch) => {
      const inMemory = arrays.has(pixels) && arrays.has(out) && arrays.has(scratch);
      const encode = inMemory ? inWasm : plainKernels.encodeJpeg;
      return encode(
        pixels,
        offset,
        stride,
        width,
        height,
        quality,
        subsampling,
        options,
        out,
        at,
        scratch,
      );
    },
  } satisfies Partial<Kernels>;
}
