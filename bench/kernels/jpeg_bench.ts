/**
 * The JPEG encoder: `deno bench -A bench/kernels/jpeg_bench.ts`. Where libturbojpeg.so.0 is installed, it encodes the same
 * pixels beside (AVX2 assembly where the machine has it). On a machine whose speed changes, jpeg_turbo.ts compares better.
 *
 * @module
 */
import { jpegBound, jpegScratchBytes } from "../../lib/kernels/jpeg/layout.ts";
import { JpegOption, Subsampling } from "../../lib/kernels/kernels.ts";
import { image } from "../../tests/support/images.ts";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { plainKernels } from "../../lib/kernels/plain.ts";
import { loadKernels } from "../../lib/kernels/simd.ts";
import { openTurbo } from "./turbojpeg.ts";

const CASES: [string, number, number, number, Subsampling, number][] = [
  ["photo", 1920, 1080, 80, Subsampling.Both2, JpegOption.None],
  ["photo", 1920, 1080, 92, Subsampling.None, JpegOption.None],
  ["noise", 960, 540, 92, Subsampling.None, JpegOption.None],
  ["photo", 256, 256, 80, Subsampling.Both2, JpegOption.None],
  ["photo", 64, 64, 80, Subsampling.Both2, JpegOption.None],
  ["desktop", 1920, 1080, 80, Subsampling.Both2, JpegOption.None],
  ["text", 256, 256, 80, Subsampling.Both2, JpegOption.None],
  ["photo", 256, 256, 80, Subsampling.Both2, JpegOption.Accurate],
  ["photo", 256, 256, 80, Subsampling.Both2, JpegOption.OptimalTables],
];

const turbo = openTurbo();
const memory = new FrameMemory();
const FORMS = [
  { form: "plain", kernels: plainKernels, allocate: (length: number) => new Uint8Array(length) },
  { form: "SIMD", kernels: loadKernels(memory), allocate: (length: number) => memory.allocate(length) },
];

for (const [name, width, height, quality, subsampling, options] of CASES) {
  const group =
    `${name} ${width}x${height}, quality ${quality}, subsampling ${subsampling}, options ${options}`;
  const { pixels } = image(name).make(width, height);
  for (const { form, kernels, allocate } of FORMS) {
    const bytes = allocate(width * height * 4);
    const source = new Uint32Array(bytes.buffer, bytes.byteOffset, width * height);
    source.set(pixels);
    const scratch = allocate(jpegScratchBytes(width, height, subsampling, options));
    const out = allocate(jpegBound(width, height, subsampling));
    Deno.bench({ name: `${group} [${form}]`, group, baseline: form === "plain" }, () => {
      kernels.encodeJpeg(source, 0, width, width, height, quality, subsampling, options, out, 0, scratch);
    });
  }
  if (turbo && options !== JpegOption.OptimalTables) {
    const encode = turbo(pixels.slice(), width, height, quality, subsampling, true);
    Deno.bench({ name: `${group} [libturbojpeg]`, group }, () => void encode());
  }
}
