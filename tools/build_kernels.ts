/**
 * `deno task kernels`: compiles lib/kernels/assembly and embeds the result in lib/kernels/kernels_wasm.ts. The same
 * sources give the same bytes; tests/kernels/kernels_wasm_test.ts compiles again and compares.
 *
 * @module
 */
import asc from "assemblyscript/asc";
import { createHash } from "node:crypto";

const SOURCES = new URL("../lib/kernels/assembly/", import.meta.url);
const TARGET = new URL("../lib/kernels/kernels_wasm.ts", import.meta.url);

/** The memory is FrameMemory's; its first KiB stays empty for `simd.ts`, constants of the kernels begin behind it. */
const OPTIONS = [
  "index.ts",
  "--outFile=kernels.wasm",
  "--runtime=stub",
  "--importMemory",
  "--sharedMemory",
  "--initialMemory=16",
  "--maximumMemory=65536",
  "--memoryBase=1024",
  "--enable=simd,relaxed-simd,threads,bulk-memory",
  "--use=abort=",
  "-O3",
];

/** What one build gives. */
export interface KernelsBuild {
  readonly wasm: Uint8Array<ArrayBuffer>;
  /** SHA-256 in hex over names and contents of all sources, in order of their names. */
  readonly sourcesSha256: string;
}

/**
 * Compiles the kernels; writes nothing.
 *
 * @throws {Error} The compiler's messages.
 */
export async function buildKernels(): Promise<KernelsBuild> {
  const sources = new Map<string, string>();
  const names = [...Deno.readDirSync(SOURCES)].map((entry) => entry.name).sort();
  const hash = createHash("sha256");
  for (const name of names) {
    const text = Deno.readTextFileSync(new URL(name, SOURCES));
    sources.set(name, text);
    hash.update(`${name}\0${text}\0`);
  }
  let wasm: Uint8Array<ArrayBuffer> | undefined;
  const messages = asc.createMemoryStream();
  const { error } = await asc.main(OPTIONS, {
    stdout: messages,
    stderr: messages,
    readFile: (name: string) => sources.get(name) ?? null,
    writeFile: (_name: string, contents: string | Uint8Array) => {
      if (typeof contents !== "string") wasm = contents.slice();
    },
    listFiles: () => [],
  });
  if (error || !wasm) {
    throw new Error(`Cannot compile kernels: ${error?.message ?? ""}\n${messages.toString()}`);
  }
  return { wasm, sourcesSha256: hash.digest("hex") };
}

/** SHA-256 in hex. */
export function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The module that embeds a build. */
export function embed(build: KernelsBuild): string {
  return `/**
 * The compiled kernels. Made by \`deno task kernels\` from lib/kernels/assembly; not to be edited.
 *
 * @module
 */

/** SHA-256 over names and contents of the sources. */
export const KERNELS_SOURCES_SHA256 = "${build.sourcesSha256}";
/** SHA-256 of the WebAssembly module. */
export const KERNELS_SHA256 = "${sha256(build.wasm)}";
/** The WebAssembly module in base64. */
export const KERNELS_BASE64 =
  "${build.wasm.toBase64()}";
`;
}

if (import.meta.main) {
  const build = await buildKernels();
  Deno.writeTextFileSync(TARGET, embed(build));
}
