/**
 * The hot loops as WebAssembly with SIMD, for arrays in one shared memory.
 *
 * Arguments are checked as the plain form checks them; a call with an array that lies elsewhere goes to the plain form.
 *
 * @module
 */
import type { Kernels } from "./kernels.ts";
import { KERNELS_BASE64 } from "./kernels_wasm.ts";
import { SharedArrays } from "./shared_arrays.ts";
import type { Exports } from "./simd/exports.ts";
import { jpegKernel } from "./simd/jpeg.ts";
import { pixelKernels } from "./simd/pixels.ts";
import { resampleKernel } from "./simd/resample.ts";
import { valueKernels } from "./simd/values.ts";

/** A shared memory, or what owns one, such as `FrameMemory`. */
export type KernelMemory = WebAssembly.Memory | { readonly memory: WebAssembly.Memory };

let compiled: WebAssembly.Module | undefined;

/**
 * Makes the kernels for one shared memory. Each thread makes its own; all work on the same memory at once.
 *
 * @param memory Shared, with a maximum of 65536 pages. Its first 128 KiB are the kernels': a mark and constants, the same
 *   for all instances. (`FrameMemory` keeps 1 MiB for this.)
 * @throws {WebAssembly.LinkError} The memory is not such a one.
 */
export function loadKernels(memory: KernelMemory): Kernels {
  const shared = memory instanceof WebAssembly.Memory ? memory : memory.memory;
  compiled ??= new WebAssembly.Module(Uint8Array.fromBase64(KERNELS_BASE64));
  const instance = new WebAssembly.Instance(compiled, { env: { memory: shared } });
  const wasm = instance.exports as unknown as Exports;
  const arrays = new SharedArrays(shared);
  return {
    ...pixelKernels(wasm, arrays),
    ...valueKernels(wasm, arrays),
    ...resampleKernel(wasm, arrays),
    ...jpegKernel(wasm, arrays),
  };
}
