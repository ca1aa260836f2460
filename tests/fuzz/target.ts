/**
 * What can be fuzzed: something that takes bytes from somebody who is not to be trusted.
 *
 * @module
 */
import type { Random } from "./mutations.ts";

/** One part of the server, opened for cases. */
export interface OpenTarget extends AsyncDisposable {
  /** A new case. All that chance decides about it is in these bytes, so that they are the case again at another time. */
  make(random: Random): Uint8Array;
  /** Tries a case. @throws What it has broken; returning is no promise that the bytes were any good. */
  attempt(bytes: Uint8Array): void | Promise<void>;
  /** Looks between cases, every few hundred, whether all is well beside them. @throws What is not. */
  check?(): Promise<void>;
}

/** One part of the server. */
export interface FuzzTarget {
  readonly name: string;
  /** How much of a run's time it gets, compared with the others. */
  readonly share: number;
  /** Cases at the same time, for those that wait; 1 by default. */
  readonly atOnce?: number;
  /** What one case stands for, where that is more than one thing: 32 tiles. */
  readonly perCase?: number;
  open(): Promise<OpenTarget>;
}

/** Opens something that needs no opening. */
export function simply(target: Omit<OpenTarget, typeof Symbol.asyncDispose>): () => Promise<OpenTarget> {
  return () => Promise.resolve({ ...target, [Symbol.asyncDispose]: () => Promise.resolve() });
}

/** Lets errors of these kinds pass: they say that the bytes were no good. */
export function tolerate(error: unknown, ...kinds: readonly string[]): void {
  if (!(error instanceof Error) || !kinds.includes(error.name)) throw error;
}
