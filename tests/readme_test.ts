/** README.md and the other documents: what they name is there. @module */
import assert from "node:assert/strict";
import { LAYERS } from "../tools/layers.ts";

const ROOT = new URL("../", import.meta.url);

const readme = Deno.readTextFileSync(new URL("README.md", ROOT));
const config = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));

/** Documents for people, with the folder that their links begin at. */
const DOCUMENTS: readonly string[] = [
  ...markdownIn(""),
  ...markdownIn("docs/"),
  ...markdownIn("docs/decisions/"),
  ...markdownIn("bench/"),
];

function markdownIn(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder || ".", ROOT))].map(({ name }) => folder + name)
    .filter((path) => path.endsWith(".md")).sort();
}

function isThere(path: string): boolean {
  try {
    Deno.statSync(new URL(path, ROOT));
    return true;
  } catch {
    return false;
  }
}

Deno.test("every feature of README.md's table names a test, and every one of them is there", () => {
  const from = readme.indexOf("| feature |");
  const rows = readme.slice(from, readme.indexOf("\n\n", from)).split("\n").slice(2);
  assert.ok(rows.length >= 20, `${rows.length} features`);
  for (const row of rows) {
    const tests = Array.from(row.matchAll(/\]\((tests\/[\w/]+\.ts)\)/g), ([, path]) => path!);
    assert.ok(tests.length > 0, row);
    for (const path of tests) {
      assert.ok(isThere(path), `${path} is there`);
      assert.match(Deno.readTextFileSync(new URL(path, ROOT)), /Deno\.test\(/, path);
    }
  }
});

for (const path of DOCUMENTS) {
  Deno.test(`what ${path} links to is there`, () => {
    const text = Deno.readTextFileSync(new URL(path, ROOT));
    const links = Array.from(text.matchAll(/\]\(([^)\s]+)\)/g), ([, link]) => link!)
      .filter((link) => !/^(https?:|mailto:|#)/.test(link));
    for (const link of links) {
      const target = new URL(link.replace(/#.*/, ""), new URL(path, ROOT));
      assert.ok(isThere(target.href), `${link} is there`);
    }
  });
}

Deno.test("tasks, scripts and examples that documents tell to run are there", () => {
  let found = 0;
  for (const path of DOCUMENTS) {
    const text = Deno.readTextFileSync(new URL(path, ROOT));
    for (const [, task] of text.matchAll(/deno task ([a-z][\w:]*)/g)) {
      assert.ok(task! in config.tasks, `${path}: deno task ${task}`);
      found++;
    }
    for (const [, script] of text.matchAll(/\b(tools\/[\w/]+(?:\.\w+)?)/g)) {
      assert.ok(isThere(script!), `${path}: ${script}`);
      found++;
    }
  }
  assert.ok(found > 10);
});

Deno.test("README.md shows the page, begins with two commands, and says which packages are not used, and why", () => {
  assert.match(readme, /!\[[^\]]{20,}\]\(docs\/images\/page\.png\)/);
  const start = readme.slice(readme.indexOf("## Quick start"), readme.indexOf("## What it does"));
  const commands = Array.from(start.matchAll(/```sh\n(.*?)\n```/gs), ([, command]) => command);
  assert.deepEqual(commands.slice(0, 2), ["tools/serve", "tools/test"]);
  for (const name of ["@nut-tree/nut-js", "sharp", "@std/cli", "@std/log", "@std/assert"]) {
    assert.match(readme, new RegExp(`\\*\\*[^*]*${name}[^*]*\\*\\*.{30,}`), name);
    assert.ok(!(name in config.imports), `${name} is not used`);
  }
});

Deno.test("what it is made of is what is imported by it", () => {
  const from = readme.indexOf("| for ");
  const table = readme.slice(from, readme.indexOf("\n\n", from));
  for (const name of ["@optique/core", "valibot", "@logtape/logtape", "@novnc/novnc"]) {
    assert.ok(table.includes(`\`${name}\``), name);
    assert.ok(name in config.imports, name);
  }
});

Deno.test("ARCHITECTURE.md names every folder of lib/, with what it may import", () => {
  const text = Deno.readTextFileSync(new URL("ARCHITECTURE.md", ROOT));
  const rows = new Map(
    Array.from(
      text.matchAll(/^\| (\w+) +\|[^|]+\| (.+?) +\|$/gm),
      ([, folder, others]) => [folder!, others!],
    ),
  );
  for (const [folder, others] of Object.entries(LAYERS)) {
    const whole = others.filter((other) => !other.startsWith("type:")).sort();
    const told = rows.get(folder)?.split(", ").filter((other) => other !== "nothing").sort();
    assert.deepEqual(told, whole, folder);
  }
});
