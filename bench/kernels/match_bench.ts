/**
 * Verifying and making moves: `deno bench -A bench/kernels/match_bench.ts`.
 *
 * @module
 */
import { benchForms, frame, HEIGHT, WIDTH } from "./forms.ts";

benchForms("sameRect() of a frame scrolled by 16 rows", (form) => {
  const pixels = frame(form, "text");
  const moved = form.u32(pixels);
  moved.copyWithin(0, 16 * WIDTH);
  return () => form.kernels.sameRect(pixels, 16 * WIDTH, WIDTH, moved, 0, WIDTH, WIDTH, HEIGHT - 16);
});

benchForms("findSpan() of 16 pixels", (form) => {
  const pixels = frame(form, "photo");
  const found = form.u32(64);
  const needle = (HEIGHT - 2) * WIDTH + 900;
  return () => form.kernels.findSpan(pixels, 0, WIDTH, WIDTH, HEIGHT, pixels, needle, 16, found);
});

benchForms("moveRect() up by 16 rows", (form) => {
  const pixels = frame(form, "text");
  return () => form.kernels.moveRect(pixels, 16 * WIDTH, 0, WIDTH, WIDTH, HEIGHT - 16);
});

benchForms("leadingSameRows() of all rows but the last", (form) => {
  const pixels = frame(form, "text");
  const other = form.u32(pixels);
  other[other.length - 1]! ^= 1;
  return () => form.kernels.leadingSameRows(pixels, 0, WIDTH, other, 0, WIDTH, WIDTH, HEIGHT);
});
