/**
 * A test card that moves, as a screen source: no X, no native code. For tests, demonstrations and first tries.
 *
 * @module
 */
import { type Clock, SYSTEM_CLOCK } from "../core/clock.ts";
import type { FrameMemory } from "../core/frame_memory.ts";
import {
  boundingBox,
  intersect,
  type Point,
  type Rect,
  rectOf,
  sameRect,
  type Size,
} from "../core/geometry.ts";
import type { CursorImage, Frame } from "../core/pixels.ts";
import { PatternCard } from "./pattern_card.ts";
import {
  ResizeResult,
  type ScreenCapabilities,
  type ScreenLayout,
  type ScreenSource,
  type WindowMove,
} from "./screen_source.ts";

/** Sides that a card can have, in pixels. */
const LEAST_SIDE = 16;
const MOST_SIDE = 8192;

/** What a test card is to be. */
export interface PatternOptions {
  /** 16 to 8192 pixels each. Default 1280. */
  readonly width?: number;
  /** Default 720. */
  readonly height?: number;
  /** How often it moves: 0 (never) to 1000. Default 30. */
  readonly framesPerSecond?: number;
  /** What the frame number follows. */
  readonly clock?: Clock;
}

/**
 * What an address such as `pattern:`, `pattern:800x600` or `pattern:800x600@60` asks for.
 *
 * @returns `undefined` if it is the address of something else.
 * @throws {RangeError} It is one of a card that cannot be.
 */
export function parsePatternAddress(address: string): PatternOptions | undefined {
  if (!address.startsWith("pattern:")) return undefined;
  const parts = /^pattern:(?:(\d{1,6})x(\d{1,6}))?(?:@(\d{1,4}))?$/.exec(address);
  if (!parts) {
    throw new RangeError(
      `Cannot read "${address}": "pattern:", "pattern:WxH" or "pattern:WxH@FPS" is wanted`,
    );
  }
  const [, width, height, framesPerSecond] = parts;
  const options = {
    ...(width === undefined ? {} : { width: Number(width), height: Number(height) }),
    ...(framesPerSecond === undefined ? {} : { framesPerSecond: Number(framesPerSecond) }),
  };
  checkOptions(options);
  return options;
}

/**
 * Opens a test card.
 *
 * @param memory Where frames are to lie.
 * @throws {RangeError} An option is out of its range.
 */
export function openPattern(memory: FrameMemory, options: PatternOptions = {}): ScreenSource {
  checkOptions(options);
  return new PatternSource(memory, options);
}

class PatternSource implements ScreenSource {
  readonly name = "pattern";
  readonly capabilities: ScreenCapabilities = { damage: true, cursor: true, resize: true };
  readonly #memory: FrameMemory;
  readonly #clock: Clock;
  readonly #framesPerSecond: number;
  readonly #startedAt: number;
  readonly #ended = new AbortController();
  #card: PatternCard;
  #piece: Uint8Array<SharedArrayBuffer>;
  #frame: Frame;
  #layout: readonly ScreenLayout[];
  /** The frame whose damage was taken; -1 when none of this size was. */
  #taken = -1;
  #windowBefore: Rect | undefined;
  #wanted: { readonly size: Size; readonly layout: readonly ScreenLayout[] } | undefined;
  /** Ends the wait for the next frame. */
  #wake = new AbortController();

  constructor(memory: FrameMemory, options: PatternOptions) {
    const { width = 1280, height = 720, framesPerSecond = 30, clock = SYSTEM_CLOCK } = options;
    this.#memory = memory;
    this.#clock = clock;
    this.#framesPerSecond = framesPerSecond;
    this.#startedAt = clock.now();
    const size = { width, height };
    this.#card = new PatternCard(size, framesPerSecond);
    this.#layout = [{ ...rectOf(size), id: 1, flags: 0 }];
    ({ piece: this.#piece, frame: this.#frame } = allocateFrame(memory, size));
  }

  get size(): Size {
    return this.#card.size;
  }

  get layout(): readonly ScreenLayout[] {
    return this.#layout;
  }

  async changed(signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    this.#check();
    if (this.#taken < 0 || this.#wanted) return;
    const wait = this.#untilNext();
    try {
      const ends = AbortSignal.any([signal, this.#ended.signal, this.#wake.signal]);
      await (wait === Infinity ? forever(ends) : this.#clock.sleep(wait, ends));
    } catch (error) {
      signal.throwIfAborted();
      this.#check();
      if (!this.#wake.signal.aborted) throw error;
    }
  }

  takeDamage(): readonly Rect[] {
    this.#check();
    if (this.#wanted) this.#resizeNow(this.#wanted);
    const number = this.#number();
    const before = this.#taken;
    this.#taken = number;
    if (before < 0) return [rectOf(this.size)];
    if (before === number) return [];
    const [old, now] = [this.#card.window(before), this.#card.window(number)];
    this.#windowBefore ??= old;
    const moved = intersect(old, now) ? [boundingBox(old, now)] : [old, now];
    return [...moved, this.#card.counter].filter((one) => one.width > 0 && one.height > 0);
  }

  // deno-lint-ignore require-await -- the port lets sources take their time
  async capture(rects: readonly Rect[]): Promise<Frame> {
    this.#check();
    for (const one of rects) {
      const part = intersect(one, rectOf(this.size));
      if (part) this.#card.paint(this.#frame, Math.max(0, this.#taken), part);
    }
    return this.#frame;
  }

  cursor(): CursorImage {
    this.#check();
    return arrow();
  }

  pointer(): Point | undefined {
    this.#check();
    return undefined;
  }

  takeWindowMoves(): readonly WindowMove[] {
    this.#check();
    const from = this.#windowBefore;
    this.#windowBefore = undefined;
    if (!from) return [];
    const to = this.#card.window(this.#taken);
    return sameRect(from, to) ? [] : [{ from, to }];
  }

  // deno-lint-ignore require-await -- the port lets sources take their time
  async resize(size: Size, layout: readonly ScreenLayout[]): Promise<ResizeResult> {
    this.#check();
    if (!fits(size.width) || !fits(size.height)) return ResizeResult.OutOfResources;
    const inside = layout.filter((one) => {
      const part = intersect(one, rectOf(size));
      return part !== undefined && sameRect(part, one);
    });
    if (layout.length === 0 || inside.length < layout.length) return ResizeResult.InvalidLayout;
    this.#wanted = { size: { ...size }, layout: layout.map((one) => ({ ...one })) };
    this.#wake.abort();
    return ResizeResult.Done;
  }

  // deno-lint-ignore require-await -- nothing here has to be waited for
  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#ended.signal.aborted) return;
    this.#ended.abort();
    this.#memory.release(this.#piece);
  }

  #check(): void {
    if (this.#ended.signal.aborted) throw new TypeError("Cannot use the screen as it is disposed");
  }

  /** Number of the frame that it is time for. */
  #number(): number {
    return Math.floor((this.#clock.now() - this.#startedAt) * this.#framesPerSecond / 1000);
  }

  /** Time until a frame that was not taken, in ms. */
  #untilNext(): number {
    if (this.#framesPerSecond === 0) return Infinity;
    const at = this.#startedAt + (this.#taken + 1) * 1000 / this.#framesPerSecond;
    return Math.max(0, Math.ceil(at - this.#clock.now()));
  }

  #resizeNow({ size, layout }: { readonly size: Size; readonly layout: readonly ScreenLayout[] }): void {
    this.#wanted = undefined;
    this.#wake = new AbortController();
    this.#layout = layout;
    if (size.width === this.size.width && size.height === this.size.height) return;
    this.#memory.release(this.#piece);
    ({ piece: this.#piece, frame: this.#frame } = allocateFrame(this.#memory, size));
    this.#card = new PatternCard(size, this.#framesPerSecond);
    this.#taken = -1;
    this.#windowBefore = undefined;
  }
}

function checkOptions({ width = 1280, height = 720, framesPerSecond = 30 }: PatternOptions): void {
  if (!fits(width) || !fits(height)) {
    throw new RangeError(
      `Cannot make a test card of ${width}x${height}: sides are ${LEAST_SIDE} to ${MOST_SIDE} pixels`,
    );
  }
  if (!(framesPerSecond >= 0 && framesPerSecond <= 1000)) {
    throw new RangeError(
      `Cannot move a test card ${framesPerSecond} times per second: 0 to 1000 is possible`,
    );
  }
}

function fits(side: number): boolean {
  return Number.isInteger(side) && side >= LEAST_SIDE && side <= MOST_SIDE;
}

function allocateFrame(
  memory: FrameMemory,
  size: Size,
): { piece: Uint8Array<SharedArrayBuffer>; frame: Frame } {
  const piece = memory.allocate(size.width * size.height * 4);
  const pixels = new Uint32Array(piece.buffer, piece.byteOffset, size.width * size.height);
  return { piece, frame: { ...size, stride: size.width, pixels } };
}

function forever(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

let arrowImage: CursorImage | undefined;

/** An arrow that points to the top left: black with a white edge. */
function arrow(): CursorImage {
  if (arrowImage) return arrowImage;
  const rows = [
    "#",
    "##",
    "#.#",
    "#..#",
    "#...#",
    "#....#",
    "#.....#",
    "#......#",
    "#.......#",
    "#........#",
    "#.....####",
    "#..#..#",
    "#.# #..#",
    "##  #..#",
    "#    #..#",
    "     #..#",
    "      ##",
  ];
  const width = Math.max(...rows.map((row) => row.length));
  const pixels = new Uint32Array(width * rows.length);
  for (const [y, row] of rows.entries()) {
    for (const [x, dot] of [...row].entries()) {
      if (dot !== " ") pixels[y * width + x] = dot === "#" ? 0xffffffff : 0xff000000;
    }
  }
  return arrowImage = { serial: 1, width, height: rows.length, hotspot: { x: 0, y: 0 }, pixels };
}
