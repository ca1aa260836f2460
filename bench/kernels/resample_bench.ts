/**
 * Other sizes: `deno bench -A bench/kernels/resample_bench.ts`.
 *
 * @module
 */
import { RESAMPLE_SCRATCH, type Shares, sharesByLength } from "../../lib/kernels/shares.ts";
import type { KernelForm } from "../../tests/support/kernel_forms.ts";
import { benchForms, frame, HEIGHT, WIDTH } from "./forms.ts";

function sharesOf(form: KernelForm, from: number, to: number): Shares {
  const { first, start, shares } = sharesByLength(from, to);
  return { first: form.u32(first), start: form.u32(start), shares: form.u16(shares) };
}

for (const factor of [0.5, 0.75, 1.25]) {
  const [width, height] = [WIDTH * factor, HEIGHT * factor];
  benchForms(`resample() by ${factor}`, (form) => {
    const pixels = frame(form, "desktop");
    const [columns, rows] = [sharesOf(form, WIDTH, width), sharesOf(form, HEIGHT, height)];
    const target = form.u32(width * height);
    const scratch = form.scratch(RESAMPLE_SCRATCH * width);
    const { resample } = form.kernels;
    return () => resample(pixels, WIDTH, columns, rows, target, width, 0, 0, width, height, scratch);
  });
}
