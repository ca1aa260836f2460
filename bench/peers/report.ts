/**
 * The results as Markdown.
 *
 * @module
 */
import { BARS, judge, type Verdict } from "./bars.ts";
import { type Case, CASES } from "./cases.ts";
import { HOME_LINE } from "./link.ts";
import {
  keyRatioOf,
  type KeySelection,
  keysOf,
  type Metric,
  metricOf,
  ratioOf,
  type Results,
  type Selection,
} from "./results.ts";
import { PEERS } from "./servers.ts";
import { type Spread, spread } from "./statistics.ts";

const KEYS_TITLES: Readonly<Record<string, string>> = {
  idle: "nothing else",
  fullvideo: "full-screen video",
};

const LINK_TITLE = `, ${HOME_LINE.kilobitsPerSecond / 1000} Mbit/s ${2 * HOME_LINE.oneWayMs} ms`;

/** A number in as many digits as say something. */
export function figure(value: number): string {
  if (!Number.isFinite(value)) return "–";
  const size = Math.abs(value);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 || size < 0.0005 ? 2 : 3);
}

/** "median (least–greatest)"; the median alone when there is but one. */
export function range({ median, min, max }: Spread): string {
  if (Number.isNaN(median)) return "–";
  return min === max ? figure(median) : `${figure(median)} (${figure(min)}–${figure(max)})`;
}

function row(cells: readonly string[]): string {
  return `| ${cells.join(" | ")} |`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [row(head), row(head.map(() => "---")), ...rows.map(row)].join("\n");
}

/** What was measured, as selections with their case, in the order of the table. */
function selectionsOf(results: Results): { readonly of: Case; readonly selection: Selection }[] {
  const key = (name: string, viewers: number, linked: boolean) => `${name} ${viewers} ${linked}`;
  const present = new Set(results.samples.map((s) => key(s.case, s.viewers, s.linked)));
  const counts = [...new Set(results.samples.map(({ viewers }) => viewers))].sort((a, b) => a - b);
  return CASES.flatMap((of) =>
    [false, true].flatMap((linked) =>
      counts.filter((viewers) => present.has(key(of.name, viewers, linked)))
        .map((viewers) => ({ of, selection: { case: of.name, viewers, linked } }))
    )
  );
}

function titleOf(of: Case, { viewers = 1, linked = false }: Selection): string {
  return of.title + (viewers > 1 ? `, ${viewers} viewers` : "") + (linked ? LINK_TITLE : "");
}

/** Milliseconds of CPU a frame; KB/s; p50 and p99 latency; frames a second. */
function cell(results: Results, server: string, of: Case, selection: Selection): string {
  const number = (metric: Metric) => figure(metricOf(results, server, selection, metric).median);
  if (of.rate === 0) return `${figure(metricOf(results, server, selection, "totalCpu").median / 10)} %`;
  const rest = `${number("kilobytesPerSecond")}, ${number("latencyP50")} / ${number("latencyP99")}, ${
    number("fps")
  }`;
  return `${number("cpuPerFrame")}, ${rest}`;
}

function figuresTable(results: Results, servers: readonly string[]): string {
  const rows = selectionsOf(results).map(({ of, selection }) => [
    titleOf(of, selection),
    of.encoding.name,
    ...servers.map((server) => cell(results, server, of, selection)),
  ]);
  return table(["workload", "encoding", ...servers], rows);
}

function ratiosTable(results: Results): string {
  const rows = selectionsOf(results).filter(({ of }) => of.rate > 0).map(({ of, selection }) => [
    titleOf(of, selection),
    of.encoding.name,
    ...(["cpuPerFrame", "kilobytesPerFrame", "latencyP50", "latencyP99", "stalenessP50"] as const).map((
      metric,
    ) => range(ratioOf(results, selection, metric))),
    range(ratioOf(results, selection, "fps", "better peer", Math.max)),
  ]);
  return table(
    [
      "workload",
      "encoding",
      "CPU a frame",
      "bytes a frame",
      "latency p50",
      "p99",
      "staleness p50",
      "frames a second",
    ],
    rows,
  );
}

function startTable(results: Results, servers: readonly string[]): string {
  const all = (server: string, metric: Metric) => range(metricOf(results, server, {}, metric));
  return table(["", ...servers], [
    ["start to listening, ms", ...servers.map((server) => all(server, "listeningMs"))],
    ["first full frame, ms", ...servers.map((server) => all(server, "firstFrameMs"))],
    ["resident memory, MB", ...servers.map((server) => all(server, "residentMegabytes"))],
  ]);
}

function keysTable(results: Results, servers: readonly string[]): string {
  const kinds = new Map(
    results.keys.map((
      { workload, linked },
    ): [string, KeySelection] => [`${workload} ${linked}`, { workload, linked }]),
  );
  const rows = [...kinds.values()].map((selection) => [
    (KEYS_TITLES[selection.workload] ?? selection.workload) + (selection.linked ? LINK_TITLE : ""),
    ...servers.map((server) => {
      const samples = keysOf(results, server, selection);
      if (samples.length === 0) return "–";
      const median = (metric: "keyP50" | "keyP99" | "fps") =>
        figure(spread(samples.map((s) => s[metric])).median);
      const lost = samples.reduce((sum, s) => sum + s.lost, 0);
      return `${median("keyP50")} / ${median("keyP99")}, ${median("fps")}${lost > 0 ? `, ${lost} lost` : ""}`;
    }),
    range(keyRatioOf(results, selection, "keyP99")),
  ]);
  return table(["meanwhile", ...servers, "p99 of the better peer's"], rows);
}

function barsTable(verdicts: readonly Verdict[]): string {
  return table(
    ["workload", "what", "measured", "bar", ""],
    verdicts.map(({ bar, value, reached }) => {
      const of = CASES.find(({ name }) => name === bar.selection.case);
      const unit = bar.reference === undefined ? ` ${bar.unit}` : "x";
      const compared = bar.reference === "x0vncserver" ? " of x0vncserver's" : "";
      return [
        of ? `${titleOf(of, { ...bar.selection, viewers: 1 })}, ${of.encoding.name}` : "all",
        bar.what + compared,
        range(value) + unit,
        `${bar.sense === "at most" ? "≤" : "≥"} ${bar.limit}${unit}${bar.aim ? " (aim)" : ""}`,
        reached === undefined ? "" : reached ? "reached" : "**missed**",
      ];
    }),
  );
}

function anomalies(results: Results): string[] {
  return results.samples.flatMap(({ server, case: name, viewers, backward, unclear, samePicture }) => [
    ...(samePicture === false
      ? [`- ${server}, ${name}, ${viewers} viewers: pixels were wrong in the end`]
      : []),
    ...(backward > 0
      ? [`- ${server}, ${name}, ${viewers} viewers: ${backward} frames came after later ones`]
      : []),
    ...(unclear > 0
      ? [`- ${server}, ${name}, ${viewers} viewers: the marker was unreadable ${unclear} times`]
      : []),
  ]);
}

/** The tables of a run. */
export function toMarkdown(results: Results): string {
  const order = ["porthole", ...PEERS, "xvnc"];
  const servers = order.filter((name) =>
    [...results.samples, ...results.keys].some(({ server }) => server === name)
  );
  const verdicts = BARS.map((bar) => judge(results, bar)).filter(({ reached }) => reached !== undefined);
  const required = verdicts.filter(({ bar }) => !bar.aim);
  const strange = anomalies(results);
  const { processor, cores, kernel } = results.machine;
  return [
    "# Porthole and its peers",
    `${results.date}; \`${results.command}\`; ${cores} cores of ${processor}, Linux ${kernel}.`,
    "## Figures",
    "Milliseconds of CPU for a frame that arrived (the server's and what it makes the X server do), KB/s at a viewer, " +
    "milliseconds from drawing to decoded (p50 / p99), frames that arrived in a second; idle: CPU. Medians.",
    figuresTable(results, servers),
    startTable(results, servers),
    ...(results.keys.length === 0 ? [] : [
      "### Keys",
      "Milliseconds from a viewer's key to its picture at the viewer (p50 / p99), frames a second that arrived meanwhile.",
      keysTable(results, servers),
    ]),
    ...(servers.includes("porthole") && servers.some((name) => PEERS.includes(name))
      ? [
        "## Ratios",
        "Porthole's figure as a share of the better peer's in the same repetition: median (least–greatest). Below 1 is better, " +
        "but for frames a second.",
        ratiosTable(results),
      ]
      : []),
    ...(verdicts.length === 0 ? [] : [
      "## Bars",
      barsTable(verdicts),
      `${required.filter(({ reached }) => reached).length} of ${required.length} required bars are reached.`,
    ]),
    ...(strange.length === 0 ? [] : ["## Anomalies", strange.join("\n")]),
  ].join("\n\n") + "\n";
}
