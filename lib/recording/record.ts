/**
 * The records inside of a recording's segments (docs/recording-format.md): when something was, what it was, and its bytes.
 *
 * @module
 */
import { ByteReader, ByteWriter, utf8 } from "../core/bytes.ts";
import { RecordingError } from "../core/errors.ts";
import type { Size } from "../core/geometry.ts";
import type { RectSent } from "../core/observer.ts";
import { parsePixelFormat, PIXEL_FORMAT_LENGTH } from "../protocol/pixel_format.ts";
import { writeServerInit } from "../protocol/server_messages.ts";

/** What a record is. Readers pass over those that they do not know. */
export const RecordType = {
  /** The state that a segment begins with: ServerInit and a description in JSON. */
  Begin: 1,
  /** Whole messages of the server. */
  ServerMessages: 2,
  /** A part of messages of the server. */
  UpdatePart: 3,
  /** The parts before this are whole messages now: rectangles of the update, 16 bytes each. */
  UpdateSent: 4,
  /** PIXEL_FORMAT of what follows. */
  PixelFormat: 5,
  /** A message of a client: flags, session, message. */
  ClientMessage: 6,
  /** Something else, in JSON. */
  Note: 7,
} as const;
export type RecordType = typeof RecordType[keyof typeof RecordType];

/** One record. */
export interface RecordedItem {
  readonly type: number;
  /** From the recording's beginning. */
  readonly timeMs: number;
  /** Valid until the next record is read. */
  readonly payload: Uint8Array;
}

/** Type u8, time u32, length u32. */
export const RECORD_HEADER_BYTES = 9;

/** Longer records are not written, and not believed. */
export const MOST_PAYLOAD_BYTES = 256 * 1024 * 1024;

/** A screen can have so many pixels: 8K, twice over. What is larger is not recorded, and not believed. */
export const MOST_PIXELS = 1 << 26;

/** What stands at the start of each segment. */
export interface RecordingInfo {
  readonly name: string;
  /** In pixels, at the segment's beginning. */
  readonly size: Size;
  /** PIXEL_FORMAT, 16 bytes. */
  readonly format: Uint8Array;
  readonly description: RecordingDescription;
}

/** What is recorded, in words that may become more: readers pass over those that they do not know. */
export interface RecordingDescription {
  /** What made it: "Porthole 0.1.0". */
  readonly software: string;
  /** When it began, in ISO 8601. */
  readonly startedAt: string;
  /** The desktop as it was, or as one client was sent it. */
  readonly kind: "desktop" | "session";
  /** Of a session: who it was. */
  readonly session?: {
    readonly id?: number;
    readonly address?: string;
    readonly transport?: string;
    readonly version?: string;
    readonly security?: string;
    readonly viewOnly?: boolean;
  };
}

/** A Begin record's payload. */
export function beginPayload({ name, size, format, description }: RecordingInfo): Uint8Array {
  const out = new ByteWriter();
  writeServerInit(out, size, parsePixelFormat(format), name);
  return out.bytes(utf8(JSON.stringify(description))).copy();
}

/** Reads a Begin record's payload. @throws {RecordingError} It is damaged. */
export function parseBegin(payload: Uint8Array): RecordingInfo {
  return guarded("beginning of a segment", () => {
    const reader = new ByteReader(payload);
    const size = { width: reader.u16(), height: reader.u16() };
    const format = reader.bytes(PIXEL_FORMAT_LENGTH).slice();
    const name = new TextDecoder().decode(reader.bytes(reader.u32()));
    const description = JSON.parse(new TextDecoder().decode(reader.bytes(reader.remaining)));
    checkSize(size);
    if (typeof description !== "object" || description === null) throw new SyntaxError("no description");
    const { software, startedAt, kind } = description;
    const isRight = typeof software === "string" && typeof startedAt === "string" &&
      !Number.isNaN(Date.parse(startedAt)) && (kind === "desktop" || kind === "session");
    if (!isRight) throw new SyntaxError("its description lacks something");
    return { name, size, format, description };
  });
}

/** @throws {RecordingError} A screen of this size cannot be. */
export function checkSize({ width, height }: Size): void {
  if (width < 1 || height < 1 || width * height > MOST_PIXELS) {
    throw new RecordingError(
      `Cannot show a screen of ${width}x${height}: 1 to ${MOST_PIXELS} pixels are possible`,
    );
  }
}

/** An UpdateSent record's payload. */
export function updateSentPayload(rects: readonly RectSent[]): Uint8Array {
  const out = new ByteWriter(16 * rects.length);
  for (const { rect, encoding, bytes } of rects) {
    out.u16(rect.x).u16(rect.y).u16(rect.width).u16(rect.height).i32(encoding).u32(bytes);
  }
  return out.view();
}

/** Reads an UpdateSent record's payload. @throws {RecordingError} It is damaged. */
export function parseUpdateSent(payload: Uint8Array): RectSent[] {
  return guarded("end of an update", () => {
    const reader = new ByteReader(payload);
    const rects: RectSent[] = [];
    while (reader.remaining > 0) {
      const rect = { x: reader.u16(), y: reader.u16(), width: reader.u16(), height: reader.u16() };
      rects.push({ rect, encoding: reader.i32(), bytes: reader.u32() });
    }
    return rects;
  });
}

/** What a client did. Where it was not to be recorded, everything but that something was done is 0. */
export interface RecordedInput {
  readonly session: number;
  readonly isRedacted: boolean;
  /** KeyEvent or PointerEvent (RFC 6143 §7.5.4, §7.5.5). */
  readonly message:
    | { readonly type: "key"; readonly keysym: number; readonly down: boolean }
    | { readonly type: "pointer"; readonly x: number; readonly y: number; readonly buttons: number };
}

const REDACTED = 1;

/** A ClientMessage record's payload. Of redacted input nothing is written that it said. */
export function inputPayload({ session, isRedacted, message }: RecordedInput): Uint8Array {
  const out = new ByteWriter(16);
  out.u8(isRedacted ? REDACTED : 0).u32(session);
  const told = (value: number) => isRedacted ? 0 : value;
  if (message.type === "key") {
    out.u8(4).u8(message.down && !isRedacted ? 1 : 0).zeros(2).u32(told(message.keysym));
  } else {
    const { x, y, buttons } = message;
    out.u8(5).u8(told(buttons & 0xff)).u16(told(x)).u16(told(y));
  }
  return out.view();
}

/** Reads a ClientMessage record's payload; `undefined` for messages of other kinds. @throws {RecordingError} It is damaged. */
export function parseInput(payload: Uint8Array): RecordedInput | undefined {
  return guarded("input", () => {
    const reader = new ByteReader(payload);
    const isRedacted = (reader.u8() & REDACTED) !== 0;
    const session = reader.u32();
    const type = reader.u8();
    if (type === 4) {
      const down = reader.u8() !== 0;
      reader.skip(2);
      return { session, isRedacted, message: { type: "key", keysym: reader.u32(), down } };
    }
    if (type === 5) {
      const buttons = reader.u8();
      return { session, isRedacted, message: { type: "pointer", x: reader.u16(), y: reader.u16(), buttons } };
    }
    return undefined;
  });
}

/** Something that is told in words. */
export interface RecordedNote {
  /** "sessionOpened", "sessionClosed", "displayLost", "displayFound", "cutText", "handshake", "authentication", "error", "end". */
  readonly note: string;
  readonly [detail: string]: string | number | boolean;
}

/** A Note record's payload. */
export function notePayload(note: RecordedNote): Uint8Array {
  return utf8(JSON.stringify(note));
}

/** Reads a Note record's payload. @throws {RecordingError} It is damaged. */
export function parseNote(payload: Uint8Array): RecordedNote {
  return guarded("note", () => {
    const note = JSON.parse(new TextDecoder().decode(payload));
    if (typeof note !== "object" || note === null || typeof note.note !== "string") {
      throw new SyntaxError("no kind of note");
    }
    const plain = Object.entries(note).filter(([, value]) => /^(string|number|boolean)$/.test(typeof value));
    return Object.fromEntries(plain) as RecordedNote;
  });
}

/** Whatever reading damaged bytes throws becomes one kind of error. */
export function guarded<T>(what: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof RangeError || cause instanceof SyntaxError)) throw cause;
    throw new RecordingError(`Cannot read the ${what}: ${cause.message}`, { cause });
  }
}

/** Records out of bytes that come in pieces. */
export class RecordParser {
  readonly #startMs: number;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(64 * 1024);
  #start = 0;
  #end = 0;

  /** @param startMs When the segment begins. */
  constructor(startMs: number) {
    this.#startMs = startMs;
  }

  /** Takes the next bytes. */
  add(bytes: Uint8Array): void {
    if (this.#end + bytes.length > this.#buffer.length) this.#makeRoom(bytes.length);
    this.#buffer.set(bytes, this.#end);
    this.#end += bytes.length;
  }

  /** The next record, if all of it has come. @throws {RecordingError} It cannot be one. */
  next(): RecordedItem | undefined {
    const available = this.#end - this.#start;
    if (available < RECORD_HEADER_BYTES) return undefined;
    const view = new DataView(this.#buffer.buffer, this.#start, RECORD_HEADER_BYTES);
    const length = view.getUint32(5);
    if (length > MOST_PAYLOAD_BYTES) throw new RecordingError(`Cannot read a record of ${length} bytes`);
    if (available < RECORD_HEADER_BYTES + length) return undefined;
    const from = this.#start + RECORD_HEADER_BYTES;
    this.#start = from + length;
    return {
      type: view.getUint8(0),
      timeMs: this.#startMs + view.getUint32(1),
      payload: this.#buffer.subarray(from, from + length),
    };
  }

  #makeRoom(count: number): void {
    const kept = this.#end - this.#start;
    const needed = kept + count;
    const roomy = needed <= this.#buffer.length && this.#start > 0;
    const target = roomy ? this.#buffer : new Uint8Array(Math.max(2 * needed, 64 * 1024));
    target.set(this.#buffer.subarray(this.#start, this.#end));
    this.#buffer = target;
    this.#start = 0;
    this.#end = kept;
  }
}
