import assert from "node:assert/strict";
import { FrameMemory } from "../../lib/core/frame_memory.ts";
import { KERNELS_BASE64, KERNELS_SHA256, KERNELS_SOURCES_SHA256 } from "../../lib/kernels/kernels_wasm.ts";
import { jpegBound, jpegScratchBytes } from "../../lib/kernels/jpeg/layout.ts";
import { JpegOption, type Kernels, Subsampling } from "../../lib/kernels/kernels.ts";
import { plainKernels } from "../../lib/kernels/plain.ts";
import { SharedArrays } from "../../lib/kernels/shared_arrays.ts";
import { loadKernels } from "../../lib/kernels/simd.ts";
import { buildKernels, embed, sha256 } from "../../tools/build_kernels.ts";

Deno.test("the embedded kernels are what the sources give, byte by byte", async () => {
  const build = await buildKernels();
  assert.equal(build.sourcesSha256, KERNELS_SOURCES_SHA256, "run `deno task kernels`");
  assert.equal(sha256(build.wasm), KERNELS_SHA256);
  assert.equal(build.wasm.toBase64(), KERNELS_BASE64);
  const target = new URL("../../lib/kernels/kernels_wasm.ts", import.meta.url);
  assert.equal(embed(build), Deno.readTextFileSync(target));
});

Deno.test("the embedded kernels import nothing but a memory, and export no memory of their own", () => {
  const module = new WebAssembly.Module(Uint8Array.fromBase64(KERNELS_BASE64));
  assert.deepEqual(WebAssembly.Module.imports(module), [{ module: "env", name: "memory", kind: "memory" }]);
  const names = WebAssembly.Module.exports(module).filter(({ kind }) => kind === "function").map(({ name }) =>
    name
  );
  // What is not made of other kernels, and the three loops of JPEG.
  const composed = ["isSolid", "rowHashes", "sameRect", "encodeJpeg"];
  const wanted = [...Object.keys(plainKernels).filter((name) => !composed.includes(name))];
  assert.deepEqual(names.sort(), [...wanted, "jpegScan", "jpegTokenize", "jpegWriteTokens"].sort());
});

Deno.test("loadKernels() writes into the first 128 KiB of the memory only, and the same for each instance", () => {
  const memory = new FrameMemory();
  loadKernels(memory);
  const bytes = new Uint8Array(memory.memory.buffer);
  assert.ok(bytes.subarray(0x2_0000).every((byte) => byte === 0));
  const before = bytes.slice(0, 0x2_0000);
  loadKernels(memory.memory);
  assert.deepEqual(bytes.slice(0, 0x2_0000), before);
});

Deno.test("encodeJpeg() makes the same tables in each instance, between the module's data and 128 KiB", () => {
  const memory = new FrameMemory();
  const OPTIONS = [[80, JpegOption.None], [80, JpegOption.SoftTables], [
    100,
    JpegOption.OptimalTables,
  ]] as const;
  const encode = (kernels: Kernels) => {
    const bytes = memory.allocate(16 * 16 * 4);
    const pixels = new Uint32Array(bytes.buffer, bytes.byteOffset, 16 * 16).map((_, i) => i * 0x01_02_03);
    const source = new Uint32Array(bytes.buffer, bytes.byteOffset, 16 * 16);
    source.set(pixels);
    const out = memory.allocate(jpegBound(16, 16, Subsampling.None));
    for (const [quality, options] of OPTIONS) {
      const scratch = memory.allocate(jpegScratchBytes(16, 16, Subsampling.None, options));
      kernels.encodeJpeg(source, 0, 16, 16, 16, quality, Subsampling.None, options, out, 0, scratch);
    }
  };
  const kernels = loadKernels(memory);
  const data = new Uint8Array(memory.memory.buffer, 0, 0x2_0000);
  assert.ok(data.subarray(0x4000).every((byte) => byte === 0));
  const before = data.slice(0, 0x4000);
  encode(kernels);
  const tables = data.slice();
  assert.deepEqual(tables.subarray(0, 0x4000), before);
  assert.ok(tables.subarray(0x4000).some((byte) => byte !== 0));
  assert.ok(new Uint8Array(memory.memory.buffer, 0x2_0000, 0xe_0000).every((byte) => byte === 0));
  encode(loadKernels(memory));
  assert.deepEqual(data.slice(), tables);
});

Deno.test("loadKernels() refuses a memory that is not shared", () => {
  const memory = new WebAssembly.Memory({ initial: 17, maximum: 65536 });
  assert.throws(() => loadKernels(memory));
});

Deno.test("SharedArrays.has() knows arrays made before and after growth, and on the other side of a message", async () => {
  const memory = new FrameMemory();
  const before = memory.allocate(100);
  const arrays = new SharedArrays(memory.memory);
  const grown = memory.allocate(4 << 20);
  const between = grown.subarray(5, 9);
  memory.allocate(40 << 20);
  const after = memory.allocate(100);
  assert.notEqual(before.buffer, after.buffer);
  for (const array of [before, between, after, new Uint32Array(after.buffer, 4096, 3)]) {
    assert.equal(arrays.has(array), true);
  }
  const { port1, port2 } = new MessageChannel();
  const received = new Promise<Uint8Array>((resolve) => port2.onmessage = ({ data }) => resolve(data));
  port1.postMessage(grown);
  const clone = await received;
  port1.close();
  port2.close();
  assert.notEqual(clone.buffer, grown.buffer);
  assert.equal(arrays.has(clone), true);
});

Deno.test("SharedArrays.has() is false for arrays elsewhere, whatever is in them", () => {
  const memory = new FrameMemory();
  const arrays = new SharedArrays(memory.memory);
  const other = new FrameMemory();
  new SharedArrays(other.memory);
  assert.equal(arrays.has(new Uint8Array(100)), false);
  assert.equal(arrays.has(new Uint8Array(new SharedArrayBuffer(0))), false);
  assert.equal(arrays.has(new Uint8Array(new SharedArrayBuffer(1 << 20))), false);
  assert.equal(arrays.has(other.allocate(100)), false);
  assert.equal(arrays.has(memory.allocate(100)), true);
});
