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
import { type Rect, rectOf } from "../../lib/core/geometry.ts";
import { ClientFramebuffer, DecoderContext, type DecoderOptions } from "./decoders/decoder.ts";
import type { ClientCursor, ScreenLayout } from "./decoders/pseudo.ts";
import { decodeJpeg } from "./decoders/jpeg.ts";
import {
  type ClientPixelFormat,
  type Colour,
  colourOf,
  formatBytes,
  translateColour,
} from "./pixel_formats.ts";
import { decodePng } from "./decoders/png.ts";
import { Encoding } from "./rfb/encoding_numbers.ts";
import { handshake, type HandshakeOptions, type ServerGreeting } from "./rfb/handshake.ts";
import { ClientState, MessageReader } from "./rfb/message_reader.ts";
import * as messages from "./rfb/messages.ts";
import type { ServerMessage, UpdateMessage } from "./rfb/messages.ts";
import { type ByteStream, EndOfStream, Wire } from "./rfb/wire.ts";
import { compareRgb, type RgbImage } from "./rgb_image.ts";

export { Encoding } from "./rfb/encoding_numbers.ts";
export { Refused } from "./rfb/handshake.ts";
export { EndOfStream, TimedOut, Wire } from "./rfb/wire.ts";
export type { ReceivedRect, ServerMessage, UpdateMessage } from "./rfb/messages.ts";

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
  /** What the server has said and this client made of it. */
  readonly state: ClientState;

  readonly #options: RfbClientOptions;
  readonly #reader: MessageReader;
  #writes: Promise<void> = Promise.resolve();

  private constructor(wire: Wire, greeting: ServerGreeting, options: RfbClientOptions) {
    this.wire = wire;
    this.greeting = greeting;
    this.#options = options;
    const { format, width, height, name } = greeting;
    const strict = { zeroPadding: true, jpeg: decodeJpeg, png: decodePng, ...options.decoders };
    this.state = new ClientState(
      new DecoderContext(format, new ClientFramebuffer(width, height), strict),
      name,
    );
    this.#reader = new MessageReader(wire, this.state, options.keepBodies ?? false);
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

  get name(): string {
    return this.state.name;
  }

  /** The last picture of the pointer. */
  get cursor(): ClientCursor | undefined {
    return this.state.cursor;
  }

  get screens(): readonly ScreenLayout[] {
    return this.state.screens;
  }

  /** Scroll lock 1, num lock 2, caps lock 4. */
  get leds(): number | undefined {
    return this.state.leds;
  }

  get colourMap(): readonly Colour[] {
    return this.state.colourMap;
  }

  /** Extensions that the server has announced: -258, -316, -312 (by a fence), -313 (by message 150). */
  get announced(): ReadonlySet<number> {
    return this.state.announced;
  }

  /** Updates that came although no request was outstanding and continuous updates were off. */
  get unrequestedUpdates(): number {
    return this.state.unrequestedUpdates;
  }

  get width(): number {
    return this.state.context.framebuffer.width;
  }

  get height(): number {
    return this.state.context.framebuffer.height;
  }

  get format(): ClientPixelFormat {
    return this.state.context.format;
  }

  /** Pixel values in the client's format. */
  get framebuffer(): ClientFramebuffer {
    return this.state.context.framebuffer;
  }

  /** Reads all that was sent, until the server has closed: on a busy machine that may come late. @returns What is shown then. */
  async lastPicture(): Promise<RgbImage> {
    for (;;) {
      try {
        await this.next();
      } catch (error) {
        if (error instanceof EndOfStream) return this.rgb();
        throw error;
      }
    }
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
    const old = this.state.context.format;
    const { pixels } = this.framebuffer;
    pixels.set(mapValues(pixels, (value) => translateColour(format, colourOf(old, value, this.colourMap))));
    this.state.context.format = format;
    return this.send(Uint8Array.from([0, 0, 0, 0, ...formatBytes(format)]));
  }

  setEncodings(encodings: readonly number[]): Promise<void> {
    for (const type of encodings) this.state.asked.add(type);
    return this.send(messages.setEncodings(encodings));
  }

  /** §7.5.3. By default all of the screen, whatever has changed or not. */
  requestUpdate(options: { incremental?: boolean; rect?: Rect } = {}): Promise<void> {
    this.state.outstanding++;
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
    if (enable) this.state.continuous = true;
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
    const message = await this.wire.run(this.#reader.message());
    if (this.#options.keepMessages ?? true) this.received.push(message);
    if (message.kind === "fence" && message.flags >>> 31) {
      this.state.announced.add(Encoding.Fence);
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

  /** Asks for everything and waits for pixels; some servers send the pointer or their size in an update before. */
  async refresh(): Promise<UpdateMessage> {
    for (;;) {
      await this.requestUpdate();
      const update = await this.nextUpdate();
      if (update.rects.some(({ encoding }) => encoding >= 0 || encoding === Encoding.TightPng)) return update;
    }
  }

  /** Handles messages until there is none for `quietMs`. Asks for changes after each update. */
  async settle(quietMs: number): Promise<void> {
    if (this.state.outstanding === 0 && !this.state.continuous) {
      await this.requestUpdate({ incremental: true });
    }
    while (!await this.silentFor(quietMs)) {
      const { kind } = await this.next();
      if (kind === "update" && !this.state.continuous) await this.requestUpdate({ incremental: true });
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
