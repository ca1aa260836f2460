/**
 * A short run of the fuzzer; `deno task fuzz` is the long one.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fuzz, MOST_GROWTH } from "./fuzz.ts";
import { mutate, randomOf } from "./mutations.ts";

Deno.test("a server survives mutated streams of all handshakes and messages", async () => {
  const report = await fuzz({ seed: 20260101, seconds: 6, cases: 800 });
  assert.ok(report.cases >= 100, `${report.cases} cases`);
  assert.ok(
    report.growth < MOST_GROWTH,
    `${report.growth} more bytes are held on to than after the first tenth`,
  );
});

Deno.test("mutate() makes the same of the same seed", () => {
  const run = () => {
    const random = randomOf(7);
    return Array.from({ length: 50 }, () => mutate(new Uint8Array(40).fill(9), random).join());
  };
  assert.deepEqual(run(), run());
  assert.ok(new Set(run()).size > 20);
});
