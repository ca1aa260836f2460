/**
 * What bad peers do to other viewers, on this server and on others: `deno task hostile`.
 *
 * A viewer looks at a screen on which somebody draws, and the time from drawing to arrival is taken without and with each
 * attack, in turns. Then what silent connections cost, how many come in beside them, connecting and leaving ten thousand
 * times, and two hundred viewers at once. Everything is on loopback and on an Xvfb. About six minutes for all servers, two for one.
 *
 * `--servers porthole,x11vnc`, `--attacks keys,fences`, `--experiments visits`, `--rounds N`, `--json FILE`; "none"
 * leaves a part out. Ends with 1 when an attack on Porthole adds more than it may.
 *
 * @module
 */
import { parseArgs } from "node:util";
import { Drawing } from "../tests/support/x11_desktop.ts";
import { Xvfb } from "../tests/support/xvfb.ts";
import { ATTACKS } from "./hostile/attacks.ts";
import {
  acceptsBesideSilent,
  closingOfSilent,
  type Figures,
  manyViewers,
  memoryOfSilent,
  visits,
} from "./hostile/experiments.ts";
import { Victim } from "./hostile/latency.ts";
import { type ServerFigures, table, tooHarmful } from "./hostile/report.ts";
import { SERVER_NAMES } from "./hostile/servers.ts";
import { describeMachine, write } from "./peers/console.ts";

type Experiment = (server: string, display: string, drawing: Drawing) => Promise<Figures>;

const EXPERIMENTS: Readonly<Record<string, Experiment>> = {
  memoryOfSilent,
  acceptsBesideSilent,
  visits,
  manyViewers,
  closingOfSilent,
};

const SIZE = { width: 1024, height: 768 } as const;
/** Of each half of a round, in ms. */
const PHASE_MS = 500;
/** Others are measured shorter. */
const ROUNDS = { ours: 4, others: 2 };

/** What is to be done. */
interface Plan {
  readonly servers: readonly string[];
  readonly attacks: readonly string[];
  readonly experiments: readonly string[];
  readonly rounds: number | undefined;
}

async function run({ servers, attacks, experiments, rounds }: Plan): Promise<Record<string, ServerFigures>> {
  await using xvfb = await Xvfb.start(SIZE);
  await using drawing = await Drawing.start(xvfb.display);
  const results: Record<string, ServerFigures> = {};
  for (const name of servers) {
    const found: ServerFigures = results[name] = { attacks: {}, experiments: {} };
    await using victim = new Victim(name, xvfb.display, drawing);
    for (const attack of attacks) {
      if (ATTACKS[attack]!.needsWeb && name !== "porthole") continue;
      tell(`${name}: ${ATTACKS[attack]!.what}`);
      const turns = {
        rounds: rounds ?? (name === "porthole" ? ROUNDS.ours : ROUNDS.others),
        phaseMs: PHASE_MS,
      };
      found.attacks[attack] = await victim.under(attack, turns).catch(async (error: Error) => {
        await victim.restart();
        return error.message;
      });
    }
    await victim.restart();
    for (const experiment of experiments.filter((experiment) => experiment !== "closingOfSilent")) {
      tell(`${name}: ${experiment}`);
      found.experiments[experiment] = await EXPERIMENTS[experiment]!(name, xvfb.display, drawing).catch(
        (error: Error) => error.message,
      );
    }
  }
  // Costs nothing but time: all at once.
  if (experiments.includes("closingOfSilent")) {
    tell("closingOfSilent");
    await Promise.all(servers.map(async (name) => {
      results[name]!.experiments.closingOfSilent = await closingOfSilent(name, xvfb.display).catch(
        (error: Error) => error.message,
      );
    }));
  }
  return results;
}

function tell(line: string): void {
  write(Deno.stderr, `${line}\n`);
}

function chosen(given: string | undefined, known: readonly string[], flag: string): readonly string[] {
  if (given === undefined) return known;
  const names = given.split(",").filter((name) => name !== "none");
  for (const name of names) {
    if (!known.includes(name)) {
      throw new TypeError(`--${flag}: there is no "${name}", but ${known.join(", ")}`);
    }
  }
  return names;
}

if (import.meta.main) {
  const text = { type: "string" } as const;
  const options = { servers: text, attacks: text, experiments: text, rounds: text, json: text };
  const { values } = parseArgs({ args: Deno.args, options });
  const attacks = chosen(values.attacks, Object.keys(ATTACKS), "attacks");
  const begun = performance.now();
  const results = await run({
    servers: chosen(values.servers, SERVER_NAMES, "servers"),
    attacks,
    experiments: chosen(values.experiments, Object.keys(EXPERIMENTS), "experiments"),
    rounds: values.rounds === undefined ? undefined : Number(values.rounds),
  });
  const seconds = Math.round((performance.now() - begun) / 1000);
  const { processor, cores, kernel } = describeMachine();
  const harmful = results.porthole ? tooHarmful(results.porthole) : [];
  write(
    Deno.stdout,
    `${table(results, attacks.map((name) => [name, ATTACKS[name]!.what]))}\n\n` +
      `${cores} cores of ${processor}, Linux ${kernel}; ${seconds} s\n` +
      (harmful.length > 0 ? `Above the bar: ${harmful.join(", ")}\n` : ""),
  );
  if (values.json) {
    await Deno.writeTextFile(
      values.json,
      JSON.stringify({ ...describeMachine(), seconds, results }, null, 2) + "\n",
    );
  }
  Deno.exitCode = harmful.length > 0 ? 1 : 0;
}
