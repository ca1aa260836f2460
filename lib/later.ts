/**
 * What a server loads once it listens: half of the program, which nobody needs before the first peer is there. Peers that
 * connect meanwhile wait in the listeners' queues.
 *
 * What is imported here, and by what is imported here alone, takes no time from the start of the program until it listens:
 * such modules are imported by `import(import.meta.resolve(…))`, as Deno reads all that imports with a literal name, and all
 * that those need, before a program begins.
 *
 * @module
 */
export { Desktop } from "./desktop/desktop.ts";
export { loadKernels } from "./kernels/simd.ts";
export { Reception } from "./reception.ts";
