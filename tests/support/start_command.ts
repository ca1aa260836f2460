/**
 * The program from its sources, with the permissions that users give it.
 *
 * @module
 */
import assert from "node:assert/strict";

const ROOT = new URL("../../", import.meta.url);

/** What `deno task start` runs, to be started from anywhere. */
export function startCommand(): string[] {
  const { tasks } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  const [, , ...flags] = (tasks.start as string).split(" ");
  const main = new URL("main.ts", ROOT).pathname;
  assert.equal(flags.pop(), "main.ts");
  return [Deno.execPath(), "run", `--config=${new URL("deno.json", ROOT).pathname}`, ...flags, main];
}

/** Where Deno keeps packages: not in the HOME that tests give the program. */
export async function denoDirectory(): Promise<Record<string, string>> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: ROOT })
    .output();
  return { DENO_DIR: JSON.parse(new TextDecoder().decode(stdout)).denoDir };
}
