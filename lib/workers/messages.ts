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

/** A rectangle to encode. Pixels stay where they are, in the shared memory. */
export interface Job {
  readonly frame: {
    readonly width: number;
    readonly height: number;
    readonly stride: number;
    /** Byte offset in the shared memory. */
    readonly at: number;
  };
  readonly rect: Rect;
  /** Name of the encoding: several may have the same number on the wire. */
  readonly encoding: string;
  readonly format: PixelFormat;
  readonly levels: Levels;
}

/** Several at a time: a message costs more than a small rectangle. */
export interface Batch {
  readonly type: "batch";
  readonly jobs: readonly Job[];
}

/** To a worker. */
export type ToWorker = Start | Batch;

/** What has become of a job. */
export interface Outcome {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly blocks: readonly DeflateMark[];
}

/** From a worker: what has become of the oldest batch that it has, job by job. The bytes are transferred. */
export type FromWorker = { readonly outcomes: readonly Outcome[] } | { readonly error: string };
