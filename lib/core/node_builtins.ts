/**
 * Modules of Node's that take the runtime long to load, for files that are loaded before the server listens: they are
 * loaded when they are first asked for, which most starts never do. Other files import them.
 *
 * @module
 */
import type * as Crypto from "node:crypto";

/** `node:crypto`: 15 ms. */
export function nodeCrypto(): typeof Crypto {
  return globalThis.process.getBuiltinModule("node:crypto");
}

/** `node:process`: 10 ms. */
export function nodeProcess(): typeof globalThis.process {
  return globalThis.process;
}
