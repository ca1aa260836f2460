/**
 * A short run of the fuzzer, and everything that it has ever found; `deno task fuzz` is the long run.
 *
 * @module
 */
import assert from "node:assert/strict";
import { fuzz, replay } from "./fuzz.ts";
import { mutate, mutateText, randomOf } from "./mutations.ts";
import { Find, minimise, runTarget } from "./runner.ts";
import { type FuzzTarget, simply } from "./target.ts";
import { TARGETS } from "./targets/registry.ts";

/** A share of a bounded run that fits into a test. */
const SECONDS = 1;

for (const target of TARGETS) {
  // TLS's streams and inflaters that were broken off close some turns later.
  const sanitizers = { sanitizeOps: false, sanitizeResources: false };

  Deno.test({
    name: `fuzz: ${target.name}: nothing breaks within a second, nor by what once did`,
    ...sanitizers,
    async fn() {
      await replay(target);
      const [report] = await fuzz({ seed: 20260101, seconds: SECONDS, cases: 20_000, targets: [target] });
      assert.ok(report!.cases >= 1);
    },
  });
}

Deno.test("mutate() and mutateText() make the same of the same seed", () => {
  const run = () => {
    const random = randomOf(7);
    return Array.from({ length: 50 }, () =>
      [
        mutate(new Uint8Array(40).fill(9), random).join(),
        mutateText("the quick brown fox", ["x"], random),
      ].join("|"));
  };
  assert.deepEqual(run(), run());
  assert.ok(new Set(run()).size > 20);
});

/** Breaks when 7 stands anywhere before 9. */
const FRAGILE: FuzzTarget = {
  name: "fragile",
  share: 1,
  open: simply({
    make: (random) => Uint8Array.from({ length: 60 }, () => random() * 16),
    attempt(bytes) {
      const seven = bytes.indexOf(7);
      assert.ok(seven < 0 || bytes.indexOf(9, seven) < 0, "it breaks");
    },
  }),
};

Deno.test("runTarget() finds what breaks, and makes it as small as it can", async () => {
  await assert.rejects(runTarget(FRAGILE, { seed: 1, seconds: 5, cases: 1000 }), (error) => {
    assert.ok(error instanceof Find);
    assert.deepEqual([...error.bytes], [7, 9]);
    return true;
  });
});

Deno.test("runTarget() finds promises that nobody has caught, and by which case", async () => {
  const careless: FuzzTarget = {
    ...FRAGILE,
    open: simply({
      make: (random) => Uint8Array.from({ length: 4 }, () => random() * 64),
      attempt(bytes) {
        if (bytes.includes(5)) void Promise.reject(new Error("nobody listens"));
      },
    }),
  };
  await assert.rejects(runTarget(careless, { seed: 1, seconds: 5, cases: 5000 }), (error) => {
    assert.ok(error instanceof Find);
    assert.match(error.message, /nobody listens/);
    assert.deepEqual([...error.bytes], [5]);
    return true;
  });
});

Deno.test("minimise() leaves what breaks only in company as it is", async () => {
  await using open = await FRAGILE.open();
  assert.deepEqual([...await minimise(open, Uint8Array.of(1, 2, 3))], [1, 2, 3]);
});

Deno.test("runTarget() finds cases that never end", async () => {
  const endless: FuzzTarget = {
    ...FRAGILE,
    atOnce: 4,
    open: simply({
      make: (random) => Uint8Array.from({ length: 4 }, () => random() * 64),
      attempt: (bytes) => bytes.includes(5) ? new Promise(() => {}) : Promise.resolve(),
    }),
  };
  const options = { seed: 1, seconds: 5, cases: 5000, patienceMs: 1500 };
  await assert.rejects(runTarget(endless, options), (error) => {
    assert.ok(error instanceof Find);
    assert.match(error.message, /longer than 1500 ms/);
    assert.ok(error.bytes.includes(5));
    return true;
  });
});
