/**
 * The picture that a recording shows at a time: what a client would have on its screen that had been sent everything up
 * to then (RFC 6143 §7.6).
 *
 * @module
 */
import { ByteReader } from "../core/bytes.ts";
import { RecordingError } from "../core/errors.ts";
import { contains, intersect, isEmpty, type Rect, rectOf, type Size } from "../core/geometry.ts";
import { createFrame, type CursorImage, type Frame } from "../core/pixels.ts";
import { PseudoEncoding, ServerMessageType } from "../protocol/constants.ts";
import { UNTIL_LAST_RECT } from "../protocol/server_messages.ts";
import { CURSOR_DECODERS } from "./decoders/cursor.ts";
import { type DecodeContext, type Decoder, InflateStreams } from "./decoders/decoder.ts";
import { PixelForms } from "./decoders/pixel_form.ts";
import { DECODERS } from "./decoders/registry.ts";
import { checkSize, guarded, type RecordingInfo } from "./record.ts";
import { skipMessage } from "./skip_message.ts";

/** Bytes that pseudo-encodings take which change nothing here. */
const SKIPPED: ReadonlyMap<number, number> = new Map<number, number>([
  [PseudoEncoding.QemuExtendedKeyEvent, 0],
  [PseudoEncoding.ExtendedMouseButtons, 0],
  [PseudoEncoding.QemuLedState, 1],
  [PseudoEncoding.VMwareLedState, 4],
  [PseudoEncoding.PointerPos, 0],
  [PseudoEncoding.QemuPointerMotionChange, 0],
]);

/** When so many rectangles were drawn that nobody took, everything counts as drawn. */
const MOST_DAMAGE = 1000;

/** Decodes messages into a frame. */
export class Picture {
  #frame: Frame = createFrame(0, 0);
  #forms: PixelForms;
  #streams = new InflateStreams();
  #cursor: CursorImage | undefined;
  #cursorSerial = 0;
  #name: string;
  #hasPixels = false;
  #damage: Rect[] = [];

  /** @throws {RecordingError} Such a screen cannot be. */
  constructor(info: RecordingInfo) {
    this.#forms = new PixelForms(info.format);
    this.#name = info.name;
    this.#resize(info.size);
  }

  /** The pixels. Another object after every change of size. */
  get frame(): Frame {
    return this.#frame;
  }

  get cursor(): CursorImage | undefined {
    return this.#cursor;
  }

  /** What the desktop is called. */
  get name(): string {
    return this.#name;
  }

  /** Whether anything has been drawn at all. */
  get hasPixels(): boolean {
    return this.#hasPixels;
  }

  /** Where something was drawn since the last call; the whole frame after a change of size. */
  takeDamage(): readonly Rect[] {
    const damage = this.#damage;
    this.#damage = [];
    return damage;
  }

  /** A segment begins: streams are new ones, and everything will be drawn again. */
  begin(info: RecordingInfo): void {
    this.#forms = new PixelForms(info.format);
    this.#streams = new InflateStreams();
    this.#name = info.name;
    this.#resize(info.size);
  }

  /** Pixels are in another format from now on. @param format PIXEL_FORMAT, 16 bytes. */
  setFormat(format: Uint8Array): void {
    this.#forms = new PixelForms(format);
  }

  /** Does what whole messages of the server say. @throws {RecordingError} They are damaged. */
  apply(messages: Uint8Array): void {
    const reader = new ByteReader(messages);
    guarded("messages", () => {
      while (reader.remaining > 0) this.#message(reader);
    });
  }

  #message(reader: ByteReader): void {
    const type = reader.u8();
    if (type === ServerMessageType.FramebufferUpdate) return this.#update(reader);
    if (type === ServerMessageType.SetColourMapEntries) return this.#colours(reader);
    if (!skipMessage(reader, type)) {
      throw new RecordingError(`Cannot read the messages: one is of type ${type}`);
    }
  }

  #colours(reader: ByteReader): void {
    reader.skip(1);
    const first = reader.u16();
    const count = reader.u16();
    for (let i = 0; i < count; i++) {
      this.#forms.colours.set(first + i, reader.u16(), reader.u16(), reader.u16());
    }
  }

  #update(reader: ByteReader): void {
    reader.skip(1);
    const count = reader.u16();
    for (let i = 0; i < count || count === UNTIL_LAST_RECT; i++) {
      const rect = { x: reader.u16(), y: reader.u16(), width: reader.u16(), height: reader.u16() };
      const encoding = reader.i32();
      if (encoding === PseudoEncoding.LastRect) return;
      const decode = DECODERS.get(encoding);
      if (decode) this.#draw(reader, rect, decode);
      else this.#pseudo(reader, rect, encoding);
    }
  }

  #draw(reader: ByteReader, rect: Rect, decode: Decoder): void {
    if (isEmpty(rect)) return;
    if (!contains(rectOf(this.#frame), rect)) {
      throw new RecordingError("Cannot decode a rectangle: it lies outside of the screen");
    }
    const context: DecodeContext = { frame: this.#frame, forms: this.#forms, streams: this.#streams };
    if (this.#damage.length >= MOST_DAMAGE) this.#damage = [rectOf(this.#frame)];
    else this.#damage.push(rect);
    decode(reader, rect, context);
    this.#hasPixels = true;
  }

  #pseudo(reader: ByteReader, rect: Rect, encoding: number): void {
    const decodeCursor = CURSOR_DECODERS.get(encoding);
    if (decodeCursor) {
      const { x, y, width, height } = rect;
      const pixels = decodeCursor(reader, rect, this.#forms);
      const hotspot = intersect({ x, y, width: 1, height: 1 }, { x: 0, y: 0, width, height }) ??
        { x: 0, y: 0 };
      this.#cursor = {
        serial: ++this.#cursorSerial,
        width,
        height,
        hotspot: { x: hotspot.x, y: hotspot.y },
        pixels,
      };
      return;
    }
    if (encoding === PseudoEncoding.DesktopSize) return this.#resize(rect);
    if (encoding === PseudoEncoding.ExtendedDesktopSize) {
      const screens = reader.u8();
      reader.skip(3 + 16 * screens);
      // An answer that says no tells the size that is.
      return this.#resize(rect);
    }
    if (encoding === PseudoEncoding.DesktopName) {
      this.#name = new TextDecoder().decode(reader.bytes(reader.u32()));
      return;
    }
    const length = SKIPPED.get(encoding);
    if (length === undefined) {
      throw new RecordingError(`Cannot decode a rectangle in encoding ${encoding}`);
    }
    reader.skip(length);
  }

  #resize({ width, height }: Size): void {
    checkSize({ width, height });
    if (width !== this.#frame.width || height !== this.#frame.height) {
      this.#frame = createFrame(width, height);
    }
    this.#damage = [rectOf(this.#frame)];
  }
}
