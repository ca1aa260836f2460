/**
 * The hot loops in plain TypeScript: they run wherever the pixels lie, and say in tests what the WebAssembly form has
 * to give, bit by bit.
 *
 * @module
 */
import type { Kernels } from "./kernels.ts";
import { diffTiles, updateShadow } from "./plain/diff.ts";

/** All kernels, in plain TypeScript. */
export const plainKernels: Kernels = { diffTiles, updateShadow };
