/**
 * What a server loads that shows its screen at another size.
 *
 * @module
 */
export { ScaledSource } from "./capture/scaled_source.ts";
export { ScaledInput } from "./input/scaled_input.ts";
export { loadKernels } from "./kernels/simd.ts";
