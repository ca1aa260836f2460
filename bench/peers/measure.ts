/**
 * One measurement: a server, a kind of drawing, some viewers, a few seconds.
 *
 * @module
 */
import { cpuBetween, readCpu, residentBytes } from "./accounting.ts";
import { type Case, TIGHT_Q8 } from "./cases.ts";
import type { Drawing } from "./drawing.ts";
import { Link, type LinkShape } from "./link.ts";
import { lateness, matchArrivals } from "./marker.ts";
import type { RunningServer } from "./servers.ts";
import { percentile } from "./statistics.ts";
import { type Mark, type Received, Viewers } from "./viewers.ts";

/** How long to look. */
export interface Timing {
  /** Seconds of drawing before anything counts: caches fill, compilers compile. */
  readonly warmUp: number;
  /** Seconds that count. */
  readonly seconds: number;
}

/** What drawing alone costs the X server. */
export interface Baseline {
  /** Nanoseconds of processor time for a frame; for a picture that stands still: for a second. */
  readonly xCpuNs: number;
}

/** What a measurement gave. All rates are of the seconds that count; bytes and frames are of one viewer. */
export interface Sample {
  readonly server: string;
  readonly case: string;
  readonly viewers: number;
  /** A slow link was in between. */
  readonly linked: boolean;
  readonly seconds: number;
  /** Frames that were drawn, and of them the ones that the first viewer saw. */
  readonly drawn: number;
  readonly delivered: number;
  readonly fps: number;
  readonly updatesPerSecond: number;
  readonly rectsPerSecond: number;
  readonly kilobytesPerSecond: number;
  readonly kilobytesPerFrame: number;
  /** Milliseconds of processor time a second: of the server, and of what it makes the X server do. */
  readonly serverCpu: number;
  readonly xCpu: number;
  readonly totalCpu: number;
  /** Milliseconds of both for a delivered frame. */
  readonly cpuPerFrame: number;
  /** Milliseconds from drawing to decoded. */
  readonly latencyP50: number;
  readonly latencyP99: number;
  /** Milliseconds until a drawn frame, or a later one, was decoded. */
  readonly stalenessP50: number;
  readonly stalenessP99: number;
  readonly firstFrameMs: number;
  readonly listeningMs: number;
  readonly residentMegabytes: number;
  /** Updates after which the marker was unreadable, and frames that came after a later one: 0 if all is well. */
  readonly unclear: number;
  readonly backward: number;
  /** The first viewer's picture was the screen's in the end, to the pixel; unknown where JPEG is allowed. */
  readonly samePicture: boolean | undefined;
  readonly continuousUpdates: boolean;
  /** Rectangles of the first viewer by number of encoding, from its connection on. */
  readonly encodings: Readonly<Record<string, number>>;
}

const NS_PER_MS = 1e6;
const MS_PER_S = 1000;
/** What the last frames may take to arrive; more than the delay of a link. */
const LAST_FRAME_SECONDS = 0.3;

/** Waits so many seconds. */
export function pause(seconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, seconds * MS_PER_S));
}

/** Frames that last for the warm-up, the seconds that count, and a little more. */
function framesFor(rate: number, { warmUp, seconds }: Timing): number {
  return Math.ceil((warmUp + seconds + 0.4) * rate);
}

/** Measures what the drawing costs the X server when nobody looks. */
export async function measureBaseline(
  xPid: number,
  drawing: Drawing,
  rate: number,
  timing: Timing,
): Promise<Baseline> {
  await drawing.reset();
  if (rate === 0) {
    const before = readCpu(xPid), began = performance.now();
    await pause(timing.seconds);
    const cpu = cpuBetween(before, readCpu(xPid));
    return { xCpuNs: cpu / (performance.now() - began) * MS_PER_S };
  }
  const frames = Math.ceil(timing.seconds * rate);
  const before = readCpu(xPid);
  await drawing.run(frames, rate);
  return { xCpuNs: cpuBetween(before, readCpu(xPid)) / frames };
}

/** Where a drawing happens, and what it costs by itself. */
export interface Stage {
  readonly drawing: Drawing;
  readonly baseline: Baseline;
  /** The X server's process, if it is not the VNC server's. */
  readonly xPid?: number;
}

/** What one measurement is of. */
export interface Subject {
  readonly case: Case;
  readonly viewers: number;
  /** What is between the viewers and the server; nothing by default. */
  readonly link?: LinkShape;
}

/** Measures a server that shares the display on which something draws. */
export async function measure(
  server: RunningServer,
  { case: { name, rate, encoding }, viewers: count, link: shape }: Subject,
  { drawing, baseline, xPid }: Stage,
  timing: Timing,
): Promise<Sample> {
  await drawing.reset();
  await using link = shape && await Link.to(server.place.port, shape);
  await using viewers = await Viewers.connect(link?.port ?? server.place.port, count, encoding);
  const firstFrames = await viewers.firstFrames();
  const drawn = rate > 0 ? drawing.run(framesFor(rate, timing), rate) : Promise.resolve();
  await pause(timing.warmUp);
  const from = await reading(viewers, server.pid, xPid);
  await pause(timing.seconds);
  const to = await reading(viewers, server.pid, xPid);
  const resident = residentBytes(server.pid);
  await drawn;
  await pause(LAST_FRAME_SECONDS);
  const report = await viewers.report();
  const frames = await drawing.log();
  const samePicture = encoding.lossy ? undefined : await showsTheScreen(viewers, drawing);

  const seconds = (to.mark.time - from.mark.time) / 1e9;
  const within = (time: number) => time >= from.mark.time && time < to.mark.time;
  const deliveries = matchArrivals(frames, report.arrivals);
  const { latencies, staleness, backward } = lateness(frames, deliveries, from.mark.time, to.mark.time);
  const delivered = deliveries.filter(({ time }) => within(time)).length;
  const drawnFrames = frames.filter(({ queued }) => within(queued)).length;
  const received = difference(from.mark, to.mark);
  const drawingNs = baseline.xCpuNs * (rate > 0 ? drawnFrames : seconds);
  const ownNs = cpuBetween(from.server, to.server) - (xPid === undefined ? drawingNs : 0);
  const xNs = from.x && to.x ? cpuBetween(from.x, to.x) - drawingNs : 0;
  const milliseconds = (values: readonly number[], share: number) => percentile(values, share) / NS_PER_MS;
  return {
    server: server.kind.name,
    case: name,
    viewers: count,
    linked: shape !== undefined,
    seconds,
    drawn: drawnFrames,
    delivered,
    fps: delivered / seconds,
    updatesPerSecond: received.updates / seconds,
    rectsPerSecond: received.rects / seconds,
    kilobytesPerSecond: received.bytes / 1000 / seconds,
    kilobytesPerFrame: received.bytes / 1000 / delivered,
    serverCpu: ownNs / NS_PER_MS / seconds,
    xCpu: xNs / NS_PER_MS / seconds,
    totalCpu: (ownNs + xNs) / NS_PER_MS / seconds,
    cpuPerFrame: (ownNs + xNs) / NS_PER_MS / delivered,
    latencyP50: milliseconds(latencies, 0.5),
    latencyP99: milliseconds(latencies, 0.99),
    stalenessP50: milliseconds(staleness, 0.5),
    stalenessP99: milliseconds(staleness, 0.99),
    firstFrameMs: milliseconds(firstFrames, 0.5),
    listeningMs: server.listeningAfterMs,
    residentMegabytes: resident / 1e6,
    unclear: report.unclear,
    backward,
    samePicture,
    continuousUpdates: report.continuous,
    encodings: report.encodings,
  };
}

/** How long keys took, from the viewer's KeyEvent by the server, XTest and a program's picture back to the viewer. */
export interface KeySample {
  readonly server: string;
  /** What was drawn meanwhile. */
  readonly workload: string;
  readonly linked: boolean;
  readonly keyP50: number;
  readonly keyP99: number;
  readonly keyMax: number;
  /** Keys that were not seen within seconds. */
  readonly lost: number;
  /** Frames of the drawing that the viewer saw meanwhile. */
  readonly fps: number;
}

/**
 * Presses keys while something draws.
 *
 * @param drawing Has been started with "keys".
 * @param rate Of the drawing, frames a second; 0 for none.
 * @param count Of keys.
 */
export async function measureKeys(
  server: RunningServer,
  workload: string,
  drawing: Drawing,
  rate: number,
  count: number,
  shape?: LinkShape,
): Promise<KeySample> {
  await drawing.reset();
  await using link = shape && await Link.to(server.place.port, shape);
  await using viewers = await Viewers.connect(link?.port ?? server.place.port, 1, TIGHT_Q8);
  await viewers.firstFrames();
  const stop = rate > 0 ? drawing.runUntilStopped(rate) : undefined;
  await pause(1);
  const from = (await viewers.mark()).time;
  const { keys, lost } = await viewers.pressKeys(count, count);
  const to = (await viewers.mark()).time;
  await stop?.();
  const { arrivals } = await viewers.report();
  const seen = arrivals.filter(({ time }) => time >= from && time < to).length;
  return {
    server: server.kind.name,
    workload,
    linked: shape !== undefined,
    keyP50: percentile(keys, 0.5) / NS_PER_MS,
    keyP99: percentile(keys, 0.99) / NS_PER_MS,
    keyMax: Math.max(...keys) / NS_PER_MS,
    lost,
    fps: seen / (to - from) * 1e9,
  };
}

/** Seconds that a viewer's picture may take to become the screen's when nothing is drawn any more. */
const CATCHING_UP_SECONDS = 5;

async function showsTheScreen(viewers: Viewers, drawing: Drawing): Promise<boolean> {
  const wanted = await drawing.hash();
  for (const deadline = performance.now() + CATCHING_UP_SECONDS * MS_PER_S;; await pause(0.1)) {
    if (await viewers.hash() === wanted) return true;
    if (performance.now() > deadline) return false;
  }
}

async function reading(viewers: Viewers, serverPid: number, xPid: number | undefined) {
  const mark = await viewers.mark();
  return { mark, server: readCpu(serverPid), x: xPid === undefined ? undefined : readCpu(xPid) };
}

/** What came in between, of the mean viewer. */
function difference(from: Mark, to: Mark): Received {
  const mean = (what: keyof Received) =>
    to.viewers.reduce((sum, viewer, i) => sum + viewer[what] - from.viewers[i]![what], 0) / to.viewers.length;
  return { bytes: mean("bytes"), updates: mean("updates"), rects: mean("rects") };
}
