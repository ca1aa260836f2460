/** How many file descriptors are open. Needs native code. @module */
import assert from "node:assert/strict";
import { countDescriptors } from "../../lib/ffi/process_descriptors.ts";

Deno.test("countDescriptors() counts one more for each open file, and leaves none open itself", async () => {
  const before = countDescriptors()!;
  assert.equal(before, [...Deno.readDirSync("/proc/self/fd")].length - 1);
  const path = await Deno.makeTempFile();
  {
    using _one = await Deno.open(path);
    using _two = await Deno.open(path);
    assert.equal(countDescriptors(), before + 2);
  }
  assert.equal(countDescriptors(), before);
  await Deno.remove(path);
});
