/**
 * noVNC's client, and what can be seen from inside it: how many updates come, in which encodings, how many bytes, and
 * how long a word takes to the server and back.
 *
 * noVNC keeps these to itself, so methods that it calls private are extended here; the version is pinned, and
 * tests/web/browser_test.ts compares the figures with the server's own.
 *
 * @module
 */
// @ts-types="./novnc.d.ts"
import RFB from "@novnc/novnc";
import { Median, Rate } from "./rates.ts";

/** Numbers of message and flags of Fence (rfbproto). */
const FENCE_MESSAGE = 248;
const FENCE_REQUEST = 1 << 31;

/** Marks the fences that we ask for. */
const PING = "porthole";
const PING_INTERVAL_MS = 1000;

/** Encodings with pixels, by number. */
const ENCODING_NAMES: Readonly<Record<number, string>> = {
  0: "Raw",
  1: "CopyRect",
  2: "RRE",
  5: "Hextile",
  6: "Zlib",
  7: "Tight",
  16: "ZRLE",
  21: "JPEG",
  50: "H.264",
  [-260]: "TightPNG",
};

/** How a viewer is to be. */
export interface ViewerOptions {
  readonly credentials?: { readonly username?: string; readonly password?: string };
  /** Called when the first picture is there. */
  readonly onFirstPicture: () => void;
}

/** A connection, with figures. */
export class Viewer extends RFB {
  readonly socket: WebSocket;
  readonly bytes = new Rate(performance.now());
  /** Updates with pixels in them. */
  readonly frames = new Rate(performance.now());
  readonly roundTrip = new Median();
  /** Pixels by encoding. */
  readonly #areas = new Map<number, Rate>();
  readonly #onFirstPicture: () => void;
  #hasPixels = false;
  #pings: ReturnType<typeof setInterval> | undefined;
  #pingSent: number | undefined;

  constructor(target: HTMLElement, socket: WebSocket, { credentials, onFirstPicture }: ViewerOptions) {
    super(target, socket, { shared: true, ...(credentials && { credentials }) });
    this.socket = socket;
    this.#onFirstPicture = onFirstPicture;
    socket.addEventListener("message", ({ data }) => this.bytes.add(data.byteLength, performance.now()));
    this.addEventListener("disconnect", () => clearInterval(this.#pings));
  }

  /** Width and height of the desktop, in pixels. */
  get resolution(): { readonly width: number; readonly height: number } {
    return { width: this._fbWidth, height: this._fbHeight };
  }

  /** How large the picture is shown: 1 is pixel by pixel. */
  get scale(): number {
    return this._display.scale;
  }

  /** The picture as it is now. */
  get canvas(): HTMLCanvasElement {
    return this._canvas;
  }

  /** The encodings of the last two seconds, by their share of the pixels, from 0 to 1, largest first. */
  encodings(now: number): { readonly name: string; readonly share: number }[] {
    const areas = Array.from(this.#areas, ([number, rate]) => ({ number, area: rate.perSecond(now) }))
      .filter(({ area }) => area > 0)
      .sort((a, b) => b.area - a.area);
    const all = areas.reduce((sum, { area }) => sum + area, 0);
    return areas.map(({ number, area }) => ({
      name: ENCODING_NAMES[number] ?? String(number),
      share: area / all,
    }));
  }

  /** Every rectangle passes here, again and again until all of it has come. */
  protected override _handleRect(): boolean {
    const { encoding, width, height } = this._FBU;
    const done = super._handleRect();
    if (done && encoding !== null && encoding in ENCODING_NAMES) {
      this.#hasPixels = true;
      const now = performance.now();
      let areas = this.#areas.get(encoding);
      if (!areas) this.#areas.set(encoding, areas = new Rate(now));
      areas.add(width * height, now);
    }
    return done;
  }

  protected override _framebufferUpdate(): boolean {
    const done = super._framebufferUpdate();
    if (done && this.#hasPixels) {
      this.#hasPixels = false;
      if (this.frames.total === 0) this.#onFirstPicture();
      this.frames.add(1, performance.now());
    }
    return done;
  }

  /** Answers to our own fences go no further: noVNC asks for none, and fails on them. */
  protected override _handleServerFenceMsg(): boolean {
    const queue = this._sock;
    // The message's type has been taken already; 3 bytes of padding, flags, length, payload.
    if (queue.rQlen() < 8) return super._handleServerFenceMsg();
    const head = queue.rQpeekBytes(8, false);
    const [flags, length] = [head[3]! << 24 | head[4]! << 16 | head[5]! << 8 | head[6]!, head[7]!];
    if (flags & FENCE_REQUEST) {
      this.#pings ??= setInterval(() => this.#ping(), PING_INTERVAL_MS);
      return super._handleServerFenceMsg();
    }
    if (queue.rQwait("Fence", 8 + length, 1)) return false;
    queue.rQskipBytes(8 + length);
    if (this.#pingSent !== undefined) {
      this.roundTrip.add(performance.now() - this.#pingSent);
      this.#pingSent = undefined;
    }
    return true;
  }

  /** Sends a fence, unless one is under way or nobody looks. */
  #ping(): void {
    if (this.#pingSent !== undefined || document.hidden || this._rfbConnectionState !== "connected") return;
    this.#pingSent = performance.now();
    const queue = this._sock;
    queue.sQpush8(FENCE_MESSAGE);
    queue.sQpushBytes(new Uint8Array(3));
    queue.sQpush32(FENCE_REQUEST);
    queue.sQpush8(PING.length);
    queue.sQpushString(PING);
    queue.flush();
  }
}
