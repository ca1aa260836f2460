/**
 * The server's messages, read and obeyed (RFC 6143 §7.6 and extensions): strictly, as tests want it.
 *
 * @module
 */
import { contains, type Rect, rect, rectOf } from "../../../lib/core/geometry.ts";
import {
  type DecoderContext,
  type Decoding,
  must,
  take,
  takeS32,
  takeU16,
  takeU32,
  takeU8,
} from "../decoders/decoder.ts";
import {
  type ClientCursor,
  cursor,
  cursorWithAlpha,
  desktopName,
  type ScreenLayout,
  screenLayout,
  xCursor,
} from "../decoders/pseudo.ts";
import { decoderOf } from "../decoders/registry.ts";
import { BGR233_MAP, type Colour } from "../pixel_formats.ts";
import { Encoding } from "./encoding_numbers.ts";
import type { ReceivedRect, ServerMessage, UpdateMessage } from "./messages.ts";
import type { Wire } from "./wire.ts";

/** What a client knows. Written by the reader of messages and by what the client says. */
export class ClientState {
  /** Format, framebuffer and zlib streams. */
  readonly context: DecoderContext;
  name: string;
  cursor: ClientCursor | undefined;
  screens: readonly ScreenLayout[] = [];
  leds: number | undefined;
  colourMap: readonly Colour[] = BGR233_MAP;
  /** Extensions that the server has announced. */
  readonly announced = new Set<number>();
  /** Encodings that were ever asked for. */
  readonly asked = new Set<number>([Encoding.Raw]);
  /** Requests that no update has answered yet; the server may answer several with one. */
  outstanding = 0;
  /** Whether continuous updates are on, or may still be. */
  continuous = false;
  unrequestedUpdates = 0;

  constructor(context: DecoderContext, name: string) {
    this.context = context;
    this.name = name;
  }
}

/** Reads messages of one connection. */
export class MessageReader {
  readonly #wire: Wire;
  readonly #state: ClientState;
  readonly #keepBodies: boolean;

  /** @param keepBodies Whether rectangles are handed out with their bytes. */
  constructor(wire: Wire, state: ClientState, keepBodies: boolean) {
    this.#wire = wire;
    this.#state = state;
    this.#keepBodies = keepBodies;
  }

  /** Reads a message and does what it says (§7.6). @throws {DecodeError} It breaks a rule. */
  *message(): Decoding<ServerMessage> {
    const before = this.#wire.received;
    const type = yield* takeU8(this.#wire);
    switch (type) {
      case 0:
        return yield* this.#update(before);
      case 1:
        return yield* this.#colourMapEntries();
      case 2:
        return { kind: "bell" };
      case 3:
        return yield* this.#serverCutText();
      case 150:
        must(this.#state.asked.has(Encoding.ContinuousUpdates), "Message 150 although it was not asked for");
        this.#state.announced.add(Encoding.ContinuousUpdates);
        this.#state.continuous = false;
        return { kind: "end of continuous updates" };
      case 248: {
        must(this.#state.asked.has(Encoding.Fence), "A fence although it was not asked for");
        this.#state.context.padding(orOf(yield* take(this.#wire, 3)), "Fence");
        const flags = yield* takeU32(this.#wire);
        const length = yield* takeU8(this.#wire);
        must(length <= 64, `Fence: payload of ${length} bytes`);
        return { kind: "fence", flags, payload: (yield* take(this.#wire, length)).slice() };
      }
      default:
        must(false, `Message type ${type} (§7.6)`);
    }
  }

  /** §7.6.1. */
  *#update(before: number): Decoding<UpdateMessage> {
    if (!this.#state.continuous && this.#state.outstanding === 0) this.#state.unrequestedUpdates++;
    this.#state.outstanding = Math.max(0, this.#state.outstanding - 1);
    this.#state.context.padding(yield* takeU8(this.#wire), "FramebufferUpdate");
    const count = yield* takeU16(this.#wire);
    must(
      count !== 0xffff || this.#state.asked.has(Encoding.LastRect),
      "FramebufferUpdate: 65535 rectangles without LastRect",
    );
    const rects: ReceivedRect[] = [];
    while (count === 0xffff || rects.length < count) {
      must(rects.at(-1)?.encoding !== Encoding.DesktopSize, "DesktopSize is not the last rectangle");
      const received = yield* this.#rect();
      rects.push(received);
      if (received.encoding === Encoding.LastRect) break;
    }
    return { kind: "update", rects, length: this.#wire.received - before };
  }

  *#rect(): Decoding<ReceivedRect> {
    const x = yield* takeU16(this.#wire);
    const y = yield* takeU16(this.#wire);
    const r = rect(x, y, yield* takeU16(this.#wire), yield* takeU16(this.#wire));
    const encoding = yield* takeS32(this.#wire);
    must(this.#state.asked.has(encoding), `Rectangle in encoding ${encoding}, which was not asked for`);
    const before = this.#wire.received;
    if (this.#keepBodies) this.#wire.record();
    const more = yield* this.#body(encoding, r);
    const length = this.#wire.received - before;
    const body = this.#keepBodies ? { body: this.#wire.recorded() } : {};
    return { ...r, encoding, length, ...body, ...more };
  }

  *#body(encoding: number, r: Rect): Decoding<Partial<ReceivedRect>> {
    switch (encoding) {
      case Encoding.Cursor:
        return {
          cursor: this.#state.cursor = yield* cursor(
            this.#wire,
            r,
            this.#state.context,
            this.#state.colourMap,
          ),
        };
      case Encoding.XCursor:
        return { cursor: this.#state.cursor = yield* xCursor(this.#wire, r, this.#state.context) };
      case Encoding.CursorWithAlpha:
        return { cursor: this.#state.cursor = yield* cursorWithAlpha(this.#wire, r) };
      case Encoding.DesktopSize:
        this.#resize(r);
        return {};
      case Encoding.ExtendedDesktopSize: {
        const screens = yield* screenLayout(this.#wire, r, this.#state.context);
        if (r.x === 0 || r.y === 0) {
          this.#state.screens = screens;
          this.#resize(r);
        }
        return { screens };
      }
      case Encoding.DesktopName:
        return { name: this.#state.name = yield* desktopName(this.#wire) };
      case Encoding.QemuLedState:
        return { leds: this.#state.leds = yield* takeU8(this.#wire) };
      case Encoding.VmwareLedState:
        return { leds: this.#state.leds = yield* takeU32(this.#wire) };
      case Encoding.QemuKeyEvent:
      case Encoding.ExtendedMouseButtons:
        this.#state.announced.add(encoding);
        return {};
      case Encoding.LastRect:
        return {};
      default:
        must(r.width > 0 && r.height > 0, `Empty rectangle in encoding ${encoding}`);
        must(
          contains(rectOf(this.#state.context.framebuffer), r),
          `Rectangle ${JSON.stringify(r)} reaches outside the framebuffer`,
        );
        yield* decoderOf(encoding, this.#state.context.options.others)
          .decode(this.#wire, r, this.#state.context);
        return {};
    }
  }

  #resize({ width, height }: Rect): void {
    const old = this.#state.context.framebuffer;
    must(width > 0 && height > 0, `New size is ${width}x${height}`);
    if (width === old.width && height === old.height) return;
    this.#state.context.framebuffer = old.resized(width, height);
  }

  /** §7.6.2. */
  *#colourMapEntries(): Decoding<ServerMessage> {
    this.#state.context.padding(yield* takeU8(this.#wire), "SetColourMapEntries");
    const first = yield* takeU16(this.#wire);
    const count = yield* takeU16(this.#wire);
    const map = [...this.#state.colourMap];
    const colours: Colour[] = [];
    for (let i = 0; i < count; i++) {
      const red = yield* takeU16(this.#wire);
      const green = yield* takeU16(this.#wire);
      const blue = yield* takeU16(this.#wire);
      colours.push(map[first + i] = { red, green, blue });
    }
    this.#state.colourMap = map;
    return { kind: "colour map", first, colours };
  }

  /** §7.6.4, and rfbproto "Extended Clipboard": a negative length. */
  *#serverCutText(): Decoding<ServerMessage> {
    this.#state.context.padding(orOf(yield* take(this.#wire, 3)), "ServerCutText");
    const length = yield* takeS32(this.#wire);
    if (length >= 0) {
      const bytes = yield* take(this.#wire, length);
      // Units of UTF-16 have the numbers of Latin-1's characters.
      return { kind: "cut text", text: new TextDecoder("utf-16le").decode(new Uint16Array(bytes)) };
    }
    must(
      this.#state.asked.has(Encoding.ExtendedClipboard),
      "Extended clipboard although it was not asked for",
    );
    must(length <= -4, `Extended clipboard: length is ${length}`);
    const flags = yield* takeU32(this.#wire);
    return { kind: "extended clipboard", flags, body: (yield* take(this.#wire, -length - 4)).slice() };
  }
}

/** All bits that are set in any of the bytes. */
function orOf(bytes: Uint8Array): number {
  return bytes.reduce((all, byte) => all | byte, 0);
}
