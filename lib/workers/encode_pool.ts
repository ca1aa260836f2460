/**
 * Encode workers: as many threads as there are cores to spare, started when they are needed, and ended when they have not
 * been for a while.
 *
 * @module
 */
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import type { FrameMemory } from "../core/frame_memory.ts";
import type { Rect } from "../core/geometry.ts";
import { getLogger } from "../core/log.ts";
import type { EncodeExecutor, HandedJob } from "../encodings/executor.ts";
import { type EncodeJob, type FinishedRect, finishRect } from "../encodings/finished_rect.ts";
import { ENCODINGS, withForms } from "../encodings/registry.ts";
import type { FromWorker, Outcome, ToWorker, Work } from "./messages.ts";

/** What workers have, too. */
const DEFINITIONS = withForms(ENCODINGS);

/** Scratch of one worker. Address space only until it is used. */
const SCRATCH_BYTES = 16 * 1024 * 1024;

/** Fewer pixels are encoded on the spot in less time than handing them over is worth. */
const LEAST_AREA = 512 * 1024;

/**
 * So many big updates of so many pixels together, in so short a time, in ms, start the first worker: what a video or four
 * full screens a second have. A viewer's first pictures are less, and a terminal in which now and then no scroll is found.
 */
const BUSY_FROM = 4;
const BUSY_PIXELS = 16e6;
const BUSY_WITHIN_MS = 2000;

/** Workers that have had nothing to do for so long end: each of them takes 30 MB. */
export const IDLE_WORKERS_END_MS = 30_000;

/** A worker takes a share of what waits: the less is left, the less, so that all are done at about the same time. */
const SHARES_PER_THREAD = 2;

interface QueuedJob {
  readonly job: EncodeJob;
  readonly resolve: (finished: FinishedRect) => void;
}

/** What a pool need not be told. */
export interface PoolSurroundings {
  readonly clock?: Clock;
  /** Called when all workers have ended as nothing was to do for them. */
  readonly ended?: () => void;
}

/** Jobs wait here in one queue; a worker that is done takes some of those that came last. */
export class EncodePool implements EncodeExecutor {
  readonly #memory: FrameMemory;
  readonly #size: number;
  readonly #workers: EncodeWorker[] = [];
  readonly #queue: QueuedJob[] = [];
  readonly #clock: Clock;
  readonly #onEnded: () => void;
  readonly #ended = new AbortController();
  /** Of late. */
  #bigUpdates: { readonly time: number; readonly area: number }[] = [];
  /** When there was work for a worker the last time. */
  #lastWork = 0;
  #broken = false;

  /**
   * @param memory In which all frames and the workers' scratch lie.
   * @param size Workers at most; 0 for none.
   */
  constructor(
    memory: FrameMemory,
    size: number,
    { clock = SYSTEM_CLOCK, ended = () => {} }: PoolSurroundings = {},
  ) {
    this.#memory = memory;
    this.#size = size;
    this.#clock = clock;
    this.#onEnded = ended;
  }

  accepts(area: number): boolean {
    if (this.#size === 0 || this.#broken || area < LEAST_AREA) return false;
    return this.#workers.length > 0 || this.#isBusy(area);
  }

  hand(job: EncodeJob): HandedJob {
    const { promise: finished, resolve } = Promise.withResolvers<FinishedRect>();
    const queued = { job, resolve };
    this.#queue.push(queued);
    // All jobs of an update are handed over in one go, and shared out behind that.
    if (this.#queue.length === 1) queueMicrotask(() => this.#feed());
    return {
      finished,
      doNow: () => {
        const at = this.#queue.indexOf(queued);
        if (at < 0) return undefined;
        this.#queue.splice(at, 1);
        const done = finishRect(job);
        resolve(done);
        return done;
      },
    };
  }

  /** Workers that there are now. */
  get workers(): number {
    return this.#workers.length;
  }

  [Symbol.dispose](): void {
    this.#ended.abort();
    this.#endWorkers();
    this.#queue.length = 0;
  }

  /** A thread costs memory and time to start: for a single full picture it is not worth while. */
  #isBusy(area: number): boolean {
    const now = this.#clock.now();
    this.#bigUpdates = this.#bigUpdates.filter(({ time }) => now - time < BUSY_WITHIN_MS);
    this.#bigUpdates.push({ time: now, area });
    const pixels = this.#bigUpdates.reduce((sum, { area }) => sum + area, 0);
    return this.#bigUpdates.length >= BUSY_FROM && pixels >= BUSY_PIXELS;
  }

  #feed(): void {
    this.#lastWork = this.#clock.now();
    while (this.#queue.length > 0) {
      const worker = this.#workers.find((worker) => worker.idle) ?? this.#startOne();
      if (!worker) return;
      const share = Math.ceil(this.#queue.length / (SHARES_PER_THREAD * (this.#size + 1)));
      const batch = this.#queue.splice(-share);
      // What no worker can have, because its pixels lie elsewhere or its encoding is the embedder's, is done here.
      const [there, here] = [true, false].map((can) =>
        batch.filter(({ job }) => this.#canCross(job) === can)
      );
      for (const { job, resolve } of here!) resolve(finishRect(job));
      if (there!.length > 0) worker.encode(there!);
    }
  }

  #canCross({ frame, encoding }: EncodeJob): boolean {
    return this.#memory.owns(frame.pixels) && DEFINITIONS.includes(encoding);
  }

  #startOne(): EncodeWorker | undefined {
    if (this.#workers.length >= this.#size || this.#broken) return undefined;
    const worker = new EncodeWorker(this.#memory, {
      done: () => this.#feed(),
      failed: (reason) => this.#fail(reason),
    });
    this.#workers.push(worker);
    if (this.#workers.length === 1) void this.#endIdleWorkers();
    return worker;
  }

  /** Runs as long as there are workers. */
  async #endIdleWorkers(): Promise<void> {
    const { signal } = this.#ended;
    const idleFor = () => this.#clock.now() - this.#lastWork;
    try {
      while (this.#workers.length > 0 && (idleFor() < IDLE_WORKERS_END_MS || this.#isWorking)) {
        await this.#clock.sleep(Math.max(1000, IDLE_WORKERS_END_MS - idleFor()), signal);
      }
    } catch {
      return; // disposed
    }
    this.#bigUpdates = [];
    this.#endWorkers();
    this.#onEnded();
  }

  get #isWorking(): boolean {
    return this.#workers.some(({ idle }) => !idle);
  }

  #endWorkers(): void {
    for (const worker of this.#workers.splice(0)) worker[Symbol.dispose]();
  }

  /** Without workers it goes on, slower. */
  #fail(reason: string): void {
    if (this.#broken) return;
    this.#broken = true;
    getLogger("workers").error("Encode workers have failed and are not used any more: {reason}", { reason });
    for (const { job, resolve } of this.#queue.splice(0)) resolve(finishRect(job));
    this.#endWorkers();
  }
}

/** One thread and what it has been given. */
class EncodeWorker implements Disposable {
  readonly #worker: Worker;
  readonly #memory: FrameMemory;
  readonly #scratch: Uint8Array;
  #batch: readonly QueuedJob[] = [];

  constructor(memory: FrameMemory, on: { done(): void; failed(reason: string): void }) {
    this.#memory = memory;
    this.#scratch = memory.allocate(SCRATCH_BYTES);
    this.#worker = new Worker(new URL("./encode_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if ("error" in data) return on.failed(data.error);
      const batch = this.#batch;
      this.#batch = [];
      apart(data).forEach((finished, i) => batch[i]!.resolve(finished));
      on.done();
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      on.failed(event.message);
    };
    const { byteOffset: at, byteLength: length } = this.#scratch;
    this.#post({ type: "start", memory: memory.memory, scratch: { at, length } });
  }

  /** Whether it has nothing to do. */
  get idle(): boolean {
    return this.#batch.length === 0;
  }

  /** @param batch At least one. */
  encode(batch: readonly QueuedJob[]): void {
    this.#batch = batch;
    this.#post({ type: "batch", works: together(batch.map(({ job }) => job)) });
  }

  /** What it has not done is done here. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
    for (const { job, resolve } of this.#batch) resolve(finishRect(job));
    this.#batch = [];
    this.#memory.release(this.#scratch);
  }

  #post(message: ToWorker): void {
    this.#worker.postMessage(message);
  }
}

/** Jobs in a row that differ in their rectangles only are one work. */
function together(jobs: readonly EncodeJob[]): Work[] {
  const works: (Work & { readonly rects: Rect[] })[] = [];
  let last: EncodeJob | undefined;
  for (const job of jobs) {
    const { frame, rect, encoding, target } = job;
    if (last?.frame.pixels === frame.pixels && last.encoding === encoding && last.target === target) {
      works.at(-1)!.rects.push(rect);
      continue;
    }
    const { pixels, width, height, stride } = frame;
    const place = { width, height, stride, at: pixels.byteOffset };
    const { format, levels } = target;
    works.push({ frame: place, encoding: encoding.name, format, levels, rects: [rect] });
    last = job;
  }
  return works;
}

function apart({ bytes, lengths, blocks }: Outcome): FinishedRect[] {
  let at = 0;
  return lengths.map((length, i) => ({ bytes: bytes.subarray(at, at += length), blocks: blocks[i]! }));
}
