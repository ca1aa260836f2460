/**
 * What a server loads when it needs it, named literally, so that whoever imports the library has it with the rest: for
 * modules that Deno has not read before, a program needs the permission to read. Nothing here is ever called.
 *
 * @module
 */

/** Imports of everything that is loaded by `import(import.meta.resolve(…))`. */
export const WITHIN_REACH: readonly (() => Promise<unknown>)[] = [
  () => import("./capture/pattern.ts"),
  () => import("./later.ts"),
  () => import("./observability/metrics_listener.ts"),
  () => import("./scaled.ts"),
  () => import("./transport/tls.ts"),
  () => import("./web/assets.ts"),
  () => import("./web/practice.ts"),
  () => import("./web/web_server.ts"),
];
