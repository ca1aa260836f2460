/**
 * What watching a screen costs while a program draws tiny rectangles on it, up to tens of thousands a second: to this
 * process, which follows at 30 looks a second, and to the X server, as compared with nobody watching.
 * `deno run -A bench/damage_storm.ts [REQUESTS_A_SECOND ...]`
 *
 * @module
 */
import { cpuUsage } from "node:process";
import { openX11Source } from "../lib/capture/x11_source.ts";
import { FrameMemory } from "../lib/core/frame_memory.ts";
import { ChangeDetector } from "../lib/damage/change_detector.ts";
import { XDisplay } from "../lib/ffi/x_display.ts";
import { loadKernels } from "../lib/kernels/simd.ts";
import { Drawing } from "../tests/support/x11_desktop.ts";
import { countDamage } from "../tests/support/x11_stage.ts";
import { cpuBetween, readCpu } from "./peers/accounting.ts";
import { write } from "./peers/console.ts";
import { Screen } from "./peers/screen.ts";

const SETTLE_MS = 700;
const MEASURE_MS = 3000;
const INTERVAL_MS = 1000 / 30;

/** What a second of it costs. */
interface Cost {
  /** Percent of a processor. */
  readonly own: number;
  readonly server: number;
  readonly reports: number;
  readonly looks: number;
}

/** Looks at the screen as a desktop does. Ends with the signal. */
async function watch(display: XDisplay, signal: AbortSignal, looked: () => void): Promise<void> {
  const memory = new FrameMemory();
  await using source = await openX11Source(display, memory);
  const first = await source.capture(source.takeDamage());
  using detector = new ChangeDetector(source.size, first.stride, loadKernels(memory), memory);
  let due = 0;
  while (!signal.aborted) {
    await source.changed(signal).catch(() => {});
    await pause(due - performance.now());
    due = performance.now() + INTERVAL_MS;
    const damage = source.takeDamage();
    detector.detect(await source.capture(damage), damage);
    looked();
  }
}

async function measure(rate: number, isWatched: boolean): Promise<Cost> {
  await using screen = await Screen.start({ width: 1920, height: 1080 });
  await using drawing = await Drawing.start(screen.display);
  await using display = XDisplay.open({ display: screen.display });
  const reports = isWatched ? countDamage(display) : { count: 0 };
  let looks = 0;
  const stop = new AbortController();
  const watching = isWatched ? watch(display, stop.signal, () => looks++) : undefined;
  const storm = drawing.draw(`storm -1 500 300 400 300 ${rate} ${SETTLE_MS + MEASURE_MS + 500} 1`);
  await pause(SETTLE_MS);
  const before = { own: ownMs(), server: readCpu(screen.pid), reports: reports.count, looks };
  const start = performance.now();
  await pause(MEASURE_MS);
  const seconds = (performance.now() - start) / 1000;
  const cost = {
    own: (ownMs() - before.own) / 10 / seconds,
    server: cpuBetween(before.server, readCpu(screen.pid)) / 1e7 / seconds,
    reports: (reports.count - before.reports) / seconds,
    looks: (looks - before.looks) / seconds,
  };
  stop.abort();
  await watching;
  await storm;
  return cost;
}

function ownMs(): number {
  const { user, system } = cpuUsage();
  return (user + system) / 1000;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}

const rates = Deno.args.length > 0 ? Deno.args.map(Number) : [1000, 5000, 20_000, 50_000];
write(Deno.stdout, "requests/s  own CPU  X server, beyond nobody watching  reports/s  looks/s\n");
for (const rate of rates) {
  const alone = await measure(rate, false);
  const watched = await measure(rate, true);
  const cells = [
    String(rate).padStart(10),
    `${watched.own.toFixed(1)} %`.padStart(8),
    `${(watched.server - alone.server).toFixed(1)} %`.padStart(30),
    watched.reports.toFixed(0).padStart(10),
    watched.looks.toFixed(1).padStart(8),
  ];
  write(Deno.stdout, cells.join(" ") + "\n");
}
