/**
 * What Porthole must reach, and whether it does.
 *
 * @module
 */
import { type Metric, metricOf, ratioOf, type Reference, type Results, type Selection } from "./results.ts";
import type { Spread } from "./statistics.ts";

/** One requirement: a number of Porthole's, or its ratio to a reference, and the limit of its median. */
export interface Bar {
  readonly what: string;
  readonly selection: Selection;
  readonly metric: Metric;
  /** None: the number itself counts. */
  readonly reference?: Reference;
  readonly limit: number;
  readonly sense: "at most" | "at least";
  /** What a number without a reference is of. */
  readonly unit?: string;
  /** It is wanted, not required. */
  readonly aim?: boolean;
}

/** Level with another's frames a second: one frame more or less in the seconds that count is chance. */
const LEVEL = 0.98;

/** Limits of the ratios to the better peer. */
interface Limits {
  readonly cpu?: number;
  readonly bytes?: number;
  readonly latency?: number;
}

/** Bytes and processor time are of a frame that arrived: a server gains nothing by leaving frames out. */
function against(name: string, { cpu, bytes, latency }: Limits): Bar[] {
  const bar = (what: string, metric: Metric, limit: number | undefined): Bar[] =>
    limit === undefined
      ? []
      : [{ what, selection: { case: name }, metric, reference: "better peer", limit, sense: "at most" }];
  return [
    ...bar("CPU a frame", "cpuPerFrame", cpu),
    ...bar("bytes a frame", "kilobytesPerFrame", bytes),
    ...bar("latency p50", "latencyP50", latency),
  ];
}

function crowd(name: string, viewers: number, limit: number, aim: boolean): Bar {
  const selection = { case: name, viewers };
  const what = `CPU of ${viewers} viewers, of one's`;
  return {
    what,
    selection,
    metric: "cpuPerFrame",
    reference: "itself with one viewer",
    limit,
    sense: "at most",
    aim,
  };
}

/** Over a slow link: as late as the better peer at most, and no less of the link used. */
function linked(name: string): Bar[] {
  const bar = {
    selection: { case: name, linked: true },
    reference: "better peer",
    limit: 1,
    aim: true,
  } as const;
  return [
    { ...bar, what: "latency p50", metric: "latencyP50", sense: "at most" },
    { ...bar, what: "latency p99", metric: "latencyP99", sense: "at most" },
    { ...bar, what: "frames a second", metric: "fps", sense: "at least", limit: LEVEL },
  ];
}

/** All bars, in the order of the cases. A ratio of 1 says: level with the better of the two peers. */
export const BARS: readonly Bar[] = [
  ...against("terminal", { cpu: 0.7, bytes: 0.1, latency: 0.4 }),
  crowd("terminal", 4, 1.3, false),
  crowd("terminal", 16, 2, true),
  {
    what: "first full frame",
    selection: { case: "terminal" },
    metric: "firstFrameMs",
    reference: "better peer",
    limit: 1,
    sense: "at most",
  },
  {
    what: "memory",
    selection: { case: "terminal" },
    metric: "residentMegabytes",
    limit: 90,
    sense: "at most",
    unit: "MB",
  },
  {
    what: "start to listening",
    selection: {}, // each case starts the server anew, and none has begun by then
    metric: "listeningMs",
    limit: 200,
    sense: "at most",
    unit: "ms",
  },
  ...against("typing", { cpu: 1, bytes: 1, latency: 0.2 }),
  {
    what: "latency p99",
    selection: { case: "typing" },
    metric: "latencyP99",
    limit: 1,
    sense: "at most",
    unit: "ms",
    aim: true,
  },
  ...against("drag", { cpu: 0.3, bytes: 0.05, latency: 0.5 }),
  ...against("video", { cpu: 1, bytes: 1, latency: 0.7 }),
  crowd("video", 4, 1.3, false),
  crowd("video", 16, 2, true),
  ...against("repaint", { cpu: 1 }),
  {
    what: "frames a second",
    selection: { case: "repaint" },
    metric: "fps",
    reference: "x0vncserver",
    limit: LEVEL,
    sense: "at least",
  },
  ...against("office", { cpu: 0.8, bytes: 0.8 }),
  ...against("terminal-zrle", { cpu: 0.8, bytes: 1 }),
  ...against("office-zrle", { cpu: 0.8, bytes: 1 }),
  {
    what: "CPU of an idle desktop",
    selection: { case: "idle" },
    metric: "totalCpu",
    limit: 0.33, // a tick of 10 ms in 30 s
    sense: "at most",
    unit: "ms/s",
  },
  ...linked("terminal"),
  ...linked("video"),
];

/** A bar and what was measured. */
export interface Verdict {
  readonly bar: Bar;
  readonly value: Spread;
  /** Undefined: it was not measured in this run. */
  readonly reached: boolean | undefined;
}

/** Whether the median of a run reaches a bar. */
export function judge(results: Results, bar: Bar): Verdict {
  const { selection, metric, reference, limit, sense } = bar;
  const value = reference === undefined
    ? metricOf(results, "porthole", selection, metric)
    : ratioOf(results, selection, metric, reference, sense === "at most" ? Math.min : Math.max);
  const reached = Number.isNaN(value.median)
    ? undefined
    : sense === "at most"
    ? value.median <= limit
    : value.median >= limit;
  return { bar, value, reached };
}
