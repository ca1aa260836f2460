/**
 * The command line of the benchmark.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { CASES } from "./cases.ts";
import { serverKinds } from "./servers.ts";

/** What is to be measured, and where the results go. */
export interface Options {
  /** Names of cases, and of the parts that have no case: "keys", "link". */
  readonly workloads: readonly string[];
  readonly servers: readonly string[];
  readonly reps: number;
  /** That count, of one measurement. */
  readonly seconds: number;
  readonly idleSeconds: number;
  /** Keys pressed for a latency under load. */
  readonly keys: number;
  /** Numbers of viewers; more than one only where a case says so. */
  readonly viewers: readonly number[];
  /** Porthole's executable; `deno run` without. */
  readonly porthole?: string;
  readonly json?: string;
  readonly markdown?: string;
}

/** Parts that are more than drawing and looking. */
export const EXTRA_PARTS: readonly string[] = ["keys", "link"];

const DEFAULTS: Options = {
  workloads: [...CASES.map(({ name }) => name), ...EXTRA_PARTS],
  servers: ["porthole", "x0vncserver", "x11vnc"],
  reps: 3,
  seconds: 10,
  idleSeconds: 30,
  keys: 60,
  viewers: [1, 4, 16],
};

const QUICK: Partial<Options> = {
  workloads: ["terminal", "typing", "drag", "video", "idle"],
  reps: 1,
  seconds: 2,
  idleSeconds: 5,
  viewers: [1],
};

/** What `--help` prints. */
export const HELP =
  `Compares Porthole with other VNC servers: the same drawing, the same viewer, taking turns.

  deno task bench:peers [OPTION...]

  --workloads LIST   of ${DEFAULTS.workloads.join(",")} [all]
  --servers LIST     of ${[...serverKinds().keys()].join(",")} [${DEFAULTS.servers.join(",")}]
  --reps N           repetitions of everything [${DEFAULTS.reps}]
  --seconds N        seconds of a measurement that count [${DEFAULTS.seconds}]
  --idle-seconds N   the same for the idle desktop [${DEFAULTS.idleSeconds}]
  --keys N           keys pressed for a latency under load [${DEFAULTS.keys}]
  --viewers LIST     numbers of viewers [${DEFAULTS.viewers.join(",")}]
  --porthole PATH    a compiled Porthole; otherwise this source by "deno run"
  --quick            ${QUICK.workloads!.join(", ")} for one viewer, once: about two minutes
  --json FILE        writes every measurement
  --markdown FILE    writes the tables, which are printed, too
  --help
`;

function list(text: string, known: readonly string[], flag: string): string[] {
  const names = text.split(",").filter(Boolean);
  for (const name of names) {
    if (!known.includes(name)) {
      throw new TypeError(`--${flag}: there is no "${name}"; there are ${known.join(", ")}`);
    }
  }
  return names;
}

function positive(text: string, flag: string): number {
  const value = Number(text);
  if (!(value > 0)) throw new TypeError(`--${flag}: "${text}" is not a number above 0`);
  return value;
}

/**
 * Reads the command line.
 *
 * @returns `undefined` when help was asked for.
 * @throws {TypeError} A flag or value that there is not.
 */
export function parseOptions(args: readonly string[]): Options | undefined {
  const text = { type: "string" } as const, flag = { type: "boolean" } as const;
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...{ "workloads": text, "servers": text, "reps": text, "seconds": text, "idle-seconds": text },
      ...{ "keys": text, "viewers": text, "porthole": text, "json": text, "markdown": text },
      ...{ "quick": flag, "help": flag },
    },
  });
  if (values.help) return undefined;
  const base = { ...DEFAULTS, ...(values.quick ? QUICK : {}) };
  const number = (given: string | undefined, name: string, otherwise: number) =>
    given === undefined ? otherwise : positive(given, name);
  return {
    workloads: values.workloads === undefined
      ? base.workloads
      : list(values.workloads, DEFAULTS.workloads, "workloads"),
    servers: values.servers === undefined
      ? base.servers
      : list(values.servers, [...serverKinds().keys()], "servers"),
    reps: Math.ceil(number(values.reps, "reps", base.reps)),
    seconds: number(values.seconds, "seconds", base.seconds),
    idleSeconds: number(values["idle-seconds"], "idle-seconds", base.idleSeconds),
    keys: Math.ceil(number(values.keys, "keys", base.keys)),
    viewers: values.viewers === undefined
      ? base.viewers
      : values.viewers.split(",").map((count) => Math.ceil(positive(count, "viewers"))),
    ...(values.porthole === undefined ? {} : { porthole: values.porthole }),
    ...(values.json === undefined ? {} : { json: values.json }),
    ...(values.markdown === undefined ? {} : { markdown: values.markdown }),
  };
}
