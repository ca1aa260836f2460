/**
 * The native programs of the benchmark: compiled when their sources are new, kept in the user's cache.
 *
 * @module
 */
import { createHash } from "node:crypto";

const SOURCES = new URL("native/", import.meta.url);

/** What a program is made of. */
interface Recipe {
  readonly sources: readonly string[];
  readonly headers: readonly string[];
  readonly libraries: readonly string[];
}

const RECIPES = {
  draw: {
    sources: ["draw.c", "pictures.c", "text.c", "text_workloads.c", "picture_workloads.c"],
    headers: ["common.h", "draw.h"],
    libraries: ["-lX11", "-lXext", "-lm"],
  },
  client: {
    sources: ["client.c", "connection.c", "viewer.c", "decoders.c", "decode_tight.c"],
    headers: ["common.h", "client.h"],
    libraries: ["-lz", "-ljpeg"],
  },
  link: { sources: ["link.c"], headers: [], libraries: [] },
} as const satisfies Record<string, Recipe>;

/** Names of the native programs. */
export type ProgramName = keyof typeof RECIPES;

const FLAGS = ["-O2", "-Wall", "-Wextra", "-std=gnu11", "-pthread"];

function cacheDirectory(): string {
  const cache = Deno.env.get("XDG_CACHE_HOME") || `${Deno.env.get("HOME") ?? "/tmp"}/.cache`;
  return `${cache}/porthole-bench`;
}

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

/**
 * Compiles a program, unless it has been compiled from the same sources before.
 *
 * @returns Its path.
 * @throws {Error} With the compiler's words.
 */
export async function program(name: ProgramName): Promise<string> {
  const { sources, headers, libraries }: Recipe = RECIPES[name];
  const digest = createHash("sha256").update(JSON.stringify([FLAGS, libraries]));
  for (const file of [...sources, ...headers]) digest.update(Deno.readFileSync(new URL(file, SOURCES)));
  const directory = cacheDirectory();
  const target = `${directory}/${name}-${digest.digest("hex").slice(0, 16)}`;
  if (exists(target)) return target;
  Deno.mkdirSync(directory, { recursive: true });
  const unfinished = `${target}.${Deno.pid}`;
  const { code, stderr } = await new Deno.Command("cc", {
    args: [
      ...FLAGS,
      "-o",
      unfinished,
      ...sources.map((file) => new URL(file, SOURCES).pathname),
      ...libraries,
    ],
    stdin: "null",
  }).output();
  if (code !== 0) throw new Error(`cc ${name} failed:\n${new TextDecoder().decode(stderr)}`);
  Deno.renameSync(unfinished, target); // whole or not at all, also when two runs compile at once
  return target;
}
