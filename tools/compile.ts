/**
 * Makes the executable `porthole` (`deno task compile`): embeds what is not found by imports, and only the npm
 * packages that the program uses.
 *
 *     deno task compile [--target aarch64-unknown-linux-gnu] [--output FILE]
 *
 * @module
 */

import { parseArgs } from "node:util";

/** What executables are made for, by what `uname -m` calls it. */
export const TARGETS: Readonly<Record<string, string>> = {
  x86_64: "x86_64-unknown-linux-gnu",
  aarch64: "aarch64-unknown-linux-gnu",
};

/** Files that the program reaches other than by an import with a literal: workers, and what it loads when it is needed. */
export const INCLUDED: readonly string[] = [
  "lib/capture/pattern.ts",
  "lib/cli/control.ts",
  "lib/cli/logging.ts",
  "lib/cli/virtual_desktop.ts",
  "lib/later.ts",
  "lib/mod.ts",
  "lib/observability/metrics_listener.ts",
  "lib/scaled.ts",
  "lib/transport/tls.ts",
  "lib/web/assets.ts",
  "lib/web/practice.ts",
  "lib/web/web_server.ts",
  "lib/workers/encode_worker.ts",
];

/** Whether this Deno knows how to leave out npm packages that only tools and tests use. */
function knowsUnusedPackages(): boolean {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 9);
}

/** The program's permissions and flags of V8: those with which `deno task start` runs it. */
function startFlags(config: { readonly tasks: { readonly start: string } }): string[] {
  return config.tasks.start.split(" ").filter((word) =>
    word.startsWith("--allow-") || word.startsWith("--v8-flags=") || word === "--no-prompt"
  );
}

/** What to make, and for which machine: this one by default. */
export interface CompileOptions {
  readonly output: string;
  readonly target?: string | undefined;
}

/** Arguments of `deno`. Types are checked by `deno task check`, with the compiler that the sources are written for. */
function compileArguments(flags: readonly string[], { output, target }: CompileOptions): string[] {
  return [
    "compile",
    "--quiet",
    "--no-check",
    ...flags,
    // An older Deno embeds every package of the lock file; without one, what is imported (all versions are exact).
    ...(knowsUnusedPackages() ? ["--frozen", "--exclude-unused-npm"] : ["--no-lock"]),
    ...INCLUDED.flatMap((path) => ["--include", path]),
    ...(target ? ["--target", target] : []),
    "--output",
    output,
    "main.ts",
  ];
}

/** Makes an executable. @returns The exit code of `deno compile`, which says by itself what is wrong. */
export async function compile(options: CompileOptions): Promise<number> {
  const root = new URL("../", import.meta.url);
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const args = compileArguments(startFlags(config), options);
  return (await new Deno.Command(Deno.execPath(), { args, cwd: root }).spawn().status).code;
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { target: { type: "string" }, output: { type: "string", default: "porthole" } },
  });
  Deno.exit(await compile(values));
}
