/**
 * All measurements of a run, and how servers compare in them.
 *
 * @module
 */
import type { Machine } from "./console.ts";
import type { KeySample, Sample } from "./measure.ts";
import { PEERS } from "./servers.ts";
import { type Spread, spread } from "./statistics.ts";

/** A measurement and the repetition that it belongs to, from 0. */
export type Repeated<T> = T & { readonly rep: number };

/** A run of the benchmark: what `--json` writes. */
export interface Results {
  readonly date: string;
  readonly command: string;
  readonly machine: Machine;
  readonly seconds: number;
  readonly samples: readonly Repeated<Sample>[];
  readonly keys: readonly Repeated<KeySample>[];
}

/** Names of the numbers of a sample. */
export type Metric = {
  [Name in keyof Sample]: Sample[Name] extends number ? Name : never;
}[keyof Sample];

/** Which samples. */
export interface Selection {
  /** None: of all cases. */
  readonly case?: string;
  readonly viewers?: number;
  readonly linked?: boolean;
}

/** Our name in results. */
const OURS = "porthole";

/** One server's samples of a case, by repetition. */
export function samplesOf(results: Results, server: string, selection: Selection): Repeated<Sample>[] {
  const { case: name, viewers = 1, linked = false } = selection;
  return results.samples.filter((sample) =>
    sample.server === server && (name === undefined || sample.case === name) &&
    sample.viewers === viewers && sample.linked === linked
  );
}

/** A number of one server over the repetitions. */
export function metricOf(results: Results, server: string, selection: Selection, metric: Metric): Spread {
  return spread(samplesOf(results, server, selection).map((sample) => sample[metric]));
}

/** With what Porthole is compared. */
export type Reference = "better peer" | "x0vncserver" | "itself with one viewer";

function referenceValue(
  results: Results,
  rep: number,
  selection: Selection,
  metric: Metric,
  reference: Reference,
  better: (...values: number[]) => number,
): number {
  const servers = reference === "better peer" ? PEERS : [reference === "x0vncserver" ? reference : OURS];
  const of = reference === "itself with one viewer" ? { ...selection, viewers: 1 } : selection;
  const values = servers.flatMap((server) =>
    samplesOf(results, server, of).filter((sample) => sample.rep === rep).map((sample) => sample[metric])
  ).filter(Number.isFinite);
  return values.length === 0 ? NaN : better(...values);
}

/**
 * Porthole's number as a share of the reference's, in each repetition.
 *
 * @param better Of two numbers, the better one: `Math.min` for a cost.
 */
export function ratioOf(
  results: Results,
  selection: Selection,
  metric: Metric,
  reference: Reference = "better peer",
  better: (...values: number[]) => number = Math.min,
): Spread {
  return spread(
    samplesOf(results, OURS, selection).map((sample) =>
      sample[metric] / referenceValue(results, sample.rep, selection, metric, reference, better)
    ),
  );
}

/** What keys were pressed over. */
export interface KeySelection {
  readonly workload: string;
  readonly linked: boolean;
}

/** One server's keys over a workload, by repetition. */
export function keysOf(
  results: Results,
  server: string,
  { workload, linked }: KeySelection,
): Repeated<KeySample>[] {
  return results.keys.filter((sample) =>
    sample.server === server && sample.workload === workload && sample.linked === linked
  );
}

/** Porthole's time of a key as a share of the better peer's, in each repetition. */
export function keyRatioOf(results: Results, selection: KeySelection, metric: "keyP50" | "keyP99"): Spread {
  return spread(
    keysOf(results, OURS, selection).map((ours) => {
      const peers = PEERS.flatMap((server) => keysOf(results, server, selection))
        .filter(({ rep, [metric]: time }) => rep === ours.rep && Number.isFinite(time));
      return peers.length === 0 ? NaN : ours[metric] / Math.min(...peers.map((peer) => peer[metric]));
    }),
  );
}
