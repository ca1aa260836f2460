/**
 * Goes through a recording record by record, with the picture at each moment.
 *
 * @module
 */
import { RecordingError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import { Picture } from "./picture.ts";
import { MOST_PAYLOAD_BYTES, parseBegin, type RecordedItem, RecordType } from "./record.ts";
import type { RecordingReader } from "./recording_reader.ts";

/** A place in a recording. Borrows its reader; one step at a time. */
export class Playback implements AsyncDisposable {
  readonly #reader: RecordingReader;
  readonly #log = getLogger("recording");
  #segment = -1;
  #records: AsyncGenerator<RecordedItem, void, void> | undefined;
  /** The record that comes next, where it was looked at already. */
  #next: RecordedItem | undefined;
  #picture: Picture | undefined;
  #parts: Uint8Array[] = [];
  #partBytes = 0;

  constructor(reader: RecordingReader) {
    this.#reader = reader;
  }

  /** What is to be seen at this place; `undefined` before the first record. */
  get picture(): Picture | undefined {
    return this.#picture;
  }

  /** The next record, without going on to it. Damaged segments are passed over. */
  async peek(): Promise<RecordedItem | undefined> {
    while (!this.#next) {
      this.#records ??= this.#reader.records(++this.#segment);
      try {
        const { value, done } = await this.#records.next();
        if (!done) this.#next = value;
        else if (!this.#nextSegment()) return undefined;
      } catch (error) {
        if (!this.#skipDamage(error)) return undefined;
      }
    }
    return this.#next;
  }

  /** Goes on by one record. @returns It, or `undefined` at the end. */
  async step(): Promise<RecordedItem | undefined> {
    for (;;) {
      const item = await this.peek();
      if (!item) return undefined;
      this.#next = undefined;
      try {
        this.#apply(item);
        return item;
      } catch (error) {
        if (!this.#skipDamage(error)) return undefined;
      }
    }
  }

  /**
   * Goes to a moment: the picture is what was to be seen then.
   *
   * @param timeMs From the recording's beginning; at the end for later ones.
   */
  async seek(timeMs: number): Promise<void> {
    let segment = this.#reader.segmentAt(timeMs);
    await this.#seekFrom(segment, timeMs);
    // A key frame takes its time: until it is whole, the picture is that of the segment before.
    while (!this.#picture?.hasPixels && segment > 0) await this.#seekFrom(--segment, timeMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#records?.return();
    this.#records = undefined;
  }

  async #seekFrom(segment: number, timeMs: number): Promise<void> {
    await this.#records?.return();
    this.#picture = undefined;
    this.#begin(segment);
    for (let item = await this.peek(); item && item.timeMs <= timeMs; item = await this.peek()) {
      await this.step();
    }
  }

  #begin(segment: number): void {
    this.#segment = segment;
    this.#records = this.#reader.records(segment);
    this.#next = undefined;
    this.#parts = [];
    this.#partBytes = 0;
  }

  #nextSegment(): boolean {
    if (this.#segment + 1 >= this.#reader.segments.length) {
      // The end stays the end: a generator that is done goes on saying so.
      return false;
    }
    this.#begin(this.#segment + 1);
    return true;
  }

  /** @returns Whether there is a segment after the damaged one. @throws What is no damage. */
  #skipDamage(error: unknown): boolean {
    if (!(error instanceof RecordingError)) throw error;
    const { timeMs } = this.#reader.segments[this.#segment]!;
    this.#log.warning("The recording is damaged after {seconds} s: {reason}", {
      seconds: timeMs / 1000,
      reason: error.message,
    });
    if (this.#nextSegment()) return true;
    this.#records = nothing();
    return false;
  }

  #apply({ type, payload }: RecordedItem): void {
    switch (type) {
      case RecordType.Begin: {
        const info = parseBegin(payload);
        if (this.#picture) this.#picture.begin(info);
        else this.#picture = new Picture(info);
        return;
      }
      case RecordType.PixelFormat:
        return this.#picture?.setFormat(payload);
      case RecordType.ServerMessages:
        return this.#picture?.apply(payload);
      case RecordType.UpdatePart:
        this.#partBytes += payload.length;
        if (this.#partBytes > MOST_PAYLOAD_BYTES) {
          throw new RecordingError(`Cannot read an update of ${this.#partBytes} bytes`);
        }
        this.#parts.push(payload.slice());
        return;
      case RecordType.UpdateSent:
        return this.#picture?.apply(this.#takeParts());
    }
  }

  #takeParts(): Uint8Array {
    const parts = this.#parts;
    const bytes = new Uint8Array(this.#partBytes);
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    this.#parts = [];
    this.#partBytes = 0;
    return bytes;
  }
}

async function* nothing(): AsyncGenerator<never, void, void> {}
