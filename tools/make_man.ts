/**
 * The manual page docs/porthole.1, which `deno task docs` writes: commands and what they take come from the command line's
 * parsers, settings from their table.
 *
 * @module
 */
import type { DocEntry, DocPage } from "@optique/core/doc";
import { formatMessage } from "@optique/core/message";
import { getDocPageSync } from "@optique/core/parser";
import { formatUsage, formatUsageTerm } from "@optique/core/usage";
import { commandLine } from "../lib/cli/arguments.ts";
import { entriesOf, type Entry } from "../lib/config/schema.ts";
import { RELEASE } from "../lib/core/release.ts";

/** A command, by the words that name it. */
interface CommandPage {
  readonly words: readonly string[];
  readonly page: DocPage;
}

/** The manual page, for man(7). */
export function manualPage(): string {
  const commands = commandsBelow([]);
  return lines(
    `.\\" Made by deno task docs; not to be edited.`,
    `.TH PORTHOLE 1 "" "Porthole ${escaped(RELEASE)}" "User Commands"`,
    `.nh`,
    `.ad l`,
    `.SH NAME`,
    `porthole \\- share an X11 desktop with VNC viewers and browsers`,
    `.SH SYNOPSIS`,
    ...synopsis(commands),
    `.SH DESCRIPTION`,
    ...DESCRIPTION,
    `.SH COMMANDS`,
    ...commands.flatMap((command) => commandText(command, commands)),
    `.TP`,
    `\\fBporthole completions\\fR \\fISHELL\\fR`,
    `Print what a shell needs to complete options: bash, zsh, fish, nu or pwsh.`,
    `.SH OPTIONS`,
    `Of`,
    `.B serve`,
    `and`,
    `.BR play ,`,
    `which has no use for those of displays and of recording:`,
    ...ownEntries(pageOf(["serve"])).flatMap(entryText),
    ...entriesOf().flatMap(settingText),
    `.PP`,
    `Of`,
    `.B porthole`,
    `itself:`,
    `.TP`,
    `\\fB\\-h\\fR, \\fB\\-\\-help\\fR`,
    `Tell what there is; behind a command, what that takes.`,
    `.TP`,
    `\\fB\\-V\\fR, \\fB\\-\\-version\\fR`,
    `Tell the version.`,
    ...CLOSING,
  );
}

const DESCRIPTION = [
  `Shares the desktop of an X server: with VNC viewers on port 5900, and with browsers, which need nothing else, on port 6080.`,
  `Without a command it serves the desktop of`,
  `.BR DISPLAY .`,
  `As long as no password is set, only this machine may connect:`,
  `see`,
  `.BR \\-\\-password\\-file .`,
];

const CLOSING = [
  `.SH CONFIGURATION`,
  `Four places, and what comes later rules: defaults, the configuration file, the environment, flags.`,
  `A setting such as`,
  `.B \\-\\-limits\\-login\\-seconds 30`,
  `is`,
  `.B PORTHOLE_LIMITS_LOGIN_SECONDS=30`,
  `in the environment, and`,
  `.B {"limits": {"login_seconds": 30}}`,
  `in the file.`,
  `Unknown names and wrong values are all reported at once.`,
  `.SH ENVIRONMENT`,
  `.TP`,
  `.BR DISPLAY ", " XAUTHORITY`,
  `The X server to share, and what lets one in there.`,
  `.TP`,
  `.BI PORTHOLE_ SETTING`,
  `Any setting, see above.`,
  `.TP`,
  `.B PORTHOLE_CONFIG`,
  `The configuration file.`,
  `.TP`,
  `.BR XDG_STATE_HOME ", " XDG_RUNTIME_DIR`,
  `Where certificate and control socket are kept.`,
  `.SH FILES`,
  `.TP`,
  `.IR ~/.config/porthole/config.json ", " /etc/porthole/config.json`,
  `The configuration, the first of them that is there.`,
  `.TP`,
  `.I ~/.local/state/porthole`,
  `Certificate and keys, made at the first start.`,
  `.SH SIGNALS`,
  `.TP`,
  `.BR SIGINT ", " SIGTERM`,
  `Stops in good order; a second one ends at once.`,
  `.TP`,
  `.B SIGHUP`,
  `Reads the configuration again. Settings that are marked`,
  `.I live`,
  `take effect, the others are named.`,
  `.SH EXIT STATUS`,
  `.TP`,
  `.B 0`,
  `Stopped in good order.`,
  `.TP`,
  `.B 1`,
  `Could not start, or broke down: no display, port taken.`,
  `.TP`,
  `.B 2`,
  `Wrong command line or configuration.`,
  `.SH EXAMPLES`,
  `Share this desktop with those who know the password in a file:`,
  `.PP`,
  `.EX`,
  `(umask 077; echo my\\-secret > ~/.porthole\\-password)`,
  `porthole \\-\\-password\\-file ~/.porthole\\-password`,
  `.EE`,
  `.PP`,
  `Share a virtual desktop, on this machine only, and record it:`,
  `.PP`,
  `.EX`,
  `porthole \\-\\-virtual 1280x800 \\-\\-localhost \\-\\-record desktop.phr`,
  `porthole play desktop.phr \\-\\-speed 4`,
  `.EE`,
  `.SH SEE ALSO`,
  `.BR X (7),`,
  `.BR Xvfb (1),`,
  `.BR xtigervncviewer (1)`,
];

/** All commands, each before those that are below it. */
function commandsBelow(words: readonly string[]): CommandPage[] {
  const page = pageOf(words);
  const names = page.sections.flatMap(({ entries }) =>
    entries.flatMap(({ term }) => term.type === "command" ? [term.name] : [])
  );
  const below = names.flatMap((name) => commandsBelow([...words, name]));
  return words.length === 0 ? below : [{ words, page }, ...below];
}

function pageOf(words: readonly string[]): DocPage {
  const page = getDocPageSync(commandLine(), words);
  if (!page) throw new Error(`The command line has no ${words.join(" ")}`);
  return page;
}

function hasCommands({ page }: CommandPage): boolean {
  return page.sections.some(({ entries }) => entries.some(({ term }) => term.type === "command"));
}

function synopsis(commands: readonly CommandPage[]): string[] {
  const usages = commands.filter((command) => !hasCommands(command)).map(({ page }) => usageOf(page));
  return ["porthole [OPTION...]", ...usages, "porthole completions SHELL"].flatMap((usage, at) => [
    ...(at === 0 ? [] : [".br"]),
    usageText(usage),
  ]);
}

function usageOf({ usage }: DocPage): string {
  return formatUsage("porthole", usage ?? []);
}

/** Words in lower case and flags are typed as they are; the others stand for something. */
function usageText(usage: string): string {
  return usage.split(" ").map((word) => {
    const [, before = "", typed = "", after = ""] = /^(\[?)(.*?)(\]?)$/.exec(word)!;
    const font = /[A-Z]/.test(typed) ? "I" : "B";
    return `${before}\\f${font}${escaped(typed)}\\fR${after}`;
  }).join(" ");
}

/** What all commands below one take is told there, once. */
function commandText(command: CommandPage, all: readonly CommandPage[]): string[] {
  const { words, page } = command;
  const below = childrenOf(command, all);
  const parent = all.find((other) => other.words.length > 0 && childrenOf(other, all).includes(command));
  const told = new Set(parent && commonEntries(parent, all).map(titleOf));
  const title = below.length > 0
    ? `\\fBporthole ${words.map(escaped).join(" ")}\\fR`
    : usageText(usageOf(page));
  const entries = below.length > 0
    ? commonEntries(command, all)
    : ownEntries(page).filter((entry) => words[0] !== "serve" && !told.has(titleOf(entry)));
  return [
    ".TP",
    title,
    sentence(plain(page.description)),
    ...(below.length > 0 && entries.length > 0 ? ["All of these take:"] : []),
    ...(entries.length === 0 ? [] : [".RS", ...entries.flatMap(entryText), ".RE"]),
  ];
}

function childrenOf({ words }: CommandPage, all: readonly CommandPage[]): CommandPage[] {
  return all.filter((other) =>
    other.words.length === words.length + 1 && words.every((word, at) => other.words[at] === word)
  );
}

function commonEntries(command: CommandPage, all: readonly CommandPage[]): DocEntry[] {
  const [first = [], ...others] = childrenOf(command, all).map(({ page }) => ownEntries(page));
  return first.filter((entry) =>
    others.every((entries) => entries.some((other) => titleOf(other) === titleOf(entry)))
  );
}

function titleOf({ term }: DocEntry): string {
  return formatUsageTerm(term, { optionsSeparator: ", " });
}

/** What a command takes besides settings, which all have a place of their own. */
function ownEntries({ sections }: DocPage): DocEntry[] {
  const settings = new Set<string>(entriesOf().map(({ flag }) => flag));
  const isSetting = ({ term }: DocEntry) =>
    term.type === "option" && term.names.some((name) => settings.has(name));
  const isServers = sections.some(({ entries }) => entries.filter(isSetting).length > 10);
  return sections.flatMap(({ entries }) => entries).filter((entry) =>
    entry.term.type !== "command" && !(isServers && isSetting(entry))
  );
}

function entryText(entry: DocEntry): string[] {
  return [".TP", usageText(titleOf(entry)), sentence(plain(entry.description))];
}

function settingText({ flag, setting }: Entry): string[] {
  const { kind, metavar, choices, help, live, secret } = setting;
  const title = kind === "switch"
    ? `\\fB${escaped(flag)}\\fR, \\fB${escaped(`--no-${flag.slice(2)}`)}\\fR`
    : `\\fB${escaped(flag)}\\fR \\fI${escaped(metavar)}\\fR`;
  const facts = [
    ...(choices.length > 0 ? [choices.join(", ")] : []),
    ...(kind === "integer" || kind === "number"
      ? [setting.allowed.replace(/^an? (integer|number) /, "")]
      : []),
    ...(secret || String(setting.default) === "" ? [] : [`default ${setting.default}`]),
    ...(live ? ["live"] : []),
  ];
  return [".TP", title, sentence(help), ...(facts.length === 0 ? [] : [`[${escaped(facts.join("; "))}]`])];
}

function plain(description: DocEntry["description"]): string {
  return description ? formatMessage(description, { quotes: false }) : "";
}

function sentence(text: string): string {
  return /[.\]]$/.test(text) ? escaped(text) : `${escaped(text)}.`;
}

/** For roff: hyphens that are minus signs, backslashes, and what must not begin a line. */
function escaped(text: string): string {
  return text.replaceAll("\\", "\\e").replaceAll("-", "\\-").replace(/^([.'])/, "\\&$1");
}

function lines(...all: string[]): string {
  return all.map((line) => `${line}\n`).join("");
}
