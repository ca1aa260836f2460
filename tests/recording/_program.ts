/**
 * The program that records and plays.
 *
 * @module
 */
import { ServedProgram } from "../support/served_program.ts";

const ROOT = new URL("../../", import.meta.url);

/** The program, from the sources, with the packages that are there already; `words` are its command, if it has one. */
export async function program(words: readonly string[], ...args: string[]): Promise<ServedProgram> {
  const { stdout } = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"], cwd: ROOT })
    .output();
  const { denoDir } = JSON.parse(new TextDecoder().decode(stdout));
  const main = new URL("main.ts", ROOT).pathname;
  const config = new URL("deno.json", ROOT).pathname;
  const command = [Deno.execPath(), "run", "--no-check", `--config=${config}`, "-A", main, ...words];
  return new ServedProgram(command, [...args, "--control-socket", "off"], { DENO_DIR: denoDir });
}
