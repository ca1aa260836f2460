/**
 * Change detection of a whole frame: `deno bench -A bench/kernels/diff_bench.ts`.
 *
 * @module
 */
import { TILE } from "../../lib/kernels/kernels.ts";
import { benchForms, frame, HEIGHT, WIDTH } from "./forms.ts";

const TILES = Math.ceil(WIDTH / TILE) * Math.ceil(HEIGHT / TILE);

/** Changes no pixel, one in each tile, or all. */
const CHANGES: Record<string, (pixels: Uint32Array) => void> = {
  "nothing differs": () => {},
  "a pixel of each tile differs": (pixels) => {
    for (let y = 30; y < HEIGHT; y += TILE) {
      for (let x = 33; x < WIDTH; x += TILE) pixels[y * WIDTH + x]! ^= 1;
    }
  },
  "everything differs": (pixels) => {
    for (let i = 0; i < pixels.length; i++) pixels[i]! ^= 1;
  },
};

for (const [name, change] of Object.entries(CHANGES)) {
  benchForms(`diffTiles() when ${name}`, (form) => {
    const shadow = frame(form, "desktop");
    const capture = form.u32(shadow);
    change(capture);
    const marks = form.u8(TILES).fill(1);
    const boxes = form.u16(TILES * 4);
    return () => form.kernels.diffTiles(capture, shadow, WIDTH, WIDTH, 0, HEIGHT, marks, boxes);
  });
}

benchForms("updateShadow()", (form) => {
  const capture = frame(form, "desktop");
  const shadow = form.u32(capture.length);
  return () => form.kernels.updateShadow(capture, shadow, WIDTH, 0, 0, WIDTH, HEIGHT);
});
