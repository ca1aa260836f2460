/**
 * FBS 001.000, the format that rfbproxy made and other players read: what a server sent, in blocks with their times.
 *
 * The file begins with "FBS 001.000\n". A block is its length (u32), its bytes padded to a multiple of four, and its time
 * in ms from the beginning (u32). The first bytes are the server's part of an RFB 3.3 handshake with security None
 * (RFC 6143 §7.1, appendix A), and ServerInit.
 *
 * @module
 */
import { ByteWriter, latin1 } from "../core/bytes.ts";
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import { RecordingError } from "../core/errors.ts";
import { getLogger } from "../core/log.ts";
import { ServerMessageType } from "../protocol/constants.ts";
import { NATIVE_PIXEL_FORMAT, parsePixelFormat, type PixelFormat } from "../protocol/pixel_format.ts";
import { writeServerInit } from "../protocol/server_messages.ts";
import { type RecordingInfo, RecordType } from "./record.ts";
import type { RecordSink } from "./record_sink.ts";
import type { RecordingFile, RecordingWriterOptions } from "./recording_writer.ts";

const FBS_VERSION = "FBS 001.000\n";
const SERVER_VERSION = "RFB 003.003\n";
const SECURITY_NONE = 1;

/** With so many bytes in memory there is no room for those that can wait; with so many the recording ends. */
const ROOM_BYTES = 8 * 1024 * 1024;
const MOST_QUEUED_BYTES = 64 * 1024 * 1024;

/**
 * The pixel format of desktops' files: players are free to choose theirs from real servers, and some of those in browsers
 * know no other than what they would choose.
 */
export const PLAYERS_FORMAT: PixelFormat = { ...NATIVE_PIXEL_FORMAT, redShift: 0, blueShift: 16 };

/** Appends a block. */
export function writeFbsBlock(out: ByteWriter, bytes: Uint8Array, timeMs: number): void {
  out.u32(bytes.length).bytes(bytes).zeros(-bytes.length & 3).u32(Math.max(0, Math.round(timeMs)));
}

/** What a player reads before the first update. */
export function fbsHandshake({ size, format, name }: RecordingInfo): Uint8Array {
  const out = new ByteWriter();
  out.bytes(latin1(SERVER_VERSION)).u32(SECURITY_NONE);
  writeServerInit(out, size, parsePixelFormat(format), name);
  return out.view();
}

/** The start of every file. */
export function fbsVersion(): Uint8Array {
  return latin1(FBS_VERSION);
}

/** Writes what a server sends as it sends it. Owns its file. */
export class FbsWriter implements RecordSink {
  /** There is no place to begin at but the beginning. */
  readonly segmentMs = 0;
  readonly segmentBytes = 0;
  readonly #file: RecordingFile;
  readonly #clock: Clock;
  readonly #name: string;
  readonly #waiting: (() => void)[] = [];
  #info: RecordingInfo | undefined;
  #pending = new ByteWriter();
  #writingBytes = 0;
  #startedAt: number | undefined;
  #writing: Promise<void> | undefined;
  #closed: Promise<void> | undefined;
  #failure: RecordingError | undefined;

  constructor(file: RecordingFile, { clock = SYSTEM_CLOCK, name = "a file" }: RecordingWriterOptions = {}) {
    this.#file = file;
    this.#clock = clock;
    this.#name = name;
  }

  get failure(): RecordingError | undefined {
    return this.#failure;
  }

  begin(info: RecordingInfo): void {
    this.#info ??= info;
  }

  record(type: RecordType, ...payload: readonly Uint8Array[]): void {
    if (!this.#info || this.#failure || this.#closed) return;
    if (type === RecordType.PixelFormat) return this.#setFormat(payload[0]!);
    if (type !== RecordType.ServerMessages && type !== RecordType.UpdatePart) return;
    if (this.#startedAt === undefined) {
      // What is told before the first update is of no use to a player.
      if (payload[0]?.[0] !== ServerMessageType.FramebufferUpdate) return;
      this.#start(this.#info);
    }
    for (const bytes of payload) this.#add(bytes);
  }

  /** Clients choose their format before the first update: it is told as if the server had come up with it. */
  #setFormat(format: Uint8Array): void {
    if (this.#startedAt === undefined) this.#info = { ...this.#info!, format };
    else this.#fail(new RecordingError("the client has changed its pixel format, which FBS cannot say"));
  }

  #start(info: RecordingInfo): void {
    this.#startedAt = this.#clock.now();
    this.#pending.bytes(fbsVersion());
    this.#add(fbsHandshake(info));
  }

  async room(): Promise<void> {
    while (this.#queuedBytes > ROOM_BYTES && !this.#failure) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
  }

  close(): Promise<void> {
    return this.#closed ??= this.#close();
  }

  async #close(): Promise<void> {
    await this.#writing;
    if (!this.#failure) this.#file.close();
  }

  get #queuedBytes(): number {
    return this.#pending.length + this.#writingBytes;
  }

  #add(bytes: Uint8Array): void {
    writeFbsBlock(this.#pending, bytes, this.#clock.now() - this.#startedAt!);
    if (this.#queuedBytes > MOST_QUEUED_BYTES) {
      return this.#fail(
        new RecordingError(`${this.#queuedBytes} bytes wait to be written: the disk is too slow`),
      );
    }
    this.#writing ??= this.#writeAll().catch((error) => this.#fail(error))
      .finally(() => this.#writing = undefined);
  }

  async #writeAll(): Promise<void> {
    while (this.#pending.length > 0 && !this.#failure) {
      const bytes = this.#pending.view();
      this.#pending = new ByteWriter();
      this.#writingBytes = bytes.length;
      for (let at = 0; at < bytes.length;) {
        const count = await this.#file.write(bytes.subarray(at));
        if (count === 0) throw new RecordingError("the file takes no more");
        at += count;
      }
      this.#writingBytes = 0;
      this.#letGo();
    }
  }

  #fail(error: unknown): void {
    if (this.#failure) return;
    const reason = error instanceof Error ? error.message : String(error);
    this.#failure = new RecordingError(`Recording to ${this.#name} has ended: ${reason}`, { cause: error });
    getLogger("recording").error("Recording to {name} has ended: {reason}", { name: this.#name, reason });
    this.#pending = new ByteWriter(0);
    this.#letGo();
    try {
      this.#file.close();
    } catch { /* it is of no use any more */ }
  }

  #letGo(): void {
    for (const resolve of this.#waiting.splice(0)) resolve();
  }
}
