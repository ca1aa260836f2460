/**
 * Plays a recording: its events and its pictures, in their time or as fast as they can be read.
 *
 * ```ts ignore
 * await using player = await SessionPlayer.open("session.phr");
 * await player.seek(60);
 * for await (const event of player.play({ speed: 2 })) show(player.frame);
 * ```
 *
 * @module
 */
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import { RecordingError } from "../core/errors.ts";
import type { CursorImage, Frame } from "../core/pixels.ts";
import { Playback } from "./playback.ts";
import { parseBegin, type RecordedItem, RecordType } from "./record.ts";
import type { RecordingInfo } from "./record.ts";
import { openRecordingSource, RecordingReader, type RecordingSource } from "./recording_reader.ts";
import { sleepUntil } from "./sleep_until.ts";
import { eventOf, type SessionEvent, type SessionEventType } from "./session_event.ts";

/** How to play. */
export interface PlayOptions {
  /** 2 is twice as fast, `Infinity` does not wait at all; 1 by default. */
  readonly speed?: number;
  readonly signal?: AbortSignal;
}

/** What a recording holds. */
export interface RecordingStatistics {
  readonly durationSeconds: number;
  readonly eventCounts: Readonly<Partial<Record<SessionEventType, number>>>;
  readonly events: number;
  /** Rectangles with pixels. */
  readonly rects: number;
  /** Bytes that were sent for them, by encoding type. */
  readonly bytesByEncoding: ReadonlyMap<number, number>;
}

/** Owns the recording's file. */
export class SessionPlayer implements AsyncDisposable {
  /** What the recording says of itself at its beginning. */
  readonly info: RecordingInfo;
  readonly #reader: RecordingReader;
  readonly #clock: Clock;
  readonly #playback: Playback;
  #positionMs = 0;

  private constructor(reader: RecordingReader, info: RecordingInfo, clock: Clock) {
    this.#reader = reader;
    this.info = info;
    this.#clock = clock;
    this.#playback = new Playback(reader);
  }

  /**
   * Opens a recording, also one that was not ended in good order.
   *
   * @param source A file's path, or what to read from.
   * @throws {RecordingError} It is none, or nothing of it can be read.
   */
  static async open(source: string | RecordingSource, clock: Clock = SYSTEM_CLOCK): Promise<SessionPlayer> {
    const opened = typeof source === "string" ? await openRecordingSource(source) : source;
    const reader = await RecordingReader.open(opened);
    try {
      return new SessionPlayer(reader, await infoOf(reader), clock);
    } catch (error) {
      reader[Symbol.dispose]();
      throw error;
    }
  }

  /** Where the player is, in seconds from the beginning. */
  get position(): number {
    return this.#positionMs / 1000;
  }

  /** The picture there; `undefined` before anything was drawn. Drawn upon while the player goes on. */
  get frame(): Frame | undefined {
    return this.#playback.picture?.hasPixels ? this.#playback.picture.frame : undefined;
  }

  /** The pointer's picture there, where it is known. */
  get cursor(): CursorImage | undefined {
    return this.#playback.picture?.cursor;
  }

  /** How long the recording is, in seconds. Takes a look at all of its end, where it was not ended in good order. */
  async duration(): Promise<number> {
    const known = this.#reader.durationMs;
    if (known !== undefined) return known / 1000;
    const last = this.#reader.segments.length - 1;
    let { timeMs } = this.#reader.segments[last]!;
    for await (const item of this.#reader.readableRecords(last)) timeMs = item.timeMs;
    return timeMs / 1000;
  }

  /**
   * Goes to a moment; {@linkcode SessionPlayer.frame} is what was to be seen then.
   *
   * @throws {RangeError} It is no number.
   */
  async seek(seconds: number): Promise<void> {
    if (Number.isNaN(seconds)) throw new RangeError("Cannot go to a moment that is no number");
    // Times in recordings are whole milliseconds.
    this.#positionMs = Math.max(0, Math.round(seconds * 1000));
    await this.#playback.seek(this.#positionMs);
  }

  /** All events from the recording's beginning, as fast as they can be read. The player stays where it is. */
  async *events(...types: readonly SessionEventType[]): AsyncGenerator<SessionEvent, void, void> {
    for (let segment = 0; segment < this.#reader.segments.length; segment++) {
      for await (const item of this.#reader.readableRecords(segment)) {
        const event = eventSafely(item);
        if (event && (types.length === 0 || types.includes(event.type))) yield event;
      }
    }
  }

  /**
   * Plays from where the player is: gives each event when its time has come and the picture shows it.
   *
   * @throws {RangeError} The speed is not above 0.
   * @throws The signal's reason when it aborts.
   */
  async *play({ speed = 1, signal }: PlayOptions = {}): AsyncGenerator<SessionEvent, void, void> {
    if (!(speed > 0)) throw new RangeError(`Cannot play at speed ${speed}: must be above 0`);
    const never = new AbortController();
    const startedAt = this.#clock.now();
    const startMs = this.#positionMs;
    for (let item = await this.#playback.peek(); item; item = await this.#playback.peek()) {
      const due = startedAt + (item.timeMs - startMs) / speed;
      await sleepUntil(due, this.#clock, signal ?? never.signal);
      signal?.throwIfAborted();
      const done = await this.#playback.step();
      if (!done) return;
      this.#positionMs = Math.max(this.#positionMs, done.timeMs);
      const event = eventSafely(done);
      if (event) yield event;
    }
  }

  /** Counts everything. */
  async statistics(): Promise<RecordingStatistics> {
    const eventCounts: Partial<Record<SessionEventType, number>> = {};
    const bytesByEncoding = new Map<number, number>();
    let events = 0;
    let rects = 0;
    for await (const event of this.events()) {
      events++;
      eventCounts[event.type] = (eventCounts[event.type] ?? 0) + 1;
      if (event.type !== "update") continue;
      for (const { encoding, bytes } of event.rects) {
        rects++;
        bytesByEncoding.set(encoding, (bytesByEncoding.get(encoding) ?? 0) + bytes);
      }
    }
    return { durationSeconds: await this.duration(), events, eventCounts, rects, bytesByEncoding };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#playback[Symbol.asyncDispose]();
    this.#reader[Symbol.dispose]();
  }
}

/** The first Begin record that can be read. @throws {RecordingError} There is none. */
async function infoOf(reader: RecordingReader): Promise<RecordingInfo> {
  for (let segment = 0; segment < reader.segments.length; segment++) {
    for await (const { type, payload } of reader.readableRecords(segment)) {
      if (type === RecordType.Begin) return parseBegin(payload);
      break;
    }
  }
  throw new RecordingError("Cannot read the recording: it ends before anything was recorded");
}

function eventSafely(item: RecordedItem): SessionEvent | undefined {
  try {
    return eventOf(item);
  } catch (error) {
    if (!(error instanceof RecordingError)) throw error;
    return undefined;
  }
}
