/**
 * Pixel formats: `deno bench -A bench/kernels/convert_bench.ts`.
 *
 * @module
 */
import { type ColourFields, Layout } from "../../lib/kernels/kernels.ts";
import { benchForms, frame, HEIGHT, WIDTH } from "./forms.ts";

const LAYOUTS = { "blue, green, red": Layout.Low24Little, "big-endian": Layout.U32Big };

for (const [name, layout] of Object.entries(LAYOUTS)) {
  benchForms(`packValues() as ${name}`, (form) => {
    const pixels = frame(form, "desktop");
    const out = form.u8(WIDTH * HEIGHT * 4);
    return () => form.kernels.packValues(pixels, 0, WIDTH, WIDTH, HEIGHT, layout, out, 0);
  });
}

const FORMATS: Record<string, [ColourFields, Layout]> = {
  "0x00BBGGRR": [fields(255, 255, 255, 0, 8, 16), Layout.U32Little],
  "RGB565": [fields(31, 63, 31, 11, 5, 0), Layout.U16Little],
  "BGR233": [fields(7, 7, 3, 0, 3, 6), Layout.U8],
};

function fields(
  redMax: number,
  greenMax: number,
  blueMax: number,
  redShift: number,
  greenShift: number,
  blueShift: number,
): ColourFields {
  return { redMax, greenMax, blueMax, redShift, greenShift, blueShift };
}

for (const [name, [format, layout]] of Object.entries(FORMATS)) {
  benchForms(`packTrueColour() as ${name}`, (form) => {
    const pixels = frame(form, "desktop");
    const out = form.u8(WIDTH * HEIGHT * 4);
    return () => form.kernels.packTrueColour(pixels, 0, WIDTH, WIDTH, HEIGHT, format, layout, out, 0);
  });
}

benchForms("packByTable() as 32 bits", (form) => {
  const pixels = frame(form, "desktop");
  const table = form.u32(Array.from({ length: 768 }, (_, i) => i * 77));
  const out = form.u8(WIDTH * HEIGHT * 4);
  return () => form.kernels.packByTable(pixels, 0, WIDTH, WIDTH, HEIGHT, table, Layout.U32Little, out, 0);
});
