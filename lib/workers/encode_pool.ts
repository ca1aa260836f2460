/**
 * Encode workers: as many threads as there are cores to spare, started when they are first needed.
 *
 * @module
 */
import type { FrameMemory } from "../core/frame_memory.ts";
import { getLogger } from "../core/log.ts";
import type { EncodeExecutor, HandedJob } from "../encodings/executor.ts";
import { type EncodeJob, type FinishedRect, finishRect } from "../encodings/finished_rect.ts";
import { ENCODINGS } from "../encodings/registry.ts";
import type { FromWorker, Job, Start } from "./messages.ts";

/** Scratch of one worker. Address space only until it is used. */
const SCRATCH_BYTES = 16 * 1024 * 1024;

/** Fewer pixels are encoded on the spot in less time than handing them over is worth. */
const LEAST_AREA = 512 * 1024;

/** Jobs that a worker has at a time: the next one is there when it is done with one. */
const JOBS_AHEAD = 2;

interface QueuedJob {
  readonly job: EncodeJob;
  readonly resolve: (finished: FinishedRect) => void;
}

/** Jobs wait here in one queue; whichever worker has room takes the one that came last. */
export class EncodePool implements EncodeExecutor {
  readonly #memory: FrameMemory;
  readonly #size: number;
  readonly #workers: EncodeWorker[] = [];
  readonly #queue: QueuedJob[] = [];
  #broken = false;

  /**
   * @param memory In which all frames and the workers' scratch lie.
   * @param size Workers at most; 0 for none.
   */
  constructor(memory: FrameMemory, size: number) {
    this.#memory = memory;
    this.#size = size;
  }

  accepts(area: number): boolean {
    return this.#size > 0 && !this.#broken && area >= LEAST_AREA;
  }

  hand(job: EncodeJob): HandedJob {
    const { promise: finished, resolve } = Promise.withResolvers<FinishedRect>();
    const queued = { job, resolve };
    this.#queue.push(queued);
    this.#feed();
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

  [Symbol.dispose](): void {
    for (const worker of this.#workers) worker[Symbol.dispose]();
    this.#workers.length = 0;
    this.#queue.length = 0;
  }

  #feed(): void {
    while (this.#queue.length > 0) {
      const worker = this.#workers.find((worker) => worker.pending < JOBS_AHEAD) ?? this.#startOne();
      if (!worker) return;
      const { job, resolve } = this.#queue.pop()!;
      // What no worker can have, because its pixels lie elsewhere or its encoding is the embedder's, is done here.
      if (this.#canCross(job)) worker.encode(job, resolve);
      else resolve(finishRect(job));
    }
  }

  #canCross({ frame, encoding }: EncodeJob): boolean {
    return this.#memory.owns(frame.pixels) && ENCODINGS.includes(encoding);
  }

  #startOne(): EncodeWorker | undefined {
    if (this.#workers.length >= this.#size || this.#broken) return undefined;
    const worker = new EncodeWorker(this.#memory, {
      done: () => this.#feed(),
      failed: (reason) => this.#fail(reason),
    });
    this.#workers.push(worker);
    return worker;
  }

  /** Without workers it goes on, slower. */
  #fail(reason: string): void {
    if (this.#broken) return;
    this.#broken = true;
    getLogger("workers").error("Encode workers have failed and are not used any more: {reason}", { reason });
    for (const { job, resolve } of this.#queue.splice(0)) resolve(finishRect(job));
    for (const worker of this.#workers.splice(0)) worker[Symbol.dispose]();
  }
}

/** One thread and what it has been given. */
class EncodeWorker implements Disposable {
  readonly #worker: Worker;
  readonly #memory: FrameMemory;
  readonly #scratch: Uint8Array;
  readonly #jobs = new Map<number, QueuedJob>();
  #nextId = 1;

  constructor(memory: FrameMemory, on: { done(): void; failed(reason: string): void }) {
    this.#memory = memory;
    this.#scratch = memory.allocate(SCRATCH_BYTES);
    this.#worker = new Worker(new URL("./encode_worker.ts", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      const queued = this.#jobs.get(data.id)!;
      this.#jobs.delete(data.id);
      if ("error" in data) {
        queued.resolve(finishRect(queued.job));
        on.failed(data.error);
      } else {
        queued.resolve(data);
        on.done();
      }
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      on.failed(event.message);
    };
    const { byteOffset: at, byteLength: length } = this.#scratch;
    this.#post({ type: "start", memory: memory.memory, scratch: { at, length } });
  }

  /** Jobs under way. */
  get pending(): number {
    return this.#jobs.size;
  }

  encode(job: EncodeJob, resolve: (finished: FinishedRect) => void): void {
    const id = this.#nextId++;
    const { frame: { pixels, width, height, stride }, rect, encoding, target } = job;
    this.#jobs.set(id, { job, resolve });
    this.#post({
      type: "job",
      id,
      frame: { width, height, stride, at: pixels.byteOffset },
      rect,
      encoding: encoding.type,
      format: target.format,
      levels: target.levels,
    });
  }

  /** What it has not done is done here. */
  [Symbol.dispose](): void {
    this.#worker.terminate();
    for (const { job, resolve } of this.#jobs.values()) resolve(finishRect(job));
    this.#jobs.clear();
    this.#memory.release(this.#scratch);
  }

  #post(message: Start | Job): void {
    this.#worker.postMessage(message);
  }
}
