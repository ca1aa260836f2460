/**
 * Clients of one server that have as little in common as they can: formats, encodings, loss, ways of asking, links.
 *
 * @module
 */
import type { Rect } from "../../lib/core/geometry.ts";
import {
  type ClientPixelFormat,
  PIXEL_FORMATS,
  pixelFormat,
  translateColour,
} from "../support/pixel_formats.ts";
import { Encoding, RfbClient } from "../support/rfb_client.ts";
import type { RgbImage } from "../support/rgb_image.ts";
import { type LinkShape, ShapingProxy } from "../support/shaping_proxy.ts";

const ENCODINGS = {
  Raw: Encoding.Raw,
  RRE: Encoding.Rre,
  CoRRE: Encoding.CoRre,
  Hextile: Encoding.Hextile,
  Zlib: Encoding.Zlib,
  Tight: Encoding.Tight,
  TightPNG: Encoding.TightPng,
  TRLE: Encoding.Trle,
  ZRLE: Encoding.Zrle,
  JPEG: Encoding.Jpeg,
} as const;

/** What a client asks for. */
export interface ClientKind {
  readonly encoding: keyof typeof ENCODINGS;
  /** Name of the set in tests/support/pixel_formats.ts. */
  readonly format: string;
  /** Level of JPEG's quality, 0 to 9, where loss is allowed. */
  readonly quality?: number;
  readonly compression?: number;
  /** It takes CopyRect. */
  readonly moves: boolean;
  /** It gets updates without asking. */
  readonly continuous: boolean;
  /** It learns of other sizes by ExtendedDesktopSize, not by DesktopSize. */
  readonly extended: boolean;
  readonly link?: LinkShape;
}

/** Two that can share every byte, one of each other family, one with loss, one behind a slow link. */
export const EIGHT_KINDS: readonly ClientKind[] = [
  { encoding: "ZRLE", format: "32 le 16-8-0", moves: true, continuous: true, extended: true },
  { encoding: "ZRLE", format: "32 le 16-8-0", moves: true, continuous: false, extended: true },
  { encoding: "Tight", format: "32 le 0-8-16", quality: 6, moves: true, continuous: true, extended: true },
  { encoding: "Tight", format: "16 le 565", compression: 1, moves: true, continuous: false, extended: false },
  { encoding: "Zlib", format: "32 be 16-8-0", moves: true, continuous: false, extended: true },
  { encoding: "Hextile", format: "8 332", moves: false, continuous: false, extended: false },
  { encoding: "TRLE", format: "32 le 30 bit", moves: true, continuous: false, extended: true },
  {
    encoding: "ZRLE",
    format: "16 be 555",
    moves: true,
    continuous: true,
    extended: true,
    link: { bytesPerMs: 1500, delayMs: 10 },
  },
];

/** A kind at random. */
export function randomKind(random: (below: number) => number): ClientKind {
  const names = Object.keys(ENCODINGS) as (keyof typeof ENCODINGS)[];
  const encoding = names[random(names.length)]!;
  const isPicture = encoding === "TightPNG" || encoding === "JPEG";
  const formats = Object.keys(PIXEL_FORMATS).filter((name) => !isPicture || name.startsWith("32 le 16"));
  return {
    encoding,
    format: formats[random(formats.length)]!,
    ...(random(3) === 0 || encoding === "JPEG" ? { quality: random(10) } : {}),
    ...(random(3) === 0 ? { compression: random(10) } : {}),
    moves: random(4) > 0,
    continuous: random(2) === 0,
    extended: random(2) === 0,
    ...(random(6) === 0 ? { link: { bytesPerMs: 1000 + random(4000), delayMs: random(20) } } : {}),
  };
}

/** A client that follows the screen by itself, but for when it is looked at. */
export class MixedClient implements AsyncDisposable {
  readonly kind: ClientKind;
  readonly #client: RfbClient;
  readonly #proxy: ShapingProxy | undefined;
  #following: Promise<void> = Promise.resolve();
  #pausing = false;

  private constructor(kind: ClientKind, client: RfbClient, proxy: ShapingProxy | undefined) {
    this.kind = kind;
    this.#client = client;
    this.#proxy = proxy;
  }

  /** Connects, and begins to follow. */
  static async connect(port: number, kind: ClientKind): Promise<MixedClient> {
    await using opening = new AsyncDisposableStack();
    const proxy = kind.link && opening.use(new ShapingProxy(port, kind.link));
    const client = opening.use(
      await RfbClient.connect({
        port: proxy?.port ?? port,
        format: pixelFormat(kind.format),
        encodings: encodingsOf(kind),
        keepMessages: false,
        timeoutMs: 90_000,
      }),
    );
    if (kind.continuous) {
      await client.nextOf("end of continuous updates");
      await client.enableContinuousUpdates(true);
    }
    opening.move();
    const mixed = new MixedClient(kind, client, proxy);
    mixed.resume();
    return mixed;
  }

  /** Goes on following. */
  resume(): void {
    this.#pausing = false;
    this.#following = this.#follow();
    this.#following.catch(() => {}); // whoever pauses hears of it
  }

  /** Stops reading, at a message's end. @throws What went wrong since it was resumed. */
  async pause(): Promise<void> {
    this.#pausing = true;
    await this.#following;
  }

  /**
   * What a user's viewer may ask for in between: all of the screen, or a part of it.
   */
  async ask(rect?: Rect): Promise<void> {
    const { width, height } = this.#client;
    if (!rect) return await this.#client.requestUpdate();
    if (rect.x + rect.width <= width && rect.y + rect.height <= height) {
      await this.#client.requestUpdate({ rect });
    }
  }

  /**
   * Shows the screen, to the last pixel, before the time is up. Only while paused.
   *
   * @throws {Error} It does not; says which client it is, how many pixels are wrong, and where.
   */
  async converge(screen: RgbImage, timeoutMs: number): Promise<void> {
    const deadline = performance.now() + timeoutMs;
    const expected = valuesOf(screen, this.#client.format);
    while (!this.#shows(screen, expected)) {
      if (performance.now() > deadline) throw new Error(this.#complaint(expected));
      await this.#keepUp();
    }
  }

  toString(): string {
    return JSON.stringify(this.kind);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.pause().catch(() => {}); // whoever wanted to know has paused before
    await this.#client[Symbol.asyncDispose]();
    await this.#proxy?.[Symbol.asyncDispose]();
  }

  #shows({ width, height }: RgbImage, expected: Uint32Array): boolean {
    if (this.#client.width !== width || this.#client.height !== height) return false;
    const { pixels } = this.#client.framebuffer;
    return expected.every((value, at) => pixels[at] === value);
  }

  #complaint(expected: Uint32Array): string {
    const { width, height, pixels } = this.#client.framebuffer;
    const wrong = expected.reduce((sum, value, at) => pixels[at] === value ? sum : sum + 1, 0);
    const first = expected.findIndex((value, at) => pixels[at] !== value);
    const place = `${first % width}, ${Math.floor(first / width)}`;
    return `${this}, ${width}x${height}: ${wrong} pixels are wrong, the first at ${place}`;
  }

  async #follow(): Promise<void> {
    while (!this.#pausing) await this.#keepUp();
  }

  /** Continuous updates are of an area, which has to be told anew when the screen has another size. */
  async #keepUp(): Promise<void> {
    const { width, height } = this.#client;
    await this.#client.settle(20);
    const isResized = this.#client.width !== width || this.#client.height !== height;
    if (isResized && this.kind.continuous) await this.#client.enableContinuousUpdates(true);
  }
}

/** The screen in a client's format, channel by channel: faster than pixel by pixel where there are many colours. */
function valuesOf({ pixels }: RgbImage, format: ClientPixelFormat): Uint32Array {
  const tables = [16, 8, 0].map((shift) =>
    Float64Array.from({ length: 256 }, (_, level) => translateColour(format, level << shift))
  );
  const [red, green, blue] = tables as [Float64Array, Float64Array, Float64Array];
  return pixels.map((rgb) => red[rgb >>> 16 & 255]! + green[rgb >>> 8 & 255]! + blue[rgb & 255]!);
}

function encodingsOf({ encoding, quality, compression, moves, continuous, extended }: ClientKind): number[] {
  return [
    ENCODINGS[encoding],
    ...(moves ? [Encoding.CopyRect] : []),
    ...(quality === undefined ? [] : [Encoding.quality(quality)]),
    ...(compression === undefined ? [] : [Encoding.compression(compression)]),
    ...(continuous ? [Encoding.Fence, Encoding.ContinuousUpdates] : []),
    extended ? Encoding.ExtendedDesktopSize : Encoding.DesktopSize,
    Encoding.LastRect,
    Encoding.Cursor,
  ];
}
