/**
 * The other end of a session that has no other purpose than to be recorded: asks for updates as a viewer does, for all
 * of the screen from time to time, and never faster than the recorder can write.
 *
 * What it asks for compresses best when the recording's own compression does it: Tight in stored blocks.
 *
 * @module
 */
import { ByteWriter } from "../core/bytes.ts";
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import { DisconnectedError } from "../core/errors.ts";
import type { MessagesSent, ServerObserver } from "../core/observer.ts";
import { EncodingType, LevelRange, PseudoEncoding, ServerMessageType } from "../protocol/constants.ts";
import {
  writeOpening,
  writeSetEncodings,
  writeSetPixelFormat,
  writeUpdateRequest,
} from "../protocol/viewer_messages.ts";
import type { Peer, Transport } from "../transport/transport.ts";
import { PLAYERS_FORMAT } from "./fbs_writer.ts";
import type { SessionRecorder } from "./session_recorder.ts";

/** A key frame is due after so long, in ms, unless another time is wanted. */
const KEY_FRAME_MS = 30_000;

/** Or after so many bytes; but not before so long. */
const KEY_FRAME_BYTES = 32 * 1024 * 1024;
const LEAST_KEY_FRAME_MS = 5000;

/** How to record a desktop. */
export interface RecordingClientOptions {
  /** Updates a second at most. */
  readonly frameRate: number;
  /** Have the pointer drawn into the picture; else its picture is recorded, and not its place. */
  readonly pointer: boolean;
  /** JPEG quality of photographs, 0 (worst) to 9; without, nothing is lost. */
  readonly quality?: number | undefined;
  /** From key frame to key frame, while anything changes. */
  readonly keyFrameMs?: number | undefined;
  /** The format has no key frames, and no compression of its own. */
  readonly isPlain: boolean;
  readonly clock?: Clock;
}

/** Borrows its recorder; is to be an observer of its session too. */
export class RecordingClient implements Transport, ServerObserver {
  readonly peer: Peer = { transport: "recording", address: "the recording", local: true, encrypted: true };
  readonly #recorder: SessionRecorder;
  readonly #options: RecordingClientOptions;
  readonly #clock: Clock;
  readonly #closing = new AbortController();
  #unread = new ByteWriter();
  #reader: (() => void) | undefined;
  #requestedAt: number;

  constructor(recorder: SessionRecorder, options: RecordingClientOptions) {
    this.#recorder = recorder;
    this.#options = options;
    this.#clock = options.clock ?? SYSTEM_CLOCK;
    this.#requestedAt = this.#clock.now();
    writeOpening(this.#unread);
    if (options.isPlain) writeSetPixelFormat(this.#unread, PLAYERS_FORMAT);
    this.#request(false);
  }

  async read(into: Uint8Array): Promise<number | null> {
    while (this.#unread.length === 0) {
      if (this.#closing.signal.aborted || this.#recorder.failure) return null;
      await new Promise<void>((resolve) => this.#reader = resolve);
    }
    const bytes = this.#unread.view();
    const count = Math.min(bytes.length, into.length);
    into.set(bytes.subarray(0, count));
    const rest = bytes.slice(count);
    this.#unread = new ByteWriter();
    this.#unread.bytes(rest);
    return count;
  }

  /** What is written has been recorded already, as observers are told of it first: here it waits for the disk. */
  async write(): Promise<void> {
    await this.#recorder.room();
    if (this.#recorder.failure) throw new DisconnectedError("The recording has ended");
  }

  close(): Promise<void> {
    this.#close();
    return Promise.resolve();
  }

  [Symbol.dispose](): void {
    this.#close();
  }

  // As an observer.

  updateSent(): void {
    const waitMs = this.#requestedAt + 1000 / this.#options.frameRate - this.#clock.now();
    if (waitMs <= 0) return this.#requestNext();
    this.#clock.sleep(waitMs, this.#closing.signal).then(() => this.#requestNext(), () => {/* closed */});
  }

  messagesSent({ form, bytes }: MessagesSent): void {
    // An update that was sent whole told a size: requests for another size are void.
    if (form === "messages" && bytes[0] === ServerMessageType.FramebufferUpdate) this.#request(false);
  }

  #requestNext(): void {
    const { ms, bytes } = this.#recorder.sinceKeyFrame;
    const isDue = ms >= (this.#options.keyFrameMs ?? KEY_FRAME_MS) ||
      ms >= LEAST_KEY_FRAME_MS && bytes >= KEY_FRAME_BYTES;
    this.#request(!isDue || this.#options.isPlain);
  }

  #request(incremental: boolean): void {
    const out = this.#unread;
    if (!incremental) {
      this.#recorder.expectKeyFrame();
      // Encodings that are listed anew have everything told anew: the pointer's picture too.
      this.#listEncodings(out);
    }
    writeUpdateRequest(out, incremental);
    this.#requestedAt = this.#clock.now();
    this.#wake();
  }

  #listEncodings(out: ByteWriter): void {
    const { pointer, quality, isPlain } = this.#options;
    writeSetEncodings(out, [
      EncodingType.Tight,
      EncodingType.CopyRect,
      PseudoEncoding.DesktopSize,
      PseudoEncoding.DesktopName,
      LevelRange.Compress.first + (isPlain ? 6 : 0),
      ...(quality === undefined ? [] : [LevelRange.Quality.first + quality]),
      ...(pointer ? [] : [isPlain ? PseudoEncoding.Cursor : PseudoEncoding.CursorWithAlpha]),
    ]);
  }

  #close(): void {
    this.#closing.abort();
    this.#wake();
  }

  #wake(): void {
    this.#reader?.();
    this.#reader = undefined;
  }
}
