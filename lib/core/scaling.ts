/**
 * Places on a screen that is shown smaller or larger than it is, and back. Pure.
 *
 * Each pixel that is shown stands for the part of the screen that lies under it: of n pixels shown as m, number i for
 * the length from i * n / m to (i + 1) * n / m.
 *
 * @module
 */
import { type Point, type Rect, rectOf, type Size } from "./geometry.ts";

/** As long as a side of a framebuffer can be: a u16 (RFC 6143 §7.3.2). */
const LONGEST_SIDE = 0xffff;

/** A size, shown `factor` times as large, in whole pixels. At least one. */
export function scaledSize({ width, height }: Size, factor: number): Size {
  return { width: scaledLength(width, factor), height: scaledLength(height, factor) };
}

/**
 * The size that is shown as `wanted`, or where there is none, as a little less: what is larger than a window has scroll
 * bars.
 */
export function unscaledSize({ width, height }: Size, factor: number): Size {
  return { width: unscaledLength(width, factor), height: unscaledLength(height, factor) };
}

function scaledLength(length: number, factor: number): number {
  return Math.max(1, Math.min(LONGEST_SIDE, Math.round(length * factor)));
}

function unscaledLength(wanted: number, factor: number): number {
  const length = Math.max(1, Math.round(wanted / factor));
  return length > 1 && scaledLength(length, factor) > wanted ? length - 1 : length;
}

/** One screen of one size, shown at another. */
export class Scaling {
  /** The screen as it is. */
  readonly real: Size;
  /** The screen as it is shown. */
  readonly shown: Size;

  constructor(real: Size, shown: Size) {
    this.real = real;
    this.shown = shown;
  }

  /** All shown pixels that anything of `real` has a part in. */
  cover(real: Rect): Rect {
    return outwards(real, this.real, this.shown);
  }

  /** All real pixels that have a part in anything of `shown`. */
  partsOf(shown: Rect): Rect {
    return outwards(shown, this.shown, this.real);
  }

  /** A rectangle with its edges where they are shown, to the nearest pixel; beside each other stays so. */
  nearest(real: Rect): Rect {
    return nearest(real, this.real, this.shown);
  }

  /** A rectangle of what is shown, with its edges where they really are, to the nearest pixel. */
  nearestReal(shown: Rect): Rect {
    return nearest(shown, this.shown, this.real);
  }

  /** Where a real pixel's middle is shown. */
  toShown({ x, y }: Point): Point {
    const { real, shown } = this;
    return {
      x: Math.floor((x + 0.5) * shown.width / real.width),
      y: Math.floor((y + 0.5) * shown.height / real.height),
    };
  }

  /**
   * The real pixel to point at when a shown one is pointed at: one of those under it. The outermost one at the edges,
   * where programs wait for the pointer.
   */
  toReal({ x, y }: Point): Point {
    const { real, shown } = this;
    return { x: toReal(x, real.width, shown.width), y: toReal(y, real.height, shown.height) };
  }
}

function toReal(at: number, real: number, shown: number): number {
  if (real > shown && shown > 1) return Math.round(at * (real - 1) / (shown - 1));
  return Math.floor((at + 0.5) * real / shown);
}

function outwards(r: Rect, from: Size, to: Size): Rect {
  const x = Math.floor(r.x * to.width / from.width);
  const y = Math.floor(r.y * to.height / from.height);
  return clip({
    x,
    y,
    width: Math.ceil((r.x + r.width) * to.width / from.width) - x,
    height: Math.ceil((r.y + r.height) * to.height / from.height) - y,
  }, to);
}

function nearest(r: Rect, from: Size, to: Size): Rect {
  const x = Math.round(r.x * to.width / from.width);
  const y = Math.round(r.y * to.height / from.height);
  return {
    x,
    y,
    width: Math.round((r.x + r.width) * to.width / from.width) - x,
    height: Math.round((r.y + r.height) * to.height / from.height) - y,
  };
}

/** The part of `r` on a screen, of width or height 0 when there is none. */
function clip(r: Rect, screen: Size): Rect {
  const whole = rectOf(screen);
  const x = Math.max(0, Math.min(r.x, whole.width));
  const y = Math.max(0, Math.min(r.y, whole.height));
  return {
    x,
    y,
    width: Math.max(0, Math.min(r.x + r.width, whole.width) - x),
    height: Math.max(0, Math.min(r.y + r.height, whole.height) - y),
  };
}
