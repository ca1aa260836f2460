/**
 * Records one session: what its client is sent, and what happens besides.
 *
 * ```ts ignore
 * await using recorder = new SessionRecorder("session.phr");
 * await using server = new VNCServer({ observers: [recorder] });
 * ```
 *
 * @module
 */
import type { Clock } from "../core/clock.ts";
import { ByteReader, ByteWriter } from "../core/bytes.ts";
import { RecordingError } from "../core/errors.ts";
import type { Size } from "../core/geometry.ts";
import { getLogger } from "../core/log.ts";
import type {
  MessagesSent,
  PixelFormatChosen,
  RectSent,
  ServerObserver,
  SessionClosed,
  SessionId,
  SessionOpened,
  UpdateSent,
} from "../core/observer.ts";
import { RELEASE } from "../core/release.ts";
import { NATIVE_PIXEL_FORMAT, PIXEL_FORMAT_LENGTH, writePixelFormat } from "../protocol/pixel_format.ts";
import { FbsWriter } from "./fbs_writer.ts";
import { createRecordingFile } from "./files.ts";
import { filterMessages } from "./message_filter.ts";
import {
  inputPayload,
  notePayload,
  type RecordedNote,
  type RecordingDescription,
  RecordType,
  updateSentPayload,
} from "./record.ts";
import type { RecordSink } from "./record_sink.ts";
import { type RecordingFile, RecordingWriter } from "./recording_writer.ts";

/** What a recording's file is: our own format, or that of other players, which has pictures only. */
export type RecordingFormat = "porthole" | "fbs";

/** As many notes are kept until ServerInit comes. */
const MOST_EARLY_NOTES = 64;

/** How to record. */
export interface SessionRecorderOptions {
  /** Record which keys were pressed and where the pointer was, and not only that it was so. Passwords are keys too. */
  readonly keys?: boolean;
  /** The session to record; by default the first that comes in. */
  readonly session?: SessionId;
  readonly format?: RecordingFormat;
  /** What is recorded is the desktop itself, by a session that has no other purpose. */
  readonly kind?: RecordingDescription["kind"];
  readonly clock?: Clock;
  /** In place of a file of this name. */
  readonly file?: RecordingFile;
}

/** What a ServerInit says. */
interface ScreenState {
  readonly name: string;
  readonly size: Size;
  readonly format: Uint8Array;
}

/**
 * Records as an observer of a server, or whatever its `record…` methods are told. Owns its file: nothing is lost, and the
 * file is ended in good order, when it is disposed; without that all but the last half second is in the file.
 */
export class SessionRecorder implements ServerObserver, AsyncDisposable {
  /** The file. Another than was wanted where that was there already. */
  readonly path: string;
  readonly #sink: RecordSink;
  readonly #keys: boolean;
  readonly #kind: RecordingDescription["kind"];
  /** Whether there is nothing to record until ServerInit: of a desktop, and for players of pictures alone. */
  readonly #needsScreen: boolean;
  readonly #startedAt = new Date().toISOString();
  readonly #log = getLogger("recording");
  #session: SessionId | undefined;
  #who: RecordingDescription["session"];
  #screen: ScreenState | undefined;
  #isKeyFrameDue = false;
  #isMidUpdate = false;
  /** Notes from before ServerInit, as handshakes are. */
  #early: RecordedNote[] = [];
  #closing: Promise<void> | undefined;

  /** @throws {RecordingError} The file cannot be made. */
  constructor(path: string, options: SessionRecorderOptions = {}) {
    const { keys = false, session, format = "porthole", kind = "session", clock, file } = options;
    const made = file ? { file, path } : createRecordingFile(path);
    this.path = made.path;
    this.#keys = keys;
    this.#kind = kind;
    this.#needsScreen = kind === "desktop" || format === "fbs";
    this.#session = session;
    const sinkOptions = { name: `"${this.path}"`, ...(clock && { clock }) };
    this.#sink = format === "fbs"
      ? new FbsWriter(made.file, sinkOptions)
      : new RecordingWriter(made.file, sinkOptions);
    if (this.path !== path) {
      this.#log.warning("{path} is there already: recording to {other}", { path, other: this.path });
    }
  }

  /** Why nothing is recorded any more, if that is so: the disk is full, or too slow. */
  get failure(): RecordingError | undefined {
    return this.#sink.failure;
  }

  /** How much comes since the last key frame: age in ms, and bytes. */
  get sinceKeyFrame(): { readonly ms: number; readonly bytes: number } {
    return { ms: this.#sink.segmentMs, bytes: this.#sink.segmentBytes };
  }

  /** Waits until there is room for more; for those who can. */
  room(): Promise<void> {
    return this.#sink.room();
  }

  // What is recorded. All return at once, and do nothing after a failure or the end.

  /** The client and the server agreed on a version of the protocol: "3.8". */
  recordHandshake(version: string): void {
    this.recordNote({ note: "handshake", version });
  }

  /** The client showed who it is, or could not. */
  recordAuthentication(security: string, accepted: boolean): void {
    this.recordNote({ note: "authentication", security, accepted });
  }

  /**
   * ServerInit (RFC 6143 §7.3.2): the recording begins.
   *
   * @throws {RangeError} It is cut short.
   */
  recordServerInit(message: Uint8Array): void {
    const reader = new ByteReader(message);
    const size = { width: reader.u16(), height: reader.u16() };
    const format = reader.bytes(PIXEL_FORMAT_LENGTH).slice();
    this.#screen = { size, format, name: new TextDecoder().decode(reader.bytes(reader.u32())) };
    this.#begin();
    this.#recordEarly();
  }

  /** Pixels are in this format from now on: PIXEL_FORMAT, 16 bytes. */
  recordPixelFormat(format: Uint8Array): void {
    if (!this.#screen || this.#screen.format.every((byte, at) => byte === format[at])) return;
    this.#screen = { ...this.#screen, format: format.slice() };
    this.#sink.record(RecordType.PixelFormat, format);
  }

  /** Whole messages of the server. Clipboard texts are left out; that there was one is noted. */
  recordMessages(messages: Uint8Array): void {
    const { kept, cutTexts, size } = filterMessages(messages);
    if (size && this.#screen) this.#screen = { ...this.#screen, size };
    if (kept.length > 0) this.#sink.record(RecordType.ServerMessages, kept);
    for (let i = 0; i < cutTexts; i++) this.recordNote({ note: "cutText" });
  }

  /** A part of a FramebufferUpdate; all parts together are whole when {@linkcode SessionRecorder.recordUpdateSent} says so. */
  recordUpdatePart(bytes: Uint8Array): void {
    if (this.#isKeyFrameDue && !this.#isMidUpdate) this.#begin();
    this.#isMidUpdate = true;
    this.#sink.record(RecordType.UpdatePart, bytes);
  }

  /** The parts so far are a whole update. @param rects With pixels. */
  recordUpdateSent(rects: readonly RectSent[]): void {
    this.#isMidUpdate = false;
    this.#sink.record(RecordType.UpdateSent, updateSentPayload(rects));
  }

  /** A key went down or up. Which one is recorded only where that was asked for. */
  recordKeyEvent(keysym: number, down: boolean, session: SessionId = this.#session ?? 0): void {
    this.#beginWithoutScreen();
    const message = { type: "key", keysym, down } as const;
    this.#sink.record(RecordType.ClientMessage, inputPayload({ session, isRedacted: !this.#keys, message }));
  }

  /** The pointer moved, or a button went down or up. Which and where is recorded only where that was asked for. */
  recordPointerEvent(
    x: number,
    y: number,
    buttons: number,
    session: SessionId = this.#session ?? 0,
  ): void {
    this.#beginWithoutScreen();
    const message = { type: "pointer", x, y, buttons } as const;
    this.#sink.record(RecordType.ClientMessage, inputPayload({ session, isRedacted: !this.#keys, message }));
  }

  /** Something went wrong; in words, without secrets. */
  recordError(message: string): void {
    this.recordNote({ note: "error", message });
  }

  /** Anything else; without secrets. Notes from before ServerInit are kept until it comes, or something else does. */
  recordNote(note: RecordedNote): void {
    if (this.#screen) this.#note(note);
    else if (this.#early.length < MOST_EARLY_NOTES) this.#early.push(note);
  }

  /** The next update shows everything: what comes from it on can be understood without what was before. */
  expectKeyFrame(): void {
    this.#isKeyFrameDue = true;
  }

  /** Ends the recording in good order. One that was told nothing is an empty file. */
  close(): Promise<void> {
    if (this.#early.length > 0 && !this.#closing) this.#beginWithoutScreen();
    return this.#closing ??= this.#sink.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #begin(): void {
    this.#isKeyFrameDue = false;
    const { name, size, format } = this.#screen!;
    this.#sink.begin({
      name,
      size,
      format,
      description: {
        software: `Porthole ${RELEASE}`,
        startedAt: this.#startedAt,
        kind: this.#kind,
        ...(this.#who && this.#kind === "session" && { session: this.#who }),
      },
    });
  }

  /** For recordings of what somebody did, without pictures: readers want a screen, and get one that stays empty. */
  #beginWithoutScreen(): void {
    if (this.#screen || this.#needsScreen) return;
    const format = new ByteWriter(PIXEL_FORMAT_LENGTH);
    writePixelFormat(format, NATIVE_PIXEL_FORMAT);
    this.#screen = { name: "", size: { width: 1, height: 1 }, format: format.view().slice() };
    this.#begin();
    this.#recordEarly();
  }

  #recordEarly(): void {
    for (const note of this.#early.splice(0)) this.#note(note);
  }

  #note(note: RecordedNote): void {
    this.#sink.record(RecordType.Note, notePayload(note));
  }

  // As an observer.

  sessionOpened(event: SessionOpened): void {
    this.#session ??= event.session;
    if (event.session !== this.#session) return;
    const { session: id, address, transport, version, security, viewOnly } = event;
    this.#who = { id, address, transport, version, security, viewOnly };
  }

  messagesSent({ session, form, bytes }: MessagesSent): void {
    if (session !== this.#session) return;
    if (form === "update part") this.recordUpdatePart(bytes);
    else if (form === "messages") this.recordMessages(bytes);
    else {
      this.recordServerInit(bytes);
      if (this.#kind === "desktop") return; // nobody has come
      if (this.#who?.version) this.recordHandshake(this.#who.version);
      if (this.#who?.security) this.recordAuthentication(this.#who.security, true);
    }
  }

  pixelFormatChosen({ session, format }: PixelFormatChosen): void {
    if (session === this.#session) this.recordPixelFormat(format);
  }

  updateSent({ session, rects }: UpdateSent): void {
    if (session === this.#session) this.recordUpdateSent(rects);
  }

  keyEvent(event: { readonly session: SessionId; readonly keysym: number; readonly down: boolean }): void {
    if (event.session === this.#session) this.recordKeyEvent(event.keysym, event.down);
  }

  pointerEvent(
    event: { readonly session: SessionId; readonly x: number; readonly y: number; readonly buttons: number },
  ): void {
    if (event.session === this.#session) this.recordPointerEvent(event.x, event.y, event.buttons);
  }

  displayLost({ reason }: { readonly reason: string }): void {
    this.#note({ note: "displayLost", reason });
  }

  displayFound({ name }: { readonly name: string }): void {
    this.#note({ note: "displayFound", name });
  }

  sessionClosed({ session, reason, error }: SessionClosed): void {
    if (session !== this.#session) return;
    this.#note({ note: "sessionClosed", session, reason, error });
    void this.close();
  }
}
