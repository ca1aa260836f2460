/**
 * @module
 */
import assert from "node:assert/strict";
import { plainKernels } from "../../lib/kernels/plain.ts";

const KERNELS = new URL("../../bench/kernels/", import.meta.url);

Deno.test("every kernel is in bench/kernels", async () => {
  let benches = "";
  for await (const { name } of Deno.readDir(KERNELS)) {
    if (name.endsWith("_bench.ts")) benches += await Deno.readTextFile(new URL(name, KERNELS));
  }
  // Four of them by a name that is put together: leadingSolidRows() and so on.
  const missing = Object.keys(plainKernels).filter((name) =>
    !benches.includes(name) &&
    !(/^(leading|trailing)Solid(Rows|Columns)$/.test(name) && benches.includes("kernels[name]"))
  );
  assert.deepEqual(missing, []);
});
