/**
 * Few colours, and tiles of ZRLE, on three kinds of content: `deno bench -A bench/kernels/palette_bench.ts`.
 *
 * @module
 */
import { COLOUR_TABLE_LENGTH, Layout, TILE_SCRATCH_BYTES } from "../../lib/kernels/kernels.ts";
import { benchForms, eachTile, frame, HEIGHT, WIDTH } from "./forms.ts";

for (const name of ["desktop", "text", "photo"]) {
  benchForms(`indexColours() of 510 tiles, ${name}`, (form) => {
    const pixels = frame(form, name);
    const colours = form.u32(256), indices = form.u8(64 * 64), table = form.u16(COLOUR_TABLE_LENGTH);
    const { indexColours } = form.kernels;
    return () => eachTile((at) => indexColours(pixels, at, WIDTH, 64, 64, 256, colours, indices, table));
  });

  benchForms(`encodeTile() of 510 tiles, ${name}`, (form) => {
    const pixels = frame(form, name);
    const scratch = form.u8(TILE_SCRATCH_BYTES), out = form.u8(1 + 64 * 64 * 4);
    const { encodeTile } = form.kernels;
    return () => eachTile((at) => encodeTile(pixels, at, WIDTH, 64, 64, Layout.Low24Little, scratch, out, 0));
  });
}

benchForms("countIndexRuns() of 510 tiles", (form) => {
  const pixels = frame(form, "text");
  const indices = form.u8(pixels.map((pixel) => pixel & 0xff));
  const counts = form.u32(3);
  const tiles = Array.from({ length: 506 }, (_, i) => indices.subarray(i * 4096, (i + 1) * 4096));
  return () => tiles.forEach((tile) => form.kernels.countIndexRuns(tile, 4096, counts));
});

for (const name of ["desktop", "photo"]) {
  benchForms(`countRuns() of 510 tiles, ${name}`, (form) => {
    const pixels = frame(form, name);
    const counts = form.u32(3);
    return () => eachTile((at) => form.kernels.countRuns(pixels, at, WIDTH, 64, 64, counts));
  });
}

benchForms("packBits()", (form) => {
  const pixels = frame(form, "text");
  const out = form.u8(WIDTH * HEIGHT / 8);
  return () => form.kernels.packBits(pixels, 0, WIDTH, WIDTH, HEIGHT, 0xffffff, out, 0);
});

for (const bits of [1, 2, 4] as const) {
  benchForms(`packIndices() of ${bits} bits`, (form) => {
    const indices = form.u8(Array.from({ length: WIDTH * HEIGHT }, (_, i) => i % 2 ** bits));
    const out = form.u8(WIDTH * HEIGHT * bits / 8);
    return () => form.kernels.packIndices(indices, WIDTH, HEIGHT, bits, out, 0);
  });
}
