/**
 * Makes all files of a release in dist/ (`deno task release`): executables, what belongs to them, and the sums of all.
 *
 *     deno task release [--base-url https://…/releases/download/v0.1.0]
 *
 * The address goes into the install script: it is where the script finds the others.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { parseArguments } from "../lib/cli/arguments.ts";
import { compile, type CompileOptions, TARGETS } from "./compile.ts";

const ROOT = new URL("../", import.meta.url);

/** Files that are released as they are. */
const COPIED: Readonly<Record<string, string>> = {
  "porthole.1": "docs/porthole.1",
  "porthole.service": "packaging/porthole.service",
  "licenses.txt": "docs/licenses.txt",
  "config.schema.json": "docs/config.schema.json",
};

/** What each shell completes options by. */
const COMPLETIONS = ["bash", "zsh", "fish"] as const;

/** The file with the sums, as `sha256sum` makes it. */
export const SUMS = "SHA256SUMS";

/** How to make a release. */
export interface ReleaseOptions {
  readonly folder: string;
  /** Where the files will be; "" for a script that has to be told. */
  readonly baseUrl: string;
  /** Makes an executable. @returns An exit code. */
  readonly compile?: (options: CompileOptions) => Promise<number>;
}

/** Makes a release. @throws {Error} An executable cannot be made. */
export async function makeRelease(options: ReleaseOptions): Promise<void> {
  const { folder, baseUrl, compile: make = compile } = options;
  await Deno.mkdir(folder, { recursive: true });
  for (const [machine, target] of Object.entries(TARGETS)) {
    const output = `${folder}/porthole-${machine}-linux`;
    if (await make({ target, output }) !== 0) throw new Error(`Cannot make an executable for ${target}`);
  }
  for (const [name, source] of Object.entries(COPIED)) {
    await Deno.copyFile(new URL(source, ROOT), `${folder}/${name}`);
  }
  for (const shell of COMPLETIONS) {
    await Deno.writeTextFile(`${folder}/porthole.${shell}`, completions(shell));
  }
  const install = await Deno.readTextFile(new URL("tools/install.sh", ROOT));
  await Deno.writeTextFile(`${folder}/install.sh`, withBaseUrl(install, baseUrl), { mode: 0o755 });
  await Deno.writeTextFile(`${folder}/${SUMS}`, await sums(folder));
}

function completions(shell: string): string {
  const lines: string[] = [];
  parseArguments(["completions", shell], { out: (line) => void lines.push(line), err: () => {} });
  return `${lines.join("\n")}\n`;
}

/** The script with the address where the other files are. */
function withBaseUrl(script: string, baseUrl: string): string {
  if (/[^\w:/.~%-]/.test(baseUrl)) throw new Error(`Not an address for a script: ${baseUrl}`);
  const line = /^release_url=''$/m;
  if (!line.test(script)) throw new Error("tools/install.sh has no place for the address");
  return script.replace(line, `release_url='${baseUrl}'`);
}

async function sums(folder: string): Promise<string> {
  const names = [...Deno.readDirSync(folder)].map(({ name }) => name).filter((name) => name !== SUMS).sort();
  const lines = [];
  for (const name of names) {
    const hash = createHash("sha256").update(await Deno.readFile(`${folder}/${name}`)).digest("hex");
    lines.push(`${hash}  ${name}\n`);
  }
  return lines.join("");
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { "base-url": { type: "string", default: "" } } });
  await makeRelease({ folder: new URL("dist", ROOT).pathname, baseUrl: values["base-url"] });
}
