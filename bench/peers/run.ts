/**
 * A run: every case, every server, in turns, several times.
 *
 * @module
 */
import { type Case, CASES } from "./cases.ts";
import { Drawing } from "./drawing.ts";
import { HOME_LINE } from "./link.ts";
import {
  type Baseline,
  type KeySample,
  measure,
  measureBaseline,
  measureKeys,
  pause,
  type Sample,
  type Stage,
  type Subject,
  type Timing,
} from "./measure.ts";
import type { Options } from "./options.ts";
import type { Repeated } from "./results.ts";
import type { Screen } from "./screen.ts";
import { RunningServer, type ServerKind, serverKinds, SETTLING_SECONDS } from "./servers.ts";

/** Seconds of drawing before anything counts. */
const WARM_UP = 1.5;

/** Where measurements go as they are made. */
export interface Sink {
  sample(sample: Repeated<Sample>): void;
  keys(sample: Repeated<KeySample>): void;
  /** A server failed; the run goes on. */
  failed(server: string, what: string, error: unknown): void;
}

/** The cases that a workload's drawing serves, with the numbers of viewers and the links that are wanted. */
function subjectsOf(cases: readonly Case[], options: Options): Subject[] {
  return cases.flatMap((of) => [
    ...(options.workloads.includes(of.name)
      ? options.viewers.filter((count) => count === 1 || of.crowd).map((viewers) => ({ case: of, viewers }))
      : []),
    ...(options.workloads.includes("link") && of.crowd ? [{ case: of, viewers: 1, link: HOME_LINE }] : []),
  ]);
}

/** The list from another start, so that nobody is always first. */
function rotated<T>(list: readonly T[], by: number): T[] {
  const at = list.length === 0 ? 0 : by % list.length;
  return [...list.slice(at), ...list.slice(0, at)];
}

/** Runs everything that the options ask for. */
export async function runAll(options: Options, screen: Screen, sink: Sink): Promise<void> {
  const kinds = serverKinds(options.porthole);
  const servers = options.servers.map((name) => kinds.get(name)!);
  const workloads = [...new Set(CASES.map(({ workload }) => workload))];
  for (let rep = 0; rep < options.reps; rep++) {
    for (const [turn, workload] of workloads.entries()) {
      const cases = CASES.filter((of) => of.workload === workload);
      // An idle desktop is the same each time, and half a minute long.
      const subjects = workload === "idle" && rep > 0 ? [] : subjectsOf(cases, options);
      if (subjects.length > 0) {
        await runWorkload(rep, subjects, rotated(servers, rep + turn), options, screen, sink);
      }
    }
    // Keys come one by one, many of them: once is enough, as each is a repetition.
    if (options.workloads.includes("keys") && rep === 0) {
      await runKeys(rep, rotated(servers, rep), options, screen, sink);
    }
  }
}

function timingOf({ rate }: Case, { seconds, idleSeconds }: Options): Timing {
  return { warmUp: WARM_UP, seconds: rate === 0 ? idleSeconds : seconds };
}

/** Lets servers take turns on one workload. */
async function runWorkload(
  rep: number,
  subjects: readonly Subject[],
  servers: readonly ServerKind[],
  options: Options,
  screen: Screen,
  sink: Sink,
): Promise<void> {
  const { workload, rate } = subjects[0]!.case;
  const timing = timingOf(subjects[0]!.case, options);
  await using drawing = await Drawing.start(screen.display, workload);
  const baseline = await measureBaseline(screen.pid, drawing, rate, timing);
  for (const kind of servers) {
    try {
      if (kind.ownsDisplay) {
        await runOnOwnDisplay(rep, kind, subjects, timing, screen, sink);
      } else {
        await drawing.reset();
        await using server = await RunningServer.start(kind, screen);
        await pause(SETTLING_SECONDS);
        await runSubjects(rep, server, subjects, { drawing, baseline, xPid: screen.pid }, timing, sink);
      }
    } catch (error) {
      sink.failed(kind.name, workload, error);
    }
  }
}

async function runOnOwnDisplay(
  rep: number,
  kind: ServerKind,
  subjects: readonly Subject[],
  timing: Timing,
  screen: Screen,
  sink: Sink,
): Promise<void> {
  const { workload, rate } = subjects[0]!.case;
  await using server = await RunningServer.start(kind, screen);
  await using drawing = await Drawing.start(server.place.display, workload);
  const baseline: Baseline = await measureBaseline(server.pid, drawing, rate, timing);
  await runSubjects(rep, server, subjects, { drawing, baseline }, timing, sink);
}

async function runSubjects(
  rep: number,
  server: RunningServer,
  subjects: readonly Subject[],
  stage: Stage,
  timing: Timing,
  sink: Sink,
): Promise<void> {
  for (const subject of subjects) {
    sink.sample({ rep, ...await measure(server, subject, stage, timing) });
  }
}

/** What is drawn while keys are pressed, and at which rate: nothing, and the most that there is. */
const KEY_WORKLOADS = [["idle", 0], ["fullvideo", 30]] as const;

async function runKeys(
  rep: number,
  servers: readonly ServerKind[],
  options: Options,
  screen: Screen,
  sink: Sink,
): Promise<void> {
  for (const [workload, rate] of KEY_WORKLOADS) {
    await using shared = await Drawing.start(screen.display, workload, ["keys"]);
    for (const kind of servers) {
      try {
        await using server = await RunningServer.start(kind, screen);
        await using own = kind.ownsDisplay
          ? await Drawing.start(server.place.display, workload, ["keys"])
          : undefined;
        await pause(SETTLING_SECONDS);
        const linked = options.workloads.includes("link") && rate > 0 ? [undefined, HOME_LINE] : [undefined];
        for (const link of linked) {
          sink.keys({ rep, ...await measureKeys(server, workload, own ?? shared, rate, options.keys, link) });
        }
      } catch (error) {
        sink.failed(kind.name, `keys over ${workload}`, error);
      }
    }
  }
}
