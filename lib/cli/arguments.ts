/**
 * The command line: what `porthole` was asked to do. Flags come from the table of settings.
 *
 * @module
 */
import { object, or } from "@optique/core/constructs";
import { runParser } from "@optique/core/facade";
import { type Message, message, text } from "@optique/core/message";
import { map, optional } from "@optique/core/modifiers";
import type { Parser } from "@optique/core/parser";
import { argument, command, constant, negatableFlag, option } from "@optique/core/primitives";
import { float, type ValueParser } from "@optique/core/valueparser";
import { entriesOf, type Entry } from "../config/schema.ts";
import { RELEASE } from "../core/release.ts";
import { ctlParser, topParser } from "./operator_arguments.ts";
import { passwdParser } from "./passwd_arguments.ts";
import {
  type Command,
  EXIT_USAGE,
  type ExportCommand,
  type NothingToDo,
  type PlayCommand,
  type RestoreCommand,
  type ServeCommand,
  type Terminal,
} from "./command.ts";

const COMMANDS = ["serve", "play", "export", "ctl", "top", "passwd", "restore", "licenses"];

/** Reads the command line; help, version, completions and mistakes go to `terminal`. */
export function parseArguments(args: readonly string[], terminal: Terminal): Command {
  const exit = (exitCode: number): NothingToDo => ({ name: "exit", exitCode });
  return runParser(commandLine(), "porthole", args, {
    help: { option: { names: ["-h", "--help"] }, onShow: exit },
    version: { value: RELEASE, option: { names: ["-V", "--version"] }, onShow: () => exit(0) },
    completion: { command: { names: ["completions"] }, onShow: () => exit(0) },
    brief: message`Shares an X11 desktop with VNC viewers.`,
    usageLine: [{ type: "literal", value: "[COMMAND] [OPTION...]" }],
    footer: FOOTER,
    termWidth: 28,
    maxWidth: HELP_WIDTH,
    showChoices: true,
    aboveError: "none",
    onError: () => {
      const asked = COMMANDS.includes(args[0] ?? "") ? ` ${args[0]}` : "";
      terminal.err(`porthole${asked} --help tells what there is`);
      return exit(EXIT_USAGE);
    },
    stdout: (line) => terminal.out(line),
    stderr: (line) => terminal.err(line),
  });
}

/** Everything that can be asked for, as a tree of parsers, which also tells what it takes. */
export function commandLine(): Parser<"sync", Command, unknown> {
  return or(
    command("serve", serveParser(), SERVE_TEXTS),
    command("play", playParser(), PLAY_TEXTS),
    command("export", exportParser(), {
      description: message`Make an FBS file of a recording, for other players`,
    }),
    command("ctl", ctlParser(), { description: message`Ask a running server, or tell it what to do` }),
    command("top", topParser(), {
      description: message`Look at a running server: viewers, frames, bytes, times`,
    }),
    command("passwd", passwdParser(), {
      description: message`Make a password file, or change a user's password; asks without showing`,
    }),
    command("restore", restoreParser(), {
      description: message`Put back keys, monitors and devices that a server has changed that was killed`,
    }),
    command("licenses", object({ name: constant("licenses") }), {
      description: message`Tell whose work is in this program, and under which licences`,
    }),
    serveParser(),
  );
}

/** Columns of the help text. */
const HELP_WIDTH = 100;

const SERVE_TEXTS = {
  description: message`Share a desktop; what porthole does when no command is given`,
  usageLine: [{ type: "literal", value: "[OPTION...]" }],
} as const;

const PLAY_TEXTS = {
  description: message`Share a recording: viewers and browsers see what was`,
  usageLine: [{ type: "literal", value: "RECORDING [OPTION...]" }],
} as const;

const FOOTER =
  message`Settings are read from config.json, then from the environment (--frame-rate is PORTHOLE_FRAME_RATE), then from flags; what comes later rules.`;

/** `porthole [serve]`: one flag for each setting, and those that are no settings. */
function serveParser(): Parser<"sync", ServeCommand, unknown> {
  return map(
    object({
      name: constant("serve"),
      ...settingOptions(),
      virtual: optional(option("--virtual", sizeText(), {
        description: message`Start a virtual desktop of this size, such as 1280x800, and share it`,
      })),
    }),
    ({ flags, ...rest }): ServeCommand => ({ ...rest, flags: given(flags) }),
  );
}

/** Settings of the desktop that is shared, and of recording it: a recording has no use for them. */
const NOT_FOR_RECORDINGS =
  /^(display|authority|capture|poll_share|clipboard|blank_screen|lock_local_input|record.*)$/;

/** `porthole play RECORDING`: the settings of a server, too. */
function playParser(): Parser<"sync", PlayCommand, unknown> {
  return map(
    object({
      name: constant("play"),
      file: argument(anyText("RECORDING", FILES), { description: message`What --record has made` }),
      speed: optional(option("--speed", float({ metavar: "FACTOR", min: 0.01, max: 1000 }), {
        description: message`2 is twice as fast [1]`,
      })),
      seek: optional(option("--seek", float({ metavar: "SECONDS", min: 0 }), {
        description: message`Where to begin [0]`,
      })),
      loop: option("--loop", { description: message`Begin anew when it is over` }),
      ...settingOptions(({ path }) => !NOT_FOR_RECORDINGS.test(path)),
    }),
    ({ flags, speed = 1, seek = 0, ...rest }): PlayCommand => ({
      ...rest,
      speed,
      seekSeconds: seek,
      flags: given(flags),
    }),
  );
}

/** `porthole export RECORDING FILE`. */
function exportParser(): Parser<"sync", ExportCommand, unknown> {
  return object({
    name: constant("export"),
    file: argument(anyText("RECORDING", FILES), { description: message`What --record has made` }),
    target: argument(anyText("FILE", FILES), { description: message`What to write: FBS 001.000` }),
  });
}

/** `porthole restore`. */
function restoreParser(): Parser<"sync", RestoreCommand, unknown> {
  return object({
    name: constant("restore"),
    display: optional(
      option("--display", anyText("DISPLAY"), { description: message`X display [$DISPLAY]` }),
    ),
    authority: optional(option("--authority", anyText("FILE", FILES), {
      description: message`X authority file [$XAUTHORITY, then ~/.Xauthority]`,
    })),
  });
}

/** One flag for each setting, and the one that names their file. */
function settingOptions(isWanted: (entry: Entry) => boolean = () => true) {
  const flags = Object.fromEntries(
    entriesOf().filter(isWanted).map((entry) => [entry.path, optional(flagOf(entry))]),
  );
  return {
    configFile: optional(option("--config", anyText("FILE", FILES), {
      description: message`Configuration file instead of the usual one`,
    })),
    flags: object(flags),
  };
}

function given(
  flags: Readonly<Record<string, string | boolean | undefined>>,
): ReadonlyMap<string, string | boolean> {
  return new Map(
    Object.entries(flags).filter((pair): pair is [string, string | boolean] => pair[1] !== undefined),
  );
}

/** The flag of a setting. Its value is checked later, together with all other sources. */
function flagOf({ flag, setting }: Entry): Parser<"sync", string | boolean, unknown> {
  const byDefault = setting.secret || String(setting.default) === "" ? "" : ` [${String(setting.default)}]`;
  const description: Message = [text(setting.help + byDefault)];
  if (setting.kind === "switch") {
    return negatableFlag({ positive: flag, negative: `--no-${flag.slice(2)}` }, { description });
  }
  const suggestions = setting.metavar === "FILE" ? FILES : setting.choices.map(literal);
  const value = anyText(setting.metavar, suggestions);
  return option(flag, setting.choices.length > 0 ? { ...value, choices: setting.choices } : value, {
    description,
  });
}

type Suggestions = readonly ({ kind: "literal"; text: string } | { kind: "file"; type: "file" })[];
const FILES: Suggestions = [{ kind: "file", type: "file" }];

function literal(word: string): Suggestions[number] {
  return { kind: "literal", text: word };
}

function anyText(metavar: string, suggestions: Suggestions = []): ValueParser<"sync", string> {
  return {
    mode: "sync",
    metavar: metavar as "TEXT",
    placeholder: "",
    parse: (value) => ({ success: true, value }),
    format: (value) => value,
    suggest: (prefix) => suggestions.filter((one) => one.kind === "file" || one.text.startsWith(prefix)),
  };
}

function sizeText(): ValueParser<"sync", { width: number; height: number }> {
  return {
    mode: "sync",
    metavar: "WxH",
    placeholder: { width: 0, height: 0 },
    parse(value) {
      const [, width = 0, height = 0] = (/^(\d{1,5})x(\d{1,5})$/i.exec(value) ?? []).map(Number);
      const fits = width >= 64 && height >= 64 && width <= 16384 && height <= 16384;
      return fits
        ? { success: true, value: { width, height } }
        : { success: false, error: message`given ${value}, allowed: WIDTHxHEIGHT from 64x64 to 16384x16384` };
    },
    format: ({ width, height }) => `${width}x${height}`,
  };
}
