/**
 * A complete and strict RFB client for tests (RFC 6143, rfbproto): connects, asks, draws what comes into a local
 * framebuffer, and remembers all that it was told.
 *
 * It pulls: nothing is read unless a test waits for something, so that a test can also be a client that does not read.
 *
 * ```ts
 * await using client = await RfbClient.connect({ port });
 * await client.setEncodings([Encoding.Zrle, Encoding.CopyRect, Encoding.DesktopSize]);
 * await client.requestUpdate();
 * await client.nextUpdate();
 * compareRgb(client.rgb(), await screenshot(display));
 * ```
 *
 * @module
 */
import { contains, type Rect, rect, rectOf } from "../../lib/core/geometry.ts";
import {
  ClientFramebuffer,
  DecoderContext,
  type DecoderOptions,
  type Decoding,
  must,
  take,
  takeS32,
  takeU16,
  takeU32,
  takeU8,
} from "./decoders/decoder.ts";
import {
  type ClientCursor,
  cursor,
  cursorWithAlpha,
  desktopName,
  type ScreenLayout,
  screenLayout,
  xCursor,
} from "./decoders/pseudo.ts";
import { decoderOf } from "./decoders/registry.ts";
import {
  BGR233_MAP,
  type ClientPixelFormat,
  type Colour,
  colourOf,
  formatBytes,
  translateColour,
} from "./pixel_formats.ts";
import { handshake, type HandshakeOptions, type ServerGreeting } from "./rfb/handshake.ts";
import * as messages from "./rfb/messages.ts";
import type { ReceivedRect, ServerMessage, UpdateMessage } from "./rfb/messages.ts";
import { type ByteStream, Wire } from "./rfb/wire.ts";
import { compareRgb, type RgbImage } from "./rgb_image.ts";

export { Refused } from "./rfb/handshake.ts";
export { EndOfStream, TimedOut, Wire } from "./rfb/wire.ts";
export type { ReceivedRect, ServerMessage, UpdateMessage } from "./rfb/messages.ts";

/** Numbers of encodings and pseudo-encodings, as registered. */
export const Encoding = {
  Raw: 0,
  CopyRect: 1,
  Rre: 2,
  CoRre: 4,
  Hextile: 5,
  Zlib: 6,
  Tight: 7,
  Trle: 15,
  Zrle: 16,
  Jpeg: 21,
  TightPng: -260,
  DesktopSize: -223,
  LastRect: -224,
  Cursor: -239,
  XCursor: -240,
  QemuKeyEvent: -258,
  QemuLedState: -261,
  DesktopName: -307,
  ExtendedDesktopSize: -308,
  Fence: -312,
  ContinuousUpdates: -313,
  CursorWithAlpha: -314,
  ExtendedMouseButtons: -316,
  ExtendedClipboard: -1063131698,
  VmwareLedState: 0x574d5668,
  /** -32 … -23: level 0 … 9. */
  quality: (level: number): number => level - 32,
  /** -256 … -247: level 0 … 9. */
  compression: (level: number): number => level - 256,
} as const;

/** How to connect, and what to check. */
export interface RfbClientOptions extends HandshakeOptions {
  readonly port?: number;
  readonly hostname?: string;
  /** A Unix socket. */
  readonly path?: string;
  /** A connection that exists. The client closes it. */
  readonly stream?: ByteStream;
  /** Longest wait for bytes. */
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Set at once after the handshake. */
  readonly format?: ClientPixelFormat;
  /** Set at once after the handshake. */
  readonly encodings?: readonly number[];
  /** By default padding must be 0 everywhere; not all servers keep to that. */
  readonly decoders?: DecoderOptions;
  /** Keep the bodies of rectangles. */
  readonly keepBodies?: boolean;
  /** Keep messages in {@linkcode RfbClient.received}; off for long runs. Default true. */
  readonly keepMessages?: boolean;
  /** Answer fences that ask for it. Default true. */
  readonly answerFences?: boolean;
}

/** One connection to a server, after the handshake. Owns the connection. */
export class RfbClient implements AsyncDisposable {
  readonly wire: Wire;
  readonly greeting: ServerGreeting;
  /** All messages so far, in order. */
  readonly received: ServerMessage[] = [];
  /** Updates that came although no request was outstanding and continuous updates were off. */
  unrequestedUpdates = 0;
  name: string;
  /** The last picture of the pointer. */
  cursor: ClientCursor | undefined;
  screens: readonly ScreenLayout[] = [];
  leds: number | undefined;
  colourMap: readonly Colour[] = BGR233_MAP;
  /** Extensions that the server has announced: -258, -316, -312 (by a fence), -313 (by message 150). */
  readonly announced = new Set<number>();

  readonly #options: RfbClientOptions;
  readonly #context: DecoderContext;
  readonly #asked = new Set<number>([Encoding.Raw]);
  #outstanding = 0;
  #continuous = false;
  #writes: Promise<void> = Promise.resolve();

  private constructor(wire: Wire, greeting: ServerGreeting, options: RfbClientOptions) {
    this.wire = wire;
    this.greeting = greeting;
    this.name = greeting.name;
    this.#options = options;
    this.#context = new DecoderContext(
      greeting.format,
      new ClientFramebuffer(greeting.width, greeting.height),
      { zeroPadding: true, ...options.decoders },
    );
  }

  /** Opens a connection, without a handshake: for tests that speak by themselves. */
  static async open(options: RfbClientOptions): Promise<Wire> {
    const { stream, path, port, hostname } = options;
    if (stream) return new Wire(stream, options);
    if (path !== undefined) return await Wire.unix(path, options);
    if (port === undefined) throw new TypeError("Where to connect to? Give port, path or stream");
    return await Wire.tcp(port, hostname, options);
  }

  /** Connects and goes through the handshake. @throws {Refused} The server does not want this client. */
  static async connect(options: RfbClientOptions): Promise<RfbClient> {
    const wire = await RfbClient.open(options);
    try {
      const client = new RfbClient(wire, await handshake(wire, options), options);
      if (options.format) await client.setPixelFormat(options.format);
      if (options.encodings) await client.setEncodings(options.encodings);
      return client;
    } catch (error) {
      wire.close();
      throw error;
    }
  }

  get width(): number {
    return this.#context.framebuffer.width;
  }

  get height(): number {
    return this.#context.framebuffer.height;
  }

  get format(): ClientPixelFormat {
    return this.#context.format;
  }

  /** Pixel values in the client's format. */
  get framebuffer(): ClientFramebuffer {
    return this.#context.framebuffer;
  }

  /** The colours that the client shows. */
  rgb(): RgbImage {
    const { width, height, pixels } = this.framebuffer;
    return {
      width,
      height,
      pixels: mapValues(pixels, (value) => colourOf(this.format, value, this.colourMap)),
    };
  }

  // What the client says. All return when the bytes are handed to the system.

  /** Raw bytes: for hostile tests, and for messages without a method. */
  send(bytes: Uint8Array): Promise<void> {
    return this.#writes = this.wire.write(bytes);
  }

  /**
   * §7.5.1. What the framebuffer has is converted. Only while no update can be under way: between two formats nobody
   * could tell which one a rectangle has.
   */
  setPixelFormat(format: ClientPixelFormat): Promise<void> {
    const old = this.#context.format;
    const { pixels } = this.framebuffer;
    pixels.set(mapValues(pixels, (value) => translateColour(format, colourOf(old, value, this.colourMap))));
    this.#context.format = format;
    return this.send(Uint8Array.from([0, 0, 0, 0, ...formatBytes(format)]));
  }

  setEncodings(encodings: readonly number[]): Promise<void> {
    for (const type of encodings) this.#asked.add(type);
    return this.send(messages.setEncodings(encodings));
  }

  /** §7.5.3. By default all of the screen, whatever has changed or not. */
  requestUpdate(options: { incremental?: boolean; rect?: Rect } = {}): Promise<void> {
    this.#outstanding++;
    return this.send(
      messages.updateRequest(options.incremental ?? false, options.rect ?? rectOf(this.framebuffer)),
    );
  }

  key(keysym: number, down: boolean): Promise<void> {
    return this.send(messages.keyEvent(keysym, down));
  }

  /** Presses and releases each key. */
  async type(...keysyms: number[]): Promise<void> {
    for (const keysym of keysyms) {
      await this.key(keysym, true);
      await this.key(keysym, false);
    }
  }

  qemuKey(keysym: number, keycode: number, down: boolean): Promise<void> {
    return this.send(messages.qemuKeyEvent(keysym, keycode, down));
  }

  /** @param buttons Bit 0 is the left one, bits 3 and 4 the wheel; bit 7 and 8 need the server's announcement. */
  pointer(x: number, y: number, buttons = 0): Promise<void> {
    return this.send(messages.pointerEvent(x, y, buttons, this.announced.has(Encoding.ExtendedMouseButtons)));
  }

  cutText(text: string): Promise<void> {
    return this.send(messages.cutText(text));
  }

  extendedClipboard(flags: number, body: Uint8Array = new Uint8Array()): Promise<void> {
    return this.send(messages.extendedClipboard(flags, body));
  }

  /** @param flags 1 BlockBefore, 2 BlockAfter, 4 SyncNext, 0x80000000 Request. */
  fence(flags: number, payload: Uint8Array | string = ""): Promise<void> {
    return this.send(messages.fence(flags, payload));
  }

  enableContinuousUpdates(enable: boolean, r: Rect = rectOf(this.framebuffer)): Promise<void> {
    if (enable) this.#continuous = true;
    return this.send(messages.enableContinuousUpdates(enable, r));
  }

  /** By default one screen of this size. */
  setDesktopSize(width: number, height: number, screens?: readonly ScreenLayout[]): Promise<void> {
    return this.send(messages.setDesktopSize(
      width,
      height,
      screens ?? [{ id: this.screens[0]?.id ?? 0, x: 0, y: 0, width, height, flags: 0 }],
    ));
  }

  // What the client hears.

  /** Waits for the next message, whatever it is, and does what it says. */
  async next(): Promise<ServerMessage> {
    const before = this.wire.received;
    const message = await this.wire.run(this.#message(before));
    if (this.#options.keepMessages ?? true) this.received.push(message);
    if (message.kind === "fence" && message.flags >>> 31) {
      this.announced.add(Encoding.Fence);
      if (this.#options.answerFences ?? true) await this.fence(message.flags & 7, message.payload);
    }
    return message;
  }

  /** Waits for the next message of this kind; others are dealt with and passed over. */
  async nextOf<K extends ServerMessage["kind"]>(kind: K): Promise<Extract<ServerMessage, { kind: K }>> {
    for (;;) {
      const message = await this.next();
      if (message.kind === kind) return message as Extract<ServerMessage, { kind: K }>;
    }
  }

  /** Waits for the next update. */
  nextUpdate(): Promise<UpdateMessage> {
    return this.nextOf("update");
  }

  /** Asks for everything and waits for it. */
  async refresh(): Promise<UpdateMessage> {
    await this.requestUpdate();
    return await this.nextUpdate();
  }

  /** Handles messages until there is none for `quietMs`. Asks for changes after each update. */
  async settle(quietMs: number): Promise<void> {
    if (this.#outstanding === 0 && !this.#continuous) await this.requestUpdate({ incremental: true });
    while (!await this.silentFor(quietMs)) {
      const { kind } = await this.next();
      if (kind === "update" && !this.#continuous) await this.requestUpdate({ incremental: true });
    }
  }

  /** What it should show when the screen shows `screen`: its format may have fewer colours, each the nearest one. */
  expected(screen: RgbImage): RgbImage {
    const pixels = mapValues(screen.pixels, (rgb) => {
      return colourOf(this.format, translateColour(this.format, rgb), this.colourMap);
    });
    return { ...screen, pixels };
  }

  /**
   * Keeps up with changes until it shows the screen, which may be asked for again and again.
   *
   * @throws {Error} It is not within `timeoutMs`; says how many pixels are wrong and where.
   */
  async converge(screen: () => RgbImage | Promise<RgbImage>, timeoutMs = 10_000): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      await this.settle(50);
      const { wrong, firstAt } = compareRgb(this.rgb(), this.expected(await screen()));
      if (wrong === 0) return;
      if (performance.now() > deadline) {
        throw new Error(
          `${wrong} pixels are wrong after ${timeoutMs} ms, the first at ${JSON.stringify(firstAt)}`,
        );
      }
    }
  }

  /** Whether no message comes for `ms`. */
  silentFor(ms: number): Promise<boolean> {
    return this.wire.available > 0 ? Promise.resolve(false) : this.wire.silentFor(ms);
  }

  close(): void {
    this.wire.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writes.catch(() => {});
    this.wire.close();
  }

  /** §7.6. */
  *#message(before: number): Decoding<ServerMessage> {
    const type = yield* takeU8(this.wire);
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
        must(this.#asked.has(Encoding.ContinuousUpdates), "Message 150 although it was not asked for");
        this.announced.add(Encoding.ContinuousUpdates);
        this.#continuous = false;
        return { kind: "end of continuous updates" };
      case 248: {
        must(this.#asked.has(Encoding.Fence), "A fence although it was not asked for");
        this.#context.padding(orOf(yield* take(this.wire, 3)), "Fence");
        const flags = yield* takeU32(this.wire);
        const length = yield* takeU8(this.wire);
        must(length <= 64, `Fence: payload of ${length} bytes`);
        return { kind: "fence", flags, payload: (yield* take(this.wire, length)).slice() };
      }
      default:
        must(false, `Message type ${type} (§7.6)`);
    }
  }

  /** §7.6.1. */
  *#update(before: number): Decoding<UpdateMessage> {
    if (!this.#continuous && this.#outstanding === 0) this.unrequestedUpdates++;
    this.#outstanding = Math.max(0, this.#outstanding - 1);
    this.#context.padding(yield* takeU8(this.wire), "FramebufferUpdate");
    const count = yield* takeU16(this.wire);
    must(
      count !== 0xffff || this.#asked.has(Encoding.LastRect),
      "FramebufferUpdate: 65535 rectangles without LastRect",
    );
    const rects: ReceivedRect[] = [];
    while (count === 0xffff || rects.length < count) {
      must(rects.at(-1)?.encoding !== Encoding.DesktopSize, "DesktopSize is not the last rectangle");
      const received = yield* this.#rect();
      rects.push(received);
      if (received.encoding === Encoding.LastRect) break;
    }
    return { kind: "update", rects, length: this.wire.received - before };
  }

  *#rect(): Decoding<ReceivedRect> {
    const x = yield* takeU16(this.wire);
    const y = yield* takeU16(this.wire);
    const r = rect(x, y, yield* takeU16(this.wire), yield* takeU16(this.wire));
    const encoding = yield* takeS32(this.wire);
    must(this.#asked.has(encoding), `Rectangle in encoding ${encoding}, which was not asked for`);
    const before = this.wire.received;
    if (this.#options.keepBodies) this.wire.record();
    const more = yield* this.#body(encoding, r);
    const length = this.wire.received - before;
    const body = this.#options.keepBodies ? { body: this.wire.recorded() } : {};
    return { ...r, encoding, length, ...body, ...more };
  }

  *#body(encoding: number, r: Rect): Decoding<Partial<ReceivedRect>> {
    switch (encoding) {
      case Encoding.Cursor:
        return { cursor: this.cursor = yield* cursor(this.wire, r, this.#context, this.colourMap) };
      case Encoding.XCursor:
        return { cursor: this.cursor = yield* xCursor(this.wire, r, this.#context) };
      case Encoding.CursorWithAlpha:
        return { cursor: this.cursor = yield* cursorWithAlpha(this.wire, r) };
      case Encoding.DesktopSize:
        this.#resize(r);
        return {};
      case Encoding.ExtendedDesktopSize: {
        const screens = yield* screenLayout(this.wire, r, this.#context);
        if (r.x === 0 || r.y === 0) {
          this.screens = screens;
          this.#resize(r);
        }
        return { screens };
      }
      case Encoding.DesktopName:
        return { name: this.name = yield* desktopName(this.wire) };
      case Encoding.QemuLedState:
        return { leds: this.leds = yield* takeU8(this.wire) };
      case Encoding.VmwareLedState:
        return { leds: this.leds = yield* takeU32(this.wire) };
      case Encoding.QemuKeyEvent:
      case Encoding.ExtendedMouseButtons:
        this.announced.add(encoding);
        return {};
      case Encoding.LastRect:
        return {};
      default:
        must(r.width > 0 && r.height > 0, `Empty rectangle in encoding ${encoding}`);
        must(
          contains(rectOf(this.framebuffer), r),
          `Rectangle ${JSON.stringify(r)} reaches outside the framebuffer`,
        );
        yield* decoderOf(encoding).decode(this.wire, r, this.#context);
        return {};
    }
  }

  #resize({ width, height }: Rect): void {
    must(width > 0 && height > 0, `New size is ${width}x${height}`);
    if (width === this.width && height === this.height) return;
    this.#context.framebuffer = this.framebuffer.resized(width, height);
  }

  /** §7.6.2. */
  *#colourMapEntries(): Decoding<ServerMessage> {
    this.#context.padding(yield* takeU8(this.wire), "SetColourMapEntries");
    const first = yield* takeU16(this.wire);
    const count = yield* takeU16(this.wire);
    const map = [...this.colourMap];
    const colours: Colour[] = [];
    for (let i = 0; i < count; i++) {
      const red = yield* takeU16(this.wire);
      const green = yield* takeU16(this.wire);
      const blue = yield* takeU16(this.wire);
      colours.push(map[first + i] = { red, green, blue });
    }
    this.colourMap = map;
    return { kind: "colour map", first, colours };
  }

  /** §7.6.4, and rfbproto "Extended Clipboard": a negative length. */
  *#serverCutText(): Decoding<ServerMessage> {
    this.#context.padding(orOf(yield* take(this.wire, 3)), "ServerCutText");
    const length = yield* takeS32(this.wire);
    if (length >= 0) {
      const bytes = yield* take(this.wire, length);
      return { kind: "cut text", text: Array.from(bytes, (byte) => String.fromCharCode(byte)).join("") };
    }
    must(this.#asked.has(Encoding.ExtendedClipboard), "Extended clipboard although it was not asked for");
    must(length <= -4, `Extended clipboard: length is ${length}`);
    const flags = yield* takeU32(this.wire);
    return { kind: "extended clipboard", flags, body: (yield* take(this.wire, -length - 4)).slice() };
  }
}

/** All bits that are set in any of the bytes. */
function orOf(bytes: Uint8Array): number {
  return bytes.reduce((all, byte) => all | byte, 0);
}

/** Maps each value once. */
function mapValues(values: Uint32Array, map: (value: number) => number): Uint32Array<ArrayBuffer> {
  const known = new Map<number, number>();
  const mapped = new Uint32Array(values.length);
  let last = -1;
  let lastMapped = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (value !== last) {
      let made = known.get(value);
      if (made === undefined) known.set(value, made = map(value));
      last = value;
      lastMapped = made;
    }
    mapped[i] = lastMapped;
  }
  return mapped;
}
