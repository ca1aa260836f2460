/**
 * Writes a recording's file: records into segments, compressed as they come, so that a file that ends anywhere can be read
 * up to its last half second (docs/recording-format.md).
 *
 * Nobody who records waits: what was recorded lies in memory until the disk has taken it. Whoever can wait asks for
 * {@linkcode RecordingWriter.room}; for others the recording ends when too much has piled up.
 *
 * @module
 */
import { ByteWriter } from "../core/bytes.ts";
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import { RecordingError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import { nextTurn } from "../core/next_turn.ts";
import { createRawDeflater, type RawDeflater } from "../encodings/raw_deflater.ts";
import { crc32 } from "./crc32.ts";
import type { RecordSink } from "./record_sink.ts";
import { LAST_BLOCK, memberHeader, MemberKind, memberTrailer } from "./member.ts";
import {
  beginPayload,
  MOST_PAYLOAD_BYTES,
  RECORD_HEADER_BYTES,
  type RecordingInfo,
  RecordType,
} from "./record.ts";

/** What a recording is written to: `Deno.FsFile`, or what tests have in its place. */
export interface RecordingFile {
  /** Writes some of `bytes`. @returns How many. */
  write(bytes: Uint8Array): Promise<number>;
  close(): void;
}

/** What was recorded is in the file, readable, after so long, in ms. */
const FLUSH_MS = 500;

/** Bytes that are compressed at a time: more would keep others waiting for too long. */
const PIECE_BYTES = 64 * 1024;

/** zlib's level: with pixels as Tight leaves them, higher ones than 3 take no more time and make less. */
const LEVEL = 6;

/** With so many bytes in memory there is no room for those that can wait. */
const ROOM_BYTES = 8 * 1024 * 1024;

/** With so many the disk is too slow, and the recording ends. */
const MOST_QUEUED_BYTES = 64 * 1024 * 1024;

/** The latest time that a record can have, from its segment's beginning. */
const MOST_SEGMENT_MS = 0xffff_ffff;

/** What a writer works with. */
export interface RecordingWriterOptions {
  readonly clock?: Clock;
  /** What the file is called in logs. */
  readonly name?: string;
}

/** What the file is to get, in this order. */
type Job =
  | { readonly kind: "begin"; readonly timeMs: number }
  | { readonly kind: "data"; readonly plain: ByteWriter }
  | { readonly kind: "end"; readonly timeMs: number };

/** Owns its file. */
export class RecordingWriter implements RecordSink, AsyncDisposable {
  readonly #file: RecordingFile;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #log = getLogger("recording");
  readonly #queue: Job[] = [];
  readonly #waiting: (() => void)[] = [];
  readonly #segments: { readonly offset: number; readonly timeMs: number }[] = [];
  readonly #out = new ByteWriter(PIECE_BYTES);
  readonly #closing = new AbortController();
  /** What was recorded and not handed over yet; and the memory of what was written last, to be used again. */
  #plain = new ByteWriter(PIECE_BYTES);
  #spare: ByteWriter | undefined;
  #deflater: RawDeflater | undefined;
  #queuedBytes = 0;
  #startedAt: number | undefined;
  #segmentAt = 0;
  #segmentBytes = 0;
  #flushIsDue = false;
  #pumping: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #failure: RecordingError | undefined;
  /** Of the file; written by the pump. */
  #offset = 0;
  #crc = 0;
  #length = 0;
  #isInSegment = false;

  constructor(file: RecordingFile, { clock = SYSTEM_CLOCK, name = "a file" }: RecordingWriterOptions = {}) {
    this.#file = file;
    this.#clock = clock;
    this.#name = name;
  }

  /** Why nothing is recorded any more, if that is so: the disk is full, or too slow. */
  get failure(): RecordingError | undefined {
    return this.#failure;
  }

  /** Whether a segment has been begun. */
  get hasBegun(): boolean {
    return this.#startedAt !== undefined;
  }

  /** Age of the segment at hand, in ms. */
  get segmentMs(): number {
    return this.#timeMs() - this.#segmentAt;
  }

  /** Bytes in it, before compression. */
  get segmentBytes(): number {
    return this.#segmentBytes;
  }

  /** Bytes in memory that the file does not have yet. */
  get queuedBytes(): number {
    return this.#queuedBytes + this.#plain.length;
  }

  /** Begins a segment: what comes after this can be understood without what came before it. */
  begin(info: RecordingInfo): void {
    if (!this.#isOpen) return;
    this.#startedAt ??= this.#clock.now();
    this.#cut();
    const timeMs = this.#segmentAt = Math.round(this.#timeMs());
    this.#segmentBytes = 0;
    this.#queue.push({ kind: "begin", timeMs });
    this.record(RecordType.Begin, beginPayload(info));
  }

  /**
   * Adds a record to the segment at hand.
   *
   * @param payload Its parts, one behind the other; copied.
   */
  record(type: RecordType, ...payload: readonly Uint8Array[]): void {
    if (!this.#isOpen || !this.hasBegun) return;
    const length = payload.reduce((sum, part) => sum + part.length, 0);
    if (length > MOST_PAYLOAD_BYTES) throw new RangeError(`Cannot record ${length} bytes at once`);
    const time = Math.min(MOST_SEGMENT_MS, Math.max(0, Math.round(this.#timeMs() - this.#segmentAt)));
    this.#plain.u8(type).u32(time).u32(length);
    for (const part of payload) this.#plain.bytes(part);
    this.#segmentBytes += RECORD_HEADER_BYTES + length;
    if (this.queuedBytes > MOST_QUEUED_BYTES) {
      return this.#fail(
        new RecordingError(`${this.queuedBytes} bytes wait to be written: the disk is too slow`),
      );
    }
    if (this.#plain.length >= PIECE_BYTES) this.#cut();
    else if (!this.#flushIsDue) this.#flushLater();
  }

  /** Waits until little enough is in memory; at once after a failure. */
  async room(): Promise<void> {
    while (this.queuedBytes > ROOM_BYTES && !this.#failure) {
      this.#cut();
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  /** Ends the recording in good order: index, end, all of it in the file. */
  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  async #close(): Promise<void> {
    this.#closing.abort();
    if (!this.#failure) {
      this.#cut();
      if (this.hasBegun) this.#queue.push({ kind: "end", timeMs: this.#timeMs() });
      this.#pump();
    }
    await this.#pumping;
    this.#deflater?.[Symbol.dispose]();
    if (!this.#failure) this.#file.close();
  }

  get #isOpen(): boolean {
    return !this.#failure && !this.#closed;
  }

  #timeMs(): number {
    return this.#startedAt === undefined ? 0 : this.#clock.now() - this.#startedAt;
  }

  #flushLater(): void {
    this.#flushIsDue = true;
    this.#clock.sleep(FLUSH_MS, this.#closing.signal).then(
      () => this.#cut(),
      () => {/* closed */},
    ).finally(() => this.#flushIsDue = false);
  }

  /** Hands over what has come so far. */
  #cut(): void {
    if (this.#plain.length === 0) return;
    const plain = this.#plain;
    this.#plain = this.#spare ?? new ByteWriter(PIECE_BYTES);
    this.#spare = undefined;
    this.#queuedBytes += plain.length;
    this.#queue.push({ kind: "data", plain });
    this.#pump();
  }

  #pump(): void {
    this.#pumping ??= this.#work().catch((error) => this.#fail(error)).finally(() => {
      this.#pumping = undefined;
      if (this.#queue.length > 0) this.#pump();
    });
  }

  async #work(): Promise<void> {
    for (let job = this.#queue.shift(); job && !this.#failure; job = this.#queue.shift()) {
      if (job.kind === "data") {
        await this.#writeData(job.plain.view());
        job.plain.clear();
        this.#spare = job.plain;
      } else {
        await this.#endSegment();
        if (job.kind === "begin") await this.#beginSegment(job.timeMs);
        else await this.#writeIndex(job.timeMs);
      }
    }
  }

  async #beginSegment(timeMs: number): Promise<void> {
    const offset = this.#offset;
    const number = this.#segments.length;
    this.#segments.push({ offset, timeMs });
    await this.#writeAll(memberHeader({ kind: MemberKind.Segment, number, timeMs, offset }, Date.now()));
    this.#deflater ??= createRawDeflater(LEVEL);
    this.#deflater.reset();
    this.#crc = 0;
    this.#length = 0;
    this.#isInSegment = true;
  }

  async #writeData(bytes: Uint8Array): Promise<void> {
    const out = this.#out;
    for (let at = 0; at < bytes.length; at += PIECE_BYTES) {
      const piece = bytes.subarray(at, at + PIECE_BYTES);
      this.#crc = crc32(piece, this.#crc);
      this.#length += piece.length;
      this.#deflater!.deflate(piece, LEVEL, out);
      await this.#writeAll(out.view());
      out.clear();
      this.#queuedBytes -= piece.length;
      if (this.queuedBytes <= ROOM_BYTES) this.#letGo();
      await nextTurn();
    }
  }

  async #endSegment(): Promise<void> {
    if (!this.#isInSegment) return;
    this.#isInSegment = false;
    await this.#writeAll(Uint8Array.of(...LAST_BLOCK, ...memberTrailer(this.#crc, this.#length)));
  }

  async #writeIndex(timeMs: number): Promise<void> {
    const index = new ByteWriter(16 * this.#segments.length);
    for (const segment of this.#segments) {
      for (const value of [segment.offset, segment.timeMs]) {
        index.u32(Math.floor(value / 2 ** 32)).u32(value % 2 ** 32);
      }
    }
    const offset = this.#offset;
    const plain = index.view();
    const out = new ByteWriter(plain.length + 100);
    out.bytes(memberHeader({ kind: MemberKind.Index, number: 0, timeMs, offset }, Date.now()));
    this.#deflater!.reset();
    this.#deflater!.deflate(plain, LEVEL, out);
    out.bytes(LAST_BLOCK).bytes(memberTrailer(crc32(plain), plain.length));
    out.bytes(memberHeader({ kind: MemberKind.End, number: 0, timeMs, offset }, Date.now()));
    out.bytes(LAST_BLOCK).bytes(memberTrailer(0, 0));
    await this.#writeAll(out.view());
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      const count = await this.#file.write(bytes.subarray(at));
      if (count === 0) throw new RecordingError("the file takes no more");
      at += count;
      this.#offset += count;
    }
  }

  /** The file keeps what it has: all of it can be read. */
  #fail(error: unknown): void {
    if (this.#failure) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#failure = new RecordingError(`Recording to ${this.#name} has ended: ${reason}`, { cause: error });
    this.#log.error("Recording to {name} has ended: {reason}", { name: this.#name, reason });
    this.#queue.length = 0;
    this.#queuedBytes = 0;
    this.#plain = new ByteWriter(0);
    this.#closing.abort();
    this.#letGo();
    try {
      this.#file.close();
    } catch { /* it is of no use any more */ }
  }

  #letGo(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
