/** The rules of ARCHITECTURE.md, checked: who imports whom, what is confined, what an import may do. @module */
import assert from "node:assert/strict";
import { INCLUDED } from "../tools/compile.ts";
import {
  CONFINED,
  ENTRIES,
  LATER,
  LAYERS,
  LONG_FILES,
  MOST_LINES,
  PACKAGES,
  ROOT_FILES,
} from "../tools/layers.ts";

const ROOT = new URL("../", import.meta.url);

/** One import of a file. */
interface Import {
  readonly specifier: string;
  readonly typeOnly: boolean;
  /** By `import()`: when it is needed. */
  readonly dynamic: boolean;
}

/** Source files below `folder`, as paths from it, in order; without AssemblyScript, which is another language. */
function sourcesIn(folder: string): string[] {
  const found: string[] = [];
  if (!exists(folder)) return found;
  const walk = (path: string) => {
    for (const entry of Deno.readDirSync(new URL(`${folder}${path}`, ROOT))) {
      if (entry.isDirectory && entry.name !== "assembly") walk(`${path}${entry.name}/`);
      else if (entry.name.endsWith(".ts")) found.push(path + entry.name);
    }
  };
  walk("");
  return found.sort();
}

function exists(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT));
    return true;
  } catch {
    return false;
  }
}

function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, ROOT));
}

/** Comments become spaces; strings stay. Good enough for sources that `deno fmt` has formatted. */
function withoutComments(source: string): string {
  return source.replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{}(,])\/\/[^\n]*/g, " ");
}

function importsOf(source: string): Import[] {
  const code = withoutComments(source);
  const statements = code.matchAll(
    /\b(?:import|export)\b(\s+type\b)?((?:\s*\{[^}]*\}|[\w\s*,{}])*?)\bfrom\s*"([^"]+)"|\bimport\s*(\()?\s*"([^"]+)"/g,
  );
  return Array.from(statements, ([, type, names = "", from, parenthesis, bare]) => {
    const listed = /^\s*\{([^}]*)\}\s*$/.exec(names)?.[1]?.split(",").map((name) => name.trim()).filter(
      Boolean,
    );
    const allTypes = listed !== undefined && listed.length > 0 &&
      listed.every((name) => name.startsWith("type "));
    return {
      specifier: (from ?? bare)!,
      typeOnly: type !== undefined || allTypes,
      dynamic: parenthesis !== undefined,
    };
  });
}

/** Path from lib/ of what `file` (from lib/) imports by a relative specifier. */
function resolved(file: string, specifier: string): string {
  return new URL(specifier, `file:///lib/${file}`).pathname.replace(/^\/lib\//, "");
}

function folderOf(file: string): string {
  return file.includes("/") ? file.slice(0, file.indexOf("/")) : file;
}

/** Every import that breaks the table, as "from → to". */
function brokenImports(): string[] {
  const broken: string[] = [];
  for (const file of sourcesIn("lib/")) {
    const folder = folderOf(file);
    if (folder === file) {
      if (!Object.hasOwn(ROOT_FILES, file)) broken.push(`${file} is not in ROOT_FILES`);
      continue;
    }
    const allowed = LAYERS[folder];
    if (allowed === undefined) {
      broken.push(`${file} is in a folder that is not in LAYERS`);
      continue;
    }
    for (const { specifier, typeOnly } of importsOf(read(`lib/${file}`))) {
      if (!specifier.startsWith(".")) {
        const known = PACKAGES[folder] ?? [];
        if (!known.some((name) => specifier === name || specifier.startsWith(`${name}/`))) {
          broken.push(`${file} → ${specifier}`);
        }
        continue;
      }
      const target = folderOf(resolved(file, specifier));
      const ok = target === folder || allowed.includes(target) ||
        (typeOnly && allowed.includes(`type:${target}`));
      if (!ok) broken.push(`${file} → ${resolved(file, specifier)}`);
    }
  }
  return broken;
}

Deno.test("importsOf() sees every form of import", () => {
  const source = `
    import a from "./a.ts"; // import z from "./z.ts"
    import { type B, type C } from "./b.ts";
    import type { D } from "./d.ts";
    import { type E, f } from "./e.ts";
    import * as g from "./g.ts";
    /* import y from "./y.ts" */
    export { h } from "./h.ts";
    export type { I } from "./i.ts";
    export * from "./j.ts";
    import "./k.ts";
    const l = await import("./l.ts");
  `;
  assert.deepEqual(
    importsOf(source).map(({ specifier, typeOnly, dynamic }) =>
      specifier.slice(2, 3) + (typeOnly ? "t" : "") + (dynamic ? "d" : "")
    ),
    ["a", "bt", "dt", "e", "g", "h", "it", "j", "k", "ld"],
  );
});

Deno.test("lib/ imports only what tools/layers.ts allows", () => {
  assert.deepEqual(brokenImports(), []);
});

Deno.test("LAYERS has no cycle, so that any folder can be lifted out", () => {
  const visit = (folder: string, path: readonly string[]): void => {
    assert.ok(!path.includes(folder), [...path, folder].join(" → "));
    for (const next of LAYERS[folder] ?? []) visit(next.replace(/^type:/, ""), [...path, folder]);
  };
  for (const folder of Object.keys(LAYERS)) visit(folder, []);
});

Deno.test("lib/ says native, threading, listening and surrounding names in one place each", () => {
  const found: string[] = [];
  for (const file of sourcesIn("lib/")) {
    const code = withoutComments(read(`lib/${file}`));
    for (const { pattern, to, why } of CONFINED) {
      if (pattern.test(code) && !to.test(file)) found.push(`${file}: ${why}`);
    }
  }
  assert.deepEqual(found, []);
});

Deno.test("programs import the library by its entries only", () => {
  const broken: string[] = [];
  for (const [place, allowed] of Object.entries(ENTRIES)) {
    const files = place.endsWith("/") ? sourcesIn(place).map((file) => place + file) : [place];
    for (const file of files) {
      for (const { specifier } of importsOf(read(file))) {
        if (!specifier.startsWith(".")) continue;
        const target = new URL(specifier, `file:///${file}`).pathname.slice(1);
        if (target.startsWith("lib/") && !allowed.includes(target)) broken.push(`${file} → ${target}`);
      }
    }
  }
  assert.deepEqual(broken, []);
});

/** Files that main.ts loads before the server listens, from the project's root: what it imports, and what that imports. */
function loadedAtStart(): Set<string> {
  const loaded = new Set(["main.ts"]);
  for (const file of loaded) {
    for (const { specifier, typeOnly, dynamic } of importsOf(read(file))) {
      if (typeOnly || dynamic || !specifier.startsWith(".")) continue;
      loaded.add(new URL(specifier, `file:///${file}`).pathname.slice(1));
    }
  }
  return loaded;
}

Deno.test("main.ts loads nothing that is for later before the server listens", () => {
  const loaded = loadedAtStart();
  const found: string[] = [];
  for (const file of loaded) {
    for (const { specifier, typeOnly, dynamic } of importsOf(read(file))) {
      if (typeOnly || dynamic) continue;
      const isLocal = specifier.startsWith(".");
      const target = isLocal ? new URL(specifier, `file:///${file}`).pathname.slice(1) : specifier;
      const isForLater = isLocal
        ? LATER.folders.includes(folderOf(target.replace(/^lib\//, "")))
        : LATER.packages.some((name) => target === name || target.startsWith(`${name}/`));
      if (isForLater) found.push(`${file} → ${target}`);
    }
  }
  assert.ok(loaded.has("lib/listeners.ts") && !loaded.has("lib/later.ts"));
  assert.deepEqual(found, []);
});

/** Commands that need no server run without the permission to read, which such imports take. */
const LITERAL = "lib/cli/program.ts";

/** Files that are imported by `import(import.meta.resolve(…))`, from the project's root, wherever that is. */
function loadedLater(): Set<string> {
  const later = new Set<string>();
  for (const file of ["main.ts", ...sourcesIn("lib/").map((name) => `lib/${name}`)]) {
    const imports = withoutComments(read(file)).matchAll(
      /\bimport\s*\(\s*import\.meta\.resolve\("([^"]+)"\)/g,
    );
    for (const [, specifier] of imports) later.add(new URL(specifier!, `file:///${file}`).pathname.slice(1));
  }
  return later;
}

Deno.test("what main.ts loads later is named so that Deno does not read it before, and is in the executable", () => {
  const literal: string[] = [];
  for (const file of loadedAtStart()) {
    const code = withoutComments(read(file));
    for (const [, specifier] of code.matchAll(/(?<!\btypeof )\bimport\s*\(\s*"([^"]+)"/g)) {
      if (file !== LITERAL) literal.push(`${file} → ${specifier}`);
    }
  }
  assert.deepEqual(literal, []);
  const later = loadedLater();
  assert.ok(later.has("lib/later.ts") && later.has("lib/web/web_server.ts"));
  assert.deepEqual([...later].filter((file) => !INCLUDED.includes(file)), []);
  assert.deepEqual(INCLUDED.filter((file) => !exists(file)), []);
});

Deno.test("who imports the library has read what servers load later", () => {
  const withinReach = importsOf(read("lib/within_reach.ts")).map(({ specifier }) =>
    `lib/${specifier.slice(2)}`
  );
  const ofServers = [...loadedLater()].filter((file) =>
    !file.startsWith("lib/cli/") && file !== "lib/mod.ts"
  );
  assert.deepEqual(withinReach.toSorted(), ofServers.toSorted());
});

Deno.test("the entries of lib/ re-export and do nothing else", () => {
  for (const file of ["lib/mod.ts", "lib/serving.ts", "lib/cli/mod.ts"]) {
    const rest = withoutComments(read(file))
      .replaceAll(/export\s+(?:type\s+)?(?:\{[^}]*\}|\*(?:\s+as\s+\w+)?)\s*from\s*"[^"]+";?/g, "");
    assert.equal(rest.trim(), "", file);
  }
});

for (const entry of ["lib/mod.ts", "lib/serving.ts", "lib/cli/mod.ts"]) {
  Deno.test(`${entry} is imported without any permission and without a word`, async () => {
    const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["run", "--no-prompt", "--quiet", "--no-lock", "--config=deno.json", entry],
      cwd: ROOT,
      env: { NO_COLOR: "1" },
      stdin: "null",
    }).output();
    const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
    assert.deepEqual({ code, said }, { code: 0, said: "" });
  });
}

Deno.test("every source file opens with what it is, and has one job", () => {
  const broken: string[] = [];
  for (const file of sourcesIn("lib/")) {
    const source = read(`lib/${file}`);
    if (!/^(\/\/\/ <reference [^\n]*\n)*\/\*\*[\s\S]*?@module\b[\s\S]*?\*\//.test(source)) {
      broken.push(`${file} has no module docstring at its top`);
    }
    const lines = source.split("\n").length - 1;
    if (lines > MOST_LINES && !Object.hasOwn(LONG_FILES, file)) broken.push(`${file} has ${lines} lines`);
  }
  assert.deepEqual(broken, []);
});
