/**
 * The figures of a run as a table, and what they are held against.
 *
 * @module
 */
import type { Figures } from "./experiments.ts";
import type { UnderAttack } from "./latency.ts";
import { MOST_MS } from "./probe.ts";

/** All that was measured on one server; what could not be measured has the reason in its place. */
export interface ServerFigures {
  readonly attacks: Record<string, UnderAttack | string>;
  readonly experiments: Record<string, Figures | string>;
}

/** What an attack may add to another viewer's latency on Porthole, in ms: median of its rounds. */
export const MOST_ADDED_MS = 5;

type Row = readonly [what: string, cell: (figures: ServerFigures) => string];

/** The table, in Markdown. @param attacks Name and description of each attack. */
export function table(
  results: Readonly<Record<string, ServerFigures>>,
  attacks: readonly (readonly [name: string, what: string])[],
): string {
  const servers = Object.keys(results);
  const rows: Row[] = [
    ...attacks.map(([name, what]): Row => [what, ({ attacks }) => attackCell(attacks[name])]),
    ["memory of a silent connection", experiment("memoryOfSilent", (f) => kib(f.perConnectionKiB))],
    [
      "a silent connection is closed after",
      experiment(
        "closingOfSilent",
        (f) => f.seconds === undefined ? `> ${f.watched} s` : `${f.seconds.toFixed(1)} s`,
      ),
    ],
    [
      "of 400 silent connections from 50 addresses are held",
      experiment("acceptsBesideSilent", (f) => `${f.held}`),
    ],
    [
      "meanwhile others are greeted",
      experiment("acceptsBesideSilent", (f) => `${f.acceptsPerSecond!.toFixed(0)}/s`),
    ],
    [
      "10 000 connect and leave",
      experiment(
        "visits",
        (f) => `${f.visits}: ${f.perSecond!.toFixed(0)}/s, memory ${signed(f.grownKiB! / 1024)} MiB`,
      ),
    ],
    [
      "200 viewers at once",
      experiment(
        "manyViewers",
        (f) => `${f.viewers}, ${f.enterMs!.toFixed(1)} ms each to come in; ${kib(f.perViewerKiB)} each`,
      ),
    ],
    [
      "a change reaches the first and the last of them after",
      experiment("manyViewers", (f) => `${f.firstMs!.toFixed(0)} and ${f.lastMs!.toFixed(0)} ms`),
    ],
  ];
  const lines = [
    `| attack: latency without → with it, added (median, p99), ms | ${servers.join(" | ")} |`,
    `| --- |${" --- |".repeat(servers.length)}`,
    ...rows.map(([what, cell]) => [what, ...servers.map((name) => cell(results[name]!))])
      .filter(([, ...cells]) => cells.some((cell) => cell !== "")) // what was left out
      .map((cells) => `| ${cells.join(" | ")} |`),
  ];
  return lines.join("\n");
}

/** Attacks that add more than they may, by name. */
export function tooHarmful({ attacks }: ServerFigures): string[] {
  return Object.entries(attacks)
    .filter(([, figures]) => typeof figures === "string" || figures.stalled || figures.added > MOST_ADDED_MS)
    .map(([name]) => name);
}

function attackCell(figures: UnderAttack | string | undefined): string {
  if (figures === undefined) return "has none";
  if (typeof figures === "string") return `failed: ${figures}`;
  if (figures.stalled) return `${ms(figures.quiet.median)} → > ${MOST_MS}`;
  const { quiet, attacked, added, addedP99 } = figures;
  return `${ms(quiet.median)} → ${ms(attacked.median)}, ${signed(added)}, ${signed(addedP99)}`;
}

function experiment(name: string, show: (figures: Figures) => string): Row[1] {
  return ({ experiments }) => {
    const figures = experiments[name];
    if (figures === undefined) return "";
    return typeof figures === "string" ? `failed: ${figures}` : show(figures);
  };
}

function ms(value: number): string {
  return value.toFixed(1);
}

function signed(value: number): string {
  return `${value < 0 ? "" : "+"}${value.toFixed(1)}`;
}

function kib(value: number | undefined): string {
  return `${value!.toFixed(0)} KiB`;
}
