/**
 * Solid areas: `deno bench -A bench/kernels/solid_bench.ts`.
 *
 * @module
 */
import { findSolidArea } from "../../lib/kernels/solid_area.ts";
import { benchForms, eachTile, frame, HEIGHT, WIDTH } from "./forms.ts";

benchForms("isSolid() of 510 solid tiles", (form) => {
  const pixels = frame(form, "solid");
  return () => eachTile((offset) => form.kernels.isSolid(pixels, offset, WIDTH, 64, 64));
});

benchForms("findSolidArea() of a quarter of the frame", (form) => {
  const pixels = frame(form, "noise");
  for (let y = 200; y < 740; y++) pixels.fill(1, y * WIDTH + 300, y * WIDTH + 1260);
  const bounds = { x: 0, y: 0, width: WIDTH, height: HEIGHT };
  return () => findSolidArea(form.kernels, pixels, WIDTH, bounds, 400, 300);
});

for (const edge of ["leading", "trailing"] as const) {
  for (const lines of ["Rows", "Columns"] as const) {
    const name = `${edge}Solid${lines}` as const;
    benchForms(`${name}() of a solid frame`, (form) => {
      const pixels = frame(form, "solid");
      return () => form.kernels[name](pixels, 0, WIDTH, WIDTH, HEIGHT, pixels[0]!);
    });
  }
}
