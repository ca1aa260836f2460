/**
 * What crosses between the main thread and encode workers.
 *
 * @module
 */
import type { Rect } from "../core/geometry.ts";
import type { DeflateMark } from "../encodings/encoded_rect.ts";
import type { Levels } from "../encodings/pixel_target.ts";
import type { PixelFormat } from "../protocol/pixel_format.ts";

/** First message to a worker: the memory that all share, and the part of it that is this worker's scratch. */
export interface Start {
  readonly type: "start";
  readonly memory: WebAssembly.Memory;
  readonly scratch: { readonly at: number; readonly length: number };
}

/** Rectangles to encode in one way. Pixels stay where they are, in the shared memory. */
export interface Work {
  readonly frame: {
    readonly width: number;
    readonly height: number;
    readonly stride: number;
    /** Byte offset in the shared memory. */
    readonly at: number;
  };
  /** Name of the encoding: several may have the same number on the wire. */
  readonly encoding: string;
  readonly format: PixelFormat;
  readonly levels: Levels;
  readonly rects: readonly Rect[];
}

/** Much at a time, and each thing said once: what crosses is taken apart and put together again. */
export interface Batch {
  readonly type: "batch";
  readonly works: readonly Work[];
}

/** To a worker. */
export type ToWorker = Start | Batch;

/** What has become of the oldest batch that a worker has, rectangle by rectangle. */
export interface Outcome {
  /** Of all rectangles, one behind the other; transferred. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** How many of them belong to each. */
  readonly lengths: readonly number[];
  readonly blocks: readonly (readonly DeflateMark[])[];
}

/** From a worker. */
export type FromWorker = Outcome | { readonly error: string };
