/**
 * The port of formats that recordings are written in.
 *
 * @module
 */
import type { RecordingError } from "../core/errors.ts";
import type { RecordingInfo, RecordType } from "./record.ts";

/** Takes records, and writes them in its own time. Closing it ends the recording in good order. */
export interface RecordSink {
  /** Why nothing is recorded any more, if that is so. */
  readonly failure: RecordingError | undefined;
  /** What came last can only be understood together with what came before it: how much that is. */
  readonly segmentMs: number;
  readonly segmentBytes: number;
  /** Begins with a state that can be understood without what came before it. */
  begin(info: RecordingInfo): void;
  /** @param payload Its parts, one behind the other; copied. */
  record(type: RecordType, ...payload: readonly Uint8Array[]): void;
  /** Waits until there is room for more. */
  room(): Promise<void>;
  close(): Promise<void>;
}
