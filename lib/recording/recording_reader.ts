/**
 * Reads a recording's file (docs/recording-format.md): finds its segments by the index, or, where the end is missing or
 * damaged, by looking for their headers; and inflates their records one after another, in bounded memory.
 *
 * @module
 */
import { RecordingError } from "../core/errors.ts";
import { Inflater } from "./inflater.ts";
import {
  END_BYTES,
  HEADER_BYTES,
  type MemberHeader,
  MemberKind,
  parseMemberHeader,
  SIGNATURE,
} from "./member.ts";
import { type RecordedItem, RecordParser } from "./record.ts";

/** Bytes that are read at a time. */
const READ_BYTES = 64 * 1024;

/** What comes out of so many bytes at most: deflate reaches a thousandth. */
const MOST_INFLATED = 1100 * READ_BYTES;

/** Bytes that are looked through at a time for headers. */
const SCAN_BYTES = 1024 * 1024;

/** An index is not longer: 30 years of segments. */
const MOST_INDEX_BYTES = 16 * 4 * 1024 * 1024;

/** Where a segment is. */
export interface SegmentPlace {
  /** Of its header in the file, in bytes. */
  readonly offset: number;
  /** Behind its last byte; of the last segment that was not ended in good order, the file's end. */
  readonly end: number;
  /** When it begins, in ms from the recording's beginning. */
  readonly timeMs: number;
}

/** Bytes to read from: a file, or what tests have in its place. */
export interface RecordingSource {
  readonly size: number;
  /** What messages call it; "the file" by default. */
  readonly name?: string;
  /** Reads from `offset` as much as there is, and at most what `into` takes. @returns How much. */
  read(offset: number, into: Uint8Array): Promise<number>;
  close(): void;
}

/** Opens a file to read from. @throws {RecordingError} It cannot be opened. */
export async function openRecordingSource(path: string): Promise<RecordingSource> {
  try {
    const file = await Deno.open(path);
    const { size, isFile } = await file.stat();
    if (!isFile) {
      file.close();
      throw new RecordingError(`Cannot read a recording from "${path}": it is not a file`);
    }
    return new FileSource(file, size, `"${path}"`);
  } catch (cause) {
    if (cause instanceof RecordingError) throw cause;
    const reason = cause instanceof Deno.errors.NotFound ? "there is no such file" : (cause as Error).message;
    throw new RecordingError(`Cannot read a recording from "${path}": ${reason}`, { cause });
  }
}

class FileSource implements RecordingSource {
  readonly size: number;
  readonly name: string;
  readonly #file: Deno.FsFile;
  /** One read at a time: the file has one place at which it is. */
  #reading: Promise<unknown> = Promise.resolve();

  constructor(file: Deno.FsFile, size: number, name: string) {
    this.#file = file;
    this.size = size;
    this.name = name;
  }

  read(offset: number, into: Uint8Array): Promise<number> {
    const reading = this.#reading.then(() => this.#read(offset, into));
    this.#reading = reading.catch(() => {}); // whoever reads hears of it
    return reading;
  }

  close(): void {
    this.#file.close();
  }

  async #read(offset: number, into: Uint8Array): Promise<number> {
    try {
      await this.#file.seek(offset, Deno.SeekMode.Start);
      let count = 0;
      while (count < into.length) {
        const got = await this.#file.read(into.subarray(count));
        if (got === null) break;
        count += got;
      }
      return count;
    } catch (cause) {
      throw new RecordingError(`Cannot read the recording: ${(cause as Error).message}`, { cause });
    }
  }
}

/** A recording that can be read. Owns its source. */
export class RecordingReader implements Disposable {
  /** In order; at least one. */
  readonly segments: readonly SegmentPlace[];
  /** How long it is, in ms, where it was ended in good order. */
  readonly durationMs: number | undefined;
  readonly #source: RecordingSource;

  private constructor(source: RecordingSource, { segments, durationMs }: Layout) {
    this.#source = source;
    this.segments = segments;
    this.durationMs = durationMs;
  }

  /**
   * Opens a recording. Owns `source` from then on, also when it throws.
   *
   * @throws {RecordingError} It is none, or nothing of it can be read.
   */
  static async open(source: RecordingSource): Promise<RecordingReader> {
    const { name = "the file" } = source;
    try {
      const first = parseMemberHeader(await readPiece(source, 0, HEADER_BYTES));
      if (!first) throw new RecordingError(`Cannot read ${name}: ${await noRecording(source)}`);
      const layout = await layoutByIndex(source) ?? await layoutBySearch(source);
      if (layout.segments.length === 0) {
        throw new RecordingError(`Cannot read ${name}: it ends before anything was recorded`);
      }
      return new RecordingReader(source, layout);
    } catch (error) {
      source.close();
      throw error;
    }
  }

  /** The segment in which `timeMs` lies; the first one for earlier times. */
  segmentAt(timeMs: number): number {
    const later = this.segments.findIndex((segment) => segment.timeMs > timeMs);
    return later < 0 ? this.segments.length - 1 : Math.max(0, later - 1);
  }

  /**
   * The records of a segment, in order. A segment that stops in the middle ends there.
   *
   * @param index Of the segment.
   * @throws {RecordingError} It is damaged; records up to there have been given.
   */
  async *records(index: number): AsyncGenerator<RecordedItem, void, void> {
    const { offset, end, timeMs } = this.segments[index]!;
    const inflater = new Inflater("raw");
    const parser = new RecordParser(timeMs);
    const buffer = new Uint8Array(READ_BYTES);
    for (let at = offset + HEADER_BYTES; at < end && !inflater.isAtEnd;) {
      const count = await this.#source.read(at, buffer.subarray(0, Math.min(READ_BYTES, end - at)));
      if (count === 0) return;
      at += count;
      parser.add(inflater.inflate(buffer.subarray(0, count), MOST_INFLATED));
      for (let item = parser.next(); item; item = parser.next()) yield item;
    }
  }

  /** Like {@linkcode RecordingReader.records}, but a segment ends where it is damaged. */
  async *readableRecords(index: number): AsyncGenerator<RecordedItem, void, void> {
    try {
      yield* this.records(index);
    } catch (error) {
      if (!(error instanceof RecordingError)) throw error;
    }
  }

  [Symbol.dispose](): void {
    this.#source.close();
  }
}

/** Where everything is. */
interface Layout {
  readonly segments: readonly SegmentPlace[];
  readonly durationMs: number | undefined;
}

/** What is wrong with a file that has no header of ours. */
async function noRecording(source: RecordingSource): Promise<string> {
  const start = new TextDecoder().decode(await readPiece(source, 0, 4));
  const reason = "it is not a recording of Porthole";
  return start === "FBS " ? `${reason} but an FBS file, which other players play` : reason;
}

/** By the index at the end; `undefined` where there is none that can be trusted. */
async function layoutByIndex(source: RecordingSource): Promise<Layout | undefined> {
  if (source.size < END_BYTES) return undefined;
  const end = parseMemberHeader(await readPiece(source, source.size - END_BYTES, END_BYTES));
  if (end?.kind !== MemberKind.End) return undefined;
  const indexEnd = source.size - END_BYTES;
  const length = indexEnd - end.offset;
  if (length <= HEADER_BYTES || length > MOST_INDEX_BYTES) return undefined;
  const member = await readPiece(source, end.offset, length);
  const header = parseMemberHeader(member);
  if (header?.kind !== MemberKind.Index || header.offset !== end.offset) return undefined;
  const starts = startsOf(member, end.offset);
  if (!starts) return undefined;
  const segments = placesOf(starts, end.offset);
  // The index was written last; that it fits the file shows at its first and last segment.
  for (const at of [0, segments.length - 1]) {
    const header = parseMemberHeader(await readPiece(source, segments[at]!.offset, HEADER_BYTES));
    if (header?.kind !== MemberKind.Segment || header.number !== at) return undefined;
  }
  return { segments, durationMs: Math.max(end.timeMs, segments.at(-1)!.timeMs) };
}

/** What an index says; `undefined` where it cannot be. */
function startsOf(
  member: Uint8Array,
  before: number,
): { offset: number; timeMs: number }[] | undefined {
  let plain: Uint8Array;
  try {
    plain = new Inflater("raw").inflate(member.subarray(HEADER_BYTES), MOST_INDEX_BYTES);
  } catch (error) {
    if (error instanceof RecordingError) return undefined;
    throw error;
  }
  if (plain.length === 0 || plain.length % 16 !== 0) return undefined;
  const view = new DataView(plain.buffer, plain.byteOffset, plain.byteLength);
  const starts = [];
  let last = { offset: -HEADER_BYTES, timeMs: 0 };
  for (let at = 0; at < plain.length; at += 16) {
    const start = { offset: Number(view.getBigUint64(at)), timeMs: Number(view.getBigUint64(at + 8)) };
    const isAfter = start.offset >= last.offset + HEADER_BYTES && start.timeMs >= last.timeMs;
    if (!isAfter || start.offset >= before) return undefined;
    starts.push(last = start);
  }
  return starts;
}

/** By the headers that are in the file. */
async function layoutBySearch(source: RecordingSource): Promise<Layout> {
  const headers: MemberHeader[] = [];
  let end = source.size;
  let durationMs: number | undefined;
  for await (const header of headersIn(source)) {
    if (header.kind === MemberKind.Segment) {
      if (header.timeMs >= (headers.at(-1)?.timeMs ?? 0)) headers.push(header);
    } else if (header.kind === MemberKind.Index) end = header.offset;
    else durationMs = header.timeMs;
  }
  const segments = placesOf(headers.filter(({ offset }) => offset < end), end);
  return { segments, durationMs };
}

/** All headers that stand where they say that they stand. */
async function* headersIn(source: RecordingSource): AsyncGenerator<MemberHeader, void, void> {
  const buffer = new Uint8Array(SCAN_BYTES);
  for (let offset = 0; offset < source.size; offset += SCAN_BYTES - END_BYTES) {
    const bytes = buffer.subarray(0, await source.read(offset, buffer));
    const last = offset + SCAN_BYTES >= source.size ? bytes.length : bytes.length - END_BYTES;
    for (
      let at = bytes.indexOf(SIGNATURE[0]!);
      at >= 0 && at < last;
      at = bytes.indexOf(SIGNATURE[0]!, at + 1)
    ) {
      const header = parseMemberHeader(bytes, at);
      if (header && (header.kind === MemberKind.End || header.offset === offset + at)) yield header;
    }
    if (offset + SCAN_BYTES >= source.size) return;
  }
}

function placesOf(
  starts: readonly { readonly offset: number; readonly timeMs: number }[],
  end: number,
): SegmentPlace[] {
  return starts.map(({ offset, timeMs }, i) => ({ offset, timeMs, end: starts[i + 1]?.offset ?? end }));
}

async function readPiece(source: RecordingSource, offset: number, length: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(length);
  return bytes.subarray(0, await source.read(offset, bytes));
}
