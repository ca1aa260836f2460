/**
 * SECURITY.md names tests that there are, for every class of what broke other servers.
 *
 * @module
 */
import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);

/** What every class of past failures is known by: see "What was tested" in SECURITY.md. */
const CLASSES: readonly (readonly [what: string, mark: RegExp])[] = [
  ["length fields that are trusted", /CVE-2018-7225/],
  ["bombs and liars in the extended clipboard", /extended clipboard/],
  ["division by zero", /CVE-2014-6054/],
  ["sizes of the framebuffer", /CVE-2014-6051.*CVE-2014-8240/],
  ["file transfer and paths", /CVE-2014-6055.*CVE-2018-15126/],
  ["WebSocket framing", /WebSocket framing/],
  ["memory told to the peer", /CVE-2019-15681/],
  ["fences", /CVE-2019-15683/],
  ["types that were not offered", /CVE-2006-2369/],
  ["sizes within logins", /CVE-2024-42458/],
  ["replayed logins", /replayed/],
  ["TLS that breaks off", /CVE-2016-10207/],
  ["arithmetic of pixels", /CVE-2019-15691.*CVE-2019-15695/],
  ["shared memory", /CVE-2020-29074/],
  ["event loops", /half messages.*do not read.*descriptors/],
  ["what reads our data", /recordings.*CVE-2014-0011/],
];

interface Row {
  readonly name: string;
  /** Files, and words of the names of their tests. */
  readonly tests: readonly { readonly file: string; readonly words: readonly string[] }[];
}

function rows(): Row[] {
  const text = Deno.readTextFileSync(new URL("SECURITY.md", ROOT));
  const section = text.slice(
    text.indexOf("## What was tested"),
    text.indexOf("## Permissions of the process"),
  );
  return section.split("\n").filter((line) => /^\| (?!---|class )/.test(line)).map((line) => {
    const [, name = "", cell = ""] = line.split("|");
    const tests = cell.split("`tests/").slice(1).map((part) => ({
      file: `tests/${part.slice(0, part.indexOf("`"))}`,
      words: Array.from(part.slice(part.indexOf("`")).matchAll(/"([^"]+)"/g), ([, words]) => words!),
    }));
    return { name: name.trim(), tests };
  });
}

Deno.test("SECURITY.md has a row for each class of what broke other servers", () => {
  const names = rows().map(({ name }) => name);
  for (const [what, mark] of CLASSES) {
    assert.equal(names.filter((name) => mark.test(name)).length, 1, what);
  }
});

for (const { name, tests } of rows()) {
  Deno.test(`SECURITY.md names tests that there are for "${name}"`, () => {
    assert.ok(tests.length > 0, "no test is named");
    for (const { file, words } of tests) {
      const source = Deno.readTextFileSync(new URL(file, ROOT));
      for (const part of words) {
        const isNamed = source.split("\n").some((line) =>
          line.includes(part) && /test|name|\(\s*["'`]|^\s*["'`]/i.test(line)
        );
        assert.ok(isNamed, `${file} has no test "${part}"`);
      }
    }
  });
}
