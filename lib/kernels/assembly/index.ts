/**
 * The SIMD form of the kernels, in AssemblyScript; `deno task kernels` makes `kernels_wasm.ts` of it.
 *
 * Common to all files here: pointers and strides are bytes of the one shared memory, widths and heights are pixels.
 * Several threads run these functions on that memory at once, so nothing here has a mutable global in it (mutable
 * globals of WebAssembly itself belong to one instance, and are allowed) and scratch is an argument. What tables are made
 * here, see jpeg_tables.ts, are the same in all threads, and each makes them before it reads them.
 * `simd.ts` has checked all arguments. What each function does is said at the port, `kernels.ts`.
 */
export * from "./diff";
export * from "./solid";
export * from "./hash";
export * from "./match";
export { packByTable, packTrueColour, packValues } from "./convert";
export * from "./gradient";
export * from "./resample";
export { countIndexRuns, countRuns, indexColours, packBits, packIndices } from "./palette";
export * from "./tile";
export * from "./jpeg";
