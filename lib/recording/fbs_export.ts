/**
 * Turns a recording into FBS 001.000, for other players (see `fbs_writer.ts`).
 *
 * What a session's client was sent is passed on as it is. A desktop's recording is made smaller and simpler on the way:
 * its Tight, which only the recording's own compression made small, is compressed as players expect it, and pointers with
 * alpha become such as every player can draw.
 *
 * @module
 */
import { ByteReader, ByteWriter } from "../core/bytes.ts";
import { RecordingError } from "../core/errors.ts";
import type { Rect } from "../core/geometry.ts";
import { unpremultiplied } from "../encodings/pseudo/cursor_image.ts";
import { EncodingType, PseudoEncoding } from "../protocol/constants.ts";
import { writePixelFormat } from "../protocol/pixel_format.ts";
import {
  UNTIL_LAST_RECT,
  writeFramebufferUpdateHeader,
  writePseudoRect,
  writeRectHeader,
} from "../protocol/server_messages.ts";
import { CURSOR_DECODERS } from "./decoders/cursor.ts";
import { PixelForms } from "./decoders/pixel_form.ts";
import { FbsWriter, PLAYERS_FORMAT } from "./fbs_writer.ts";
import { createRecordingFile } from "./files.ts";
import { guarded, parseBegin, type RecordedItem, type RecordingInfo, RecordType } from "./record.ts";
import { openRecordingSource, RecordingReader } from "./recording_reader.ts";
import type { RecordingFile } from "./recording_writer.ts";
import { TightTranslator } from "./tight_translator.ts";

/**
 * Writes a recording as FBS.
 *
 * @param target The file; another one where that is there already.
 * @returns The file that was written.
 * @throws {RecordingError} The recording cannot be read, or FBS cannot say what is in it.
 */
export async function exportFbs(recording: string, target: string): Promise<string> {
  using reader = await RecordingReader.open(await openRecordingSource(recording));
  const { file, path } = createRecordingFile(target);
  await writeFbs(reader, file);
  return path;
}

/** Writes all that can be read. Owns `file`. */
export async function writeFbs(reader: RecordingReader, file: RecordingFile): Promise<void> {
  let now = 0;
  const clock = { now: () => now, sleep: () => Promise.resolve() };
  const writer = new FbsWriter(file, { clock, name: "the exported file" });
  using messages = new ExportedMessages();
  try {
    for (let segment = 0; segment < reader.segments.length; segment++) {
      messages.begin();
      for await (const item of reader.readableRecords(segment)) {
        now = item.timeMs;
        exportRecord(item, writer, messages);
        await writer.room();
        if (writer.failure) throw writer.failure;
      }
    }
  } finally {
    await writer.close();
  }
  if (writer.failure) throw writer.failure;
}

function exportRecord({ type, payload }: RecordedItem, writer: FbsWriter, messages: ExportedMessages): void {
  switch (type) {
    case RecordType.Begin: {
      const info = parseBegin(payload);
      messages.info = info;
      return writer.begin({ ...info, format: messages.format });
    }
    case RecordType.PixelFormat:
      return writer.record(RecordType.PixelFormat, payload.slice());
    case RecordType.ServerMessages:
      return writer.record(RecordType.ServerMessages, payload.slice());
    case RecordType.UpdatePart:
      return messages.add(payload);
    case RecordType.UpdateSent:
      return writer.record(RecordType.UpdatePart, messages.take());
  }
}

/** Updates on their way. */
class ExportedMessages implements Disposable {
  readonly #parts = new ByteWriter();
  readonly #tight = new TightTranslator();
  #kind = "session";
  #format: Uint8Array = new Uint8Array();

  set info({ description, format }: RecordingInfo) {
    this.#kind = description.kind;
    this.#format = format;
  }

  /** What pixels are in, as far as players know. */
  get format(): Uint8Array {
    if (this.#kind !== "desktop") return this.#format;
    const out = new ByteWriter();
    writePixelFormat(out, PLAYERS_FORMAT);
    return out.view();
  }

  /** A segment begins: its streams are new ones. */
  begin(): void {
    this.#tight.restart();
    this.#parts.clear();
  }

  add(bytes: Uint8Array): void {
    this.#parts.bytes(bytes);
  }

  /** The update whose parts have been added. */
  take(): Uint8Array {
    const update = this.#parts.copy();
    this.#parts.clear();
    return this.#kind === "desktop" ? guarded("update", () => this.#translate(update)) : update;
  }

  [Symbol.dispose](): void {
    this.#tight[Symbol.dispose]();
  }

  /** A desktop's session has no messages besides updates, as its client lists no extension that has. */
  #translate(update: Uint8Array): Uint8Array {
    const reader = new ByteReader(update);
    const out = new ByteWriter(update.length);
    reader.skip(2);
    const count = reader.u16();
    if (count === UNTIL_LAST_RECT) throw new RecordingError("Cannot export an update without a count");
    writeFramebufferUpdateHeader(out, count);
    for (let i = 0; i < count; i++) {
      const rect = { x: reader.u16(), y: reader.u16(), width: reader.u16(), height: reader.u16() };
      this.#rect(reader, rect, reader.i32(), out);
    }
    return out.view();
  }

  #rect(reader: ByteReader, rect: Rect, encoding: number, out: ByteWriter): void {
    switch (encoding) {
      case EncodingType.CopyRect:
        writeRectHeader(out, rect, encoding);
        return void out.bytes(reader.bytes(4));
      case EncodingType.Tight:
        writeRectHeader(out, rect, encoding);
        return this.#tight.translate(reader, rect, out);
      case PseudoEncoding.CursorWithAlpha:
        return this.#cursor(reader, rect, out);
      case PseudoEncoding.DesktopName:
        writePseudoRect(out, encoding);
        return copyName(reader, out);
      default:
        throw new RecordingError(`Cannot export a rectangle in encoding ${encoding}`);
    }
  }

  /** Pixels and a bit mask (RFC 6143 §7.8.1): what is more than half there is there. */
  #cursor(reader: ByteReader, rect: Rect, out: ByteWriter): void {
    const { width, height } = rect;
    const forms = new PixelForms(this.#format);
    const pixels = CURSOR_DECODERS.get(PseudoEncoding.CursorWithAlpha)!(reader, rect, forms);
    writeRectHeader(out, rect, PseudoEncoding.Cursor);
    for (const argb of unpremultiplied(pixels)) out.u8(argb >>> 16).u8(argb >>> 8).u8(argb).u8(0);
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x += 8) {
        let byte = 0;
        for (let bit = 0; bit < 8 && x + bit < width; bit++) {
          if (pixels[y * width + x + bit]! >>> 31) byte |= 0x80 >> bit;
        }
        out.u8(byte);
      }
    }
  }
}

function copyName(reader: ByteReader, out: ByteWriter): void {
  const length = reader.u32();
  out.u32(length).bytes(reader.bytes(length));
}
