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
  readonly type: "job";
  readonly id: number;
  readonly frame: {
    readonly width: number;
    readonly height: number;
    readonly stride: number;
    /** Byte offset in the shared memory. */
    readonly at: number;
  };
  readonly rect: Rect;
  /** Encoding's number on the wire. */
  readonly encoding: number;
  readonly format: PixelFormat;
  readonly levels: Levels;
}

/** To a worker. */
export type ToWorker = Start | Job;

/** From a worker: what has become of a job. The bytes are transferred. */
export type FromWorker =
  | {
    readonly id: number;
    readonly bytes: Uint8Array<ArrayBuffer>;
    readonly blocks: readonly DeflateMark[];
  }
  | { readonly id: number; readonly error: string };
