/**
 * The port behind which big jobs are done by others: worker threads, or nobody.
 *
 * @module
 */
import type { EncodeJob, FinishedRect } from "./finished_rect.ts";

/** A job that was handed over. */
export interface HandedJob {
  /** Does it here and now if nobody has begun with it; else returns nothing. */
  doNow(): FinishedRect | undefined;
  /** What has been made of it, wherever that was. */
  readonly finished: Promise<FinishedRect>;
}

/** Does jobs elsewhere. Owns its threads. */
export interface EncodeExecutor extends Disposable {
  /** Whether jobs of so many pixels together are worth handing over. */
  accepts(area: number): boolean;
  /** Hands a job over. Those handed over last are begun first, so that the caller can work from the front. */
  hand(job: EncodeJob): HandedJob;
}

/** Nobody: every job is the caller's. */
export const NO_EXECUTOR: EncodeExecutor = {
  accepts: () => false,
  hand() {
    throw new TypeError("Cannot hand a job to nobody");
  },
  [Symbol.dispose]() {},
};
