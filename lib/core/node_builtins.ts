/**
 * Modules of Node's that take the runtime long to load, for files that are loaded before the server listens: they are
 * loaded when they are first asked for, which most starts never do. Other files import them.
 *
 * @module
 */
import type { Buffer } from "node:buffer";
import type * as Crypto from "node:crypto";
import type * as Timers from "node:timers";

let timers: typeof Timers | undefined;

/** `node:buffer`'s class: 10 ms. */
export function nodeBuffer(): typeof Buffer {
  return globalThis.process.getBuiltinModule("node:buffer").Buffer;
}

/** `node:crypto`: 15 ms. */
export function nodeCrypto(): typeof Crypto {
  return globalThis.process.getBuiltinModule("node:crypto");
}

/** `node:process`: 10 ms. */
export function nodeProcess(): typeof globalThis.process {
  return globalThis.process;
}

/** `node:timers`: 7 ms. Made to be asked for often. */
export function nodeTimers(): typeof Timers {
  return timers ??= globalThis.process.getBuiltinModule("node:timers");
}
