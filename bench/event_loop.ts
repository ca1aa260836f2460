/**
 * How long the main thread works at a stretch while a video plays on the whole screen: what a key or a click of any
 * viewer may have to wait for. `deno run -A bench/event_loop.ts [WORKLOAD] [VIEWERS] [SECONDS]`
 *
 * Prints how late a timer of 1 ms comes, at rest and under load: under load it is later by what is left of the work that
 * it falls into.
 *
 * @module
 */
import { VNCServer } from "../lib/mod.ts";
import { CASES, TIGHT_Q8 } from "./peers/cases.ts";
import { write } from "./peers/console.ts";
import { Drawing } from "./peers/drawing.ts";
import { Screen } from "./peers/screen.ts";
import { Viewers } from "./peers/viewers.ts";

/** Upper ends of the buckets, in ms. */
const BOUNDS = [1, 2, 3, 4, 6, 8, 12, 16, 32, 64, Infinity];

function say(line: string): void {
  write(Deno.stdout, `${line}\n`);
}

/** Samples how late a timer comes, in ms, until it is stopped. */
function sampleDelays(): { readonly delays: number[]; stop(): void } {
  const delays: number[] = [];
  let timer: ReturnType<typeof setTimeout>;
  const set = () => {
    const due = performance.now() + 1;
    timer = setTimeout(() => {
      delays.push(performance.now() - due);
      set();
    }, 1);
  };
  set();
  return { delays, stop: () => clearTimeout(timer) };
}

function show(title: string, delays: readonly number[]): void {
  const sorted = delays.toSorted((a, b) => a - b);
  const at = (q: number) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))]!.toFixed(1);
  say(
    `${title}: ${sorted.length} samples; p50 ${at(0.5)}, p90 ${at(0.9)}, p99 ${at(0.99)}, p99.9 ${
      at(0.999)
    }, worst ${at(1)} ms`,
  );
  let before = 0;
  for (const bound of BOUNDS) {
    const count = sorted.filter((delay) => delay <= bound).length;
    const share = (count - before) / sorted.length;
    before = count;
    if (share === 0) continue;
    const name = bound === Infinity ? "more" : `to ${bound} ms`;
    say(
      `  ${name.padStart(9)} ${(100 * share).toFixed(2).padStart(6)} % ${"#".repeat(Math.ceil(60 * share))}`,
    );
  }
}

async function sampleFor(seconds: number): Promise<number[]> {
  const { delays, stop } = sampleDelays();
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  stop();
  return delays;
}

const [workload = "fullvideo", viewerCount = "1", seconds = "5"] = Deno.args;
const known = CASES.find((one) => one.name === workload);
let updates = 0;
let encodeMs = 0;
await using screen = await Screen.start({ width: 1920, height: 1080 });
await using drawing = await Drawing.start(screen.display, known?.workload ?? workload);
await using server = new VNCServer({
  hostname: "127.0.0.1",
  port: 0,
  display: screen.display,
  frameRate: 60,
  maxConnections: 64,
  observers: [{
    updateSent(update) {
      updates++;
      encodeMs += update.encodeMs;
    },
  }],
});
await server.start();
show("at rest", await sampleFor(1));
await using viewers = await Viewers.connect(server.port, Number(viewerCount), known?.encoding ?? TIGHT_Q8);
await viewers.firstFrames();
const stopDrawing = drawing.runUntilStopped(known?.rate || 60);
await sampleFor(1); // until kernels are compiled and windows are found
updates = encodeMs = 0;
const delays = await sampleFor(Number(seconds));
show(`${workload}, ${viewerCount} viewers`, delays);
const each = (encodeMs / updates).toFixed(1);
say(`${(updates / Number(seconds)).toFixed(1)} updates/s, ${each} ms of encoding each`);
await stopDrawing();
