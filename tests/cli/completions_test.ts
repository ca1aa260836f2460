/** `porthole completions SHELL`: the shells themselves complete by what it prints. @module */
import assert from "node:assert/strict";
import { hasProgram } from "../support/processes.ts";

/** Completes by Tab what stands behind `porthole`, and prints what the shell offers. */
const BASH = `
eval "$(porthole completions bash)"
complete() {
  COMP_LINE="$*" COMP_POINT=\${#COMP_LINE} COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
  _porthole
  printf '%s\\n' "\${COMPREPLY[@]}"
}
complete porthole "$@"
`;

const FISH = `
porthole completions fish | source
complete -C "porthole $argv"
`;

/** zsh completes at a terminal only: one is made, and Tab is pressed there. */
const ZSH = `
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell 'autoload -Uz compinit; compinit -u -D; source <(porthole completions zsh); bindkey "^I" complete-word'
zpty -w shell 'print -r - IS"_"READY'
zpty -r shell said '*IS_READY*'
zpty -w -n shell "porthole $*"$'\\t'
zpty -r shell said "*\${EXPECTED}*"
print -r -- "$said"
zpty -d shell
`;

const SHELLS: readonly (readonly [shell: string, args: readonly string[]])[] = [
  ["bash", ["--norc", "-c", BASH, "bash"]],
  ["fish", ["--no-config", "-c", FISH, "--"]],
  ["zsh", ["-f", "-c", ZSH, "zsh"]],
];

const CASES: readonly (readonly [words: readonly string[], offered: string])[] = [
  [["--clipb"], "--clipboard"],
  [["--clipboard", "pri"], "primary"],
  [["ctl", "disc"], "disconnect"],
  [["lic"], "licenses"],
];

/** A folder with a `porthole` that runs from the sources. */
function makeProgram(): string {
  const folder = Deno.makeTempDirSync();
  const main = new URL("../../main.ts", import.meta.url).pathname;
  Deno.writeTextFileSync(
    `${folder}/porthole`,
    `#!/bin/sh\nexec '${Deno.execPath()}' run --no-check -A '${main}' "$@"\n`,
    { mode: 0o755 },
  );
  return folder;
}

for (const [shell, args] of SHELLS) {
  Deno.test({
    name: `porthole completions ${shell} makes ${shell} complete commands, options and the words of a choice`,
    ignore: !await hasProgram(shell),
    async fn() {
      const folder = makeProgram();
      try {
        for (const [words, offered] of CASES) {
          const { stdout, stderr } = await new Deno.Command("timeout", {
            args: ["60", shell, ...args, ...words],
            cwd: folder,
            env: {
              PATH: `${folder}:${Deno.env.get("PATH")}`,
              EXPECTED: offered,
              TERM: "dumb",
              NO_COLOR: "1",
            },
            stdin: "null",
          }).output();
          const said = new TextDecoder().decode(stdout);
          assert.ok(said.includes(offered), `${words}: ${said}${new TextDecoder().decode(stderr)}`);
        }
      } finally {
        await Deno.remove(folder, { recursive: true });
      }
    },
  });
}
