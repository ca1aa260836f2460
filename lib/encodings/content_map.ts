/**
 * Which parts of a rectangle are of one colour, which have few colours, and which are like photographs: so that each can
 * be sent in the way that is good for it.
 *
 * Looks at tiles of 64x64 pixels, and at a sample of the pixels of each; then like tiles become areas again.
 *
 * @module
 */
import { area, type Rect } from "../core/geometry.ts";
import type { Frame } from "../core/pixels.ts";
import { MAX_COLOURS, TILE } from "../kernels/kernels.ts";
import type { Workbench } from "./workbench.ts";

/** Kinds of content. Solid areas have their colour in the place of a kind, which is not negative. */
export const Content = {
  /** Few colours, or one that most pixels have: text, windows, drawings. */
  Plain: -1,
  /** Many colours, none of which stands out: photographs, video. */
  Photo: -2,
  /** Many colours that change as evenly as if they were computed: what is drawn as background these days. */
  Slope: -3,
} as const;

/** A part of one kind. */
export interface ContentArea {
  readonly rect: Rect;
  /** One of {@linkcode Content}, or the colour of all pixels, `0x00RRGGBB`. */
  readonly content: number;
}

/** Solid areas of fewer pixels stay part of what surrounds them. */
const LEAST_SOLID = 32 * 1024;

/** Solid edges of photographs, in rows or columns, from which on they are parts of their own. */
const LEAST_EDGE = 16;

/** That part of a sample makes a tile a photograph: not less than a row. */
const DENSE_PART = 8;

/** One row of so many is looked at. */
const ROW_STEP = 8;

/** Colours in a sample, up to which it is plain whatever else: letters with soft edges have no more. */
const FEW_COLOURS = 24;

/** Colours in a sample, from which on there may be a part of a photograph on paper. */
const MANY_COLOURS = 64;

/** Pixels in a row without paper, from which on they are no letters. */
const DENSE_LENGTH = 16;

/** Colours in a sample, up to which all of the pixels will fit a palette. */
const SAFE_COLOURS = 224;

/** Eighths of the pixels that make a slope. */
const SLOPE_EIGHTHS = 6;

/** All of a tile of a photograph that goes on, a video, is looked at after so many updates at the latest. */
const PHOTO_LOOKS = 8;

/** Pixels of each colour of a sample. */
const counts = new Uint16Array(MAX_COLOURS);

/** How contents are told apart. */
export interface ContentOptions {
  /** Slopes are of no interest: they count as photographs. */
  readonly slopesAsPhotos?: boolean;
  /** Spares most of the look at what was a photograph a moment ago. */
  readonly memory?: ContentMemory | undefined;
}

/**
 * Divides `rect` into parts of one kind each; together they are exactly `rect`. Cost: 2 to 5 µs a tile; 0.5 µs where a
 * photograph was a moment ago.
 *
 * @param rect Inside the frame, not empty.
 */
export function findContent(
  frame: Frame,
  rect: Rect,
  workbench: Workbench,
  { slopesAsPhotos = false, memory }: ContentOptions = {},
): ContentArea[] {
  const columns = Math.ceil(rect.width / TILE);
  const rows = Math.ceil(rect.height / TILE);
  const contents = new Int32Array(columns * rows);
  let same = true;
  for (let row = 0, at = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++, at++) {
      const tile = tileRect(rect, column, row, 1, 1);
      const isStillPhoto = memory?.wasPhoto(tile) && mayBePhoto(frame, tile, workbench);
      contents[at] = isStillPhoto ? Content.Photo : contentOf(frame, tile, workbench, slopesAsPhotos);
      if (contents[at] !== contents[0]) same = false;
    }
  }
  memory?.keep(rect, contents);
  if (same) return finish(frame, [{ rect, content: contents[0]! }], workbench);
  const grid = new TileAreas(rect, contents, columns, rows);
  grid.forgetSmallSolids();
  return finish(frame, grid.areas(), workbench);
}

/** What was found in a rectangle, tile by tile. */
export interface RectContents {
  readonly rect: Rect;
  readonly contents: Int32Array;
}

/**
 * Where photographs were in the last updates, for one that follows at once, be it another part of the same picture. A
 * video stays a video: of most of its tiles a row is looked at. What becomes text and has a row like a photograph's just
 * there is sent as one for some updates more, and then again without loss.
 */
export class ContentMemory {
  /** By {@linkcode placeOf}: the update from which on all of a photograph is to be looked at again. */
  readonly #photos = new Map<number, number>();
  #found: RectContents[] = [];
  #update = 0;

  /** @param goesOn Whether it follows the last one at once. */
  nextUpdate(goesOn: boolean): void {
    if (!goesOn) this.#photos.clear();
    this.#found = [];
    this.#update++;
  }

  /** What was found in this update. */
  get found(): readonly RectContents[] {
    return this.#found;
  }

  /** Whether a tile was a photograph lately, and it is not its turn to be looked at. */
  wasPhoto({ x, y }: Rect): boolean {
    return this.#update < (this.#photos.get(placeOf(x, y)) ?? 0);
  }

  /** @param contents Kept as it is now. */
  keep(rect: Rect, contents: Int32Array): void {
    const found = { rect, contents: contents.slice() };
    this.#found.push(found);
    this.#note(found);
  }

  /** Somebody else has looked at the same picture. */
  adopt(found: readonly RectContents[]): void {
    if (found === this.#found) return;
    for (const one of found) this.#note(one);
  }

  #note({ rect: { x, y, width }, contents }: RectContents): void {
    const columns = Math.ceil(width / TILE);
    for (let at = 0; at < contents.length; at++) {
      const column = at % columns;
      const place = placeOf(x + column * TILE, y + (at - column) / columns * TILE);
      if (contents[at] !== Content.Photo) this.#photos.delete(place);
      else {
        const next = this.#photos.get(place);
        // Not all in the same update.
        if (next === undefined) this.#photos.set(place, this.#update + 1 + place % PHOTO_LOOKS);
        else if (next <= this.#update) this.#photos.set(place, this.#update + PHOTO_LOOKS);
      }
    }
  }
}

/** The tile of the whole picture in which a tile of a rectangle begins; no two of one rectangle begin in the same. */
function placeOf(x: number, y: number): number {
  return (y / TILE | 0) * 1024 + (x / TILE | 0);
}

/**
 * Cuts a rectangle in halves, and these again, until each part has no more than 256 colours or is a tile: one tile with
 * many colours must not spoil its neighbours' palette.
 *
 * @param rect Inside the frame, not empty.
 */
export function splitByPalette(frame: Frame, rect: Rect, workbench: Workbench): Rect[] {
  if (rect.width <= TILE && rect.height <= TILE) return [rect];
  // An eighth of the rows has nearly all colours; only where it is close are all rows worth a look.
  const found = countColours(frame, rect, ROW_STEP, workbench);
  if (found <= SAFE_COLOURS) return [rect];
  if (found <= MAX_COLOURS && countColours(frame, rect, 1, workbench) <= MAX_COLOURS) return [rect];
  const { x, y, width, height } = rect;
  const [first, second] = width >= height ? halves(width) : halves(height);
  const parts = width >= height
    ? [{ x, y, width: first, height }, { x: x + first, y, width: second, height }]
    : [{ x, y, width, height: first }, { x, y: y + first, width, height: second }];
  return parts.flatMap((part) => splitByPalette(frame, part, workbench));
}

/** Two parts of a length of more than a tile, the first of whole tiles. */
function halves(length: number): readonly [number, number] {
  const first = Math.ceil(Math.ceil(length / TILE) / 2) * TILE;
  return [first, length - first];
}

/** The rows of a sample: one in the middle of each `step`. */
function sampleOf({ y, height }: Rect, step: number): { readonly first: number; readonly rows: number } {
  const first = Math.min(step >> 1, height - 1);
  return { first: y + first, rows: Math.ceil((height - first) / step) };
}

/** Colours in every `step`-th row; more than `MAX_COLOURS` when there are more. */
function countColours(frame: Frame, rect: Rect, step: number, workbench: Workbench): number {
  const { pixels, stride } = frame;
  const { colours, table } = workbench.palette();
  const { first, rows } = sampleOf(rect, step);
  return workbench.kernels.indexColours(
    pixels,
    first * stride + rect.x,
    stride * step,
    rect.width,
    rows,
    MAX_COLOURS,
    colours,
    workbench.indices(rect.width * rows),
    table,
  );
}

/** Whether a tile that was a photograph may still be one, by its middle row: no text, nothing flat. */
function mayBePhoto(frame: Frame, { x, y, width, height }: Rect, workbench: Workbench): boolean {
  const { colours, table } = workbench.palette();
  const indices = workbench.indices(width);
  const found = workbench.kernels.indexColours(
    frame.pixels,
    (y + (height >> 1)) * frame.stride + x,
    frame.stride,
    width,
    1,
    FEW_COLOURS,
    colours,
    indices,
    table,
  );
  return found > FEW_COLOURS || commonest(indices, width, found).count * 4 <= width;
}

/** What a tile, or anything not much larger, has in it. */
function contentOf(frame: Frame, rect: Rect, workbench: Workbench, slopesAsPhotos: boolean): number {
  const { x, y, width, height } = rect;
  const { pixels, stride } = frame;
  const offset = y * stride + x;
  if (workbench.kernels.isSolid(pixels, offset, stride, width, height)) return pixels[offset]! & 0xff_ff_ff;
  const step = height >= 4 * ROW_STEP ? ROW_STEP : 1;
  const found = countColours(frame, rect, step, workbench);
  if (found <= FEW_COLOURS) return Content.Plain;
  const looked = width * sampleOf(rect, step).rows;
  const ofManyColours = () => !slopesAsPhotos && isSlope(frame, rect) ? Content.Slope : Content.Photo;
  if (found > MAX_COLOURS) return ofManyColours();
  const { colours } = workbench.palette();
  const { index, count } = commonest(workbench.indices(looked), looked, found);
  if (count * 4 < looked) return ofManyColours();
  if (found <= MANY_COLOURS) return Content.Plain;
  return countDense(frame, rect, step, colours[index]!) * DENSE_PART >= looked
    ? Content.Photo
    : Content.Plain;
}

/** The index that most of the indices are, and how many. */
function commonest(
  indices: Uint8Array,
  length: number,
  colourCount: number,
): { readonly index: number; readonly count: number } {
  counts.fill(0, 0, colourCount);
  for (let i = 0; i < length; i++) counts[indices[i]!]!++;
  let best = 0;
  for (let index = 1; index < colourCount; index++) if (counts[index]! > counts[best]!) best = index;
  return { index: best, count: counts[best]! };
}

/**
 * Counts pixels of a photograph on paper: those that differ from their left neighbour, with no paper near. Letters, with
 * as many colours at their edges, have paper between them.
 */
function countDense({ pixels, stride }: Frame, rect: Rect, step: number, paper: number): number {
  const { x, width } = rect;
  const { first, rows } = sampleOf(rect, step);
  let dense = 0;
  for (let row = 0; row < rows; row++) {
    dense += countDenseIn(pixels, (first + row * step) * stride + x, width, paper);
  }
  return dense;
}

/** In one row. A function of its own so that it, called often, is compiled. */
function countDenseIn(pixels: Uint32Array, start: number, width: number, paper: number): number {
  let dense = 0;
  let length = 0;
  let changes = 0;
  for (let at = start, end = start + width; at < end; at++) {
    const pixel = pixels[at]!;
    if (pixel !== paper) {
      length++;
      if (pixel !== pixels[at - 1]) changes++;
      if (at + 1 < end) continue;
    }
    if (length >= DENSE_LENGTH && changes * 8 >= length * 5) dense += changes;
    length = 0;
    changes = 0;
  }
  return dense;
}

/** Whether most pixels differ from their left neighbour as the pixels above do. */
function isSlope({ pixels, stride }: Frame, { x, y, width, height }: Rect): boolean {
  let even = 0;
  let looked = 0;
  for (let row = y + 1; row < y + height; row += ROW_STEP) {
    even += countEven(pixels, row * stride + x, width, stride);
    looked += width - 1;
    // A photograph shows in the first row.
    if (even * 2 < looked) return false;
  }
  return even * 8 >= looked * SLOPE_EIGHTHS;
}

/** In one row. A function of its own so that it, called often, is compiled. */
function countEven(pixels: Uint32Array, start: number, width: number, stride: number): number {
  let even = 0;
  for (let at = start + 1; at < start + width; at++) {
    // All channels at once: a sum that is equal by chance is rare.
    if (pixels[at]! + pixels[at - stride - 1]! === pixels[at - 1]! + pixels[at - stride]!) even++;
  }
  return even;
}

function tileRect(whole: Rect, column: number, row: number, columns: number, rows: number): Rect {
  const x = column * TILE;
  const y = row * TILE;
  return {
    x: whole.x + x,
    y: whole.y + y,
    width: Math.min(columns * TILE, whole.width - x),
    height: Math.min(rows * TILE, whole.height - y),
  };
}

/** Tiles of a rectangle, put together to areas of one kind. */
class TileAreas {
  readonly #whole: Rect;
  readonly #contents: Int32Array;
  readonly #columns: number;
  readonly #rows: number;

  constructor(whole: Rect, contents: Int32Array, columns: number, rows: number) {
    this.#whole = whole;
    this.#contents = contents;
    this.#columns = columns;
    this.#rows = rows;
  }

  /** Solid areas that are not worth a rectangle of their own become plain. */
  forgetSmallSolids(): void {
    for (const [at, columns, rows] of this.#blocks()) {
      if (this.#contents[at]! < 0) continue;
      if (columns * rows * TILE * TILE >= LEAST_SOLID) continue;
      for (let row = 0; row < rows; row++) {
        const from = at + row * this.#columns;
        this.#contents.fill(Content.Plain, from, from + columns);
      }
    }
  }

  areas(): ContentArea[] {
    return this.#blocks().map(([at, columns, rows]) => ({
      rect: tileRect(this.#whole, at % this.#columns, Math.floor(at / this.#columns), columns, rows),
      content: this.#contents[at]!,
    }));
  }

  /** Blocks of like tiles, each as wide and then as high as it can be: index of the first tile, columns, rows. */
  #blocks(): (readonly [at: number, columns: number, rows: number])[] {
    const contents = this.#contents;
    const taken = new Uint8Array(contents.length);
    const blocks: [number, number, number][] = [];
    for (let row = 0; row < this.#rows; row++) {
      for (let column = 0; column < this.#columns; column++) {
        const at = row * this.#columns + column;
        if (taken[at]) continue;
        const content = contents[at]!;
        const isLike = (tile: number) => contents[tile] === content && !taken[tile];
        let columns = 1;
        while (column + columns < this.#columns && isLike(at + columns)) columns++;
        let rows = 1;
        while (row + rows < this.#rows && this.#rowIs(at + rows * this.#columns, columns, isLike)) rows++;
        for (let i = 0; i < rows; i++) {
          taken.fill(1, at + i * this.#columns, at + i * this.#columns + columns);
        }
        blocks.push([at, columns, rows]);
      }
    }
    return blocks;
  }

  #rowIs(from: number, count: number, isLike: (tile: number) => boolean): boolean {
    for (let tile = from; tile < from + count; tile++) if (!isLike(tile)) return false;
    return true;
  }
}

/** Cuts solid edges off photographs. */
function finish(frame: Frame, areas: readonly ContentArea[], workbench: Workbench): ContentArea[] {
  return areas.flatMap((area) =>
    area.content === Content.Photo ? withoutSolidEdges(frame, area.rect, workbench) : area
  );
}

function withoutSolidEdges({ pixels, stride }: Frame, whole: Rect, { kernels }: Workbench): ContentArea[] {
  const parts: ContentArea[] = [];
  let { x, y, width, height } = whole;
  const cut = (rect: Rect, content: number) => parts.push({ rect, content });
  const offset = () => y * stride + x;
  const first = pixels[offset()]!;
  const last = pixels[(y + height - 1) * stride + x + width - 1]!;
  const top = kernels.leadingSolidRows(pixels, offset(), stride, width, height, first);
  if (top >= LEAST_EDGE && top < height) {
    cut({ x, y, width, height: top }, first);
    y += top;
    height -= top;
  }
  const bottom = kernels.trailingSolidRows(pixels, offset(), stride, width, height, last);
  if (bottom >= LEAST_EDGE && bottom < height) {
    height -= bottom;
    cut({ x, y: y + height, width, height: bottom }, last);
  }
  const leftColour = pixels[offset()]!;
  const left = kernels.leadingSolidColumns(pixels, offset(), stride, width, height, leftColour);
  if (left >= LEAST_EDGE && left < width) {
    cut({ x, y, width: left, height }, leftColour);
    x += left;
    width -= left;
  }
  const rightColour = pixels[offset() + width - 1]!;
  const right = kernels.trailingSolidColumns(pixels, offset(), stride, width, height, rightColour);
  if (right >= LEAST_EDGE && right < width) {
    width -= right;
    cut({ x: x + width, y, width: right, height }, rightColour);
  }
  parts.push({ rect: { x, y, width, height }, content: Content.Photo });
  return parts.filter(({ rect }) => area(rect) > 0);
}
