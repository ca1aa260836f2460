/** The usual command line, read without the parser. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { parseArguments } from "../../lib/cli/arguments.ts";
import { readPlainArguments } from "../../lib/cli/plain_arguments.ts";
import { entriesOf } from "../../lib/config/schema.ts";

/** What the parser makes of it; `undefined` where it has something to answer. */
function parsed(args: readonly string[]) {
  const command = parseArguments(args, { out() {}, err() {} });
  if (command.name !== "serve") return undefined;
  return { flags: [...command.flags], configFile: command.configFile, virtual: command.virtual };
}

function plain(args: readonly string[]) {
  const command = readPlainArguments(args);
  return command && { flags: [...command.flags], configFile: command.configFile, virtual: command.virtual };
}

Deno.test("readPlainArguments() reads settings of every kind, in both spellings", () => {
  for (const { path, flag, setting } of entriesOf()) {
    if (setting.kind === "switch") {
      assert.deepEqual(plain([flag])?.flags, [[path, true]]);
      assert.deepEqual(plain([`--no-${flag.slice(2)}`])?.flags, [[path, false]]);
    } else {
      assert.deepEqual(plain([flag, "x y"])?.flags, [[path, "x y"]]);
      assert.deepEqual(plain(["serve", `${flag}=a=b`])?.flags, [[path, "a=b"]]);
    }
  }
});

Deno.test("readPlainArguments() leaves everything else to the parser", () => {
  const others = [
    ["--help"],
    ["--version"],
    ["play", "file"],
    ["completions", "bash"],
    ["--port"],
    ["--port", "--host"],
    ["--port", "1", "--port", "2"],
    ["--localhost", "--no-localhost"],
    ["--localhost=yes"],
    ["--no-port", "1"],
    ["--prot", "5900"],
    ["stray"],
    ["--config", "a", "--config", "b"],
    ["--virtual", "800x600"],
  ];
  for (const args of others) assert.equal(plain(args), undefined, args.join(" "));
});

Deno.test("readPlainArguments() says what the parser says, whatever it is given", () => {
  const flags = entriesOf().map(({ flag }) => flag);
  const word = fc.oneof(
    fc.constantFrom(...flags),
    fc.constantFrom(...flags.map((flag) => `--no-${flag.slice(2)}`)),
    fc.constantFrom(...flags.map((flag) => `${flag}=7`)),
    fc.constantFrom("serve", "5", "", "-1", "--", "-", "--config", "--config=c.json", "a b", "INFO", "auto"),
  );
  fc.assert(
    fc.property(fc.array(word, { minLength: 1, maxLength: 5 }), (args) => {
      const found = plain(args);
      if (found) assert.deepEqual(found, parsed(args), args.join(" "));
    }),
    { seed: 7, numRuns: 150 },
  );
});
