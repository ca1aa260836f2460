/**
 * How to send what changed: cuts a region's rectangles so that encodings can take them, and picks an encoding for
 * each.
 *
 * This first form looks at the client's wishes alone; one that looks at the pixels too has the same shape.
 *
 * @module
 */
import { isEmpty, type Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import type { EncodingDefinition, RectLimits } from "./encoding.ts";
import { RAW } from "./raw.ts";
import { ENCODINGS } from "./registry.ts";

/** A rectangle and how it is to be sent. */
export interface PlannedRect {
  readonly rect: Rect;
  readonly encoding: EncodingDefinition;
}

/**
 * The largest rectangle that any client is given, whatever the encoding: clients have been tried with TigerVNC's, which
 * are no larger, and one takes few milliseconds to encode unless it is noise.
 */
const ANY_ENCODING: RectLimits = { width: 2048, height: 0xffff, area: 0xffff };

/** Side of the largest tile of an encoding: cuts at its multiples leave the fewest broken tiles. */
const TILE = 64;

/** Plans updates for one client. Made anew when the client's encodings change. */
export class RectPlanner {
  /** What the client's pixels are sent as. */
  readonly encoding: EncodingDefinition;
  readonly #limits: RectLimits;

  /**
   * @param accepted The client's encodings as it listed them, best first; unknown ones and pseudo-encodings are
   *   passed over.
   * @param available What the server has.
   */
  constructor(accepted: readonly number[], available: readonly EncodingDefinition[] = ENCODINGS) {
    this.encoding = preferred(accepted, available);
    const { limits } = this.encoding;
    this.#limits = {
      width: Math.min(limits.width, ANY_ENCODING.width),
      height: Math.min(limits.height, ANY_ENCODING.height),
      area: Math.min(limits.area, ANY_ENCODING.area),
    };
  }

  /**
   * Rectangles that together are exactly `rects`, each within the limits of its encoding, in the order of `rects`.
   *
   * @param _frame What the pixels are; for planners that look at them.
   * @param rects Inside the frame, none over another; empty ones are passed over.
   */
  plan(_frame: Frame, rects: readonly Rect[]): PlannedRect[] {
    const planned: PlannedRect[] = [];
    for (const whole of rects) {
      for (const rect of split(whole, this.#limits)) planned.push({ rect, encoding: this.encoding });
    }
    return planned;
  }
}

/** The first of the client's encodings that we have; Raw, which every client takes (RFC 6143 §7.7.1), if none. */
function preferred(
  accepted: readonly number[],
  available: readonly EncodingDefinition[],
): EncodingDefinition {
  for (const type of accepted) {
    const found = available.find((encoding) => encoding.type === type);
    if (found) return found;
  }
  return RAW;
}

/**
 * Cuts a rectangle into pieces that keep `limits`, row after row, about equal in size and cut at multiples of 64 from
 * its corner where limits leave the choice.
 */
export function split(whole: Rect, limits: RectLimits): Rect[] {
  if (isEmpty(whole)) return [];
  const width = pieceWidth(whole, limits);
  const height = pieceSize(
    whole.height,
    Math.min(limits.height, Math.max(1, Math.floor(limits.area / width))),
  );
  const pieces: Rect[] = [];
  for (let y = 0; y < whole.height; y += height) {
    for (let x = 0; x < whole.width; x += width) {
      pieces.push({
        x: whole.x + x,
        y: whole.y + y,
        width: Math.min(width, whole.width - x),
        height: Math.min(height, whole.height - y),
      });
    }
  }
  return pieces;
}

/** The width at which pieces can be a tile high, or as high as the whole if that is less. */
function pieceWidth(whole: Rect, limits: RectLimits): number {
  const rows = Math.min(TILE, whole.height, limits.height);
  return pieceSize(whole.width, Math.min(limits.width, Math.max(1, Math.floor(limits.area / rows))));
}

/** At most `limit`; `total` where that fits, else equal shares, made multiples of 64 where they stay below it. */
function pieceSize(total: number, limit: number): number {
  if (total <= limit) return total;
  const share = Math.ceil(total / Math.ceil(total / limit));
  const up = Math.ceil(share / TILE) * TILE;
  if (up <= limit) return up;
  return share > TILE ? share - share % TILE : share;
}
