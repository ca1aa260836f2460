/**
 * What a recording tells, event by event.
 *
 * @module
 */
import type { Size } from "../core/geometry.ts";
import type { RectSent, SessionId } from "../core/observer.ts";
import { filterMessages } from "./message_filter.ts";
import {
  parseBegin,
  parseInput,
  parseNote,
  parseUpdateSent,
  type RecordedItem,
  type RecordedNote,
  type RecordingDescription,
  RecordType,
} from "./record.ts";

/** Something that happened while a recording was made. */
export type SessionEvent =
  /** What is recorded from here on can be understood by itself. The first event is one of these. */
  | {
    readonly type: "keyFrame";
    readonly seconds: number;
    readonly name: string;
    readonly size: Size;
    readonly description: RecordingDescription;
  }
  /** An update was sent. */
  | { readonly type: "update"; readonly seconds: number; readonly rects: readonly RectSent[] }
  /** The screen has another size. */
  | { readonly type: "resize"; readonly seconds: number; readonly size: Size }
  /** A key went down or up; which one is known only where that was recorded. */
  | {
    readonly type: "key";
    readonly seconds: number;
    readonly session: SessionId;
    readonly key?: { readonly keysym: number; readonly down: boolean };
  }
  /** The pointer moved or a button went down or up; which and where is known only where that was recorded. */
  | {
    readonly type: "pointer";
    readonly seconds: number;
    readonly session: SessionId;
    readonly pointer?: { readonly x: number; readonly y: number; readonly buttons: number };
  }
  /** Anything else, in words: a handshake, a clipboard text that was not recorded, the end. */
  | { readonly type: "note"; readonly seconds: number; readonly note: RecordedNote };

/** The names of events. */
export type SessionEventType = SessionEvent["type"];

/** The event that a record tells; `undefined` for those that tell none. @throws {RecordingError} It is damaged. */
export function eventOf({ type, timeMs, payload }: RecordedItem): SessionEvent | undefined {
  const seconds = timeMs / 1000;
  switch (type) {
    case RecordType.Begin: {
      const { name, size, description } = parseBegin(payload);
      return { type: "keyFrame", seconds, name, size, description };
    }
    case RecordType.UpdateSent:
      return { type: "update", seconds, rects: parseUpdateSent(payload) };
    case RecordType.ServerMessages: {
      const { size } = filterMessages(payload);
      return size && { type: "resize", seconds, size };
    }
    case RecordType.ClientMessage:
      return inputEvent(seconds, payload);
    case RecordType.Note:
      return { type: "note", seconds, note: parseNote(payload) };
    default:
      return undefined;
  }
}

function inputEvent(seconds: number, payload: Uint8Array): SessionEvent | undefined {
  const input = parseInput(payload);
  if (!input) return undefined;
  const { session, isRedacted, message } = input;
  if (message.type === "key") {
    const { keysym, down } = message;
    return { type: "key", seconds, session, ...(!isRedacted && { key: { keysym, down } }) };
  }
  const { x, y, buttons } = message;
  return { type: "pointer", seconds, session, ...(!isRedacted && { pointer: { x, y, buttons } }) };
}
