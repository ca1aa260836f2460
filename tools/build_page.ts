/**
 * `deno task page`: bundles lib/web/page with noVNC's core into one script, and embeds it with the page's other files
 * in lib/web/page_files.ts. tests/web/page_files_test.ts tells when that has to be done again.
 *
 * @module
 */
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";

const SOURCES = new URL("../lib/web/page/", import.meta.url);
const TARGET = new URL("../lib/web/page_files.ts", import.meta.url);

/** What is served beside the script, with its MIME type. */
const FILES: Readonly<Record<string, string>> = {
  "index.html": "text/html; charset=utf-8",
  "style.css": "text/css; charset=utf-8",
  "icon.svg": "image/svg+xml",
  "licenses.txt": "text/plain; charset=utf-8",
};
const SCRIPT = { name: "page.js", type: "text/javascript; charset=utf-8" };

/** What stays legible in the script. */
const BANNER = "/* Porthole's page, with noVNC 1.7.0 (MPL-2.0); see licenses.txt */\n";

/** SHA-256 in hex over names and contents of all sources, and over noVNC's version. */
export function sourcesHash(): string {
  const config = JSON.parse(Deno.readTextFileSync(new URL("../deno.json", import.meta.url)));
  const hash = createHash("sha256").update(config.imports["@novnc/novnc"]);
  const names = Array.from(Deno.readDirSync(SOURCES), (entry) => entry.name).sort();
  for (const name of names) hash.update(`\0${name}\0${Deno.readTextFileSync(new URL(name, SOURCES))}`);
  return hash.digest("hex");
}

/** The script, as the browser gets it. */
async function bundle(): Promise<string> {
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", "--platform", "browser", "--minify", new URL("main.ts", SOURCES).pathname],
    cwd: new URL("../", import.meta.url),
    stderr: "piped",
  }).output();
  if (code !== 0) throw new Error(`Cannot bundle the page: ${new TextDecoder().decode(stderr)}`);
  return BANNER + new TextDecoder().decode(stdout);
}

/** A file in the module. */
function entry(name: string, type: string, bytes: Uint8Array): string {
  const etag = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  const gzip = new Uint8Array(gzipSync(bytes, { level: 9 })).toBase64();
  return `  "${name}": {
    type: "${type}",
    etag: "${etag}",
    gzip:
      "${gzip}",
  },
`;
}

/** The module that embeds the page. */
export async function buildPage(): Promise<string> {
  const entries = Object.entries(FILES).map(([name, type]) =>
    entry(name, type, Deno.readFileSync(new URL(name, SOURCES)))
  );
  entries.push(entry(SCRIPT.name, SCRIPT.type, new TextEncoder().encode(await bundle())));
  return `/**
 * The page's files. Made by \`deno task page\` from lib/web/page; not to be edited.
 *
 * @module
 */

/** A file, packed. */
export interface PageFile {
  /** MIME type. */
  readonly type: string;
  /** Of the contents. */
  readonly etag: string;
  /** Its contents by gzip, in base64. */
  readonly gzip: string;
}

/** SHA-256 over the sources. */
export const PAGE_SOURCES_SHA256 = "${sourcesHash()}";

/** Files by name. */
export const PAGE_FILES: Readonly<Record<string, PageFile>> = {
${entries.join("")}};
`;
}

if (import.meta.main) Deno.writeTextFileSync(TARGET, await buildPage());
