/**
 * The JPEG encoder: `deno bench -A bench/kernels/jpeg_bench.ts`. Where libturbojpeg.so.0 is installed, it encodes the same
 * pixels beside (AVX2 assembly where the machine has it).
 *
 * @module
 */
import { jpegBound, jpegScratchBytes } from "../../lib/kernels/jpeg/layout.ts";
import { JpegOption, Subsampling } from "../../lib/kernels/kernels.ts";
import { image } from "../../tests/support/images.ts";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { plainKernels } from "../../lib/kernels/plain.ts";
import { loadKernels } from "../../lib/kernels/simd.ts";

/** Constants of turbojpeg.h. */
const TJPF_BGRX = 3;
const TJFLAG_NOREALLOC = 1024;
const TJFLAG_ACCURATEDCT = 4096;
const TJSAMP: Record<Subsampling, number> = { 0: 0, 1: 1, 2: 2, 3: 5, 4: 3 };

const CASES: [string, number, number, number, Subsampling, number][] = [
  ["photo", 1920, 1080, 80, Subsampling.Both2, JpegOption.None],
  ["photo", 1920, 1080, 92, Subsampling.None, JpegOption.None],
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
    const encode = turbo(pixels.slice(), width, height, quality, subsampling);
    Deno.bench({ name: `${group} [libturbojpeg]`, group }, encode);
  }
}

/** Encodes by libturbojpeg, or `undefined` where it is not installed. */
function openTurbo() {
  const symbols = {
    tjInitCompress: { parameters: [], result: "pointer" },
    tjCompress2: {
      parameters: ["pointer", "buffer", "i32", "i32", "i32", "i32", "buffer", "buffer", "i32", "i32", "i32"],
      result: "i32",
    },
  } as const;
  try {
    const library = Deno.dlopen("libturbojpeg.so.0", symbols).symbols;
    const handle = library.tjInitCompress();
    return (
      pixels: Uint32Array<ArrayBuffer>,
      width: number,
      height: number,
      quality: number,
      sub: Subsampling,
    ) => {
      const out = new Uint8Array(width * height * 8 + 4096);
      const address = BigUint64Array.of(Deno.UnsafePointer.value(Deno.UnsafePointer.of(out)));
      const length = BigUint64Array.of(BigInt(out.length));
      const flags = TJFLAG_NOREALLOC | TJFLAG_ACCURATEDCT;
      const arrays = [pixels, address, length].map((array) => new Uint8Array(array.buffer)) as [
        Uint8Array<ArrayBuffer>,
        Uint8Array<ArrayBuffer>,
        Uint8Array<ArrayBuffer>,
      ];
      return () => {
        library.tjCompress2(
          handle,
          arrays[0],
          width,
          0,
          height,
          TJPF_BGRX,
          arrays[1],
          arrays[2],
          TJSAMP[sub],
          quality,
          flags,
        );
      };
    };
  } catch {
    return undefined;
  }
}
