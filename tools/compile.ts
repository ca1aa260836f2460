/**
 * Makes the executable `porthole` (`deno task compile`): embeds what is not found by imports, and only the npm
 * packages that the program uses.
 *
 * @module
 */

/** Files that the program reaches other than by a static import: workers and assets. */
const INCLUDED: readonly string[] = ["lib/workers/encode_worker.ts"];

/** Whether this Deno knows how to leave out npm packages that only tools and tests use. */
function knowsUnusedPackages(): boolean {
  const [major = 0, minor = 0] = Deno.version.deno.split(".").map(Number);
  return major > 2 || (major === 2 && minor >= 9);
}

/** The program's permissions: those with which `deno task start` runs it. */
function permissionFlags(config: { readonly tasks: { readonly start: string } }): string[] {
  return config.tasks.start.split(" ").filter((word) =>
    word.startsWith("--allow-") || word === "--no-prompt"
  );
}

/** Arguments of `deno`. Types are checked by `deno task check`, with the compiler that the sources are written for. */
function compileArguments(permissions: readonly string[]): string[] {
  return [
    "compile",
    "--quiet",
    "--no-check",
    ...permissions,
    // An older Deno embeds every package of the lock file; without one, what is imported (all versions are exact).
    ...(knowsUnusedPackages() ? ["--frozen", "--exclude-unused-npm"] : ["--no-lock"]),
    ...INCLUDED.flatMap((path) => ["--include", path]),
    "--output",
    "porthole",
    "main.ts",
  ];
}

if (import.meta.main) {
  const root = new URL("../", import.meta.url);
  const config = JSON.parse(await Deno.readTextFile(new URL("deno.json", root)));
  const args = compileArguments(permissionFlags(config));
  const { code } = await new Deno.Command(Deno.execPath(), { args, cwd: root }).spawn().status;
  Deno.exit(code);
}
