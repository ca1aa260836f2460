/**
 * Rectangles of pixels become bytes of one client, in the way that costs least: by its own zlib streams, by what other
 * clients have had made of the same pixels, or by worker threads (DESIGN §3.6, §3.7).
 *
 * @module
 */
import type { ByteWriter } from "../core/bytes.ts";
import { area } from "../core/geometry.ts";
import { EncodedRect } from "../encodings/encoded_rect.ts";
import type { EncodeExecutor } from "../encodings/executor.ts";
import { type EncodeJob, type FinishedRect, finishRect } from "../encodings/finished_rect.ts";
import type { PixelTarget } from "../encodings/pixel_target.ts";
import type { PlansOfPicture } from "../encodings/rect_planner.ts";
import type { SharedRect, SharedRects } from "../encodings/shared_rects.ts";
import type { Workbench } from "../encodings/workbench.ts";
import { ZlibStreams } from "../encodings/zlib_streams.ts";

/** What all clients of a desktop use together. */
export interface EncodingMeans {
  readonly workbench: Workbench;
  readonly shared: SharedRects;
  readonly executor: EncodeExecutor;
  /** Changes whenever the picture does. */
  readonly pictureSerial: () => number;
}

/** A rectangle on its way. */
export interface RectWork {
  readonly job: EncodeJob;
  /** Set when it is not to be encoded for this client alone. */
  readonly common: SharedRect | undefined;
}

/** Owns one client's zlib streams; used by its update loop only. */
export class RectEncoder implements Disposable {
  readonly #means: EncodingMeans;
  readonly #streams = new ZlibStreams();
  readonly #encoded = new EncodedRect(64 * 1024);
  #audience: Disposable | undefined;
  #key: string | undefined;

  constructor(means: EncodingMeans) {
    this.#means = means;
  }

  /** What the client wants from now on. */
  adopt({ key }: PixelTarget): void {
    if (key === this.#key) return;
    this.#audience?.[Symbol.dispose]();
    this.#audience = this.#means.shared.join(key);
    this.#key = key;
  }

  /** Of clients that want the same bytes; not there if there are none. */
  get plans(): PlansOfPicture | undefined {
    const { shared, pictureSerial } = this.#means;
    if (this.#key === undefined || !shared.isShared(this.#key)) return undefined;
    return (key, make) => shared.plan(pictureSerial(), key, make);
  }

  /** Begins with all rectangles of an update; they are to be written in this order. */
  begin(jobs: readonly EncodeJob[]): RectWork[] {
    const { executor } = this.#means;
    const isBig = executor.accepts(jobs.reduce((sum, { rect }) => sum + area(rect), 0));
    if (!isBig) return jobs.map((job) => ({ job, common: undefined }));
    const hand = (job: EncodeJob) => executor.hand(job);
    return jobs.map((job) => ({ job, common: this.#isShared(job) ? this.#share(job, hand) : hand(job) }));
  }

  /** Appends the bytes of one rectangle, without its header. */
  write({ job, common }: RectWork, out: ByteWriter): void | Promise<void> {
    common ??= this.#isShared(job) ? this.#share(job, finishRect) : undefined;
    if (!common) return this.#writeOwn(job, out);
    const finished = "finished" in common ? common.doNow() ?? common.finished : common;
    if (finished instanceof Promise) {
      return finished.then((finished) => this.#writeFinished(job, finished, out));
    }
    this.#writeFinished(job, finished, out);
  }

  [Symbol.dispose](): void {
    this.#audience?.[Symbol.dispose]();
    this.#streams[Symbol.dispose]();
  }

  #isShared({ isPrivate }: EncodeJob): boolean {
    return !isPrivate && this.#key !== undefined && this.#means.shared.isShared(this.#key);
  }

  #share(job: EncodeJob, make: (job: EncodeJob) => SharedRect): SharedRect {
    return this.#means.shared.get(this.#means.pictureSerial(), job, make);
  }

  #writeOwn({ frame, rect, encoding, target }: EncodeJob, out: ByteWriter): void {
    this.#encoded.clear();
    encoding.encode(frame, rect, target, this.#encoded);
    this.#streams.write(this.#encoded, encoding.type, target.zlibLevel, out);
  }

  #writeFinished({ encoding }: EncodeJob, finished: FinishedRect, out: ByteWriter): void {
    this.#streams.writeFinished(finished, encoding.type, out);
  }
}
