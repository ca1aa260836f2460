/**
 * What a program holds on to, as opposed to what it has used and not yet given back: memory after garbage collection.
 *
 * Resident memory says little of leaks: V8 lets its young generation grow to tens of MiB while much is allocated, and
 * malloc keeps what was freed. What lives does not grow unless something is kept.
 *
 * @module
 */
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

let collect: (() => void) | undefined;

/** Bytes on the heap and outside of it that are in use, after all that can be collected was. */
export async function liveMemory(): Promise<number> {
  if (!collect) {
    setFlagsFromString("--expose-gc");
    collect = runInNewContext("gc") as () => void;
  }
  // What is closed in this turn is let go of in the next ones; finalizers run behind a collection.
  for (let round = 0; round < 3; round++) {
    await new Promise((resolve) => setTimeout(resolve, 20));
    collect();
  }
  const { heapUsed, external } = Deno.memoryUsage();
  return heapUsed + external;
}
