/**
 * The picture of a test card: what colour each pixel of each frame has.
 *
 * @module
 */
import { intersect, type Rect, rect, type Size } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { hasDot, LETTER } from "./pattern_font.ts";

const BARS = [0xbfbfbf, 0xbfbf00, 0x00bfbf, 0x00bf00, 0xbf00bf, 0xbf0000, 0x0000bf, 0x101010];
const FIELD = 0x1d2733;
const GRID = 0x34485c;
const PLATE = 0x0b0f14;
const INK = 0xf2f5f7;
const DIM = 0x8fa3b5;
const WHITE = 0xffffff;
const BLACK = 0x000000;
const GRID_PIXELS = 40;

/** A test card of one size. The picture of frame n depends on n alone. */
export class PatternCard {
  readonly size: Size;
  /** What is written on. */
  readonly #plate: Rect;
  readonly #scale: number;
  readonly #window: Size;
  readonly #windowPixels: Uint32Array;
  readonly #rows = new Map<string, Uint32Array>();
  readonly #framesPerSecond: number;

  /** @param framesPerSecond For the time that the card shows. */
  constructor(size: Size, framesPerSecond: number) {
    this.size = size;
    this.#framesPerSecond = framesPerSecond;
    this.#scale = Math.max(1, Math.floor(size.width / 320));
    const width = Math.min(size.width, 24 * LETTER.width * this.#scale);
    const height = Math.min(size.height, 32 * this.#scale);
    this.#plate = rect((size.width - width) >> 1, (size.height - height) >> 1, width, height);
    this.#window = {
      width: Math.max(1, Math.min(160, size.width >> 2)),
      height: Math.max(1, Math.min(112, size.height >> 2)),
    };
    this.#windowPixels = paintWindow(this.#window);
  }

  /** What moves, in front of all else: a window that bounces off the edges. */
  window(frame: number): Rect {
    const { width, height } = this.#window;
    return {
      x: bounce(frame * 4, this.size.width - width),
      y: bounce(frame * 3, this.size.height - height),
      width,
      height,
    };
  }

  /** Where frame and time are written. */
  get counter(): Rect {
    const { x, y, width, height } = this.#plate;
    const top = Math.min(height, 20 * this.#scale);
    return rect(x, y + top, width, height - top);
  }

  /** Paints the part `r` of frame number `number`. */
  paint(frame: Frame, number: number, r: Rect): void {
    for (let y = r.y; y < r.y + r.height; y++) {
      frame.pixels.set(this.#row(y).subarray(r.x, r.x + r.width), y * frame.stride + r.x);
    }
    this.#paintPlate(frame, number, r);
    const window = this.window(number);
    const part = intersect(r, window);
    if (!part) return;
    for (let y = part.y; y < part.y + part.height; y++) {
      const from = (y - window.y) * window.width + part.x - window.x;
      frame.pixels.set(this.#windowPixels.subarray(from, from + part.width), y * frame.stride + part.x);
    }
  }

  #paintPlate(frame: Frame, number: number, r: Rect): void {
    const part = intersect(r, this.#plate);
    if (!part) return;
    const colour = this.#plateColours(number);
    for (let y = part.y; y < part.y + part.height; y++) {
      const row = y * frame.stride;
      for (let x = part.x; x < part.x + part.width; x++) frame.pixels[row + x] = colour(x, y);
    }
  }

  /** Row `y` of the background. There are few different ones. */
  #row(y: number): Uint32Array {
    const { width } = this.size;
    const { key, colour } = this.#background(y);
    let row = this.#rows.get(key);
    if (!row) {
      row = Uint32Array.from({ length: width }, (_, x) => x === 0 || x === width - 1 ? WHITE : colour(x));
      this.#rows.set(key, row);
    }
    return row;
  }

  #background(y: number): { readonly key: string; readonly colour: (x: number) => number } {
    const { width, height } = this.size;
    const down = y / height;
    if (y === 0 || y === height - 1) return { key: "edge", colour: () => WHITE };
    if (down < 0.4) return { key: "bars", colour: (x) => BARS[Math.floor(x * BARS.length / width)]! };
    if (down < 0.5) return { key: "steps", colour: (x) => grey(Math.floor(x * 16 / width) * 17) };
    if (down < 0.7) {
      const place = [0x010101, 0x010000, 0x000100, 0x000001][Math.floor((down - 0.5) * 20)]!;
      return { key: `ramp ${place}`, colour: (x) => Math.floor(x * 256 / width) * place };
    }
    if (down >= 0.88 && down < 0.96) {
      return { key: `grating ${y % 8}`, colour: (x) => grating(x, y, Math.floor(x * 8 / width)) };
    }
    if (y % GRID_PIXELS === 0) return { key: "line", colour: () => GRID };
    return { key: "field", colour: (x) => x % GRID_PIXELS === 0 ? GRID : FIELD };
  }

  #plateColours(number: number): (x: number, y: number) => number {
    const plate = this.#plate;
    const scale = this.#scale;
    const lines = [
      { text: "PORTHOLE TEST CARD", top: 3, colour: INK },
      { text: `${this.size.width}x${this.size.height}`, top: 12, colour: DIM },
      { text: `FRAME ${String(number).padStart(6, "0")} ${this.#time(number)}`, top: 22, colour: INK },
    ].map((line) => ({
      ...line,
      left: Math.floor((plate.width / scale - line.text.length * LETTER.width) / 2),
    }));
    return (x, y) => {
      const column = Math.floor((x - plate.x) / scale);
      const row = Math.floor((y - plate.y) / scale);
      for (const { text, top, left, colour } of lines) {
        if (row >= top && row < top + LETTER.height && column >= left) {
          return hasDot(text, column - left, row - top) ? colour : PLATE;
        }
      }
      return PLATE;
    };
  }

  #time(number: number): string {
    const seconds = this.#framesPerSecond > 0 ? number / this.#framesPerSecond : 0;
    const minutes = String(Math.floor(seconds / 60) % 60).padStart(2, "0");
    return `${minutes}:${(seconds % 60).toFixed(2).padStart(5, "0")}`;
  }
}

/** Fine structures: lines of one, two and four pixels, upright and lying, and a chequerboard. */
function grating(x: number, y: number, field: number): number {
  const step = 1 << (field >> 1);
  const on = field >= 6 ? x + y : Math.floor((field % 2 === 0 ? x : y) / step);
  return on % 2 === 0 ? WHITE : BLACK;
}

/** A title bar, a frame and something like a photo. */
function paintWindow({ width, height }: Size): Uint32Array {
  return Uint32Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    if (x === 0 || y === 0 || x === width - 1 || y === height - 1) return BLACK;
    if (y < 14) return x > width - 14 && y > 2 && y < 11 && x < width - 4 ? 0xd9483b : 0x3d6fa8;
    const ring = (x - width / 2) ** 2 + (y - height / 2) ** 2;
    const red = 128 + Math.floor(100 * Math.sin(ring / 300));
    const green = 128 + Math.floor(100 * Math.sin(x / 17 + y / 23));
    const blue = 128 + Math.floor(100 * Math.cos(y / 11 - x / 31));
    return red << 16 | green << 8 | blue;
  });
}

/** To and fro between 0 and `most`. */
function bounce(way: number, most: number): number {
  if (most <= 0) return 0;
  const at = way % (2 * most);
  return at <= most ? at : 2 * most - at;
}

function grey(value: number): number {
  return value << 16 | value << 8 | value;
}
