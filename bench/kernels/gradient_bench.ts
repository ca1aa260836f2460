/**
 * Tight's gradient filter: `deno bench -A bench/kernels/gradient_bench.ts`.
 *
 * @module
 */
import { benchForms, frame, HEIGHT, WIDTH } from "./forms.ts";

benchForms("subtractGradient()", (form) => {
  const pixels = frame(form, "photo");
  const out = form.u32(WIDTH * HEIGHT);
  return () => form.kernels.subtractGradient(pixels, 0, WIDTH, WIDTH, HEIGHT, out);
});
