/** `porthole licenses` and docs/licenses.txt: all parts of others, with their licences. @module */
import assert from "node:assert/strict";
import { licensesText as embeddedText } from "../../lib/cli/licenses.ts";
import { ENTRIES, licensesText, packagesOf, partsOfOthers } from "../../tools/make_licenses.ts";

const ROOT = new URL("../../", import.meta.url);

const parts = await partsOfOthers();

Deno.test("docs/licenses.txt and what porthole licenses prints are what `deno task licenses` makes", async () => {
  const text = licensesText(parts);
  assert.equal(Deno.readTextFileSync(new URL("docs/licenses.txt", ROOT)), text);
  assert.equal(await embeddedText(), text);
});

Deno.test("every npm package of deno.lock that the program or its page reaches is listed, in its version", async () => {
  const lock = JSON.parse(Deno.readTextFileSync(new URL("deno.lock", ROOT)));
  const locked = Object.keys(lock.npm).map((id) => id.split("_")[0]!);
  const reached = await packagesOf(...ENTRIES);
  assert.ok(reached.size >= 4);
  for (const { name, version } of reached.values()) {
    assert.ok(locked.includes(`${name}@${version}`), `${name}@${version} is locked`);
    const listed = parts.filter((part) => part.name === name);
    assert.deepEqual(listed.map((part) => part.version), [version]);
  }
  // Imports as they are written, by another way: a specifier that none of the parts stands for is one too many.
  const { imports } = JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT)));
  const written = sourcesIn(new URL("lib/", ROOT)).flatMap((text) =>
    Array.from(text.matchAll(/(?:from |import\()"([^".:][^":]*)"/g), ([, specifier]) => specifier!)
  );
  const used = Object.keys(imports).filter((name) =>
    written.some((specifier) => specifier === name || specifier.startsWith(`${name}/`))
  );
  assert.deepEqual(used.filter((name) => !reached.has(name)), []);
  assert.ok(used.includes("@optique/core"));
});

Deno.test("licences of parts are there in full", () => {
  const opens: Record<string, RegExp> = {
    MIT: /Permission is hereby granted, free of charge[^]*AS IS/,
    "MPL-2.0": /Mozilla Public License Version 2\.0[^]*Exhibit B/,
    "Apache-2.0": /Apache License\s+Version 2\.0[^]*Limitation of Liability[^]*licensed their contributions/,
    "BSD-3-Clause": /Redistributions in binary form[^]*Neither the name[^]*POSSIBILITY OF SUCH DAMAGE/,
    "Unicode-3.0": /UNICODE LICENSE V3[^]*AS IS/,
    "notices of the BSD kind": /AT&T[^]*Widget Workshop[^]*Jef Poskanzer[^]*SUCH DAMAGE/,
  };
  for (const { name, license, text, version, source } of parts) {
    assert.match(text, opens[license]!, name);
    assert.match(text, /copyright/i);
    assert.ok(version && source);
  }
  assert.deepEqual(
    ["@novnc/novnc", "pako", "assemblyscript", "Deno", "V8"].filter((name) =>
      !parts.some((part) => part.name === name)
    ),
    [],
  );
});

Deno.test("the page's own list has the same parts of the page, in the same versions", () => {
  const text = Deno.readTextFileSync(new URL("lib/web/page/licenses.txt", ROOT));
  const version = (name: string) => parts.find((part) => part.name === name)!.version;
  assert.ok(text.includes(`noVNC ${version("@novnc/novnc")}`));
  assert.ok(text.includes(`pako (${version("pako")})`));
  for (const name of ["@novnc/novnc", "pako"]) {
    const [line] = /.{60,}/.exec(parts.find((part) => part.name === name)!.text)!;
    assert.ok(text.includes(line!.trim()), name);
  }
});

Deno.test("LICENSE is the MIT license, as deno.json says", () => {
  const text = Deno.readTextFileSync(new URL("LICENSE", ROOT));
  assert.match(text, /^MIT License\n\nCopyright \(c\) \d{4} /);
  assert.match(text, /Permission is hereby granted[^]*The above copyright notice[^]*AS IS/);
  assert.equal(JSON.parse(Deno.readTextFileSync(new URL("deno.json", ROOT))).license, "MIT");
});

function sourcesIn(folder: URL): string[] {
  return [...Deno.readDirSync(folder)].flatMap(({ name, isDirectory }) => {
    if (isDirectory) return name === "assembly" ? [] : sourcesIn(new URL(`${name}/`, folder));
    return name.endsWith(".ts") ? [Deno.readTextFileSync(new URL(name, folder))] : [];
  });
}
