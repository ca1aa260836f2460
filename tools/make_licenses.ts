/**
 * `deno task licenses`: lists the parts of others that are in the executable, with their licences. Writes docs/licenses.txt,
 * and lib/cli/license_texts.ts for `porthole licenses`. tests/cli/licenses_test.ts tells when that has to be done again.
 *
 * npm packages are found by what main.ts and the page import, and their texts in the packages; what belongs to Deno is in
 * tools/licenses.
 *
 * @module
 */
import { gzipSync } from "node:zlib";
import { RELEASE } from "../lib/core/release.ts";

const ROOT = new URL("../", import.meta.url);
const TEXT = new URL("docs/licenses.txt", ROOT);
const MODULE = new URL("lib/cli/license_texts.ts", ROOT);

/** Modules from which everything in the executable is reached, but for what the kernels were compiled with. */
export const ENTRIES: readonly string[] = [
  "main.ts",
  "lib/workers/encode_worker.ts",
  "lib/web/page/main.ts",
];

/** A part of the executable that somebody else wrote. */
export interface Part {
  readonly name: string;
  readonly version: string;
  /** As SPDX calls it. */
  readonly license: string;
  /** What it is there for. */
  readonly purpose: string;
  /** Where its source is. */
  readonly source: string;
  readonly text: string;
}

/** What is known of npm packages beside what they say themselves. Every package that is reached must be here. */
const PURPOSES: Readonly<Record<string, string>> = {
  "@logtape/logtape": "logs",
  "@optique/core": "command line",
  valibot: "checks of settings",
  "@novnc/novnc": "the page: RFB in browsers; joined with the page's own script, and shortened",
};

/** An npm package, as `deno info` tells it. */
interface Package {
  readonly name: string;
  readonly version: string;
  readonly dependencies: readonly string[];
  /** Where it was unpacked. */
  readonly localPath: string;
}

interface Graph {
  readonly modules: readonly { readonly npmPackage?: string }[];
  readonly npmPackages: Readonly<Record<string, Package>>;
}

/** npm packages that a module reaches by its imports, and what those depend on. */
export async function packagesOf(...entries: readonly string[]): Promise<Map<string, Package>> {
  const found = new Map<string, Package>();
  for (const entry of entries) {
    const { modules, npmPackages } = await graphOf(entry);
    const add = (id: string): void => {
      const one = npmPackages[id];
      if (!one) throw new Error(`Cannot find ${id}, which ${entry} reaches`);
      if (found.has(one.name)) return;
      found.set(one.name, one);
      one.dependencies.forEach(add);
    };
    for (const { npmPackage } of modules) if (npmPackage) add(npmPackage);
  }
  return found;
}

async function graphOf(entry: string): Promise<Graph> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", entry],
    cwd: ROOT,
  }).output();
  if (code !== 0) throw new Error(`Cannot look at ${entry}: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout));
}

/** All parts, in the order in which they are told. */
export async function partsOfOthers(): Promise<Part[]> {
  const { imports } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  const packages = await packagesOf(...ENTRIES);
  const parts: Part[] = [];
  for (const one of [...packages.values()].sort((a, b) => a.name < b.name ? -1 : 1)) {
    const purpose = PURPOSES[one.name];
    if (!purpose) throw new Error(`${one.name} is in the executable: say in tools/make_licenses.ts what for`);
    parts.push(partOf(one, purpose));
    if (one.name === "@novnc/novnc") parts.push(...partsOfNoVnc(one));
  }
  const assemblyScript = (await packagesOf(imports.assemblyscript)).get("assemblyscript")!;
  parts.push(partOf(assemblyScript, "kernels: what of its standard library is compiled into them"));
  return [...parts, ...partsOfDeno()];
}

function partOf({ name, version, localPath }: Package, purpose: string): Part {
  const { license } = JSON.parse(Deno.readTextFileSync(`${localPath}/package.json`));
  const files = name === "@novnc/novnc" ? ["docs/LICENSE.MPL-2.0"] : licenseFiles(localPath);
  const text = files.map((file) => Deno.readTextFileSync(`${localPath}/${file}`)).join("\n\n");
  return {
    name,
    version,
    license,
    purpose,
    source: `https://www.npmjs.com/package/${name}/v/${version}`,
    text,
  };
}

/** The licence, and whose contributions it is of. */
function licenseFiles(folder: string): string[] {
  const names = Array.from(Deno.readDirSync(folder), ({ name }) => name);
  const files = names.filter((name) => /^(licen[cs]e|notice)(\.(md|txt))?$/i.test(name)).sort();
  if (!files.some((name) => /^licen/i.test(name))) throw new Error(`${folder} has no licence`);
  return files;
}

/** What noVNC has from others. */
function partsOfNoVnc({ version, localPath }: Package): Part[] {
  const [, pakoVersion] = /pako version ([\d.]*\d)/.exec(
    Deno.readTextFileSync(`${localPath}/vendor/pako/README.md`),
  )!;
  const des = /^\/\*([^]*?)\*\//.exec(Deno.readTextFileSync(`${localPath}/core/crypto/des.js`))![1]!;
  return [
    {
      name: "pako",
      version: pakoVersion!,
      license: "MIT",
      purpose: "in noVNC: zlib",
      source: "https://github.com/nodeca/pako",
      text: Deno.readTextFileSync(`${localPath}/vendor/pako/LICENSE`),
    },
    {
      name: "DES of Flashlight VNC",
      version: `as in noVNC ${version}`,
      license: "notices of the BSD kind",
      purpose: "in noVNC: VNC Authentication",
      source: "core/crypto/des.js in noVNC",
      text: des.replace(/^ \*? ?/gm, ""),
    },
  ];
}

/** The runtime. It is that of `tools/prepare.sh`, with which releases are made. */
function partsOfDeno(): Part[] {
  const [, version] = /^DENO_VERSION=(\S+)$/m.exec(Deno.readTextFileSync(new URL("tools/prepare.sh", ROOT)))!;
  const text = (name: string) => Deno.readTextFileSync(new URL(`tools/licenses/${name}.txt`, ROOT));
  const inDeno = `as in Deno ${version}`;
  return [
    {
      name: "Deno",
      version: version!,
      license: "MIT",
      purpose:
        "runtime; it holds V8, ICU, SQLite (public domain), and libraries in Rust under MIT, Apache-2.0, BSD, ISC, Zlib " +
        "and similar licences, which its Cargo.lock lists",
      source: `https://github.com/denoland/deno/tree/v${version}`,
      text: text("deno"),
    },
    {
      name: "V8",
      version: inDeno,
      license: "BSD-3-Clause",
      purpose: "in Deno: JavaScript and WebAssembly",
      source: "https://chromium.googlesource.com/v8/v8",
      text: text("v8"),
    },
    {
      name: "ICU",
      version: inDeno,
      license: "Unicode-3.0",
      purpose: "in Deno: languages and scripts",
      source: "https://github.com/unicode-org/icu",
      text: text("icu"),
    },
  ];
}

/** What `porthole licenses` prints. */
export function licensesText(parts: readonly Part[]): string {
  const own = Deno.readTextFileSync(new URL("LICENSE", ROOT));
  const lists = parts.map(({ name, version, license, purpose, source }) =>
    `${name}, ${version}: ${license}\n${wrapped(purpose)}\n    ${source}\n`
  );
  const texts = parts.map(({ name, version, text }) => [`${name}, ${version}`, text] as const);
  return [
    `Porthole ${RELEASE} is under the MIT license. Its executable contains parts of others:\n`,
    ...lists,
    "The source of noVNC, which is under the Mozilla Public License 2.0, can be had at the address above, unchanged.\n",
    ...[[`Porthole, ${RELEASE}`, own] as const, ...texts].map(([title, text]) =>
      `${"=".repeat(80)}\n${title}\n${"=".repeat(80)}\n\n${tidy(text)}\n`
    ),
  ].join("\n");
}

function tidy(text: string): string {
  return text.replace(/\r\n/g, "\n").replace(/[ \t\f]+$/gm, "").trim();
}

function wrapped(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const longer = lines.length > 0 ? `${lines.at(-1)} ${word}` : `    ${word}`;
    if (lines.length === 0) lines.push(longer);
    else if (longer.length <= 100) lines[lines.length - 1] = longer;
    else lines.push(`    ${word}`);
  }
  return lines.join("\n");
}

/** The module that embeds the text. */
export function licensesModule(text: string): string {
  const gzip = new Uint8Array(gzipSync(text, { level: 9 })).toBase64();
  return `/**
 * Licences of what is in the executable. Made by \`deno task licenses\`; not to be edited.
 *
 * @module
 */

/** The text, by gzip, in base64. */
export const LICENSES_GZIP =
  "${gzip}";
`;
}

if (import.meta.main) {
  const text = licensesText(await partsOfOthers());
  Deno.writeTextFileSync(TEXT, text);
  Deno.writeTextFileSync(MODULE, licensesModule(text));
}
