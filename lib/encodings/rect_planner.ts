/**
 * How to send what changed: merges and cuts a region's rectangles so that encodings do well, and picks one of the
 * client's encodings for each.
 *
 * Where an encoding has one palette for a rectangle, or another for photographs, rectangles are of one kind of content:
 * solid areas first, as large as they are, then the rest. Others find what is in a rectangle themselves.
 *
 * @module
 */
import { isEmpty, type Rect, rectKey } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { Content, ContentMemory, findContent, type RectContents, splitByPalette } from "./content_map.ts";
import type { EncodingDefinition, RectLimits } from "./encoding.ts";
import { mergeRects } from "./merge_rects.ts";
import type { PixelTarget } from "./pixel_target.ts";
import { RAW } from "./raw.ts";
import { ENCODINGS } from "./registry.ts";

/** A rectangle and how it is to be sent. */
export interface PlannedRect {
  readonly rect: Rect;
  readonly encoding: EncodingDefinition;
}

/** How a picture is to be sent, and what was found in it. */
export interface Plan {
  readonly rects: readonly PlannedRect[];
  readonly contents: readonly RectContents[];
}

/** The plans of clients for the present picture: gives the one that is known by this key, or has it made. */
export type PlansOfPicture = (key: string, make: () => Plan) => Plan;

/** What a plan has to heed. */
export interface PlanOptions {
  /** Nothing may be lost, although the client allows it. */
  readonly lossless?: boolean;
  /** No pixel beside the given rectangles may be sent: it is not in the frame what it is in the client's picture. */
  readonly exact?: boolean;
  /** The next update follows at once: time counts more than bytes. */
  readonly hurried?: boolean;
  /** Others send the same picture: theirs is the plan, if they have one. */
  readonly common?: PlansOfPicture | undefined;
}

/**
 * The largest rectangle that any client is given, whatever the encoding: clients have been tried with TigerVNC's, which
 * are no larger, and one takes few milliseconds to encode unless it is noise. Rectangles of one colour may be larger.
 */
const ANY_ENCODING: RectLimits = { width: 2048, height: 0xffff, area: 0xffff };

/** Side of the largest tile of an encoding: cuts at its multiples leave the fewest broken tiles. */
const TILE = 64;

/** Smaller rectangles are sent without a look at what is in them: JPEG's header alone is larger than they are. */
const LEAST_PHOTO = 1024;

/** Plans updates for one client. Made anew when the client's encodings or pixels change. */
export class RectPlanner {
  /** What the client's pixels are sent as, but for photographs. */
  readonly encoding: EncodingDefinition;
  /** What photographs are sent as. */
  readonly photoEncoding: EncodingDefinition;
  readonly #target: PixelTarget;
  readonly #memory = new ContentMemory();
  /** Planners with equal ones plan alike. */
  readonly #key: string;

  /**
   * @param accepted The client's encodings as it listed them, best first; unknown ones and pseudo-encodings are
   *   passed over.
   * @param target What the client's pixels are like.
   * @param available What the server has.
   */
  constructor(
    accepted: readonly number[],
    target: PixelTarget,
    available: readonly EncodingDefinition[] = ENCODINGS,
  ) {
    const order = inOrder(accepted, available);
    this.encoding = order.find(({ isLossy }) => !isLossy) ?? RAW;
    this.photoEncoding = forPhotos(this.encoding, order[0], target);
    this.#target = target;
    this.#key = `${this.encoding.name} ${this.photoEncoding.name} ${target.key}`;
  }

  /**
   * Rectangles that together hold all of `rects` and little else, each within the limits of its encoding, none over
   * another.
   *
   * @param frame What the pixels are.
   * @param rects Inside the frame, none over another; empty ones are passed over.
   */
  plan(
    frame: Frame,
    rects: readonly Rect[],
    options: PlanOptions = {},
  ): readonly PlannedRect[] {
    const { lossless = false, exact = false, hurried = false, common } = options;
    const memory = lossless || exact ? undefined : this.#memory;
    memory?.nextUpdate(hurried);
    if (!common || exact) return this.#planNow(frame, rects, options, memory);
    const key = `${this.#key} ${lossless} ${hurried} ${rects.map(rectKey).join(" ")}`;
    const plan = common(key, () => ({
      rects: this.#planNow(frame, rects, options, memory),
      contents: memory?.found ?? [],
    }));
    memory?.adopt(plan.contents);
    return plan.rects;
  }

  #planNow(
    frame: Frame,
    rects: readonly Rect[],
    { lossless = false, exact = false, hurried = false }: PlanOptions,
    memory: ContentMemory | undefined,
  ): PlannedRect[] {
    const { encoding } = this;
    const photo = lossless && this.photoEncoding.isLossy ? encoding : this.photoEncoding;
    // The gradient filter sends slopes without loss in fewer bytes than JPEG, but takes twice the time.
    const kinds = { slopesAsPhotos: !this.#target.levels.gradient || hurried, memory };
    const solid: PlannedRect[] = [];
    const rest: PlannedRect[] = [];
    for (const rect of exact ? rects.filter((rect) => !isEmpty(rect)) : mergeRects(rects)) {
      const looks = (encoding.onePalette || photo !== encoding) && rect.width * rect.height >= LEAST_PHOTO;
      if (!looks) {
        pushPieces(rest, rect, encoding);
        continue;
      }
      for (const { rect: part, content } of findContent(frame, rect, this.#target.workbench, kinds)) {
        if (content === Content.Photo) pushPieces(rest, part, photo);
        else if (content === Content.Slope) pushPieces(rest, part, encoding);
        else if (content === Content.Plain) this.#pushPlain(rest, frame, part);
        else pushPieces(solid, part, encoding, encoding.limits);
      }
    }
    return [...solid, ...rest];
  }

  /** Pieces whose colours fit one palette, as far as tiles can be told apart. */
  #pushPlain(planned: PlannedRect[], frame: Frame, rect: Rect): void {
    const { encoding } = this;
    if (!encoding.onePalette) return pushPieces(planned, rect, encoding);
    const pieces: PlannedRect[] = [];
    pushPieces(pieces, rect, encoding);
    for (const { rect } of pieces) {
      for (const part of splitByPalette(frame, rect, this.#target.workbench)) {
        planned.push({ rect: part, encoding });
      }
    }
  }
}

/** The client's encodings that we have, as it prefers them. */
function inOrder(
  accepted: readonly number[],
  available: readonly EncodingDefinition[],
): readonly EncodingDefinition[] {
  return accepted.flatMap((type) => available.find((encoding) => encoding.type === type) ?? []);
}

/**
 * A lossy encoding that the client prefers to all others; else what its first encoding has for photographs. Lossy ones
 * only where the client may be sent such.
 */
function forPhotos(
  encoding: EncodingDefinition,
  first: EncodingDefinition | undefined,
  { jpeg, format }: PixelTarget,
): EncodingDefinition {
  const photo = first?.isLossy && format.trueColour && format.bitsPerPixel > 8 ? first : encoding.forPhotos;
  if (!photo) return encoding;
  return photo.isLossy && photo !== first && !jpeg ? encoding : photo;
}

/** Appends the pieces that a rectangle is cut into. */
function pushPieces(
  planned: PlannedRect[],
  rect: Rect,
  encoding: EncodingDefinition,
  { width, height, area }: RectLimits = ANY_ENCODING,
): void {
  const { limits } = encoding;
  const least = {
    width: Math.min(limits.width, width),
    height: Math.min(limits.height, height),
    area: Math.min(limits.area, area),
  };
  for (const piece of split(rect, least)) planned.push({ rect: piece, encoding });
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
