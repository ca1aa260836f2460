/**
 * A reader of recordings that was written from docs/recording-format.md alone, and shares no code with lib/recording: whoever
 * changes the format finds out here that the document is to be changed too.
 *
 * @module
 */
import * as zlib from "node:zlib";

/** A record, with its time from the recording's beginning. */
export interface FormatRecord {
  readonly type: number;
  readonly timeMs: number;
  readonly payload: Uint8Array;
}

/** A segment's place in the file. */
export interface FormatSegment {
  readonly offset: number;
  readonly timeMs: number;
}

const HEADER = 40;
const END = 50;

/** "Finding segments": by the end of the file and the index. */
export function segmentsByIndex(file: Uint8Array): FormatSegment[] {
  const end = header(file, file.length - END);
  if (end?.kind !== 3) throw new Error("The file has no end");
  const index = header(file, end.offset);
  if (index?.kind !== 2) throw new Error("The file has no index");
  const plain = inflate(file.subarray(end.offset + HEADER, file.length - END));
  const view = viewOf(plain);
  return Array.from({ length: plain.length / 16 }, (_, i) => ({
    offset: Number(view.getBigUint64(16 * i)),
    timeMs: Number(view.getBigUint64(16 * i + 8)),
  }));
}

/** "Finding segments": by looking for headers. */
export function segmentsBySearch(file: Uint8Array): FormatSegment[] {
  const found = [];
  for (let at = 0; at + HEADER <= file.length; at++) {
    const { kind, offset, timeMs } = header(file, at) ?? {};
    if (kind === 1 && offset === at) found.push({ offset, timeMs: timeMs! });
  }
  return found;
}

/** "Record": all that can be read of a segment. @param end Where the next header begins, or the file ends. */
export function recordsOf(file: Uint8Array, { offset, timeMs }: FormatSegment, end: number): FormatRecord[] {
  const plain = inflate(file.subarray(offset + HEADER, end));
  const view = viewOf(plain);
  const records: FormatRecord[] = [];
  for (let at = 0; at + 9 <= plain.length;) {
    const from = at + 9;
    at = from + view.getUint32(at + 5);
    if (at > plain.length) break;
    records.push({
      type: view.getUint8(from - 9),
      timeMs: timeMs + view.getUint32(from - 8),
      payload: plain.subarray(from, at),
    });
  }
  return records;
}

/** "Begin": the server's ServerInit, and the description. */
export function begun({ payload }: FormatRecord): { serverInit: Uint8Array; description: unknown } {
  const length = 24 + viewOf(payload).getUint32(20);
  return {
    serverInit: payload.subarray(0, length),
    description: JSON.parse(new TextDecoder().decode(payload.subarray(length))),
  };
}

/** "UpdatePart, UpdateSent": the server's messages, in order. */
export function messagesOf(records: readonly FormatRecord[]): Uint8Array[] {
  const messages: Uint8Array[] = [];
  let parts: Uint8Array[] = [];
  for (const { type, payload } of records) {
    if (type === 2) messages.push(payload);
    else if (type === 3) parts.push(payload);
    else if (type === 4) {
      messages.push(...parts);
      parts = [];
    }
  }
  return messages;
}

/** "Member": what its header says; `undefined` where there is none. */
function header(file: Uint8Array, at: number): { kind: number; timeMs: number; offset: number } | undefined {
  if (file[at] !== 0x1f || file[at + 1] !== 0x8b || file[at + 2] !== 8 || file[at + 3] !== 6) {
    return undefined;
  }
  const view = new DataView(file.buffer, file.byteOffset + at, HEADER);
  const isFixed = view.getUint16(8) === 0x00ff && view.getUint16(10, true) === 26 &&
    view.getUint16(12) === 0x5052 && view.getUint16(14, true) === 22;
  const isRight = (zlib.crc32(file.subarray(at, at + 38)) & 0xffff) === view.getUint16(38, true);
  if (!isFixed || !isRight) return undefined;
  if (view.getUint8(16) > 1) throw new Error(`The file is of version ${view.getUint8(16)}`);
  const [timeMs, offset] = [Number(view.getBigUint64(22)), Number(view.getBigUint64(30))];
  return { kind: view.getUint8(17), timeMs, offset };
}

/** All that can be inflated: blocks may end with the file. */
function inflate(blocks: Uint8Array): Uint8Array {
  return zlib.inflateRawSync(blocks, { finishFlush: zlib.constants.Z_SYNC_FLUSH });
}

function viewOf({ buffer, byteOffset, length }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, length);
}
