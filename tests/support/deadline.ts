/**
 * No test waits forever: what has not ended after minutes fails, with the rest of its file, and the files behind it run.
 * For `deno test --preload`.
 *
 * @module
 */

/** What one test may take at most, in ms. The longest takes about half a minute. */
const DEADLINE_MS = Number(Deno.env.get("PORTHOLE_TEST_DEADLINE_MS") ?? 240_000);

let timer: ReturnType<typeof setTimeout> | undefined;

Deno.test.beforeEach(() => {
  timer = setTimeout(() => {
    throw new Error(`The test has not ended within ${DEADLINE_MS / 1000} s`);
  }, DEADLINE_MS);
});

Deno.test.afterEach(() => clearTimeout(timer));
