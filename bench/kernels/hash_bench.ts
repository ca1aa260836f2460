/**
 * Hashes for finding moves: `deno bench -A bench/kernels/hash_bench.ts`.
 *
 * @module
 */
import { benchForms, frame, HEIGHT, WIDTH } from "./forms.ts";

benchForms("rowHashes()", (form) => {
  const pixels = frame(form, "desktop");
  const hashes = form.u32(HEIGHT);
  return () => form.kernels.rowHashes(pixels, 0, WIDTH, WIDTH, HEIGHT, hashes);
});

benchForms("columnHashes()", (form) => {
  const pixels = frame(form, "desktop");
  const hashes = form.u32(WIDTH);
  return () => form.kernels.columnHashes(pixels, 0, WIDTH, WIDTH, HEIGHT, hashes);
});

benchForms("spanHashes() of 32 pixels", (form) => {
  const pixels = frame(form, "desktop");
  const hashes = form.u32(WIDTH / 32 * HEIGHT);
  return () => form.kernels.spanHashes(pixels, 0, WIDTH, WIDTH, HEIGHT, 32, hashes);
});
