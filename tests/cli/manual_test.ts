/** docs/porthole.1: all that the command line takes, in words that manual pages are made of. @module */
import assert from "node:assert/strict";
import { hasProgram } from "../support/processes.ts";
import { parseArguments } from "../../lib/cli/arguments.ts";
import { entriesOf } from "../../lib/config/schema.ts";
import { manualPage } from "../../tools/make_man.ts";

const page = manualPage();

/** The page as it is read, without fonts. */
const shown = page.replaceAll(/\\f[BIR]/g, "").replaceAll("\\-", "-").replaceAll("\\&", "");

function helpOf(...words: string[]): string {
  const lines: string[] = [];
  const terminal = {
    out: (line: string) => void lines.push(line),
    err: (line: string) => void lines.push(line),
  };
  parseArguments([...words, "--help"], terminal);
  return lines.join("\n");
}

Deno.test("manualPage() has every setting with its help", () => {
  for (const { flag, setting } of entriesOf()) {
    assert.match(shown, new RegExp(`^${flag}\\b`, "m"));
    assert.ok(shown.includes(setting.help), flag);
  }
});

Deno.test("manualPage() has every command and option that --help tells", () => {
  const commandsOf = (...words: string[]) =>
    Array.from(helpOf(...words).matchAll(/^ {2}([a-z]+) /gm), ([, word]) => [...words, word!]);
  const commands = [[], ...commandsOf().filter(([word]) => word !== "completions")];
  const below = commandsOf("ctl");
  assert.ok(commands.length >= 8 && below.length >= 5);
  let options = 0;
  for (const words of [...commands, ...below]) {
    const help = helpOf(...words);
    for (const [, entry] of help.matchAll(/^ {2}(\S+)/gm)) {
      const word = entry!.replace(/,$/, "");
      assert.ok(shown.includes(word), `${words.join(" ")}: ${word}`);
      options++;
    }
    if (words.length > 0) assert.ok(shown.includes(`porthole ${words.join(" ")}`), words.join(" "));
  }
  assert.ok(options > 60, `${options} options and commands`);
});

Deno.test("manualPage() has the sections of a manual page, in their order", () => {
  const sections = Array.from(page.matchAll(/^\.SH (.*)$/gm), ([, title]) => title);
  assert.deepEqual(sections.slice(0, 5), ["NAME", "SYNOPSIS", "DESCRIPTION", "COMMANDS", "OPTIONS"]);
  for (const title of ["ENVIRONMENT", "FILES", "EXIT STATUS", "EXAMPLES", "SEE ALSO"]) {
    assert.ok(sections.includes(title), title);
  }
});

/** Programs that find fault with manual pages: what they complain of is a fault. */
const JUDGES: readonly (readonly [program: string, args: readonly string[], env: Record<string, string>])[] =
  [
    ["groff", ["-man", "-ww", "-z", "-b"], {}],
    ["man", ["-l", "--warnings=w", "-Z"], { MANROFFSEQ: "" }],
  ];

for (const [program, args, env] of JUDGES) {
  Deno.test({
    name: `${program} finds no fault with manualPage()`,
    ignore: !await hasProgram(program),
    async fn() {
      const file = await Deno.makeTempFile({ suffix: ".1" });
      try {
        await Deno.writeTextFile(file, page);
        const judge = new Deno.Command(program, { args: [...args, file], env });
        const { success, stderr } = await judge.output();
        const said = new TextDecoder().decode(stderr);
        assert.equal(said, "");
        assert.ok(success);
      } finally {
        await Deno.remove(file);
      }
    },
  });
}
