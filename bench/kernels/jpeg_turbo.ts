/**
 * `deno task bench:jpeg`: the JPEG encoder beside libjpeg-turbo (Debian: libturbojpeg0), one thread, same pixels, quality
 * and subsampling. Both take turns, so that a machine whose speed changes does so for both.
 *
 * @module
 */
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { jpegBound, jpegScratchBytes } from "../../lib/kernels/jpeg/layout.ts";
import { JpegOption, Subsampling } from "../../lib/kernels/kernels.ts";
import { loadKernels } from "../../lib/kernels/simd.ts";
import { image } from "../../tests/support/images.ts";
import { openTurbo } from "./turbojpeg.ts";

const [WIDTH, HEIGHT] = [960, 540];
const WARM_UP = 20;
const ROUNDS = 60;

/** What the quality levels 9, 8, 5 and 2 of a viewer mean; and level 8 with tables made for each picture. */
const SETTINGS: [string, number, Subsampling, number][] = [
  ["100, 4:4:4", 100, Subsampling.None, JpegOption.None],
  ["92, 4:4:4", 92, Subsampling.None, JpegOption.None],
  ["77, 4:2:2", 77, Subsampling.Horizontal2, JpegOption.None],
  ["41, 4:2:0", 41, Subsampling.Both2, JpegOption.None],
  ["92, 4:4:4, own tables", 92, Subsampling.None, JpegOption.OptimalTables],
];

/** Milliseconds. */
function time(run: () => unknown): number {
  const start = performance.now();
  run();
  return performance.now() - start;
}

function print(line: string): void {
  // deno-lint-ignore no-console -- a table is what this is for
  console.log(line);
}

function main(): void {
  const turbo = openTurbo();
  if (!turbo) {
    print("libturbojpeg.so.0 is not installed");
    return;
  }
  const memory = new FrameMemory();
  const { encodeJpeg } = loadKernels(memory);
  print(`${WIDTH}x${HEIGHT}; ms, the least of ${ROUNDS}; ratios below 1: Porthole is faster`);
  for (const [title, quality, subsampling, options] of SETTINGS) {
    const scratch = memory.allocate(jpegScratchBytes(WIDTH, HEIGHT, subsampling, options));
    const out = memory.allocate(jpegBound(WIDTH, HEIGHT, subsampling));
    // Read by the library at each call.
    if (options & JpegOption.OptimalTables) Deno.env.set("TJ_OPTIMIZE", "1");
    for (const name of ["photo", "desktop", "noise"]) {
      const pixels = image(name).make(WIDTH, HEIGHT).pixels.slice();
      const bytes = memory.allocate(pixels.byteLength);
      const source = new Uint32Array(bytes.buffer, bytes.byteOffset, pixels.length);
      source.set(pixels);
      const ours = () =>
        encodeJpeg(source, 0, WIDTH, WIDTH, HEIGHT, quality, subsampling, options, out, 0, scratch);
      const [fast, accurate] = [false, true].map((accurate) =>
        turbo(pixels, WIDTH, HEIGHT, quality, subsampling, accurate)
      ) as [() => number, () => number];
      const rounds = Array.from({ length: WARM_UP + ROUNDS }, () => [time(ours), time(fast), time(accurate)])
        .slice(WARM_UP);
      // Whatever else the machine does only adds time: the least is the program's own.
      const [own, theirs, theirAccurate] = [0, 1, 2].map((i) =>
        Math.min(...rounds.map((round) => round[i]!))
      );
      print(
        `${title.padEnd(22)} ${name.padEnd(8)} Porthole ${own!.toFixed(2)}, ${ours()} bytes; libjpeg-turbo ` +
          `fast ${theirs!.toFixed(2)}, ${fast()} bytes, accurate ${theirAccurate!.toFixed(2)}; ` +
          `ratios ${(own! / theirs!).toFixed(2)} and ${(own! / theirAccurate!).toFixed(2)}`,
      );
    }
    Deno.env.delete("TJ_OPTIMIZE");
  }
}

if (import.meta.main) main();
