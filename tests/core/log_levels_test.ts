/** Levels for all and for parts. @module */
import assert from "node:assert/strict";
import { LOG_PARTS, parseLogLevels, showLogLevels } from "../../lib/core/log_levels.ts";

Deno.test("parseLogLevels() reads one level for everything and others for parts", () => {
  for (
    const [text, shown] of [
      ["INFO", "INFO"],
      ["debug", "DEBUG"],
      [" warning , session = debug,x11=Error", "WARNING,session=DEBUG,x11=ERROR"],
      ["virtual-desktop=DEBUG", "INFO,virtual-desktop=DEBUG"],
      ["a.b=DEBUG,INFO", "INFO,a.b=DEBUG"],
    ] as const
  ) {
    const levels = parseLogLevels(text);
    assert.ok(levels, text);
    assert.equal(showLogLevels(levels), shown);
  }
});

Deno.test("parseLogLevels() knows what is none", () => {
  for (
    const text of ["", "LOUD", "INFO,", "INFO,DEBUG", "a=INFO,a=DEBUG", "=INFO", "a=", "a=b=INFO", "a b=INFO"]
  ) {
    assert.equal(parseLogLevels(text), undefined, text);
  }
});

Deno.test("LOG_PARTS are the parts that log, and those that docs/logging.md names", async () => {
  const lib = new URL("../../lib/", import.meta.url);
  const logging = new Set<string>();
  for (const path of sources(lib)) {
    const text = (await Deno.readTextFile(path)).replace(/^ *\*.*$/gm, ""); // without examples
    for (const [, part] of text.matchAll(/\bgetLogger\("([^"]+)"/g)) logging.add(part!);
  }
  assert.deepEqual([...logging].sort(), [...LOG_PARTS].sort());
  const docs = await Deno.readTextFile(new URL("../docs/logging.md", lib));
  const [list] = /^Parts are[^.]*\./ms.exec(docs)!;
  assert.deepEqual(
    Array.from(list.matchAll(/`([^`]+)`/g), ([, part]) => part!).sort(),
    [...LOG_PARTS].sort(),
  );
});

function* sources(folder: URL): Generator<URL> {
  for (const { name, isDirectory } of Deno.readDirSync(folder)) {
    if (isDirectory) yield* sources(new URL(`${name}/`, folder));
    else if (name.endsWith(".ts")) yield new URL(name, folder);
  }
}
