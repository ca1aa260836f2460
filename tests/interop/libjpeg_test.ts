/**
 * The JPEG encoder against libjpeg-turbo's own programs (Debian: libjpeg-turbo-progs).
 *
 * @module
 */
import assert from "node:assert/strict";
import { jpegBound, jpegScratchBytes } from "../../lib/kernels/jpeg/layout.ts";
import { JpegOption, Subsampling } from "../../lib/kernels/kernels.ts";
import { image, IMAGES } from "../support/images.ts";
import { KERNEL_FORMS } from "../support/kernel_forms.ts";

const installed = ["cjpeg", "djpeg"].every((name) =>
  Deno.env.get("PATH")!.split(":").some((folder) => {
    try {
      return Deno.statSync(`${folder}/${name}`).isFile;
    } catch {
      return false;
    }
  })
);
const test = (name: string, fn: () => Promise<void>) => Deno.test({ name, fn, ignore: !installed });

const [, simd] = KERNEL_FORMS;
const FACTORS: Record<Subsampling, string[]> = {
  [Subsampling.None]: ["-sample", "1x1"],
  [Subsampling.Horizontal2]: ["-sample", "2x1"],
  [Subsampling.Both2]: ["-sample", "2x2"],
  [Subsampling.Horizontal4]: ["-sample", "4x1"],
  [Subsampling.Gray]: ["-grayscale"],
};

async function run(program: string, args: string[], input: Uint8Array): Promise<Uint8Array> {
  const child = new Deno.Command(program, { args, stdin: "piped", stdout: "piped", stderr: "piped" }).spawn();
  const writing = (async () => {
    const writer = child.stdin.getWriter();
    await writer.write(input);
    await writer.close();
  })();
  const [{ success, stdout, stderr }] = await Promise.all([child.output(), writing]);
  assert.ok(success && stderr.length === 0, `${program}: ${new TextDecoder().decode(stderr)}`);
  return stdout;
}

/** A picture as PPM. */
function ppm(pixels: Uint32Array, width: number, height: number): Uint8Array {
  const header = new TextEncoder().encode(`P6\n${width} ${height}\n255\n`);
  const bytes = new Uint8Array(header.length + width * height * 3);
  bytes.set(header);
  pixels.forEach((pixel, i) =>
    bytes.set([pixel >>> 16 & 0xff, pixel >>> 8 & 0xff, pixel & 0xff], header.length + i * 3)
  );
  return bytes;
}

/** The samples of a PPM or PGM, and how many a pixel has. */
function samplesOf(
  pnm: Uint8Array,
): { samples: Uint8Array; width: number; height: number; perPixel: number } {
  const header = /^P([56])\s(\d+) (\d+)\s255\s/.exec(new TextDecoder("latin1").decode(pnm.subarray(0, 40)))!;
  return {
    samples: pnm.subarray(header[0].length),
    width: Number(header[2]),
    height: Number(header[3]),
    perPixel: header[1] === "6" ? 3 : 1,
  };
}

function encode(
  pixels: Uint32Array,
  width: number,
  height: number,
  quality: number,
  subsampling: Subsampling,
  options = 0,
): Uint8Array {
  const out = simd.u8(jpegBound(width, height, subsampling));
  const scratch = simd.scratch(jpegScratchBytes(width, height, subsampling, options));
  const source = simd.u32(pixels);
  const { encodeJpeg } = simd.kernels;
  return out.slice(
    0,
    encodeJpeg(source, 0, width, width, height, quality, subsampling, options, out, 0, scratch),
  );
}

/** Y of a pixel, not rounded. */
function luma(pixel: number): number {
  return 0.299 * (pixel >>> 16) + 0.587 * (pixel >>> 8 & 0xff) + 0.114 * (pixel & 0xff);
}

/** Peak signal to noise ratio in dB. */
function psnr(a: ArrayLike<number>, b: ArrayLike<number>): number {
  assert.equal(a.length, b.length);
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return sum === 0 ? Infinity : 10 * Math.log10(255 ** 2 / (sum / a.length));
}

test("encodeJpeg() with the accurate transform gives byte by byte what cjpeg gives", async () => {
  const sizes = [[1, 1], [8, 8], [17, 9], [65, 33], [10, 20], [7, 13], [31, 18], [64, 64], [99, 31]] as const;
  let turn = 0;
  for (const { name, make } of IMAGES) {
    for (const [width, height] of sizes) {
      const { pixels } = make(width, height);
      const picture = ppm(pixels, width, height);
      for (const subsampling of Object.values(Subsampling)) {
        const quality = [1, 30, 50, 75, 92, 100][turn % 6]!;
        const optimal = turn % 5 === 0;
        const options = JpegOption.Accurate | (optimal ? JpegOption.OptimalTables : 0);
        turn++;
        const args = ["-quality", `${quality}`, "-baseline", "-dct", "int", ...FACTORS[subsampling]];
        const wanted = await run("cjpeg", optimal ? [...args, "-optimize"] : args, picture);
        const title =
          `${name} ${width}x${height} quality ${quality} subsampling ${subsampling} options ${options}`;
        const found = encode(pixels, width, height, quality, subsampling, options);
        assert.ok(found.length === wanted.length && found.every((byte, i) => byte === wanted[i]), title);
      }
    }
  }
});

test("encodeJpeg() decodes with djpeg at all sizes from 1x1 to 65x65 in all subsamplings", async () => {
  const whole = image("photo").make(65, 65).pixels;
  for (const subsampling of Object.values(Subsampling)) {
    for (let size = 1; size <= 65; size++) {
      const [width, height] = size % 3 === 0
        ? [size, 66 - size]
        : size % 3 === 1
        ? [size, size]
        : [66 - size, size];
      const pixels = new Uint32Array(width * height);
      for (let y = 0; y < height; y++) pixels.set(whole.subarray(y * 65, y * 65 + width), y * width);
      const jpeg = encode(pixels, width, height, 90, subsampling);
      const decoded = samplesOf(await run("djpeg", ["-pnm"], jpeg));
      assert.deepEqual([decoded.width, decoded.height], [width, height]);
      const original = samplesOf(ppm(pixels, width, height)).samples;
      const wanted = decoded.perPixel === 3 ? original : Float64Array.from(pixels, luma);
      const ratio = psnr(decoded.samples, wanted);
      assert.ok(ratio > 30, `${width}x${height} subsampling ${subsampling}: ${ratio.toFixed(1)} dB`);
    }
  }
});

test("encodeJpeg() is at every quality as near to the picture as libjpeg's, at the same size", async () => {
  const [width, height] = [320, 240];
  const samplings = [Subsampling.None, Subsampling.Horizontal2, Subsampling.Both2, Subsampling.Gray] as const;
  const differences: number[] = [];
  let bytes = 0, theirBytes = 0;
  for (const name of ["photo", "desktop", "text", "noise"]) {
    const { pixels } = image(name).make(width, height);
    const picture = ppm(pixels, width, height);
    const original = samplesOf(picture).samples;
    const gray = Float64Array.from(pixels, luma);
    for (const subsampling of samplings) {
      for (const quality of [5, 15, 29, 42, 62, 77, 86, 92, 94, 95, 100]) {
        const args = ["-quality", `${quality}`, "-baseline", "-dct", "int", ...FACTORS[subsampling]];
        const theirs = await run("cjpeg", args, picture);
        const ours = encode(pixels, width, height, quality, subsampling);
        const wanted = subsampling === Subsampling.Gray ? gray : original;
        const [theirRatio, ourRatio] = await Promise.all(
          [theirs, ours].map(async (jpeg) =>
            psnr(samplesOf(await run("djpeg", ["-pnm"], jpeg)).samples, wanted)
          ),
        );
        const title = `${name} quality ${quality} subsampling ${subsampling}: ` +
          `${ourRatio} and ${theirRatio} dB, ${ours.length} and ${theirs.length} bytes`;
        // One picture's flat areas are lucky with one rounding or the other.
        assert.ok(ourRatio! >= theirRatio! - 0.2, title);
        assert.ok(ours.length <= theirs.length * 1.01, title);
        if (Number.isFinite(theirRatio)) differences.push(ourRatio! - theirRatio!);
        bytes += ours.length;
        theirBytes += theirs.length;
      }
    }
  }
  const mean = differences.reduce((sum, difference) => sum + difference, 0) / differences.length;
  assert.ok(mean >= -0.02, `${mean} dB`);
  assert.ok(bytes <= theirBytes, `${bytes} and ${theirBytes} bytes`);
});

test("encodeJpeg() with tables for soft pictures decodes to the same pixels as with the standard's, whatever it shows", async () => {
  for (const { name, make } of IMAGES) {
    const { pixels } = make(90, 50);
    for (const quality of [30, 92, 100]) {
      const [standard, soft] = await Promise.all(
        [JpegOption.None, JpegOption.SoftTables].map((options) =>
          run("djpeg", ["-pnm"], encode(pixels, 90, 50, quality, Subsampling.None, options))
        ),
      );
      assert.ok(standard!.length === soft!.length && standard!.every((byte, i) => byte === soft![i]), name);
    }
  }
});

test("encodeJpeg() without tables decodes behind the tables of an image before it (T.81 B.5)", async () => {
  const { pixels } = image("desktop").make(90, 50);
  const full = encode(pixels, 90, 50, 80, Subsampling.Horizontal2);
  const short = encode(pixels, 90, 50, 80, Subsampling.Horizontal2, JpegOption.NoTables);
  // The start of the image, its quantisation and Huffman tables, then the rest of the short one.
  const tables: Uint8Array[] = [];
  for (let at = 2; full[at + 1] !== 0xda;) {
    const end = at + 2 + (full[at + 2]! << 8 | full[at + 3]!);
    if (full[at + 1] === 0xdb || full[at + 1] === 0xc4) tables.push(full.subarray(at, end));
    at = end;
  }
  const parts = [short.subarray(0, 2), ...tables, short.subarray(2)];
  const joined = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  assert.ok(short.length < full.length - 500);
  // Without APP0 the colours are YCbCr by their component ids 1, 2, 3.
  assert.deepEqual(await run("djpeg", ["-pnm"], joined), await run("djpeg", ["-pnm"], full));
});
